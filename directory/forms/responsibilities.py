"""Passing on what one answers for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Person
from .known import KnownPersonField


class PassOnForm(forms.Form):
    """To whom."""

    person = KnownPersonField(label=_("Who takes over"), error_messages={"required": _("Say who takes over.")})

    def __init__(self, data: Any = None, *, reader: Person, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["person"].reader = reader  # type: ignore[attr-defined]
