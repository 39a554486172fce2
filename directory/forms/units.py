"""Forms of units: what they say of themselves, their names, and who leads them."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..actions.units import MISSION_MAX
from ..models import Position, Unit
from .known import KnownPersonField

VACANT = "vacant"
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class UnitForm(forms.Form):
    """Mission and contacts; the names too for those who may put them right."""

    name_fr = forms.CharField(
        label=_("Name in French"), max_length=160, error_messages={"required": _("Give the unit a French name.")}
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    mission_fr = forms.CharField(
        label=_("Mission, in French"),
        help_text=_("Two or three sentences: what the unit does, and for whom."),
        max_length=MISSION_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    mission_en = forms.CharField(
        label=_("Mission, in English"), max_length=MISSION_MAX, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    email = forms.EmailField(label=_("Mail of the unit"), max_length=254, required=False)
    phone = forms.CharField(
        label=_("Telephone of the unit"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, unit: Unit, can_rename: bool, **kwargs: Any) -> None:
        fields = ("name_fr", "name_en", "mission_fr", "mission_en", "email", "phone")
        super().__init__(*args, initial={name: getattr(unit, name) for name in fields}, **kwargs)
        if not can_rename:
            del self.fields["name_fr"], self.fields["name_en"]
        elif unit.ldap_name_fr:
            for name, text in (("name_fr", unit.ldap_name_fr), ("name_en", unit.ldap_name_en)):
                if text:
                    self.fields[name].help_text = _("In the City's directory: %(name)s") % {"name": text}


class PositionForm(forms.Form):
    """Who leads the unit, stands in or also works there, from a day to a day."""

    kind = forms.ChoiceField(
        label=_("What is to be entered"),
        choices=[
            (Position.Kind.ACTING_HEAD, _("An acting head, who stands in")),
            (Position.Kind.HEAD, _("A head, in place of the one in the City's directory")),
            (VACANT, _("That the head's position is vacant")),
            (Position.Kind.MEMBER, _("A second position of somebody who works elsewhere too")),
        ],
        widget=forms.RadioSelect,
        initial=Position.Kind.ACTING_HEAD,
    )
    person = KnownPersonField(
        label=_("Person"),
        help_text=_("Their user name or e-mail address. Leave it empty for a vacant position."),
        required=False,
    )
    title_fr = forms.CharField(label=_("Title in French"), max_length=160, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=160, required=False)
    starts = forms.DateField(label=_("First day"), widget=DAY, initial=timezone.localdate)
    ends = forms.DateField(
        label=_("Last day"), help_text=_("Leave it empty while it is not known."), widget=DAY, required=False
    )

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].reader = actor  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == VACANT:
            cleaned["person"] = None
        elif "person" in cleaned and cleaned["person"] is None:
            self.add_error("person", _("Say who."))
        return cleaned
