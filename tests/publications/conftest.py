"""A borough with its site, its writers and its readers; and the city's own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from directory.actions import create_unit
from directory.models import Person, Unit
from foundation.acknowledgements.tasks import upkeep
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE, principal
from foundation.spaces.models import Membership, Role, Space
from publications.actions import publish_now, save_draft, start_draft
from publications.models import Notice, Site
from tests.conftest import do_queued, fresh, make_person


def make_site(unit: Unit, slug: str, code: str, **fields: Any) -> Space:
    """A site open to the whole city, whose people are its readers."""
    space = Space.objects.create(
        kind=Space.Kind.SITE,
        slug=slug,
        name_fr=unit.name_fr,
        name_en=unit.name_en,
        audience=audience_of({EVERYONE}),
    )
    Site.objects.create(space=space, unit=unit, code=code, **fields)
    Membership.objects.create(space=space, principal=principal("unit", unit.pk), role=Role.READER)
    return space


@pytest.fixture
def site(borough: Unit) -> Space:
    """The site of a borough that publishes in both languages."""
    return make_site(borough, "verdun", "VER", languages="both")


@pytest.fixture
def city_site(city: Unit) -> Space:
    return make_site(city, "ville", "", is_city=True)


def member_of(space: Space, person: Person, role: int) -> Person:
    Membership.objects.create(space=space, person=person, role=role)
    return person


@pytest.fixture
def manager(site: Space, borough: Unit) -> Person:
    """Drafts for the borough."""
    return member_of(site, make_person("michel.gestion", unit=borough, is_manager=True), Role.CONTRIBUTOR)


@pytest.fixture
def editor(site: Space, borough: Unit) -> Person:
    """Reviews and translates."""
    return member_of(site, make_person("edith.redac", unit=borough), Role.EDITOR)


@pytest.fixture
def approver(site: Space, borough: Unit) -> Person:
    """Approves for the borough."""
    return member_of(site, make_person("aline.appro", unit=borough), Role.OWNER)


@pytest.fixture
def stranger(city: Unit) -> Person:
    """An employee of another borough."""
    other = create_unit("LACHINE", "Lachine", kind="borough", parent=city)
    return make_person("stella.ailleurs", unit=other)


FRENCH = {
    "title": "Nouvel horaire de la cour de voirie",
    "summary": "Dès lundi.",
    "body": "<p>La cour ouvre à 6 h 30.</p>",
}
ENGLISH = {
    "title_translated": "New hours of the road works yard",
    "summary_translated": "From Monday on.",
    "body_translated": "<p>The yard opens at 6:30 a.m.</p>",
    "translation_ready": True,
}


@pytest.fixture
def draft(site: Space, manager: Person, borough: Unit) -> Notice:
    """A draft for the people of the borough, French only."""
    return start_draft(site, {**FRENCH, "audience": {principal("unit", borough.pk)}}, actor=manager)


@pytest.fixture
def publish(approver: Person) -> Callable[[Notice], Notice]:
    """Complete, approve and publish a draft."""

    def published(notice: Notice, **values: Any) -> Notice:
        save_draft(notice, {**ENGLISH, **values}, actor=fresh(approver))
        return publish_now(notice, actor=fresh(approver))

    return published


@pytest.fixture
def run_tasks() -> Callable[[], None]:
    """Do what the worker does: its queue, its minute, and the queue again."""

    def run() -> None:
        for step in (do_queued, upkeep, do_queued):
            cache.delete("acknowledgements:delegates")
            step()

    return run
