"""The form of an alert."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.forms.audiences import AudienceField, AudienceForm

from ..models.alerts import BODY_MAX, Severity

_MINUTES = "%Y-%m-%dT%H:%M"


def _moment(**options: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES)
    return forms.DateTimeField(widget=widget, input_formats=[_MINUTES, f"{_MINUTES}:%S"], **options)


class AlertForm(AudienceForm):
    """Raise or change an alert. The action says what is missing: it is the same for pages and programs."""

    site = forms.ChoiceField(label=_("Raised by"))
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        coerce=int,
        choices=[
            (Severity.INFO.value, _("Information: good to know, one may hide it")),
            (Severity.WARNING.value, _("Warning: something changes today, one may hide it")),
            (Severity.CRITICAL.value, _("Critical: act now; stays in view as long as it lasts")),
        ],
        widget=forms.RadioSelect,
        initial=Severity.INFO.value,
    )
    title_fr = forms.CharField(
        label=_("Title in French"),
        max_length=120,
        error_messages={"required": _("Give the alert a title in French.")},
    )
    title_en = forms.CharField(
        label=_("Title in English"),
        max_length=120,
        error_messages={"required": _("Give the alert a title in English: an alert is in both languages.")},
    )
    body_fr = forms.CharField(
        label=_("Text in French"),
        max_length=BODY_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What happens, whom it concerns, what to do. 400 characters at most, without formatting."),
        error_messages={"required": _("Say in French what happens and what to do.")},
    )
    body_en = forms.CharField(
        label=_("Text in English"),
        max_length=BODY_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Say in English what happens and what to do: an alert is in both languages."),
        },
    )
    audience = AudienceField(label=_("Who is alerted"))
    starts = _moment(label=_("Begins"), required=False, help_text=_("Empty: now."))
    ends = _moment(
        label=_("Ends"),
        help_text=_("Fourteen days at most. You may end it earlier."),
        error_messages={"required": _("Say when the alert ends.")},
    )
    link = forms.CharField(
        label=_("Link"),
        max_length=500,
        required=False,
        help_text=_("Where one reads more: an address that begins with https:// or, in this portal, with /."),
    )
    link_label_fr = forms.CharField(label=_("What the link says, in French"), max_length=80, required=False)
    link_label_en = forms.CharField(label=_("What the link says, in English"), max_length=80, required=False)
    sending_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64, initial=lambda: uuid4().hex)

    def __init__(self, *args: Any, sites: list[tuple[str, str]], has_begun: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["site"]
        chosen.choices = sites
        if len(sites) == 1:
            chosen.widget = forms.HiddenInput()
            chosen.initial = sites[0][0]
        if has_begun:
            del self.fields["starts"]
