"""What the register of the demo city says of its applications besides their names; who asked for access to which."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from applications import actions
from applications.models import Application
from directory.models import Person

from .city import read_toml
from .people import BY_ROLE

_SAME = ("help_fr", "help_en", "support_name", "support_email", "support_phone", "phone", "entry", "manager_first")


def load_register() -> str:
    """Help, support, doors, stages and access, by the keeper of the register. Answers what was loaded, in words."""
    data = read_toml("register.toml")
    for row in data["entries"]:
        _say(row)
    for row in data["entries"]:
        _move(row)
    for row in data["requests"]:
        days = row.get("for_days")
        until = timezone.localdate() + timedelta(days=days) if days else None
        actions.request_access(_named(row["name"]), actor=_person(row["who"]), reason=row["reason"], until=until)
    for row in data["grants"]:
        actions.give_access(_named(row["name"]), _person(row["who"]), actor=_person("administrator"))
    return f"{len(data['requests'])} requests for access"


def _named(name: str) -> Application:
    return Application.objects.select_related("space").get(title=name)


def _person(role: str) -> Person:
    return Person.objects.with_unit().get(username=BY_ROLE[role].username)


def _say(row: dict[str, Any]) -> None:
    said = {name: row[name] for name in _SAME if name in row}
    if "desktop" in row:
        said["desktop_address"] = row["desktop"]
    if "approver" in row:
        said["approver"] = _person(row["approver"])
    actions.change_application(_named(row["name"]), said, actor=_person("administrator"))


def _move(row: dict[str, Any]) -> None:
    """Where it is in its life, counted from now."""
    entry, keeper, now = _named(row["name"]), _person("administrator"), timezone.now()
    if row.get("stage") == "announced":
        morning = timezone.localtime(now + timedelta(days=row["service_in"])).replace(hour=8, minute=0, second=0)
        actions.announce(entry, actor=keeper, service_from=morning.replace(microsecond=0))
    elif row.get("stage") == "pilot":
        actions.start_pilot(entry, actor=keeper)
    elif row.get("stage") == "retiring":
        day = timezone.localdate() + timedelta(days=row["retires_in"])
        actions.plan_retirement(entry, actor=keeper, retires_on=day, successor=_named(row["successor"]))
    if "maintenance_hours" in row:
        begins = now.replace(minute=0, second=0, microsecond=0)
        actions.plan_maintenance(
            entry,
            actor=keeper,
            begins=begins,
            ends=begins + timedelta(hours=row["maintenance_hours"]),
            maintenance_fr=row["maintenance_fr"],
            maintenance_en=row["maintenance_en"],
        )
