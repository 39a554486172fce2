"""What the index knows of people and units: what every colleague may read, and nothing else."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from haystack import indexes

from foundation.audiences.principals import EVERYONE, principal
from foundation.search.indexes import ObjectIndex

from .models import Person, PersonSkill, Unit
from .privacy import is_public


class PersonIndex(ObjectIndex, indexes.Indexable):
    """An active person: names, titles, unit, place, skills."""

    KIND = "person"
    # A name that is typed counts as a title does; what a person only works at must not hide what it is about.
    WEIGHT = 0.5

    def get_model(self) -> type[Person]:
        return Person

    def titles_of(self, obj: Person) -> tuple[str, str]:
        given = f"{obj.given_name} {obj.family_name}".strip()
        return obj.name, given

    def body_of(self, obj: Person) -> str:
        units = [one for one in (obj.unit, obj.borough) if one]
        names = [name for one in units for name in (one.name_fr, one.name_en)]
        # SECURITY: a skill that not every colleague may read is found by nobody.
        held = obj.held_skills if is_public(obj, "skills") else []  # type: ignore[attr-defined]
        skills = [name for one in held for name in (one.skill.name_fr, one.skill.name_en)]
        lines = [obj.title_fr, obj.title_en, *names, obj.site, *skills]
        return "\n".join(dict.fromkeys(line for line in lines if line))

    def readers_of(self, obj: Person) -> Iterable[str]:
        return (EVERYONE, principal("person", obj.pk))

    def unit_of(self, obj: Person) -> int | None:
        return obj.unit_id

    def index_queryset(self, using: str | None = None) -> Any:
        held = Prefetch("skills", queryset=PersonSkill.objects.select_related("skill"), to_attr="held_skills")
        return Person.objects.filter(is_active=True).select_related("unit", "borough").prefetch_related(held)


class UnitIndex(ObjectIndex, indexes.Indexable):
    """A unit that is still in LDAP: names, code, mission."""

    KIND = "unit"

    def get_model(self) -> type[Unit]:
        return Unit

    def titles_of(self, obj: Unit) -> tuple[str, str]:
        return obj.name_fr or obj.name_en, obj.name_en or obj.name_fr

    def body_of(self, obj: Unit) -> str:
        return "\n".join(line for line in (obj.mission_fr, obj.mission_en, obj.code) if line)

    def readers_of(self, obj: Unit) -> Iterable[str]:
        return (EVERYONE,)

    def unit_of(self, obj: Unit) -> int | None:
        return obj.pk

    def index_queryset(self, using: str | None = None) -> Any:
        return Unit.objects.active()
