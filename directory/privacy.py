"""Which of a person's details others may read: the person's choice, within the city's policy.

What LDAP says of everybody (name, titles, unit, site, telephone, mail, Notes name, manager) is public within the city.
Of the fields below the city says who reads them unless the person says otherwise, and whether they may choose:
PROFILE_PRIVACY, "mobile=team,absences=everyone!" (an exclamation mark: not the person's to change).

SECURITY: every door asks here: page, API, export, vCard, search words, filters, suggestions.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Everyone who may see the person; their unit, their manager and those who report to them; nobody but themselves.
EVERYONE, TEAM, NOBODY = "everyone", "team", "nobody"
LEVELS: dict[str, Promise] = {
    EVERYONE: _("All colleagues"),
    TEAM: _("My unit, my manager and my team"),
    NOBODY: _("Only me"),
}


@dataclass(frozen=True)
class Field:
    """One detail. `levels`: what may be chosen; `default`: the level where nothing was."""

    name: str
    label: Promise
    default: str = EVERYONE
    levels: tuple[str, ...] = (EVERYONE, TEAM, NOBODY)
    is_locked: bool = False


# A picture is on every list: it is shown to all or to nobody.
_FIELDS = (
    Field("photo", _("Photo"), levels=(EVERYONE, NOBODY)),
    Field("mobile", _("Mobile phone"), default=TEAM),
    Field("languages", _("Languages")),
    Field("skills", _("Skills")),
    Field("working_days", _("Working days")),
    Field("absences", _("Absences and replacement")),
    Field("communities", _("Communities and contributions")),
)


def policy(written: dict[str, str] | None = None) -> dict[str, Field]:
    """The fields as the city wants them, from `settings.PROFILE_PRIVACY`. ImproperlyConfigured for a bad one."""
    chosen = settings.PROFILE_PRIVACY if written is None else written
    fields = {one.name: one for one in _FIELDS}
    for name, text in chosen.items():
        level, is_locked = text.rstrip("!"), text.endswith("!")
        if name not in fields or level not in fields[name].levels:
            raise ImproperlyConfigured(f"PROFILE_PRIVACY: {name}={text} is not a field and a level it can have.")
        fields[name] = Field(name, fields[name].label, level, fields[name].levels, is_locked)
    return fields


def level_of(person: Any, field: str) -> str:
    """Who reads `field` of `person`: everyone, team or nobody. LookupError for a field that has no level."""
    rule = policy()[field]
    chosen = person.privacy.get(field, rule.default)
    return rule.default if rule.is_locked or chosen not in rule.levels else chosen


def may_read(reader: Any, person: Any, field: str) -> bool:
    """Whether `reader` may read `field` of a `person` they may see. Costs no query."""
    if reader.pk == person.pk:
        return True
    level = level_of(person, field)
    if level == EVERYONE:
        return True
    return level == TEAM and is_near(reader, person)


def is_near(reader: Any, person: Any) -> bool:
    """Same unit, or one is the other's manager."""
    same_unit = person.unit_id is not None and person.unit_id == reader.unit_id
    return same_unit or person.manager_id == reader.pk or reader.manager_id == person.pk


def shown_to(reader: Any, person: Any) -> frozenset[str]:
    """The fields of `person` that `reader` may read."""
    return frozenset(name for name in policy() if may_read(reader, person, name))


def is_public(person: Any, field: str) -> bool:
    """Whether every colleague may read it: what may be searched and filtered by."""
    return level_of(person, field) == EVERYONE
