"""What one does to the mandates of elected officials."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.audiences.policies import Denied, Refused, require

from ..activities import MANDATE_BEGUN, MANDATE_CHANGED
from ..models import Charge, Mandate, Person
from ..policies import ONLY_ADMINISTRATORS

# What was decided at the election or by the council, and whose staff the cabinet is: administrators put it right.
SETTLED = ("office", "borough", "district", "starts", "ends", "cabinet")
# What the cabinet keeps.
KEPT = ("party", "is_party_published", "citizens_email", "citizens_phone")
CHARGES = 20


@dataclass(frozen=True)
class ChargeText:
    """A delegation or a seat on a commission, as written in a form. Fields as those of `Charge`."""

    kind: str
    name_fr: str
    name_en: str = ""
    role_fr: str = ""
    role_en: str = ""


@transaction.atomic
def begin_mandate(person: Person, *, actor: Any, charges: Sequence[ChargeText] = (), **fields: Any) -> Mandate:
    """What somebody was elected to. fields: those of `SETTLED` and `KEPT`. Raises Refused and ValidationError."""
    mandate = Mandate(person=person)
    require(actor, "directory.change_mandate", mandate)
    if person.kind != Person.Kind.ELECTED:
        raise ValidationError(_("The City's directory does not know this person as an elected official."))
    _set(mandate, fields)
    mandate.save()
    _write_charges(mandate, charges)
    record(MANDATE_BEGUN, None, actor=actor, data={"person": str(person.uuid), "mandate": str(mandate.uuid)})
    return mandate


@transaction.atomic
def change_mandate(mandate: Mandate, *, actor: Any, charges: Sequence[ChargeText], **fields: Any) -> None:
    """Change a mandate and its charges. fields: any of `KEPT`; any of `SETTLED`, for administrators.

    Raises Refused and ValidationError.
    """
    require(actor, "directory.change_mandate", mandate)
    before = _said(mandate)
    _set(mandate, fields)
    settled = [name for name in SETTLED if str(before[name]) != str(_said(mandate)[name])]
    # SECURITY: who is in a cabinet must not hand the mandate over, nor lengthen it.
    if settled and not actor.is_staff:
        raise Refused(Denied(ONLY_ADMINISTRATORS))
    mandate.save()
    _write_charges(mandate, charges)
    after = _said(mandate)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        data = {"person": str(mandate.person.uuid), "mandate": str(mandate.uuid), "changed": changed}
        record(MANDATE_CHANGED, None, actor=actor, data=data)


def _set(mandate: Mandate, fields: dict[str, Any]) -> None:
    unknown = fields.keys() - {*SETTLED, *KEPT}
    if unknown:
        raise TypeError(f"not fields of a mandate: {unknown}")
    for name, value in fields.items():
        setattr(mandate, name, value.replace("\x00", "").strip() if isinstance(value, str) else value)
    if mandate.office != Mandate.Office.MAYOR and mandate.borough is None:
        raise ValidationError({"borough": _("Say in which borough.")})
    if mandate.starts and mandate.ends and mandate.ends < mandate.starts:
        raise ValidationError({"ends": _("The last day comes before the first one.")})
    mandate.clean_fields()


def _write_charges(mandate: Mandate, charges: Sequence[ChargeText]) -> None:
    if len(charges) > CHARGES:
        raise ValidationError(_("A mandate has at most %(max)s delegations and commissions.") % {"max": CHARGES})
    written = [asdict(one) for one in charges]
    if written == _charges(mandate):
        return
    mandate.charges.all().delete()
    rows = [Charge(mandate=mandate, **one) for one in written]
    for row in rows:
        row.clean_fields()
    Charge.objects.bulk_create(rows)


def _charges(mandate: Mandate) -> list[dict[str, str]]:
    names = list(ChargeText.__dataclass_fields__)
    return [dict(row) for row in Charge.objects.filter(mandate=mandate).order_by("pk").values(*names)]


def _said(mandate: Mandate) -> dict[str, Any]:
    """Plain values for the audit."""
    return {
        "office": mandate.office,
        "borough": mandate.borough.code if mandate.borough else None,
        "cabinet": mandate.cabinet.code if mandate.cabinet else None,
        "starts": mandate.starts.isoformat(),
        "ends": mandate.ends.isoformat() if mandate.ends else None,
        "charges": _charges(mandate),
        **{name: getattr(mandate, name) for name in ("district", *KEPT)},
    }
