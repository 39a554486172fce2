"""The mail card, against a real Dovecot: what it shows, whose it is, and what it does when the server goes away."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.actions import add_application, forget_tokens_of_leavers
from applications.looking import breakers, store
from applications.looking.readers import readers
from directory.models import Person
from foundation.spaces.models import Space
from tests.conftest import make_person
from tests.processes import until

from .mail_servers import MASTER, MASTER_PASSWORD, PASSWORD, PrivateDovecot, require_dovecot
from .mailboxes import HTMX, card, committed, forget_all, give, home_card, message, settled, shown

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("dovecot")]


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateDovecot]:
    require_dovecot()
    made = PrivateDovecot()
    try:
        for name in ("anna.arbour", "bruno.belleau", "zoe.vide"):
            made.add_person(name)
        made.start()
        made.deliver(
            "anna.arbour", message("Réunion du comité"), message("Déneigement : été"), message("Où est l’élan ?")
        )
        made.deliver("bruno.belleau", message("Secret de Bruno"))
        made.deliver(MASTER, *[message("Courrier du compte de service")] * 7)
        yield made
    finally:
        made.erase()


@pytest.fixture
def dovecot(server: PrivateDovecot, settings: Any) -> Iterator[PrivateDovecot]:
    """Running, asked by its master user."""
    server.start()
    settings.MAIL_PROVIDER, settings.IMAP_URI = "imap", f"imaps://127.0.0.1:{server.port}"
    settings.IMAP_CA_FILE = str(server.ca_file)
    settings.IMAP_MASTER_USER, settings.IMAP_MASTER_PASSWORD = MASTER, MASTER_PASSWORD
    forget_all()
    yield server
    forget_all()


@pytest.fixture
def anna(borough: Any) -> Person:
    return make_person("anna.arbour", unit=borough)


@pytest.fixture
def bruno(borough: Any) -> Person:
    return make_person("bruno.belleau", unit=borough)


@pytest.fixture
def notes(community: Space, host: Person) -> Any:
    """The tile that opens everyone's own mail."""
    return add_application(
        community, actor=host, title="Notes", title_translated="Notes", opens_with="notes",
        notes_link="notes:///0000000000000E00",
    )  # fmt: skip


def test_three_unread_with_accents_on_the_home_page(
    dovecot: PrivateDovecot, anna: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(anna)
    first = home_card(client, "mail")
    assert "hx-get" in first and "non lus" not in first
    at_once = card(client, "mail")
    assert 'aria-busy="true"' in at_once
    readers.wait()
    after = shown(card(client, "mail", 2))
    assert "3 messages non lus" in after
    for words in ("Réunion du comité", "Déneigement : été", "Où est l’élan ?", "Éloïse Tremblay"):
        assert words in after
    assert after.index("élan") < after.index("Réunion")
    home = home_card(client, "mail")
    assert "3 messages non lus" in shown(home)
    # Fresh: nothing more is asked.
    assert "hx-get" not in home


def test_it_survives_the_server_being_stopped_and_heals(
    dovecot: PrivateDovecot, anna: Person, notes: Any, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(anna)
    assert "3 messages non lus" in shown(settled(client, "mail"))
    dovecot.stop()
    hour = timezone.localtime()
    with time_machine.travel(timezone.now() + timedelta(seconds=100), tick=True):
        stale = shown(home_card(client, "mail"))
        assert "3 messages non lus" in stale and f"Vu à {hour.hour} h" in stale
        down = settled(client, "mail")
        text = shown(down)
        assert "3 messages non lus" in text and "Réunion du comité" in text
        assert "ne répond pas" in text and f"Vu à {hour.hour} h" in text
        assert "Ouvrir Notes" in text and f"/apps/{notes.uuid}/open/" in down
        # Nobody insists: it is left alone for a while.
        assert "hx-get" not in down
        assert "ne répond pas" in shown(home_card(client, "mail"))
    dovecot.start()
    with time_machine.travel(timezone.now() + timedelta(seconds=200), tick=True):
        healed = shown(settled(client, "mail"))
        assert "3 messages non lus" in healed and "ne répond pas" not in healed and "Vu à" not in healed


def test_reading_changes_nothing(dovecot: PrivateDovecot, anna: Person, sign_in: Callable[..., Client]) -> None:
    before = dovecot.flags("anna.arbour")
    assert "3 messages non lus" in shown(settled(sign_in(anna), "mail"))
    assert dovecot.flags("anna.arbour") == before
    assert not any(b"Seen" in one for one in before)


def test_each_sees_their_own_and_nobody_the_service_accounts(
    dovecot: PrivateDovecot, anna: Person, bruno: Person, sign_in: Callable[..., Client]
) -> None:
    assert "3 messages non lus" in shown(settled(sign_in(anna), "mail"))
    his = shown(settled(sign_in(bruno), "mail"))
    assert "1 message non lu" in his and "Secret de Bruno" in his and "comité" not in his
    assert "Secret de Bruno" not in sign_in(anna).get("/").content.decode()
    # One key under another's name shows nothing: the seal names its person.
    cache = caches["mailboxes"]
    cache.set(store._key("value", "mail", str(anna.uuid)), cache.get(store._key("value", "mail", str(bruno.uuid))))
    assert "Secret de Bruno" not in sign_in(anna).get("/").content.decode()
    # SECURITY: nor does a stolen copy of the cache.
    assert "Bruno" not in str(cache.get(store._key("value", "mail", str(bruno.uuid))))


@pytest.mark.parametrize(
    ("pattern", "login"),
    [("{login}/{master}", "{username}"), ("{login}", "{username}"), ("{login}*{master}", "{email}")],
)
def test_a_wrong_way_to_impersonate_never_shows_the_service_accounts_count(
    dovecot: PrivateDovecot, anna: Person, settings: Any, sign_in: Callable[..., Client], pattern: str, login: str
) -> None:
    settings.IMAP_MASTER_LOGIN, settings.IMAP_LOGIN = pattern, login
    text = shown(settled(sign_in(anna), "mail"))
    assert "non lu" not in text and "service" not in text
    assert "en votre nom" in text or "trouvé" in text


def test_somebody_whose_login_is_the_service_accounts_sees_nothing_of_it(
    dovecot: PrivateDovecot, borough: Any, sign_in: Callable[..., Client]
) -> None:
    text = shown(settled(sign_in(make_person(MASTER, unit=borough)), "mail"))
    assert "7" not in text and "en votre nom" in text


@pytest.mark.parametrize(
    "name", ["anna.arbour*parvis", 'anna"arbour', "anna\r\nA1 NOOP", "anna\\arbour", "anna%arbour"]
)
def test_a_login_made_to_be_somebody_elses_is_not_tried(
    dovecot: PrivateDovecot, anna: Person, settings: Any, sign_in: Callable[..., Client], name: str
) -> None:
    settings.IMAP_LOGIN = "{notes_name}"
    Person.objects.filter(pk=anna.pk).update(notes_name=name)
    said = dovecot.logins()
    assert "trouvé" in shown(settled(sign_in(anna), "mail"))
    assert dovecot.logins() == said


def test_an_empty_mailbox_and_english(
    dovecot: PrivateDovecot, borough: Any, anna: Person, sign_in: Callable[..., Client]
) -> None:
    zoe = make_person("zoe.vide", unit=borough)
    assert "Aucun message non lu" in shown(settled(sign_in(zoe), "mail"))
    assert "3 unread messages" in shown(settled(sign_in(anna, "en"), "mail"))


def test_the_certificate_is_checked(
    dovecot: PrivateDovecot, anna: Person, settings: Any, sign_in: Callable[..., Client]
) -> None:
    settings.IMAP_CA_FILE = ""
    text = shown(settled(sign_in(anna), "mail"))
    assert "non lu" not in text and "ne répond pas" in text


def test_starttls_before_anything_is_said(
    dovecot: PrivateDovecot, anna: Person, settings: Any, sign_in: Callable[..., Client]
) -> None:
    settings.IMAP_URI = f"imap://127.0.0.1:{dovecot.plain_port}"
    assert "3 messages non lus" in shown(settled(sign_in(anna), "mail"))
    assert dovecot.logins("anna.arbour")
    assert [one for one in dovecot.log.splitlines() if "Login: user=<anna.arbour>" in one][-1].count("TLS") == 1
    settings.IMAP_CA_FILE = ""
    forget_all()
    assert "non lu" not in shown(settled(sign_in(anna), "mail"))


def test_the_home_page_asks_nothing_of_the_database_for_it(
    dovecot: PrivateDovecot, anna: Person, settings: Any, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(anna)
    client.get("/")
    counts = []
    for _state in range(2):
        with CaptureQueriesContext(connections["default"]) as with_cards:
            client.get("/")
        counts.append(len(with_cards))
        settled(client, "mail")
    settings.MAIL_PROVIDER = ""
    with CaptureQueriesContext(connections["default"]) as without:
        client.get("/")
    assert counts == [len(without)] * 2


def test_two_looks_at_once_are_one_reading(
    dovecot: PrivateDovecot, anna: Person, sign_in: Callable[..., Client]
) -> None:
    said = dovecot.logins("anna.arbour")
    client, other = sign_in(anna), sign_in(anna)
    for _look in range(5):
        card(client, "mail")
        card(other, "mail")
        client.get("/api/v1/me/mail")
    readers.wait()
    card(client, "mail")
    readers.wait()
    assert dovecot.logins("anna.arbour") == said + 1


def test_the_breaker_opens_rests_and_tries_once(
    dovecot: PrivateDovecot, borough: Any, anna: Person, bruno: Person, sign_in: Callable[..., Client]
) -> None:
    dovecot.stop()
    server = f"127.0.0.1:{dovecot.port}"
    people = [anna, bruno, *(make_person(f"personne.no{number}", unit=borough) for number in range(4))]
    for person in people[:5]:
        settled(sign_in(person), "mail")
    assert breakers.is_resting(server)
    # Up again, it is still left alone for the rest of the minute: no connection is made.
    dovecot.start()
    came = dovecot.logins()
    resting = shown(settled(sign_in(people[5]), "mail"))
    assert "ne répond pas" in resting and dovecot.logins() == came
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        # Half open: one trial at a time.
        assert not breakers.is_resting(server)
        assert breakers.may_ask(server) and not breakers.may_ask(server)
        breakers.give_back(server)
        assert "3 messages non lus" in shown(settled(sign_in(anna), "mail"))
        assert breakers.may_ask(server) and breakers.may_ask(server)


def test_a_failed_trial_means_another_rest(dovecot: PrivateDovecot, db: None) -> None:
    server = "courriel.ville.example:993"
    for _failure in range(5):
        breakers.failed(server)
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        assert breakers.may_ask(server)
        breakers.failed(server)
        assert breakers.is_resting(server) and not breakers.may_ask(server)


def test_somebody_shut_out_sees_nothing_any_more(
    dovecot: PrivateDovecot, anna: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(anna)
    assert "3 messages non lus" in shown(settled(client, "mail"))
    Person.objects.filter(pk=anna.pk).update(is_active=False)
    said = dovecot.logins()
    for path in ("/", "/apps/mailbox/", "/apps/mailbox/mail/", "/api/v1/me/mail"):
        answer = client.get(path, headers=HTMX)
        assert answer.status_code in (302, 401) and "comité" not in answer.content.decode()
    readers.wait()
    assert dovecot.logins() == said


def test_the_api_says_how_old_it_is(
    dovecot: PrivateDovecot, anna: Person, notes: Any, settings: Any, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(anna)
    first = client.get("/api/v1/me/mail").json()
    assert (first["state"], first["is_reading"], first["unread"]) == ("unavailable", True, None)
    readers.wait()
    then = client.get("/api/v1/me/mail").json()
    assert (then["state"], then["unread"]) == ("fresh", 3)
    assert then["newest"][0]["subject"] == "Où est l’élan ?"
    assert then["open_url"] == f"{settings.SITE_URL}/apps/{notes.uuid}/open/"
    with time_machine.travel(timezone.now() + timedelta(seconds=91), tick=True):
        assert client.get("/api/v1/me/mail").json()["state"] == "stale"
        readers.wait()
    settings.MAIL_PROVIDER = ""
    assert client.get("/api/v1/me/mail").json()["state"] == "off"


# -- without a mail server --------------------------------------------------------------------------------------------


def test_without_settings_there_is_a_door_to_notes_or_nothing(
    anna: Person, outsider: Person, notes: Any, sign_in: Callable[..., Client]
) -> None:
    forget_all()
    client = sign_in(anna)
    assert "Votre courriel s’ouvre dans Notes" in shown(card(client, "mail"))
    home = home_card(client, "mail")
    assert f"/apps/{notes.uuid}/open/" in home and "hx-get" not in home
    # Whoever does not see the application has no card, and is not asked about it again.
    outside = sign_in(outsider)
    assert 'id="mailbox-mail"' in outside.get("/").content.decode()
    assert card(outside, "mail").strip() == ""
    assert "mailbox" not in outside.get("/").content.decode()


def test_without_a_script_a_card_leads_to_the_page(
    dovecot: PrivateDovecot, anna: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(anna)
    assert 'href="/apps/mailbox/"' in home_card(client, "mail")
    assert client.get("/apps/mailbox/mail/")["Location"] == "/apps/mailbox/"
    client.get("/apps/mailbox/")
    readers.wait()
    assert "3 messages non lus" in shown(client.get("/apps/mailbox/").content.decode())


def test_unknown_kinds_and_strange_tries(anna: Person, sign_in: Callable[..., Client]) -> None:
    client = sign_in(anna)
    assert client.get("/apps/mailbox/calendrier/", headers=HTMX).status_code == 404
    for tries in ("-5", "x", "9999999999", "٣"):
        assert client.get(f"/apps/mailbox/mail/?try={tries}", headers=HTMX).status_code == 200


# -- a token of one's own ---------------------------------------------------------------------------------------------


@pytest.fixture
def by_token(dovecot: PrivateDovecot, settings: Any) -> PrivateDovecot:
    settings.IMAP_MASTER_USER = settings.IMAP_MASTER_PASSWORD = ""
    settings.MAILBOX_TOKENS = True
    return dovecot


def test_a_token_of_ones_own_is_given_used_and_forgotten(
    by_token: PrivateDovecot, anna: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(anna)
    assert "Brancher" in shown(settled(client, "mail"))
    answer = give(client, "mail", PASSWORD)
    assert answer.status_code == 302
    assert "3 messages non lus" in shown(settled(client, "mail"))
    kept = anna.mailbox_credentials.get()
    assert PASSWORD not in kept.secret
    page = client.get("/apps/mailbox/").content.decode()
    assert PASSWORD not in page and kept.secret not in page
    with committed():
        client.post("/apps/mailbox/mail/withdraw/")
    assert not anna.mailbox_credentials.exists()
    gone = shown(home_card(client, "mail"))
    assert "3 messages" not in gone and "comité" not in gone


def test_a_refused_token_is_not_tried_again(
    by_token: PrivateDovecot, anna: Person, sign_in: Callable[..., Client]
) -> None:
    client, before = sign_in(anna), _failures(by_token)
    give(client, "mail", "un-faux-jeton")
    assert "refusé le jeton" in shown(settled(client, "mail"))
    for hours in (1, 5):
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
            settled(sign_in(anna), "mail")
    until(lambda: _failures(by_token) > before)
    by_token.logins()
    assert _failures(by_token) == before + 1
    assert by_token.log.count("un-faux-jeton") == 0
    # The right one is tried at once.
    give(client, "mail", PASSWORD)
    assert "3 messages non lus" in shown(settled(client, "mail"))


def _failures(server: PrivateDovecot) -> int:
    return sum("auth failed" in one and "anna.arbour" in one for one in server.log.splitlines())


def test_one_persons_bad_token_leaves_the_server_to_the_others(
    by_token: PrivateDovecot, borough: Any, anna: Person, sign_in: Callable[..., Client]
) -> None:
    for number in range(6):
        client = sign_in(make_person(f"personne.no{number}", unit=borough))
        give(client, "mail", "un-faux-jeton")
        settled(client, "mail")
    assert not breakers.is_resting(f"127.0.0.1:{by_token.port}")


def test_what_cannot_be_a_token_is_said_and_nothing_is_kept(
    by_token: PrivateDovecot, anna: Person, sign_in: Callable[..., Client]
) -> None:
    anna.set_password("mot-de-passe-d-ici")
    anna.save()
    client = sign_in(anna)
    for secret, words in (("", "requis"), ("a\rb", "n’est pas un jeton"), ("mot-de-passe-d-ici", "mot de passe")):
        answer = client.post("/apps/mailbox/mail/give/", {"mail-secret": secret})
        assert answer.status_code == 422 and words in shown(answer.content.decode())
        assert not secret.strip() or secret not in answer.content.decode()
    assert not anna.mailbox_credentials.exists()


def test_tokens_only_where_the_city_wants_them(
    dovecot: PrivateDovecot, anna: Person, settings: Any, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(anna)
    assert client.post("/apps/mailbox/mail/give/", {"mail-secret": PASSWORD}).status_code == 404
    settings.IMAP_MASTER_USER, settings.MAILBOX_TOKENS = "", False
    answer = client.post("/apps/mailbox/mail/give/", {"mail-secret": PASSWORD})
    assert answer.status_code == 422
    assert not anna.mailbox_credentials.exists()
    assert client.get("/apps/mailbox/mail/give/").status_code == 405


def test_what_leavers_gave_goes_with_them(
    by_token: PrivateDovecot, anna: Person, bruno: Person, sign_in: Callable[..., Client]
) -> None:
    for person in (anna, bruno):
        give(sign_in(person), "mail", PASSWORD)
    Person.objects.filter(pk=anna.pk).update(is_active=False)
    assert forget_tokens_of_leavers() == 1
    assert not anna.mailbox_credentials.exists() and bruno.mailbox_credentials.exists()
