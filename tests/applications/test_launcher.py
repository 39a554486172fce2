"""The launcher through its pages and its API: favourites in one's order, what was put there, recents, new ones."""

import re
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.actions import (
    change_application,
    keep_favourite,
    place_default,
    sweep_launcher,
    withdraw_default,
)
from applications.models import Application, Badge, Favourite, LauncherDefault, Opening, Status
from directory.actions import create_unit
from directory.models import Person, Position, Unit
from foundation.audiences.actions import audience_of
from foundation.audiences.policies import Refused
from foundation.audiences.principals import EVERYONE, principal
from foundation.content.actions import trash
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person

from .launcher import application, favourites, names, register_of, section

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(host: Person) -> Space:
    return register_of(host)


@pytest.fixture
def apps(register: Space, host: Person) -> list[Application]:
    """Four applications: Alpha, Bravo, Charlie, Delta."""
    return [application(register, host, one) for one in ("Alpha", "Bravo", "Charlie", "Delta")]


def _star(client: Client, one: Application, keep: int = 1, **headers: str) -> Any:
    return client.post(f"/apps/{one.uuid}/favourite/", {"keep": keep}, headers=headers)


def test_favourites_keep_my_order_on_every_device(
    apps: list[Application], member: Person, sign_in: Callable[..., Client]
) -> None:
    here, there = sign_in(member), sign_in(member)
    assert "l’étoile" in section(here.get("/apps/").content.decode(), "favourites")
    for one in (apps[2], apps[0], apps[3]):
        assert _star(here, one).status_code == 302
    assert favourites(there) == ["Charlie", "Alpha", "Delta"]
    there.post(f"/apps/{apps[3].uuid}/move/", {"to": "up"})
    assert favourites(here) == ["Charlie", "Delta", "Alpha"]
    there.post(f"/apps/{apps[2].uuid}/move/", {"to": "up"})  # at the top already
    here.post("/apps/order/", {"uuids": f"{apps[0].uuid},{apps[2].uuid},nonsense,{uuid.uuid4()}"})
    assert favourites(there) == ["Alpha", "Charlie", "Delta"]
    _star(here, apps[2], 0)
    _star(here, apps[2], 0)  # twice is once
    assert favourites(there) == ["Alpha", "Delta"]


def test_a_removal_in_place_is_undone_where_it_was(
    apps: list[Application], member: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(member)
    for one in apps[:3]:
        _star(client, one)
    answer = _star(client, apps[1], 0, **{"HX-Request": "true"}).content.decode()
    assert "<html" not in answer and names(answer) == ["Alpha", "Charlie"]
    place = re.search(r'name="back" value="(\d+)"', answer)
    assert place is not None and "n’est plus" in answer
    client.post(f"/apps/{apps[1].uuid}/favourite/", {"back": place[1]})
    assert favourites(client) == ["Alpha", "Bravo", "Charlie"]


def test_what_one_does_not_see_is_no_favourite(
    register: Space, apps: list[Application], host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    secret = application(register, host, "Secrète", audience=audience_of({principal("person", host.pk)}))
    client = sign_in(member)
    assert _star(client, secret).status_code == 404
    assert client.post(f"/apps/{secret.uuid}/move/", {"to": "up"}).status_code == 404
    assert client.post(f"/apps/{uuid.uuid4()}/favourite/", {"keep": 1}).status_code == 404
    _star(client, apps[0])
    # Narrowed later: it goes from the page, and comes back in its place.
    change_application(apps[0], {"audience": audience_of({principal("person", host.pk)})}, actor=fresh(host))
    _star(client, apps[1])
    page = client.get("/apps/").content.decode()
    assert "Alpha" not in page and names(section(page, "favourites")) == ["Bravo"]
    row = Application.objects.get(pk=apps[0].pk)
    change_application(row, {"audience": None}, actor=fresh(host))
    assert favourites(client) == ["Alpha", "Bravo"]


def test_favourites_have_an_end(register: Space, host: Person, member: Person, sign_in: Callable[..., Client]) -> None:
    many = [application(register, host, f"Outil {number:03}") for number in range(101)]
    Favourite.objects.bulk_create(
        Favourite(person=member, application=one, position=number) for number, one in enumerate(many[:100], 1)
    )
    client = sign_in(member)
    answer = client.post(f"/apps/{many[100].uuid}/favourite/", {"keep": 1}, follow=True)
    assert "100 favoris" in answer.content.decode()
    assert len(favourites(client)) == 100


def test_what_the_city_and_my_unit_put_there(
    apps: list[Application], host: Person, member: Person, outsider: Person, sign_in: Callable[..., Client]
) -> None:
    alpha, bravo, charlie, delta = apps
    place_default(alpha, EVERYONE, actor=fresh(host))
    place_default(bravo, EVERYONE, actor=fresh(host), is_forced=True)
    assert member.unit is not None
    # A unit above mine is mine too.
    above = principal("unit", member.unit.parent_id or 0)
    place_default(charlie, above, actor=fresh(host))
    elsewhere = create_unit("LACHINE", "Lachine", kind="borough", parent=member.unit.parent)
    place_default(delta, principal("unit", elsewhere.pk), actor=fresh(host))
    client = sign_in(member)
    assert favourites(client) == ["Bravo", "Alpha", "Charlie"]
    page = section(client.get("/apps/").content.decode(), "favourites")
    assert "Choisie par la Ville" in page and "Choisie par votre unité" in page
    # Removed once, it is not given again; what is forced stays.
    _star(client, alpha, 0)
    answer = client.post(f"/apps/{bravo.uuid}/favourite/", {"keep": 0}, follow=True)
    assert "reste dans vos favoris" in answer.content.decode()
    assert favourites(client) == ["Bravo", "Charlie"]
    place_default(alpha, EVERYONE, actor=fresh(host))
    assert favourites(client) == ["Bravo", "Charlie"]
    # Moved, it is mine, even once nobody puts it there.
    _star(client, delta)
    client.post(f"/apps/{delta.uuid}/move/", {"to": "up"})
    assert favourites(client) == ["Bravo", "Delta", "Charlie"]
    withdraw_default(LauncherDefault.objects.get(application=charlie), actor=fresh(host))
    assert favourites(client) == ["Bravo", "Delta", "Charlie"]
    # An external is not "everyone", and sees none of it.
    assert sign_in(outsider).get("/apps/").content.decode().count("app__name") == 0


def test_who_may_put_what_where(
    apps: list[Application], host: Person, member: Person, borough: Unit, sign_in: Callable[..., Client]
) -> None:
    other = create_unit("ANJOU", "Anjou", kind="borough", parent=borough.parent)
    below = create_unit("VERDUN-TP", "Travaux publics", kind="division", parent=borough)
    head = make_person("henri.chef", unit=borough)
    Position.objects.create(
        unit=borough, person=head, kind="head", starts=timezone.localdate() - timedelta(days=9), source="portal"
    )
    mine, theirs = principal("unit", borough.pk), principal("unit", other.pk)
    for actor, where in ((member, mine), (member, EVERYONE), (head, EVERYONE), (head, theirs)):
        with pytest.raises(Refused):
            place_default(apps[0], where, actor=fresh(actor))
    assert sign_in(member).get("/apps/defaults/").status_code == 403
    client = sign_in(head)
    page = client.get("/apps/defaults/").content.decode()
    assert f'value="{mine}"' in page and f'value="unit:{below.pk}"' in page
    assert f'value="{theirs}"' not in page and f'value="{EVERYONE}"' not in page
    refused = client.post("/apps/defaults/", {"application": str(apps[0].uuid), "principal": theirs})
    assert refused.status_code == 422 and not LauncherDefault.objects.exists()
    sent = {"application": str(apps[0].uuid), "principal": mine, "is_forced": "on"}
    assert client.post("/apps/defaults/", sent).status_code == 302
    assert favourites(sign_in(member)) == ["Alpha"]
    # What the editors put there for everyone is not the head's to take away.
    city = place_default(apps[1], EVERYONE, actor=fresh(host))
    assert client.post(f"/apps/defaults/{city.pk}/withdraw/").status_code == 404
    assert "Bravo" not in re.sub(r"<select.*?</select>", "", client.get("/apps/defaults/").content.decode(), flags=re.S)
    keeper = sign_in(host)
    own = LauncherDefault.objects.get(application=apps[0])
    place_default(apps[2], EVERYONE, actor=fresh(host))
    keeper.post(f"/apps/defaults/{city.pk}/move/", {"to": "down"})
    assert favourites(sign_in(member)) == ["Alpha", "Charlie", "Bravo"]
    assert keeper.post(f"/apps/defaults/{own.pk}/withdraw/").status_code == 302
    assert favourites(sign_in(member)) == ["Charlie", "Bravo"]


def test_recents_are_mine_alone_and_forgotten(
    apps: list[Application], member: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(member)
    for minutes, one in ((3, apps[0]), (2, apps[1]), (1, apps[0])):
        with time_machine.travel(timezone.now() - timedelta(minutes=minutes), tick=False):
            assert client.get(f"/apps/{one.uuid}/open/").status_code == 302
    assert names(section(client.get("/apps/").content.decode(), "recent")) == ["Alpha", "Bravo"]
    assert Opening.objects.get(application=apps[0], person=member).times == 2
    assert section(sign_in(colleague).get("/apps/").content.decode(), "recent") == ""
    with time_machine.travel(timezone.now() + timedelta(days=179), tick=False):
        assert sweep_launcher() == 0
    with time_machine.travel(timezone.now() + timedelta(days=181), tick=False):
        assert sweep_launcher() == 2
    assert not Opening.objects.exists()


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("head", {}),
        ("get", {"Sec-Purpose": "prefetch"}),
        ("get", {"Sec-Purpose": "prefetch;prerender"}),
        ("get", {"Purpose": "prefetch"}),
    ],
)
def test_looking_ahead_is_no_opening(
    apps: list[Application], member: Person, sign_in: Callable[..., Client], method: str, headers: dict[str, str]
) -> None:
    client = sign_in(member)
    assert getattr(client, method)(f"/apps/{apps[0].uuid}/open/", headers=headers).status_code == 302
    assert not Opening.objects.exists()


def test_what_may_not_be_opened_is_not_remembered(
    register: Space, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    asked = application(register, host, "Sur demande", entry="request")
    client = sign_in(member)
    assert client.get(f"/apps/{asked.uuid}/open/")["Location"] == f"/apps/{asked.uuid}/"
    assert not Opening.objects.exists()
    page = client.get("/apps/").content.decode()
    assert "app--closed" in page and "Comment y accéder" in page and f'href="/apps/{asked.uuid}/open/"' not in page


def test_new_ones_until_they_are_opened(
    register: Space, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    now = timezone.now()
    fresh_one = application(register, host, "Neuve", service_from=now - timedelta(days=29))
    application(register, host, "Ancienne", service_from=now - timedelta(days=31))
    application(register, host, "À venir", service_from=now + timedelta(days=2), stage="announced")
    client = sign_in(member)
    assert names(section(client.get("/apps/").content.decode(), "new")) == ["Neuve"]
    client.get(f"/apps/{fresh_one.uuid}/open/")
    assert section(client.get("/apps/").content.decode(), "new") == ""


def test_a_tile_says_where_its_application_is_in_its_life(
    register: Space, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    noon = timezone.localtime().replace(year=2026, month=12, day=3, hour=12, minute=0, second=0, microsecond=0)
    window = {"maintenance_from": noon - timedelta(hours=1), "maintenance_until": noon + timedelta(hours=2)}
    application(register, host, "Entretenue", **window)
    application(register, host, "Pilote", stage="pilot")
    application(register, host, "Annoncée", stage="announced", service_from=noon + timedelta(days=1))
    application(register, host, "Finissante", stage="retiring", retires_on=(noon + timedelta(days=20)).date())
    application(register, host, "Retirée", stage="retired")
    down = application(register, host, "Salles")
    Application.objects.filter(pk=down.pk).update(status=Status.DOWN)

    def tile(page: str, name: str) -> str:
        found = re.search(rf'<li class="app[^>]*>(?:(?!</li>).)*?>{name}<.*?</li>', page, re.S)
        return found[0].replace("\xa0", " ").replace("&#x27;", "'") if found else ""

    with time_machine.travel(noon, tick=False):
        page = sign_in(member).get("/apps/").content.decode()
        assert "Entretien jusqu’à 14 h" in tile(page, "Entretenue")
        assert "Projet pilote" in tile(page, "Pilote")
        assert "Bientôt : 4 décembre" in tile(page, "Annoncée") and "app--closed" in tile(page, "Annoncée")
        assert "Jusqu’au 23 décembre" in tile(page, "Finissante")
        assert "Retirée" not in page
        assert re.search(r'app__status--down">.*?</svg>En panne</span>', tile(page, "Salles"))
        english = sign_in(member, "en").get("/apps/").content.decode()
        assert "Maintenance until 2 p.m." in tile(english, r"Entretenue \(en\)")
    # The window ends by itself, on a tile that was drawn before.
    with time_machine.travel(noon + timedelta(hours=3), tick=False):
        assert "Maintenance" not in tile(sign_in(member).get("/apps/").content.decode(), r"Entretenue \(en\)")


def test_what_is_remembered_is_never_stale_nor_another_persons(
    apps: list[Application], host: Person, member: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    mine, theirs = sign_in(member), sign_in(colleague)
    _star(mine, apps[0])
    Badge.objects.create(
        application=apps[0],
        person=member,
        count=42,
        updated=timezone.now(),
        expires=timezone.now() + timedelta(hours=1),
    )
    assert ">42<" in mine.get("/apps/").content.decode() and ">42<" in mine.get("/").content.decode()
    page = theirs.get("/apps/").content.decode()
    assert ">42<" not in page and 'aria-pressed="true" title="Favori"' not in page and favourites(theirs) == []
    Application.objects.filter(pk=apps[0].pk).update(status=Status.DOWN)
    assert "app__status--down" in theirs.get("/apps/").content.decode()
    row = Application.objects.get(pk=apps[0].pk)
    said = {"title": "Alpha <i>deux</i>", "description_fr": "Ce qu'elle fait & plus."}
    change_application(row, said, actor=fresh(host))
    page = theirs.get("/apps/").content.decode()
    assert "Alpha &lt;i&gt;deux&lt;/i&gt;" in page and "&amp; plus." in page and ">Alpha<" not in page
    assert "Alpha (en)" in sign_in(colleague, "en").get("/apps/").content.decode()


def test_searching_without_a_script(
    register: Space, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    application(
        register, host, "Réservation de salles", title_translated="Room Booking", description_fr="Salles et équipement."
    )
    application(
        register, host, "Déneigement", title_translated="Snow Removal", description_fr="Horaires des opérations."
    )
    client = sign_in(member)
    for words, found in [
        ("RESERVATION", ["Réservation de salles"]),
        ("équip", ["Réservation de salles"]),
        ("equip salle", ["Réservation de salles"]),
        ("snow", ["Déneigement"]),
        ("horaires", ["Déneigement"]),
        ("zzz", []),
        ("\0<script>", []),
        ("%", []),
    ]:
        page = client.get("/apps/", {"q": words}).content.decode()
        shown = [one for key in ("category-0",) for one in names(section(page, key))]
        assert shown == found, words
        assert "<script>" not in page.split("</head>")[1].split("data-find")[0].rsplit("<input", 1)[-1]
    page = client.get("/apps/", {"q": "zzz"}).content.decode()
    assert "data-nothing>" in page and "Aucune application ne correspond" in page
    assert "data-aside hidden" in page
    assert client.get("/apps/", {"q": "x" * 5000}).status_code == 200


def test_grid_or_list_on_every_device(apps: list[Application], member: Person, sign_in: Callable[..., Client]) -> None:
    here, there = sign_in(member), sign_in(member)
    assert "launcher--grid" in there.get("/apps/").content.decode()
    assert here.post("/apps/view/", {"view": "list", "next": "/apps/?q=a"})["Location"] == "/apps/?q=a"
    page = there.get("/apps/").content.decode()
    assert "launcher--list" in page and "Non vérifié" in page
    assert here.post("/apps/view/", {"view": "round", "next": "https://evil.example/"})["Location"] == "/apps/"
    assert "launcher--list" in there.get("/apps/").content.decode()


def test_the_api_of_favourites(
    apps: list[Application], register: Space, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(member)
    place_default(apps[3], EVERYONE, actor=fresh(host), is_forced=True)
    place_default(apps[2], EVERYONE, actor=fresh(host))
    address = "/api/v1/applications/favourites"

    def put(*items: Any) -> Any:
        return client.put(address, {"items": [str(one) for one in items]}, content_type="application/json")

    answer = put(apps[1].uuid, apps[0].uuid, apps[1].uuid)
    assert answer.status_code == 200
    items = client.get(address).json()["items"]
    assert [one["title"] for one in items] == ["Delta", "Bravo", "Alpha"]
    assert [one["is_forced"] for one in items] == [True, False, False]
    assert items[1]["url"] == f"/apps/{apps[1].uuid}/" and items[1]["kind"] == "application"
    secret = application(register, host, "Secrète", audience=audience_of({principal("person", host.pk)}))
    for bad in (secret.uuid, uuid.uuid4(), "nonsense"):
        assert put(apps[0].uuid, bad).status_code == 422
    assert put(*(uuid.uuid4() for _one in range(101))).status_code == 422
    assert favourites(client) == ["Delta", "Bravo", "Alpha"]
    assert put().status_code == 200 and favourites(client) == ["Delta"]
    assert Client().get(address).status_code == 401


@pytest.mark.parametrize("address", ["/apps/", "/", "/apps/menu/", "/apps/badges/", "/api/v1/applications/favourites"])
def test_one_favourite_or_fifty_cost_the_same(
    register: Space, host: Person, member: Person, sign_in: Callable[..., Client], address: str
) -> None:
    client = sign_in(member)
    first = application(register, host, "Première")
    keep_favourite(first, actor=fresh(member))
    client.get(f"/apps/{first.uuid}/open/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    queries()
    single = queries()
    for number in range(49):
        one = application(register, host, f"Suivante {number}", entry="request" if number % 7 == 0 else "open")
        keep_favourite(one, actor=fresh(member))
        Opening.objects.create(person=member, application=one)
        if number < 15:
            place_default(one, principal("person", member.pk), actor=fresh(host))
    assert queries() == single


def test_the_home_page_shows_favourites_first(
    apps: list[Application], host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(member)
    _star(client, apps[3])
    Application.objects.filter(pk=apps[3].pk).update(status=Status.DOWN)
    page = client.get("/").content.decode()
    tiles = re.findall(r'class="tile__name"[^>]*>([^<]+)<', page)
    assert tiles == ["Delta", "Alpha", "Bravo", "Charlie"]
    assert "app__light--down" in page
    trash(Application.objects.get(pk=apps[3].pk), actor=fresh(host))
    assert "Delta" not in re.findall(r'class="tile__name"[^>]*>([^<]+)<', client.get("/").content.decode())


def test_two_windows_never_lose_a_favourite(
    transactional_db: None, host: Person, member: Person, sign_in: Callable[..., Client]
) -> None:
    register = register_of(host)
    many = [application(register, host, f"Outil {number}") for number in range(6)]
    person = fresh(member)
    failures: list[BaseException] = []

    def add(mine: list[Application]) -> None:
        try:
            for one in mine:
                keep_favourite(one, actor=person)
        except BaseException as error:
            failures.append(error)
        finally:
            close_old_connections()
            connection.close()

    windows = [threading.Thread(target=add, args=(many[start::2],)) for start in (0, 1)]
    for one in windows:
        one.start()
    for one in windows:
        one.join()
    assert failures == []
    positions = Favourite.objects.filter(person=member).values_list("position", flat=True)
    assert sorted(positions) == [1, 2, 3, 4, 5, 6]
