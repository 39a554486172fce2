"""What one does to units: what they say of themselves, and their names put right."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.activity.actions import record
from foundation.activity.models import Activity
from foundation.audiences.policies import require
from foundation.search.actions import queue_objects

from ..activities import UNIT_DESCRIBED, UNIT_NAME_RESTORED, UNIT_RENAMED
from ..models import Person, Unit
from .words import refresh_words

# What the people of a unit may say of it; its place in the tree stays LDAP's.
DESCRIPTION = ("mission_fr", "mission_en", "email", "phone")
MISSION_MAX = 4000


@transaction.atomic
def create_unit(code: str, name_fr: str, *, name_en: str = "", kind: str, parent: Unit | None = None) -> Unit:
    """Add a unit under `parent`, with its path."""
    unit = Unit.objects.create(code=code, name_fr=name_fr, name_en=name_en, kind=kind, parent=parent, path="")
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


@transaction.atomic
def describe_unit(unit: Unit, *, actor: Any, mission_fr: str, mission_en: str, email: str, phone: str) -> UUID | None:
    """Change mission and contacts. Answers what `undo_description` takes, None when nothing changed.

    Raises Refused and ValidationError.
    """
    require(actor, "directory.change_unit", unit)
    values = {"mission_fr": mission_fr, "mission_en": mission_en, "email": email, "phone": phone}
    return _describe(unit, {name: _clean(text) for name, text in values.items()}, actor)


@transaction.atomic
def undo_description(unit: Unit, change: UUID, *, actor: Any) -> bool:
    """Give back the mission and contacts from before `change`. False when it is no longer known.

    Raises Refused. It is a change like another: undoing it again brings the later words back.
    """
    require(actor, "directory.change_unit", unit)
    done = Activity.objects.filter(uuid=change, verb=UNIT_DESCRIBED.key).first()
    # SECURITY: a change of another unit is not one's to bring here.
    if done is None or done.data.get("unit") != str(unit.uuid):
        return False
    _describe(unit, {name: done.data["before"][name] for name in DESCRIPTION}, actor)
    return True


def _describe(unit: Unit, values: dict[str, str], actor: Any) -> UUID | None:
    if max(len(values["mission_fr"]), len(values["mission_en"])) > MISSION_MAX:
        raise ValidationError(_("A mission has at most %(max)s characters.") % {"max": MISSION_MAX})
    before = {name: getattr(unit, name) for name in DESCRIPTION}
    if values == before:
        return None
    for name, value in values.items():
        setattr(unit, name, value)
    unit.clean_fields(exclude=[one.name for one in Unit._meta.fields if one.name not in DESCRIPTION])
    unit.save(update_fields=DESCRIPTION)
    queue_objects("directory.unit", [unit.pk])
    data = {"unit": str(unit.uuid), "before": before, "after": values}
    return record(UNIT_DESCRIBED, None, actor=actor, data=data).uuid


@transaction.atomic
def rename_unit(unit: Unit, *, actor: Any, name_fr: str, name_en: str) -> None:
    """Put the names right: from now on the sync leaves them alone. Raises Refused and ValidationError."""
    require(actor, "directory.rename_unit", unit)
    names = (_clean(name_fr), _clean(name_en))
    if not names[0]:
        raise ValidationError({"name_fr": _("Give the unit a French name.")})
    before = (unit.name_fr, unit.name_en)
    if names == before:
        return
    if not unit.has_own_name and not unit.ldap_name_fr:
        # Never synced yet: what it is called now is what the directory calls it.
        unit.ldap_name_fr, unit.ldap_name_en = before
    unit.name_fr, unit.name_en = names
    unit.has_own_name = names != (unit.ldap_name_fr, unit.ldap_name_en)
    unit.clean_fields(exclude=[one.name for one in Unit._meta.fields if not one.name.startswith("name_")])
    _save_names(unit)
    record(UNIT_RENAMED, None, actor=actor, data={"unit": str(unit.uuid), "before": before, "after": names})


@transaction.atomic
def restore_unit_name(unit: Unit, *, actor: Any) -> None:
    """Call the unit again what the City's directory calls it. Raises Refused."""
    require(actor, "directory.rename_unit", unit)
    if not unit.has_own_name:
        return
    before = (unit.name_fr, unit.name_en)
    unit.name_fr, unit.name_en, unit.has_own_name = unit.ldap_name_fr, unit.ldap_name_en, False
    _save_names(unit)
    data = {"unit": str(unit.uuid), "before": before, "after": (unit.name_fr, unit.name_en)}
    record(UNIT_NAME_RESTORED, None, actor=actor, data=data)


def _save_names(unit: Unit) -> None:
    unit.save(update_fields=["name_fr", "name_en", "has_own_name", "ldap_name_fr", "ldap_name_en"])
    queue_objects("directory.unit", [unit.pk])
    # People are found by the names of their unit and of those above.
    below = Person.objects.filter(unit__path__startswith=unit.path, is_active=True)
    refresh_words(list(below.values_list("pk", flat=True)))


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()
