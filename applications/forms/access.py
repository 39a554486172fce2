"""Asking for access, and answering."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.forms.fields import PersonField

from ..actions.access import REASON_MOST
from .moments import day


class AskForm(forms.Form):
    """Why one needs it, and until when."""

    reason = forms.CharField(
        label=_("What do you need it for?"),
        max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever answers reads this. One or two sentences are enough."),
        error_messages={"required": _("Say why, in a few words.")},
    )
    until = day(label=_("Needed until"), required=False, help_text=_("Left empty: without end."))


class GrantForm(forms.Form):
    """Until when."""

    last_day = day(label=_("Last day"), required=False, help_text=_("Left empty: without end."))


class RefuseForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("Reason of the refusal"),
        max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever asked reads this."),
        error_messages={"required": _("Say why: whoever asked reads it.")},
    )


class GiveForm(forms.Form):
    """Whom to let in without a request, and until when."""

    person = PersonField(label=_("Person"), error_messages={"required": _("Choose a person.")})
    last_day = day(label=_("Last day"), required=False, help_text=_("Left empty: without end."))

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["person"]
        people.reader = reader
