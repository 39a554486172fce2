"""What a list of people is narrowed by, read from an address, and the same for pages, the API and the export.

SECURITY: only by what every colleague may read (`privacy`): a filter that knew more would tell it, one question at a
time. Whoever hides their absences or working days counts as present.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .mapping import SPOKEN_LANGUAGES
from .models import Absence, Person, PersonLanguage, PersonSkill, Skill, Unit
from .privacy import EVERYONE, policy
from .querysets import folded

ROLES = {
    "manager": _("Managers"),
    "elected": _("Elected officials"),
    "cabinet": _("Cabinet staff"),
    "staff": _("Employees"),
    "external": _("Externals"),
}
_OF_ROLE = {
    "manager": Q(is_manager=True),
    "elected": Q(kind=Person.Kind.ELECTED),
    "cabinet": Q(unit__kind=Unit.Kind.CABINET) & ~Q(kind=Person.Kind.ELECTED),
    "staff": Q(kind=Person.Kind.EMPLOYEE),
    "external": Q(kind=Person.Kind.EXTERNAL),
}
UNITS = ("borough", "service", "unit")
NAMES = (*UNITS, "role", "language", "skill", "present", "direct")
LONGEST = 80


@dataclass(frozen=True)
class Filters:
    """One list's filters, each empty when it does not narrow. `unknown`: one of them names nothing, so nobody is found.

    direct: of `unit` itself, without the units below.
    """

    borough: Unit | None = None
    service: Unit | None = None
    unit: Unit | None = None
    direct: bool = False
    role: str = ""
    language: str = ""
    skill: str = ""
    present: bool = False
    unknown: bool = False

    @classmethod
    def read(cls, values: Mapping[str, Any], reader: Any) -> Self:
        """The filters of an address; units that `reader` may not see are as unknown as those that are not there."""
        texts = {name: str(values.get(name) or "").replace("\0", "").strip()[:LONGEST] for name in NAMES}
        wanted = {name: _uuid(texts[name]) for name in UNITS if texts[name]}
        keys = [one for one in wanted.values() if one]
        units = {one.uuid: one for one in Unit.objects.visible_to(reader).filter(uuid__in=keys)} if keys else {}
        found = {name: units.get(key) if key else None for name, key in wanted.items()}
        role, language = texts["role"], texts["language"]
        is_unknown = None in found.values() or (role and role not in ROLES)
        return cls(
            **found,
            direct=_is_yes(texts["direct"]),
            role=role if role in ROLES else "",
            language=language if language in SPOKEN_LANGUAGES else "",
            skill=texts["skill"],
            present=_is_yes(texts["present"]),
            unknown=bool(is_unknown or (language and language not in SPOKEN_LANGUAGES)),
        )

    def __bool__(self) -> bool:
        return self.unknown or bool(self.values())

    def values(self) -> dict[str, str]:
        """Those that narrow, as they stand in an address."""
        given = {
            **{name: str(unit.uuid) for name in UNITS if (unit := getattr(self, name))},
            "direct": "1" if self.direct and self.unit else "",
            "role": self.role,
            "language": self.language,
            "skill": self.skill,
            "present": "1" if self.present else "",
        }
        return {name: value for name, value in given.items() if value}

    def narrow(self, people: QuerySet) -> QuerySet:
        """`people` who pass all of them."""
        if self.unknown:
            return people.none()
        if self.borough:
            people = people.filter(Q(borough=self.borough) | Q(unit__in=Unit.objects.under(self.borough)))
        if self.service:
            people = people.filter(unit__in=Unit.objects.under(self.service))
        if self.unit:
            people = (
                people.filter(unit=self.unit) if self.direct else people.filter(unit__in=Unit.objects.under(self.unit))
            )
        if self.role:
            people = people.filter(_OF_ROLE[self.role])
        if self.language:
            speakers = PersonLanguage.objects.filter(language=self.language)
            people = people.filter(public_in("languages"), pk__in=speakers.values("person"))
        if self.skill:
            knowing = PersonSkill.objects.filter(skill__in=_skills_named(self.skill))
            people = people.filter(public_in("skills"), pk__in=knowing.values("person"))
        return _present(people) if self.present else people


def public_in(field: str) -> Q:
    """People of whom every colleague may read `field`: `privacy.is_public`, as a condition."""
    rule = policy()[field]
    if rule.is_locked:
        return Q() if rule.default == EVERYONE else Q(pk__in=[])
    chosen = Q(**{f"privacy__{field}": EVERYONE})
    if rule.default != EVERYONE:
        return chosen
    kept = [level for level in rule.levels if level != EVERYONE]
    # A key that is not there is neither in a list nor out of it.
    return chosen | Q(**{f"privacy__{field}__isnull": True}) | ~Q(**{f"privacy__{field}__in": kept})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _is_yes(text: str) -> bool:
    return text.lower() in ("1", "true", "on", "yes")


def _skills_named(text: str) -> list[int]:
    """The skills whose name holds all the words, in either language. They are some hundreds."""
    words = folded(text).split()
    names = Skill.objects.values_list("pk", "key", "name_fr", "name_en")
    return [pk for pk, *texts in names if any(all(word in folded(one) for word in words) for one in texts)]


def _present(people: QuerySet) -> QuerySet:
    """Not known to be away today, and not known to be off on this day of the week."""
    today = timezone.localdate()
    away = Absence.objects.current(today).values("person")
    people = people.exclude(public_in("absences") & Q(pk__in=away))
    says_days = public_in("working_days") & ~Q(working_days="")
    return people.exclude(says_days & ~Q(working_days__contains=str(today.isoweekday())))
