"""Forms of the systems that register applications, and of decisions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.forms.audiences import AudienceField, AudienceForm
from directory.forms.fields import PersonField
from foundation.spaces.models import Space

from ..models import Part, Registrar
from ..models.service import MINUTES, guarded_parts
from ..policies.applications import spaces_for

WELL_KNOWN = "https://…/.well-known/parvis-application.json"


class SpaceField(forms.ModelChoiceField):
    """One register, by its name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class HostsField(forms.CharField):
    """Names of machines, one a line or parted by commas; gives a list."""

    def to_python(self, value: Any) -> Any:
        return [one for one in super().to_python(value).replace(",", "\n").split() if one]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        # What a name is, the action says.
        return


class RegistrarForm(AudienceForm):
    """A system: where it writes, where its applications may lead, what waits for somebody."""

    name = forms.CharField(
        label=_("Name of the system"), max_length=120, error_messages={"required": _("Give the system a name.")}
    )
    space = SpaceField(label=_("Register it writes in"), queryset=Space.objects.none())
    hosts = HostsField(
        label=_("Machines of its applications"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=4000,
        help_text=_("One a line: outil.ville.example, or *.outils.ville.example. Its addresses lead nowhere else."),
        error_messages={"required": _("Name the machines where its applications are.")},
    )
    audience = AudienceField(
        label=_("At most for"),
        required=False,
        help_text=_("What it registers is for them, or a part of them. Nobody chosen: whoever reads the register."),
    )
    guarded = forms.MultipleChoiceField(
        label=_("What waits for the approval of an editor"),
        choices=Part,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=guarded_parts,
        help_text=_("The rest is taken in at once."),
    )
    manifest_address = forms.CharField(
        label=_("Address of its manifest"),
        max_length=500,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": WELL_KNOWN, "spellcheck": "false"}),
        help_text=_(
            "Empty for a system that sends its manifests. The operator must allow machines of the inside network."
        ),
    )
    every = forms.IntegerField(
        label=_("Read every (minutes)"), min_value=MINUTES[0], max_value=MINUTES[1], initial=15, required=False
    )
    keeper = PersonField(
        label=_("In whose name"),
        required=False,
        help_text=_("Their rights in the register decide what may come in. Empty: yours."),
    )

    def __init__(self, *args: Any, author: Any, registrar: Registrar | None = None, **kwargs: Any) -> None:
        super().__init__(*args, author=author, **kwargs)
        keeper: Any = self.fields["keeper"]
        keeper.reader = author
        spaces: Any = self.fields["space"]
        spaces.queryset = spaces_for(author)
        if len(only := list(spaces.queryset[:2])) == 1:
            spaces.initial = only[0]
        if registrar is not None:
            # What was registered stays where it is.
            del self.fields["space"]

    def clean_every(self) -> int:
        return self.cleaned_data["every"] or 15


class RefusalForm(forms.Form):
    """A refusal, with a word for whoever keeps the system."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: its keeper reads it.")},
    )
