"""A person named by their user name or e-mail address."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..models import Person


class KnownPersonField(forms.CharField):
    """The one person `reader` may see who has this user name or address; None when left empty and not required."""

    reader: Any = None

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("User name or e-mail address."))
        kwargs.setdefault("max_length", 254)
        super().__init__(**kwargs)
        self.widget.attrs.update(autocomplete="off", autocapitalize="none", spellcheck="false")

    def clean(self, value: Any) -> Person | None:
        typed = super().clean(value)
        if not typed:
            return None
        # SECURITY: an address that several people share names none of them.
        known = Person.objects.visible_to(self.reader).known_as(typed)[:2]
        if len(known) != 1:
            raise ValidationError(_("Nobody has this user name or address, or several people share it."))
        return known[0]
