"""What the directory tells the search: its sorts of finds, and what is done or read here by name."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.search.shortcuts import Shortcut, register_shortcut
from foundation.search.sorts import Sort, register_sort

from .api.people import person_out
from .finding import find
from .models import Person, Unit


def _people(reader: Any, keys: Collection[int]) -> Mapping[int, Person]:
    """SECURITY: those that `reader` may see."""
    return {one.pk: one for one in Person.objects.visible_to(reader).filter(pk__in=keys).for_rows().with_unit()}


def _units(reader: Any, keys: Collection[int]) -> Mapping[int, Unit]:
    """SECURITY: those that `reader` may see."""
    names = ("uuid", "name_fr", "name_en")
    found = Unit.objects.visible_to(reader).active().filter(pk__in=keys).select_related("parent")
    found = found.only(*names, *(f"parent__{name}" for name in names))
    return {one.pk: one for one in found}


def _unit_out(unit: Unit) -> dict[str, Any]:
    return {"id": unit.uuid, "title": unit.name, "url": unit.get_absolute_url()}


register_sort(
    Sort(
        kind="person",
        label="directory.person",
        singular=_("Person"),
        plural=_("People"),
        icon="user",
        door=_people,
        row="directory/_person_found.html",
        note=lambda person: person.title or (person.unit.name if person.unit else ""),
        of_api=person_out,
        # Slips, telephones and skills are known there.
        suggest=lambda reader, text, most: find(reader, text, limit=most).people,
    )
)
register_sort(
    Sort(
        kind="unit",
        label="directory.unit",
        singular=_("Unit"),
        plural=_("Units"),
        icon="sitemap",
        door=_units,
        row="directory/_unit_found.html",
        note=lambda unit: unit.parent.name if unit.parent else "",
        of_api=_unit_out,
    )
)
for _shortcut in (
    Shortcut("profile", _("Edit my profile"), "directory:profile", "user", "profil photo compétences langues skills"),
    Shortcut("absences", _("Tell an absence"), "directory:absences", "beach", "vacances congé leave away", is_own=True),
    Shortcut("units", _("Units"), "directory:units", "building", "services arrondissements boroughs"),
    Shortcut("chart", _("Org chart"), "directory:chart", "sitemap", "organigramme structure"),
    Shortcut("elected", _("Elected officials"), "directory:elected", "building-bank", "élus conseil mairesse council"),
    Shortcut("groups", _("Groups"), "directory:groups", "users", "audiences"),
    Shortcut("new_group", _("Create a group"), "directory:new_group", "plus", "audience nouveau new"),
    Shortcut("responsibilities", _("My responsibilities"), "directory:responsibilities", "checkbox", "relève handover"),
    Shortcut("settings", _("Settings"), "directory:settings", "settings", "langue thème language theme préférences"),
    Shortcut("sessions", _("Open sessions"), "directory:sessions", "lock", "appareils devices sécurité security"),
):
    register_shortcut(_shortcut)
