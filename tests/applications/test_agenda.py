"""The agenda card, against a real Radicale: CalDAV and calendar files, whose they are, and servers that mislead."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from applications.looking.readers import readers
from applications.providers import Who, provider_of
from directory.models import Person
from foundation.outgoing.problems import Problem
from tests.conftest import make_person
from tests.publications.servers import machine

from .mail_servers import PASSWORD, PrivateRadicale
from .mailboxes import forget_all, give, home_card, settled, shown
from .test_calendars import EASTERN, TORONTO, calendar

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("radicale")]


def event(uid: str, begins: datetime, title: str, extra: str = "") -> str:
    """A VEVENT of an hour, in the city's time."""
    hours = [f"{one:%Y%m%dT%H%M%S}" for one in (begins, begins + timedelta(hours=1))]
    zone = "TZID=America/Toronto"
    return (
        f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20260101T000000Z\nDTSTART;{zone}:{hours[0]}\nDTEND;{zone}:{hours[1]}\n"
        f"SUMMARY:{title}\n{extra}END:VEVENT"
    )


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateRadicale]:
    made = PrivateRadicale()
    try:
        made.start()
        yield made
    finally:
        made.erase()


@pytest.fixture
def morning() -> Iterator[None]:
    """A Tuesday at eight: what is over and what comes does not depend on when the tests run."""
    with time_machine.travel(datetime(2026, 5, 12, 8, tzinfo=TORONTO), tick=True):
        yield


@pytest.fixture
def radicale(server: PrivateRadicale, settings: Any, morning: None) -> Iterator[PrivateRadicale]:
    """Running, with calendars of Anna and Bruno; read by the account of the city, over CalDAV."""
    server.start()
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=None)
    yesterday, tomorrow = noon - timedelta(days=7), noon + timedelta(days=1)
    server.put_calendar(
        "anna", "travail",
        event("1", noon.replace(hour=23, minute=15), "Comité de circulation", "LOCATION:Salle 2.14\nCLASS:PRIVATE\n"),
        event("2", yesterday.replace(hour=23, minute=45), "Mêlée", "RRULE:FREQ=WEEKLY\n"),
        event("3", tomorrow.replace(hour=9, minute=30), "Visite du chantier"),
        event("4", tomorrow.replace(hour=10), "Annulée", "STATUS:CANCELLED\n"),
        event("5", noon + timedelta(days=3), "Plus tard"),
    )  # fmt: skip
    server.put_calendar("anna", "maison", event("6", tomorrow.replace(hour=18), "Dentiste"))
    server.put_calendar("bruno", "travail", event("7", tomorrow.replace(hour=8), "Secret de Bruno"))
    settings.AGENDA_PROVIDER, settings.CALDAV_URL = "caldav", server.url + "/{username}/"
    settings.AGENDA_USER, settings.AGENDA_PASSWORD = "service", PASSWORD
    forget_all()
    yield server
    forget_all()


@pytest.fixture
def anna(borough: Any) -> Person:
    return make_person("anna", unit=borough, email="anna@ville.example")


def test_today_and_tomorrow_of_all_ones_calendars(
    radicale: PrivateRadicale, anna: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(anna)
    assert "hx-get" in home_card(client, "agenda")
    text = shown(settled(client, "agenda"))
    for words in ("23 h 15 Comité de circulation Salle 2.14", "Mêlée", "9 h 30 Visite du chantier", "18 h Dentiste"):
        assert words in text, text
    assert text.index("Comité") < text.index("Mêlée") < text.index("Demain") < text.index("Visite")
    assert "Annulée" not in text and "Plus tard" not in text and "Bruno" not in text
    home = home_card(client, "agenda")
    assert "Comité de circulation" in shown(home) and "hx-get" not in home
    english = shown(settled(sign_in(anna, "en"), "agenda"))
    assert "Tomorrow 9:30 a.m. Visite du chantier" in english


def test_it_is_first_on_the_page_of_elected_officials(
    radicale: PrivateRadicale, borough: Any, sign_in: Callable[..., Client]
) -> None:
    elected = make_person("bruno", unit=borough, kind="elected")
    client = sign_in(elected)
    settled(client, "agenda")
    html = client.get("/").content.decode()
    main, rail = html.index("<main"), html.index("mailbox-agenda")
    assert html.count('id="mailbox-agenda"') == 1 and main < rail < html.index("card__title", rail)
    assert html.index("card__title", main) > rail


def test_what_is_over_leaves_and_tomorrow_becomes_today(
    radicale: PrivateRadicale, anna: Person, sign_in: Callable[..., Client]
) -> None:
    midnight = (timezone.localtime() + timedelta(days=1)).replace(hour=0, minute=20, second=0, microsecond=0)
    with time_machine.travel(midnight - timedelta(minutes=50), tick=True):
        client = sign_in(anna)
        assert "Comité" in shown(settled(client, "agenda"))
    with time_machine.travel(midnight, tick=True):
        # The same reading, an hour later, on the page of the next day.
        text = shown(home_card(client, "agenda"))
        assert "Comité" not in text and "En cours Mêlée" in text and "Visite du chantier" in text
        assert "Demain" not in text


def test_nothing_today_is_said(radicale: PrivateRadicale, borough: Any, sign_in: Callable[..., Client]) -> None:
    text = shown(settled(sign_in(make_person("bruno", unit=borough)), "agenda"))
    assert "Rien à l’agenda aujourd’hui" in text and "8 h Secret de Bruno" in text


def test_stopped_it_keeps_what_was_seen_and_heals(
    radicale: PrivateRadicale, anna: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(anna)
    settled(client, "agenda")
    radicale.stop()
    with time_machine.travel(timezone.now() + timedelta(seconds=100), tick=True):
        text = shown(settled(client, "agenda"))
        assert "Visite du chantier" in text and "ne répond pas" in text and "Vu à" in text
    radicale.start()
    with time_machine.travel(timezone.now() + timedelta(seconds=200), tick=True):
        text = shown(settled(client, "agenda"))
        assert "Visite du chantier" in text and "ne répond pas" not in text


def test_by_a_token_of_ones_own(
    radicale: PrivateRadicale, anna: Person, settings: Any, sign_in: Callable[..., Client]
) -> None:
    settings.AGENDA_USER = settings.AGENDA_PASSWORD = ""
    settings.MAILBOX_TOKENS = True
    client = sign_in(anna)
    assert "Brancher" in shown(settled(client, "agenda"))
    give(client, "agenda", "un-faux-jeton")
    assert "refusé le jeton" in shown(settled(client, "agenda"))
    give(client, "agenda", PASSWORD)
    assert "Visite du chantier" in shown(settled(client, "agenda"))


def test_a_wrong_account_of_the_city_is_not_the_persons_fault(
    radicale: PrivateRadicale, anna: Person, settings: Any, sign_in: Callable[..., Client]
) -> None:
    settings.AGENDA_PASSWORD = "faux"
    assert "en votre nom" in shown(settled(sign_in(anna), "agenda"))


def test_a_calendar_file_by_template(
    radicale: PrivateRadicale, anna: Person, borough: Any, settings: Any, sign_in: Callable[..., Client]
) -> None:
    settings.AGENDA_PROVIDER, settings.ICS_URL = "ics", radicale.url + "/{username}/travail/"
    text = shown(settled(sign_in(anna), "agenda"))
    assert "Visite du chantier" in text and "Dentiste" not in text
    assert "trouvé" in shown(settled(sign_in(make_person("carla", unit=borough)), "agenda"))


def test_the_api_gives_the_events(radicale: PrivateRadicale, anna: Person, sign_in: Callable[..., Client]) -> None:
    client = sign_in(anna)
    assert client.get("/api/v1/me/agenda").json()["events"] is None
    readers.wait()
    answer = client.get("/api/v1/me/agenda").json()
    assert answer["state"] == "fresh" and answer["problem"] == ""
    titles = [one["title"] for one in answer["events"]]
    assert titles == ["Comité de circulation", "Mêlée", "Visite du chantier", "Dentiste"]


# -- addresses people give --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("http://agenda.ville.example/a.ics", "file:///etc/passwd", "https://moi:secret@ville.example/a.ics", "a.ics"),
        *("https://", "javascript:alert(1)", "https://ville.example:0/", "ftp://ville.example/a.ics"),
    ],
)
def test_an_address_that_may_not_be_kept(
    anna: Person, settings: Any, sign_in: Callable[..., Client], address: str
) -> None:
    settings.AGENDA_PROVIDER, settings.ICS_URL, settings.MAILBOX_TOKENS = "ics", "", True
    answer = give(sign_in(anna), "agenda", address)
    assert answer.status_code == 422 and "Erreur" in answer.content.decode()
    assert not anna.mailbox_credentials.exists()


def test_an_address_inside_is_not_asked(anna: Person, settings: Any, sign_in: Callable[..., Client]) -> None:
    settings.AGENDA_PROVIDER, settings.ICS_URL, settings.MAILBOX_TOKENS = "ics", "", True
    with machine() as inside:
        forget_all()
        client = sign_in(anna)
        give(client, "agenda", inside.url.replace("http://", "https://") + "/a.ics")
        assert "réseau de la Ville" in shown(settled(client, "agenda"))
        assert inside.asked == []
    forget_all()


# -- servers that mislead ---------------------------------------------------------------------------------------------

ANNA = Who("1", "anna", "anna@ville.example")
HEAD = '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'


def listed(*hrefs: str) -> str:
    """An answer to PROPFIND: calendars at these addresses."""
    kind = "<d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype></d:prop></d:propstat>"
    return (
        HEAD + "".join(f"<d:response><d:href>{one}</d:href>{kind}</d:response>" for one in hrefs) + "</d:multistatus>"
    )


def data(text: str) -> str:
    """An answer to REPORT."""
    inner = f"<d:prop><c:calendar-data>{text}</c:calendar-data></d:prop>"
    return f"{HEAD}<d:response><d:propstat>{inner}</d:propstat></d:response></d:multistatus>"


@pytest.fixture
def ask(settings: Any) -> Iterator[Callable[[dict[str, str]], Any]]:
    """What is read from a machine that answers by path; `asked` of the answer says where it was asked."""
    settings.AGENDA_PROVIDER = "caldav"
    settings.AGENDA_USER, settings.AGENDA_PASSWORD = "service", PASSWORD

    def asked(pages: dict[str, str], status: int = 207) -> Any:
        with machine() as server:
            for path, body in pages.items():
                server.serve(path, body.replace("{url}", server.url), status)
            settings.CALDAV_URL = server.url + "/{username}/"
            provider = provider_of("agenda")
            assert provider is not None
            try:
                found: Any = provider.read(ANNA)
            except Problem as problem:
                found = problem.code
            return found, [one.path for one in server.asked]

    return asked


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY e SYSTEM "file:///etc/passwd">]><d:multistatus xmlns:d="DAV:">&b;&e;</d:multistatus>'
)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (BOMB, "bad_answer"),
        ("<html><body>Ouvrez une session</body></html>", "bad_answer"),
        (HEAD, "bad_answer"),
        ("", "bad_answer"),
        (HEAD + "<d:a>" * 100_000, "bad_answer"),
        (HEAD + " " * 3_000_000 + "</d:multistatus>", "huge"),
    ],
    ids=["entities", "a page", "cut", "empty", "deep", "huge"],
)
def test_answers_that_are_none(ask: Any, body: str, problem: str) -> None:
    assert ask({"/anna/": body})[0] == problem


@pytest.mark.parametrize(
    ("status", "problem"), [(401, "not_as_you"), (404, "no_mailbox"), (500, "status"), (302, "status")]
)
def test_refusals(ask: Any, status: int, problem: str) -> None:
    assert ask({"/anna/": "non"}, status)[0] == problem


def test_only_what_is_below_ones_own_address_is_asked(ask: Any) -> None:
    """SECURITY: elsewhere the account of the city would be handed over, or another person's calendar read."""
    today = f"{timezone.localdate():%Y%m%d}"
    ics = calendar(f"DTSTART:{today}T235500\nSUMMARY:ici", head=EASTERN).decode()
    elsewhere = (
        "https://ailleurs.example/anna/",
        "/bruno/travail/",
        "/anna/../bruno/",
        "/anna/%2e%2e/bruno/",
        "//x/anna/",
    )
    found, paths = ask(
        {"/anna/": listed(*elsewhere, "/annabelle/", "/anna/a/", "b/", "{url}/anna/c/"), "/anna/a/": data(ics)}
    )
    assert found == "no_mailbox" and paths == ["/anna/", "/anna/a/", "/anna/b/"]
    pages = {"/anna/": listed(*elsewhere, "/anna/a/"), "/anna/a/": data(ics)}
    found, paths = ask(pages)
    assert [one.title for one in found.events] == ["ici"] and paths == ["/anna/", "/anna/a/"]


def test_ten_calendars_are_read_and_no_more(ask: Any) -> None:
    empty = f"{HEAD}</d:multistatus>"
    pages = {f"/anna/{number}/": empty for number in range(50)}
    _found, paths = ask({"/anna/": listed(*pages), **pages})
    assert len(paths) == 11


def test_calendars_of_many_answers_share_one_bound(ask: Any) -> None:
    big = HEAD + " " * 900_000 + "</d:multistatus>"
    pages = {f"/anna/{number}/": big for number in range(4)}
    assert ask({"/anna/": listed(*pages), **pages})[0] == "huge"


def test_a_name_with_a_path_in_it_stays_a_name(ask: Any, settings: Any) -> None:
    """SECURITY: `../bruno` is quoted, so that the address remains below."""
    settings.AGENDA_PROVIDER = "caldav"
    with machine() as server:
        settings.CALDAV_URL = server.url + "/{username}/"
        with pytest.raises(Problem):
            provider_of("agenda").read(Who("1", "../bruno"))  # type: ignore[union-attr]
        assert [one.path for one in server.asked] in ([], ["/..%2Fbruno/"])
