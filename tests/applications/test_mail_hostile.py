"""Mail servers that hang, drip, lie and send what no card can show; and a real one with a monstrous message."""

import base64
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from applications.looking import breakers
from applications.looking.readers import readers
from applications.providers import Who, imap, imap_lines, provider_of
from applications.providers.interface import MailSummary
from applications.providers.texts import clean, decoded, sender_of
from foundation.outgoing.problems import Problem
from foundation.outgoing.sealing import seal
from tests.conftest import make_person

from .mail_servers import MASTER, MASTER_PASSWORD, Behaviour, PrivateDovecot, nuisance, require_dovecot, talk
from .mailboxes import HTMX, card, forget_all, settled, shown

ANNA = Who("1", "anna.arbour")


@pytest.fixture
def ask(settings: Any) -> Callable[[Behaviour], Any]:
    """What is read from a server that behaves so: a summary, or the code of a problem."""
    settings.MAIL_PROVIDER, settings.IMAP_START_TLS = "imap", False
    settings.IMAP_MASTER_USER, settings.IMAP_MASTER_PASSWORD = MASTER, MASTER_PASSWORD

    def asked(behave: Behaviour, who: Who = ANNA) -> Any:
        with nuisance(behave) as port:
            settings.IMAP_URI = f"imap://127.0.0.1:{port}"
            provider = provider_of("mail")
            assert provider is not None
            try:
                return provider.read(who)
            except Problem as problem:
                return problem.code

    return asked


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """For servers that keep us waiting: bounds that a test can wait for."""
    monkeypatch.setattr(imap, "WHOLE", 1.5)
    monkeypatch.setattr(imap_lines, "STEP", 0.6)


def _forever(connection: socket.socket, piece: bytes, pause: float) -> None:
    waiting = threading.Event()
    while not waiting.wait(pause):
        connection.sendall(piece)


def _literal(name: str, raw: bytes, size: int | None = None) -> bytes:
    return f"BODY[HEADER.FIELDS ({name})]<0> {{{len(raw) if size is None else size}}}\r\n".encode() + raw


def _fetched(*messages: tuple[bytes, bytes]) -> dict[str, bytes]:
    """Answers to FETCH: (Subject, From) of messages 2, 1, …"""
    lines = b""
    for number, (subject, sender) in enumerate(messages, 1):
        head = f'* {number} FETCH (INTERNALDATE "23-Nov-2026 09:00:00 -0500" '.encode()
        first = _literal("SUBJECT", b"Subject: " + subject + b"\r\n\r\n")
        lines += head + first + b" " + _literal("FROM", b"From: " + sender + b"\r\n\r\n") + b")\r\n"
    return {"FETCH": lines}


TIMELY = {
    "says nothing at all": lambda one: one.recv(1),
    "hangs after its greeting": lambda one: (one.sendall(b"* OK pret\r\n"), one.recv(1 << 16), one.recv(1)),
    "drips a line without end": lambda one: _forever(one, b"*", 0.05),
    "drips lines without end": lambda one: _forever(one, b"* OK patience\r\n", 0.05),
}


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("behave", TIMELY.values(), ids=TIMELY)
def test_a_server_that_takes_its_time_is_left(ask: Any, behave: Behaviour) -> None:
    assert ask(behave) == "slow"


FLOODS = {
    "a line without end": lambda one: (one.sendall(b"* OK "), _forever(one, b"a" * 65536, 0)),
    "lines without end": lambda one: (one.sendall(b"* OK pret\r\n"), _forever(one, b"* 1 EXPUNGE\r\n" * 4096, 0)),
}


@pytest.mark.parametrize("behave", FLOODS.values(), ids=FLOODS)
def test_no_more_is_taken_in_than_the_bound(ask: Any, behave: Behaviour) -> None:
    assert ask(behave) == "bad_answer"


LIES = {
    "no count": {"STATUS": b'* STATUS "INBOX" (MESSAGES 2)\r\n'},
    "a count that is none": {"STATUS": b'* STATUS "INBOX" (UNSEEN beaucoup)\r\n'},
    "no mailbox": {"STATUS": b"{tag} NO pas de boite\r\n"},
    "no inbox to examine": {"EXAMINE": b"* FLAGS ()\r\n"},
}


@pytest.mark.parametrize("answers", LIES.values(), ids=LIES)
def test_a_server_that_lies_is_not_believed(ask: Any, answers: dict[str, bytes]) -> None:
    assert ask(lambda one: talk(one, answers)) == "bad_answer"


BROKEN = {
    "a literal of ten megabytes": {"FETCH": b"* 2 FETCH (" + _literal("SUBJECT", b"x" * 10_000_000) + b")\r\n"},
    "a literal said to be of ten gigabytes": {"FETCH": b"* 2 FETCH (" + _literal("SUBJECT", b"x", 10**10) + b")\r\n"},
    "parentheses without end": {"FETCH": b"* 2 FETCH " + b"(" * 50_000 + b"\r\n"},
    "another message": {"FETCH": b'* 7 FETCH (INTERNALDATE "23-Nov-2026 09:00:00 -0500")\r\n'},
    "numbers that are none": {"SEARCH": b"* SEARCH un deux\r\n"},
    "letters that are none": {"SEARCH": b"* SEARCH \xff\xfe\r\n"},
    "the end of the line": {"FETCH": b"{tag} BYE\r\n"},
}


@pytest.mark.parametrize("answers", BROKEN.values(), ids=BROKEN)
def test_one_broken_message_does_not_hide_the_count(ask: Any, answers: dict[str, bytes]) -> None:
    found = ask(lambda one: talk(one, answers))
    assert isinstance(found, MailSummary) and (found.unread, found.newest) == (2, ())


def test_what_is_missing_is_left_out(ask: Any) -> None:
    found = ask(lambda one: talk(one, {"SEARCH": b"* SEARCH 1\r\n", "FETCH": b'* 1 FETCH (INTERNALDATE "jamais")\r\n'}))
    assert [(one.subject, one.sender, one.received) for one in found.newest] == [("", "", None)]


def test_numbers_are_bounded(ask: Any) -> None:
    huge = ask(lambda one: talk(one, {"STATUS": b'* STATUS "INBOX" (UNSEEN 99999999999999999999)\r\n'}))
    assert isinstance(huge, MailSummary) and huge.unread == imap.COUNT_MOST
    many = b"* SEARCH " + b" ".join(str(one).encode() for one in range(1, 5000)) + b" -3 0 99999999999999\r\n"
    found = ask(lambda one: talk(one, {"SEARCH": many, **_fetched((b"un", b"a@b"), (b"deux", b"a@b"))}))
    assert [one.subject for one in found.newest] == ["deux", "un"]


def test_a_server_that_says_it_is_signed_in_already_is_not_asked(ask: Any) -> None:
    """As whom? Its count could be anybody's."""
    assert ask(lambda one: talk(one, {}, b"* PREAUTH bienvenue\r\n")) == "not_as_you"


def test_starttls_is_compulsory_where_it_was_asked_for(ask: Any, settings: Any) -> None:
    settings.IMAP_START_TLS = True
    asked: list[bytes] = []

    def behave(one: socket.socket) -> None:
        one.sendall(b"* OK pret\r\n")
        for line in one.makefile("rb"):
            asked.append(line)
            one.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + line.split()[0] + b" OK fait\r\n")

    assert ask(behave) == "bad_answer"
    assert not any(b"AUTHENTICATE" in line or b"LOGIN" in line for line in asked)


def test_subjects_in_any_state_of_disrepair(ask: Any) -> None:
    texts = {
        b"=?utf-8?B?w4l0w6k=?= a Montr=?utf-8?Q?=C3=A9al?=": "Été a Montréal",
        b"=?iso-8859-1?Q?D=E9neigement?=": "Déneigement",
        "Caractères nus".encode(): "Caractères nus",
        "Caractères nus".encode("latin-1"): "Caractères nus",
        b"=?utf-8?B?w4l0w6?=": "Ét\ufffd",
        b"=?charset-inconnu?Q?abc?=": "abc",
        b"=?utf-8?B?w4l0w6k": "Été",
        b"=?utf-8?Q?=C3=89t=C3": "Ét\ufffd",
        b"Bonjour =?utf-8?B": "Bonjour …",
        b"\x00\x1b[31mrouge\x07": "[31mrouge",
        "facture\u202efdp.exe".encode(): "facturefdp.exe",
        b"=?unicode_escape?Q?=5Cu0041?=": "\\u0041",
        b"a\r\n b\r\n\tc": "a b c",
        b"=?utf-8?Q?=C3?= =?utf-8?Q?=A9t=C3=A9?=": "été",
        b"": "",
    }
    for raw, expected in texts.items():
        assert decoded(raw) == expected, raw
    assert len(decoded(b"m" * 2048)) == 150
    assert sender_of(b"=?utf-8?Q?=C3=89lo=C3=AFse?= <e@ville.example>") == "Éloïse"
    assert sender_of(b"e@ville.example") == "e@ville.example" and sender_of(b"<><>\xff") != "x"
    found = ask(lambda one: talk(one, _fetched((b"\xff\xfe=?utf-8?B?!!!?=", b"\xe9"), (b"=?utf-8?Q?=E9?=", b""))))
    assert isinstance(found, MailSummary) and len(found.newest) == 2


def test_no_text_shows_what_it_hides() -> None:
    hidden = "".join(chr(code) for code in (*range(0x20), 0x7F, 0xAD, *range(0x200B, 0x2010), *range(0x2028, 0x202F)))
    assert clean(f"a{hidden}b").replace(" ", "") == "ab"


# -- a token is called refused only when it was -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "refusal",
    [b"{tag} NO [UNAVAILABLE] Temporary authentication failure.\r\n", None],
    ids=["unavailable for the moment", "hangs up in the middle"],
)
@pytest.mark.django_db
def test_a_passing_fault_of_the_server_is_not_the_tokens(
    settings: Any, borough: Any, sign_in: Callable[..., Client], refusal: bytes | None
) -> None:
    settings.MAIL_PROVIDER, settings.IMAP_START_TLS, settings.MAILBOX_TOKENS = "imap", False, True
    anna = make_person("anna.arbour", unit=borough)
    anna.mailbox_credentials.create(kind="mail", secret=seal("un-jeton-valable"))
    came: list[int] = []

    def behave(one: socket.socket) -> None:
        came.append(1)
        if refusal is None:
            one.sendall(b"* OK pret\r\n")
            for line in one.makefile("rb"):
                if b"AUTHENTICATE" in line:
                    return
                one.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + line.split()[0] + b" OK fait\r\n")
        talk(one, {"AUTHENTICATE": refusal or b""})

    with nuisance(behave) as port:
        settings.IMAP_URI = f"imap://127.0.0.1:{port}"
        forget_all()
        client = sign_in(anna)
        text = shown(settled(client, "mail"))
        assert "refusé" not in text and "ne répond pas" in text
        with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=True):
            settled(client, "mail")
        assert len(came) == 2
    forget_all()


# -- through the pages ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_page_waits_while_a_server_hangs(
    settings: Any, borough: Any, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_PROVIDER, settings.IMAP_START_TLS = "imap", False
    settings.IMAP_MASTER_USER, settings.IMAP_MASTER_PASSWORD = MASTER, MASTER_PASSWORD
    monkeypatch.setattr(imap, "WHOLE", 8.0)
    monkeypatch.setattr(imap_lines, "STEP", 8.0)
    reached, left = threading.Semaphore(0), threading.Event()

    def behave(one: socket.socket) -> None:
        one.sendall(b"* OK pret\r\n")
        one.recv(1 << 16)
        reached.release()
        # Until the other end has waited enough.
        one.recv(1)
        left.set()

    people = [make_person(f"personne.no{number}", unit=borough) for number in range(12)]
    with nuisance(behave) as port:
        settings.IMAP_URI = f"imap://127.0.0.1:{port}"
        forget_all()
        clients = [sign_in(one) for one in people]
        clients[0].get("/")
        for client in clients:
            began = time.thread_time()
            assert 'aria-busy="true"' in card(client, "mail") or breakers.is_resting(f"127.0.0.1:{port}")
            assert time.thread_time() - began < 1
        # The few threads are held by the server; a page is not.
        assert reached.acquire(timeout=60)
        assert clients[1].get("/", headers=HTMX).status_code == 200
        assert not left.is_set()
        readers.wait()
        # Five failures in a row: the rest of those who waited did not go there any more, or found it resting.
        assert breakers.is_resting(f"127.0.0.1:{port}")
    forget_all()
    assert not any(one.name == "mailbox reader" and not one.daemon for one in threading.enumerate())


@pytest.mark.django_db
@pytest.mark.xdist_group("dovecot")
def test_a_subject_of_ten_megabytes_on_a_real_server(
    settings: Any, borough: Any, sign_in: Callable[..., Client]
) -> None:
    require_dovecot()
    server = PrivateDovecot()
    server.add_person("anna.arbour")
    try:
        server.start()
        server.deliver(
            "anna.arbour",
            b"Subject: ancien\r\nFrom: a@ville.example\r\n\r\n",
            # It ends the process of Dovecot 2.3 that reads it.
            b"Subject: " + b"Enorme " * 1_500_000 + b"\r\nFrom: geant@ville.example\r\n\r\n",
            b"Subject: " + b"Long " * 20_000 + b"\r\nFrom: grand@ville.example\r\n\r\n",
            b"Subject: =?utf-8?B?" + base64.b64encode("é".encode() * 4000) + b"?=\r\nFrom: \xff\xfe\r\n\r\n",
        )
        settings.MAIL_PROVIDER, settings.IMAP_URI = "imap", f"imaps://127.0.0.1:{server.port}"
        settings.IMAP_CA_FILE = str(server.ca_file)
        settings.IMAP_MASTER_USER, settings.IMAP_MASTER_PASSWORD = MASTER, MASTER_PASSWORD
        forget_all()
        html = settled(sign_in(make_person("anna.arbour", unit=borough)), "mail")
        text = shown(html)
        assert "4 messages non lus" in text and "Long Long" in text and "grand@" in text and "ééé" in text
        assert len(html) < 5000
    finally:
        forget_all()
        server.erase()
