"""Addresses of the register that lead nowhere: tried once a day, reported after three, mended by their keepers."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.actions import change_application
from applications.actions.health_runs import NETWORK_KEY
from applications.actions.links import gather_links, take_links, write_trial
from applications.checks import Trial
from applications.models import Application, Link
from applications.watch import Watch
from directory.models import Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person

from .health import HERE, Page, Site, a_register, an_application, certificate, closed_port
from .health import site as serve

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.APPLICATION_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def keeper(city: Unit) -> Person:
    return make_person("kim.registre", unit=city)


@pytest.fixture
def register(keeper: Person) -> Space:
    return a_register(keeper)


@pytest.fixture
def machine() -> Iterator[Site]:
    with serve() as made:
        yield made


@pytest.fixture
def application(register: Space, keeper: Person, machine: Site) -> Application:
    return an_application(register, keeper, address=f"{machine.url}/")


def try_all() -> None:
    """Have all addresses tried now."""
    gather_links()
    Link.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    Watch().run_due()


def try_for(days: int) -> None:
    """The same on so many days, from today on."""
    for day in range(days):
        with time_machine.travel(timezone.now() + timedelta(days=day)):
            try_all()


def found() -> tuple[str, str]:
    link = Link.objects.get()
    return link.state, link.problem


def test_an_address_that_answers_is_asked_for_its_head_alone(application: Application, machine: Site) -> None:
    try_all()
    assert (found(), machine.asked) == (("alive", ""), [("HEAD", "/")])


def test_a_machine_that_does_not_like_heads_is_asked_for_the_page(application: Application, machine: Site) -> None:
    machine.heads = False
    try_all()
    assert (found(), machine.asked) == (("alive", ""), [("HEAD", "/"), ("GET", "/")])


@pytest.mark.parametrize("code", [401, 403])
def test_a_page_that_wants_somebody_is_there(application: Application, machine: Site, code: int) -> None:
    machine.pages["/"] = Page(code)
    try_all()
    assert found() == ("alive", "")


@pytest.mark.parametrize(("code", "problem"), [(404, "not_found"), (410, "not_found"), (500, "code_class")])
def test_codes_that_say_it_is_dead(application: Application, machine: Site, code: int, problem: str) -> None:
    machine.pages["/"] = Page(code)
    try_all()
    assert found() == ("dead", problem)


def test_machines_that_are_gone_or_cannot_be_trusted(
    application: Application, keeper: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_application(application, {"address": f"http://{HERE}:{closed_port()}/"}, actor=fresh(keeper))
    try_all()
    assert found() == ("dead", "unreachable")
    change_application(application, {"address": "https://partie.ville.invalid.net/"}, actor=fresh(keeper))
    real = socket.getaddrinfo

    def gone(host: Any, *args: Any, **kwargs: Any) -> Any:
        if str(host).endswith(".invalid.net"):
            raise socket.gaierror
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", gone)
    try_all()
    assert found() == ("dead", "unknown_host")
    with serve(certificate(tmp_path, days=200)) as protected:
        change_application(application, {"address": f"{protected.url}/"}, actor=fresh(keeper))
        try_all()
    assert found() == ("dead", "certificate")


def test_what_the_portal_may_not_ask_is_not_called_dead(
    application: Application, keeper: Person, settings: Any, machine: Site, sign_in: Callable[..., Client]
) -> None:
    settings.APPLICATION_NETWORKS = []
    try_for(4)
    assert found() == ("unasked", "inside") and machine.asked == []
    page = sign_in(keeper).get("/apps/dead-links/").content.decode()
    assert "Aucun lien mort" in page and "1 non essayée" in page


def test_it_is_reported_after_three_days_in_a_row_and_no_sooner(
    application: Application, keeper: Person, machine: Site, sign_in: Callable[..., Client]
) -> None:
    machine.pages["/"] = Page(404)
    start = timezone.now()
    seen = []
    for day, code in enumerate((404, 404, 200, 404, 404, 404)):
        machine.pages["/"] = Page(code)
        with time_machine.travel(start + timedelta(days=day)):
            gather_links()
            Watch().run_due()
            if not seen:
                # The first try is spread over the hour after the address was seen.
                Link.objects.update(next_at=timezone.now())
                Watch().run_due()
            seen.append("n’existe pas" in sign_in(keeper).get("/apps/dead-links/").content.decode())
            Link.objects.update(next_at=timezone.now() + timedelta(hours=23))
    assert seen == [False, False, False, False, False, True]
    assert Link.objects.get().days == 3


def test_a_page_that_moved_for_good_is_put_in_its_new_place_by_one_click(
    application: Application, keeper: Person, machine: Site, sign_in: Callable[..., Client]
) -> None:
    with serve() as new:
        machine.pages["/"] = Page(301, headers={"Location": f"{new.url}/accueil"})
        new.pages["/accueil"] = Page(302, headers={"Location": f"{machine.url}/connexion"})
        machine.pages["/connexion"] = Page()
        try_for(3)
        link = Link.objects.get()
        # What comes after a passing redirect (signing in) is no new address.
        assert (link.state, link.target) == ("moved", f"{new.url}/accueil")
        client = sign_in(keeper)
        assert f"{new.url}/accueil" in client.get("/apps/dead-links/").content.decode()
        client.post(f"/apps/dead-links/{link.pk}/use/", {"target": f"{new.url}/accueil"})
        application.refresh_from_db()
        assert application.address == f"{new.url}/accueil"
        assert "Aucun lien mort" in client.get("/apps/dead-links/").content.decode()
        assert Activity.objects.filter(verb="applications.changed").count() == 1


def test_within_one_machine_or_for_a_while_nothing_has_moved(application: Application, machine: Site) -> None:
    machine.pages["/"] = Page(301, headers={"Location": "/accueil"})
    machine.pages["/accueil"] = Page()
    try_all()
    assert found() == ("alive", "")
    with serve() as other:
        machine.pages["/"] = Page(302, headers={"Location": f"{other.url}/"})
        try_all()
    assert found() == ("alive", "")


def test_a_new_address_is_taken_only_as_it_was_seen(
    application: Application, keeper: Person, machine: Site, sign_in: Callable[..., Client]
) -> None:
    with serve() as new:
        machine.pages["/"] = Page(308, headers={"Location": f"{new.url}/"})
        try_for(3)
        link, client = Link.objects.get(), sign_in(keeper)
        for target in ("", "javascript:alert(1)", "https://ailleurs.ville.net/"):
            client.post(f"/apps/dead-links/{link.pk}/use/", {"target": target})
        # The register was changed meanwhile: the machine spoke of another address.
        change_application(application, {"address": f"{machine.url}/autre"}, actor=fresh(keeper))
        client.post(f"/apps/dead-links/{link.pk}/use/", {"target": link.target})
        application.refresh_from_db()
        assert application.address == f"{machine.url}/autre"


@pytest.mark.parametrize("location", ["javascript:alert(1)", "file:///etc/passwd", "http://moi:x@127.0.0.1/", ""])
def test_redirects_to_what_is_no_address(application: Application, machine: Site, location: str) -> None:
    machine.pages["/"] = Page(301, headers={"Location": location} if location else {})
    try_all()
    state, problem = found()
    assert state == "dead" and problem in ("bad_address", "credentials", "redirect_nowhere")


def test_an_address_that_leads_in_circles(application: Application, machine: Site) -> None:
    machine.pages["/"] = Page(301, headers={"Location": "/a"})
    machine.pages["/a"] = Page(301, headers={"Location": "/"})
    try_all()
    assert found() == ("dead", "redirects")
    assert len(machine.asked) <= 12


def test_the_network_of_the_portal_makes_no_dead_links(application: Application, machine: Site) -> None:
    machine.pages["/"] = Page(404)
    gather_links()
    Link.objects.update(next_at=timezone.now())
    link, holder = take_links(1)[0]
    cache.set(NETWORK_KEY, timezone.now(), 100)
    assert write_trial(link.pk, holder, Trial("dead", "unreachable"))
    link.refresh_from_db()
    assert (link.days, link.state) == (0, "new") and link.next_at < timezone.now() + timedelta(hours=1)
    Link.objects.update(next_at=timezone.now())
    assert take_links(1) == []


def test_two_workers_and_a_killed_one(application: Application) -> None:
    gather_links()
    Link.objects.update(next_at=timezone.now())
    (link, first), none = take_links(5)[0], take_links(5)
    assert none == []
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        (_link, second) = take_links(5)[0]
        assert not write_trial(link.pk, first, Trial("dead", "unreachable"))
        assert write_trial(link.pk, second, Trial("alive"))


def test_rows_follow_the_register(application: Application, keeper: Person, machine: Site) -> None:
    change_application(application, {"help_address": f"{machine.url}/aide"}, actor=fresh(keeper))
    assert gather_links() == 2 and gather_links() == 0
    change_application(application, {"help_address": ""}, actor=fresh(keeper))
    gather_links()
    assert [one.field for one in Link.objects.all()] == ["address"]
    change_application(application, {"stage": "retired"}, actor=fresh(keeper))
    gather_links()
    assert not Link.objects.exists()


def test_the_owner_is_reminded_once_a_day(
    register: Space,
    keeper: Person,
    machine: Site,
    city: Unit,
    sign_in: Callable[..., Client],
    deliver: Callable[[], int],
) -> None:
    owner = make_person("olga.responsable", unit=city)
    an_application(register, keeper, address=f"{machine.url}/absente", owner=owner)
    try_for(3)
    link = Link.objects.get()
    client = sign_in(keeper)
    for _turn in range(2):
        client.post(f"/apps/dead-links/{link.pk}/remind/")
    deliver()
    told = Notification.objects.visible_to(fresh(owner)).filter(activity__verb="applications.link_reminded")
    assert told.count() == 1
    assert "ne mène nulle part" in sign_in(owner).get("/notifications/").content.decode()
    # The owner sees it in their own report, too.
    assert "n’existe pas" in sign_in(owner).get("/apps/dead-links/").content.decode()


def test_others_see_nothing_and_mend_nothing(
    application: Application, machine: Site, colleague: Person, outsider: Person, sign_in: Callable[..., Client]
) -> None:
    machine.pages["/"] = Page(404)
    try_for(3)
    link = Link.objects.get()
    for person in (colleague, outsider):
        client = sign_in(person)
        assert application.title not in client.get("/apps/dead-links/").content.decode()
        assert client.post(f"/apps/dead-links/{link.pk}/remind/").status_code == 404
        assert client.post(f"/apps/dead-links/{link.pk}/use/", {"target": ""}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_links(
    register: Space, keeper: Person, machine: Site, sign_in: Callable[..., Client]
) -> None:
    client, counts = sign_in(keeper), []
    an_application(register, keeper, address=f"{machine.url}/absente")
    try_for(3)
    client.get("/apps/dead-links/")
    for more in (0, 6):
        for one in range(more):
            an_application(register, keeper, f"Outil {one}", address=f"{machine.url}/absente-{one}")
        gather_links()
        Link.objects.update(state="dead", days=4, since=timezone.now())
        with CaptureQueriesContext(connection) as seen:
            page = client.get("/apps/dead-links/").content.decode()
        counts.append(len(seen))
    assert "Outil 5" in page and counts[0] == counts[1]
