"""Forms of checks and outages. What machines may be asked is decided by the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Check, Outage
from ..models.health import DAYS_WARNED, EVERY, SLOW, TIMEOUT, TIMES


def _number(name: str, bounds: tuple[int, int], **options: Any) -> forms.IntegerField:
    field: Any = Check._meta.get_field(name)
    return forms.IntegerField(
        label=field.verbose_name, min_value=bounds[0], max_value=bounds[1], initial=field.default, **options
    )


class CheckForm(forms.Form):
    """A check: at what to look, how often, and when to believe it."""

    # Some are needed by one kind alone: each says so.
    mark_optional = False

    kind = forms.ChoiceField(
        label=_("What is checked"), choices=Check.Kind, widget=forms.RadioSelect, initial=Check.Kind.HTTP
    )
    address = forms.CharField(
        label=_("Address of the page"),
        max_length=500,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://", "spellcheck": "false"}),
        help_text=_("Only for a page. Machines of the inside network must be allowed by the operator."),
    )
    expected_text = forms.CharField(
        label=_("Text that the page must hold"),
        max_length=100,
        required=False,
        help_text=_("Only for a page; may be left empty."),
    )
    status_from = _number("status_from", (100, 599), help_text=_("200 to 399: the page is there."))
    status_to = _number("status_to", (100, 599))
    host = forms.CharField(
        label=_("Machine"),
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        help_text=_("Only for a port or a certificate: its name, without https://."),
    )
    port = _number("port", (1, 65535))
    every = _number("every", EVERY)
    timeout = _number("timeout", TIMEOUT)
    slow_after = _number("slow_after", SLOW, help_text=_("From there on the application is shown as disturbed."))
    failures_to_down = _number("failures_to_down", TIMES)
    successes_to_up = _number("successes_to_up", TIMES)
    days_warned = _number("days_warned", DAYS_WARNED, help_text=_("Only for a certificate."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for idle in IDLE.get(data.get("kind", ""), ()):
            # What its kind does not need is not seen: it neither counts nor is an error.
            self.errors.pop(idle, None)
            data[idle] = self.fields[idle].initial or ""
        name = "address" if data.get("kind") == Check.Kind.HTTP else "host"
        if not data.get(name) and name not in self.errors:
            told = _("Give the address of the page.") if name == "address" else _("Give the name of the machine.")
            self.add_error(name, told)
        return data


# What a kind does not need.
_PAGE = ("address", "expected_text", "status_from", "status_to")
IDLE = {
    Check.Kind.HTTP.value: ("host", "port", "days_warned"),
    Check.Kind.TCP.value: (*_PAGE, "days_warned"),
    Check.Kind.TLS.value: _PAGE,
}


class OutageForm(forms.Form):
    """What is said of an outage."""

    note_fr = forms.CharField(
        label=_("What is happening, in French"),
        max_length=Outage._meta.get_field("note_fr").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whoever sees the application reads it: what no longer works, and until when."),
        error_messages={"required": _("Say in a sentence what is happening.")},
    )
    note_en = forms.CharField(
        label=_("What is happening, in English"),
        max_length=Outage._meta.get_field("note_en").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
