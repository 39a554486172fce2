"""Entering an absence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Person
from .known import KnownPersonField


class AbsenceForm(forms.Form):
    """From a day to a day, both included, and who stands in. `reader`: who fills it in, and so who may be named."""

    starts = forms.DateField(
        label=_("First day away"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Say from which day on."), "invalid": _("Write the day as 2026-12-04.")},
    )
    ends = forms.DateField(
        label=_("Last day away"),
        required=False,
        help_text=_("Leave it empty when nobody knows yet: until further notice."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 2026-12-04.")},
    )
    replacement = KnownPersonField(label=_("Replacement"), required=False)

    def __init__(self, data: Any = None, *, reader: Person, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["replacement"].reader = reader  # type: ignore[attr-defined]
