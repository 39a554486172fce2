"""City news rolls down; local news rolls up when the city's editors accept it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from directory.models import Person, Unit
from foundation.activity.models import Activity
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from publications.blocks.loading import Reading, city_news, load
from publications.models import CityProposal, Notice, Site
from tests.conftest import fresh, make_person

from .sites import TwoSites, name_editor, notice, open_site

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def two(city: Unit, borough: Unit) -> TwoSites:
    return TwoSites(city, borough)


@pytest.fixture
def of_city(two: TwoSites, city: Unit) -> Site:
    return open_site(two.admin, city, "", template="empty", is_city=True)


def _titles(person: Person) -> list[str]:
    return [one.title for one in city_news(fresh(person))]


def _block(person: Person, site: Site, source: str) -> list[str]:
    values: list[dict[str, Any]] = [{"title": "", "source": source, "tag": "", "count": 20}]
    [context] = load("notices", values, Reading(fresh(person), "fr", site, None))
    return sorted(one.title for one in context["notices"])


def test_local_news_is_shown_to_the_city_once_accepted(
    two: TwoSites, of_city: Site, city: Unit, colleague: Person, sign_in: SignIn
) -> None:
    local = notice(two.verdun, two.editor, "Fête de quartier")
    notice(of_city, two.admin, "Nouvelle de la Ville")
    city_editor = name_editor(of_city, "cecile.ville", city)
    reader = make_person("zoe.ailleurs", unit=two.lachine_unit)
    assert _titles(reader) == ["Nouvelle de la Ville"]
    assert _block(reader, two.verdun, "site") == ["Fête de quartier"]

    propose = f"/sites/proposals/notices/{local.uuid}/"
    assert sign_in(two.other).post(propose).status_code == 403
    assert sign_in(two.editor).post(propose).status_code == 302
    assert sign_in(two.editor).post(propose).status_code == 302
    proposal = CityProposal.objects.get()
    assert Activity.objects.filter(verb="publications.news_proposed").count() == 1
    assert _titles(reader) == ["Nouvelle de la Ville"]
    assert "En attente" in sign_in(two.editor).get("/sites/verdun/desk/news/").content.decode()

    decide = f"/sites/proposals/{proposal.uuid}/"
    assert sign_in(two.other).post(decide, {"decision": "accept"}).status_code == 404
    assert sign_in(two.editor).post(decide, {"decision": "accept"}).status_code == 403
    assert sign_in(city_editor).post(decide, {"decision": "accept"}).status_code == 302
    assert sorted(_titles(reader)) == ["Fête de quartier", "Nouvelle de la Ville"]
    assert _block(reader, two.lachine, "city") == ["Fête de quartier", "Nouvelle de la Ville"]
    assert _block(reader, two.lachine, "site") == []

    sign_in(city_editor).post(decide, {"decision": "decline", "reason": "Trop local."})
    assert _titles(reader) == ["Nouvelle de la Ville"]
    assert "Trop local." in sign_in(two.editor).get("/sites/verdun/desk/news/").content.decode()


def test_what_is_accepted_keeps_its_own_readers(two: TwoSites, of_city: Site, colleague: Person) -> None:
    local = notice(two.verdun, two.editor, "Pour Verdun seulement")
    Notice.objects.filter(pk=local.pk).update(audience=audience_of({principal("unit", two.verdun.unit_id)}))
    CityProposal.objects.create(notice=local, by=two.editor, state="accepted")
    reader = make_person("zoe.ailleurs", unit=two.lachine_unit)
    assert _titles(colleague) == ["Pour Verdun seulement"] and _titles(reader) == []
    change_access(two.verdun.space, Space.Access.HIDDEN, actor=fresh(two.admin))
    assert _titles(reader) == []


def test_the_lists_of_proposals_are_the_citys_editors(
    two: TwoSites, of_city: Site, colleague: Person, sign_in: SignIn
) -> None:
    address = f"/sites/{of_city.space.slug}/desk/proposals/"
    assert sign_in(two.admin).get(address).status_code == 200
    assert sign_in(two.editor).get(address).status_code == 403
    assert sign_in(colleague).get("/sites/verdun/desk/news/").status_code == 403
