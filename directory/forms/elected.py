"""Forms of mandates: what was decided at the election, what the cabinet keeps, and the charges the council gave."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..actions.elected import CHARGES, KEPT, SETTLED, ChargeText
from ..models import Charge, Mandate, Unit
from .units import DAY


class MandateForm(forms.Form):
    """A mandate. What was settled at the election is for administrators alone."""

    office = forms.ChoiceField(label=_("Office"), choices=Mandate.Office.choices)
    borough = forms.ModelChoiceField(label=_("Borough"), queryset=Unit.objects.none(), required=False)
    district = forms.CharField(label=_("District"), max_length=120, required=False)
    starts = forms.DateField(label=_("First day"), widget=DAY)
    ends = forms.DateField(label=_("Last day"), widget=DAY, required=False)
    cabinet = forms.ModelChoiceField(
        label=_("Cabinet"),
        help_text=_("Its people keep this mandate up to date."),
        queryset=Unit.objects.none(),
        required=False,
    )
    party = forms.CharField(
        label=_("Party"), help_text=_("Leave it empty for somebody without a party."), max_length=120, required=False
    )
    is_party_published = forms.BooleanField(label=_("Show the party to everybody"), required=False)
    citizens_email = forms.EmailField(
        label=_("Mail for citizens' files"),
        help_text=_("Where staff send what citizens ask."),
        max_length=254,
        required=False,
    )
    citizens_phone = forms.CharField(
        label=_("Telephone for citizens' files"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, actor: Any, mandate: Mandate | None = None, **kwargs: Any) -> None:
        if mandate is not None:
            kwargs["initial"] = {name: getattr(mandate, name) for name in (*SETTLED, *KEPT)}
        super().__init__(*args, **kwargs)
        if not actor.is_staff:
            for name in SETTLED:
                del self.fields[name]
            return
        units = Unit.objects.visible_to(actor).active().order_by("path")
        boroughs, cabinets = self.fields["borough"], self.fields["cabinet"]
        boroughs.queryset = units.filter(kind=Unit.Kind.BOROUGH)  # type: ignore[attr-defined]
        cabinets.queryset = units.filter(kind=Unit.Kind.CABINET)  # type: ignore[attr-defined]
        # Cabinets are all called alike: their code tells them apart.
        cabinets.label_from_instance = lambda unit: f"{unit.name} ({unit.code})"  # type: ignore[attr-defined]


class ChargeForm(forms.Form):
    """One delegation, or one seat on a commission. A line without a French name is left out."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Charge.Kind.choices)
    name_fr = forms.CharField(label=_("Name in French"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    role_fr = forms.CharField(label=_("Role in French"), max_length=80, required=False)
    role_en = forms.CharField(label=_("Role in English"), max_length=80, required=False)
    mark_optional = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("name_fr") and any(cleaned.get(name) for name in ("name_en", "role_fr", "role_en")):
            self.add_error("name_fr", _("Give it a French name."))
        return cleaned


# Three empty lines to write in; saved, the page offers three more.
_Formset = forms.formset_factory(ChargeForm, extra=3, max_num=CHARGES, validate_max=True)


def charge_forms(data: Any, charges: Sequence[Charge]) -> Any:
    """The lines of a mandate's charges, with empty ones after them."""
    names = list(ChargeText.__dataclass_fields__)
    return _Formset(data, prefix="charges", initial=[{name: getattr(one, name) for name in names} for one in charges])


def charges_in(formset: Any) -> list[ChargeText]:
    """What a valid formset says; lines without a name are left out."""
    return [ChargeText(**one) for one in formset.cleaned_data if one.get("name_fr")]
