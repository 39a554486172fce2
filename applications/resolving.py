"""From the words of a manifest to people, units and applications, and back: what only the database knows. Nothing here
writes.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from directory.models import Group, Person, Unit
from foundation.audiences.principals import ELECTED, EVERYONE, principal, principals_of
from foundation.spaces.models import Space
from foundation.spaces.querysets import readable_space_ids

from .manifests import Flaw, Meaning
from .manifests.meaning import PART_OF
from .models import Application, Registrar

# Where each field stands in a manifest.
PATHS = {
    "title": "name.fr",
    "title_translated": "name.en",
    "address": "addresses.web",
    "notes_link": "addresses.notes",
    "desktop_address": "addresses.desktop",
    "phone": "addresses.phone",
    "health_address": "health",
    "description_fr": "description.fr",
    "description_en": "description.en",
    "entry": "access",
    "help_fr": "help.fr",
    "help_en": "help.en",
    "help_address": "help.address",
    "support_name": "support.name",
    "support_email": "support.email",
    "support_phone": "support.phone",
    "maintenance_from": "maintenance.from",
    "maintenance_until": "maintenance.until",
    "maintenance_fr": "maintenance.fr",
    "maintenance_en": "maintenance.en",
}
MOMENTS = ("service_from", "maintenance_from", "maintenance_until")


def path_of(name: str) -> str:
    """Where a field of the register stands in a manifest."""
    return f"$.{PATHS.get(name, name)}"


def resolve(meaning: Meaning, registrar: Registrar, keeper: Any, key: str) -> None:
    """Put ids and principals in place of the names in `meaning.values`; what names nothing becomes a flaw of it.

    SECURITY: as far as `keeper` sees, and no further than the registrar's own audience.
    """
    values, flaws = meaning.values, meaning.flaws
    if "owner" in values:
        person = _person(values["owner"], keeper)
        if person is None:
            flaws.append(Flaw("nobody", "$.owner"))
        else:
            values["owner"] = str(person.uuid)
    if "audience" in values:
        values["audience"] = _audience(values["audience"], registrar, keeper, flaws)
    if values.get("successor"):
        flaws += _flaws_of_successor(values["successor"], key, keeper)


def flaws_of_owner(owner: str, audience: Collection[str] | None, space: Space) -> list[Flaw]:
    """Whoever answers for an application is among those who see it: of its audience, or an editor of its register."""
    person = Person.objects.with_unit().filter(uuid=owner, is_active=True).first()
    if person is None:
        return []
    held = principals_of(person)
    sees = space.pk in readable_space_ids(person) and (audience is None or bool(held & set(audience)))
    return [] if sees or principal("editors", space.pk) in held else [Flaw("owner_outside", "$.owner")]


def _person(name: str, keeper: Any) -> Person | None:
    seen = Person.objects.visible_to(keeper).filter(is_active=True)
    try:
        return seen.filter(uuid=UUID(name)).first()
    except ValueError:
        found = list(seen.known_as(name)[:2])
        return found[0] if len(found) == 1 else None


def ceiling_of(registrar: Registrar) -> list[str] | None:
    """The principals beyond which the system registers nothing; None for whoever reads the register."""
    return sorted(registrar.audience.principals) if registrar.audience is not None else None


def _audience(names: list[str] | None, registrar: Registrar, keeper: Any, flaws: list[Flaw]) -> list[str] | None:
    ceiling = ceiling_of(registrar)
    if not names:
        return ceiling
    found = set()
    for place, name in enumerate(names):
        path = f"$.audience[{place}]"
        chosen = _principals(name, keeper)
        if len(chosen) != 1:
            flaws.append(Flaw("several" if chosen else "no_audience", path))
        elif ceiling is not None and not _is_within(chosen[0], ceiling):
            flaws.append(Flaw("beyond", path))
        else:
            found.add(chosen[0])
    return sorted(found) or ceiling


def _principals(name: str, keeper: Any) -> list[str]:
    """What a name may mean; one, when it is clear."""
    if name in (EVERYONE, ELECTED):
        return [name]
    kind, sep, rest = name.partition(":")
    wanted = rest.strip() if sep and kind in ("unit", "group") else name
    found = []
    if not sep or kind != "group":
        units = Unit.objects.visible_to(keeper).filter(is_active=True, code__iexact=wanted)
        found += [principal("unit", pk) for pk in units.values_list("pk", flat=True)[:2]]
    if not sep or kind != "unit":
        groups = Group.objects.visible_to(keeper).active()
        named = list(groups.filter(ldap_name__iexact=wanted)[:2]) or [
            one for one in groups if wanted in (one.name_fr, one.name_en, str(one.uuid))
        ]
        found += [principal("group", one.pk) for one in named[:2]]
    return found


def _is_within(one: str, ceiling: Iterable[str]) -> bool:
    """Whether whoever holds `one` holds something of the ceiling, as far as this can be known for ever.

    SECURITY: of a group it cannot: its members change. Only "everyone" holds groups, and units.
    """
    ceiling = set(ceiling)
    if one in ceiling:
        return True
    if EVERYONE in ceiling:
        return True
    prefix, _sep, key = one.partition(":")
    if prefix == "unit":
        unit = Unit.objects.filter(pk=int(key)).first()
        return unit is not None and any(principal("unit", pk) in ceiling for pk in unit.ancestor_ids)
    if prefix == "person":
        person = Person.objects.with_unit().filter(pk=int(key)).first()
        return person is not None and bool(principals_of(person) & ceiling)
    return False


def _flaws_of_successor(successor: str, key: str, keeper: Any) -> list[Flaw]:
    if successor == key:
        return [Flaw("circle", "$.successor")]
    after = Application.objects.visible_to(keeper).filter(key=successor).first()
    if after is None:
        return [Flaw("no_successor", "$.successor")]
    seen: set[int] = set()
    while after is not None and after.pk not in seen:
        if after.key == key:
            return [Flaw("circle", "$.successor")]
        seen.add(after.pk)
        after = after.successor
    return []


def plain_of(application: Application) -> dict[str, Any]:
    """What the register says of an application, in the plain values of a manifest."""
    values: dict[str, Any] = {}
    for name in PART_OF:
        if name == "health_address":
            registration = getattr(application, "registration", None)
            values[name] = registration.health_address if registration else ""
        elif name == "audience":
            # The editors of its register are always among them (`actions.applications.addressed_to`), and not said.
            principals = application.audience.principals if application.audience else frozenset()
            values[name] = sorted(one for one in principals if not one.startswith("editors:")) or None
        elif name == "owner":
            values[name] = str(application.owner.uuid)
        elif name == "successor":
            after = application.successor
            values[name] = (after.key or str(after.uuid)) if after else None
        else:
            value = getattr(application, name)
            if isinstance(value, datetime):
                value = value.astimezone(UTC).replace(microsecond=0).isoformat()
            values[name] = value.isoformat() if isinstance(value, date) else value
    return values


def fields_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values as the actions take them, but for the audience, which stays a list of principals; `health_address`,
    which is no field of the application, left out.

    ValidationError, by field, for what is no longer there.
    """
    fields: dict[str, Any] = {name: value for name, value in values.items() if name != "health_address"}
    if "owner" in fields:
        fields["owner"] = Person.objects.filter(uuid=fields["owner"], is_active=True).first()
        if fields["owner"] is None:
            raise ValidationError({"owner": _("This person has left: name another one.")})
    if fields.get("successor"):
        after = Application.objects.filter(key=fields["successor"]).first()
        if after is None:
            raise ValidationError({"successor": _("No application has this key.")})
        fields["successor"] = after
    for name in MOMENTS:
        if fields.get(name):
            fields[name] = datetime.fromisoformat(fields[name])
    if fields.get("retires_on"):
        fields["retires_on"] = date.fromisoformat(fields["retires_on"])
    return fields
