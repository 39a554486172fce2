"""Fields of days and moments, in the city's time."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_MINUTES = "%Y-%m-%dT%H:%M"


def moment(**options: Any) -> forms.DateTimeField:
    """A day and an hour."""
    formats = [_MINUTES, f"{_MINUTES}:%S", "%Y-%m-%d %H:%M"]
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES)
    messages = {"invalid": _("Give a day and an hour."), "required": _("Give a day and an hour.")}
    return forms.DateTimeField(widget=widget, input_formats=formats, error_messages=messages, **options)


def day(**options: Any) -> forms.DateField:
    """A day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    messages = {"invalid": _("Give a day."), "required": _("Give a day.")}
    return forms.DateField(widget=widget, input_formats=["%Y-%m-%d"], error_messages=messages, **options)
