"""Choosing what is put in the launcher of others."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from directory.models import Unit
from directory.querysets import folded
from foundation.audiences.principals import ELECTED, EVERYONE, principal

from ..models import Application


class DefaultForm(forms.Form):
    """One application, for whom, and whether they may take it out.

    applications: those the person may put somewhere. units: those they may choose. for_all: whether they may choose
    everyone. SECURITY: the action asks the rule again, for the application and the principal together.
    """

    application = forms.ChoiceField(label=_("Application"))
    principal = forms.ChoiceField(label=_("For whom"))
    is_forced = forms.BooleanField(
        label=_("Nobody can remove it"),
        required=False,
        help_text=_("It comes first in their favourites. Otherwise each may remove it or move it."),
    )

    def __init__(
        self, *args: Any, applications: Iterable[Application], units: Iterable[Unit], for_all: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.uuid): one for one in applications}
        by_name = sorted(self.known.items(), key=lambda one: folded(one[1].display_title))
        named = [(key, one.display_title) for key, one in by_name]
        self.fields["application"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
        city = [(EVERYONE, _("All staff and elected officials")), (ELECTED, _("Elected officials"))]
        theirs = sorted(((principal("unit", one.pk), one.name) for one in units), key=lambda one: folded(one[1]))
        choices = [("", "—"), *(city if for_all else []), *theirs]
        self.fields["principal"].choices = choices  # type: ignore[attr-defined]

    def clean_application(self) -> Application:
        """The application itself."""
        found = self.known.get(self.cleaned_data["application"])
        if found is None:
            raise ValidationError(_("Choose an application."))
        return found
