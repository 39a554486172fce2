"""What mail and agenda stand on: settings that leak are refused at the start, threads come and go, work is bounded."""

import runpy
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.test import Client

from applications import mailbox_settings
from applications.looking import readers as readers_module
from applications.looking.readers import THREADS, WAITING, Readers
from applications.providers import PROVIDERS, MailSummary, Who
from tests.conftest import make_person

from .mailboxes import card, forget_all, shown

MAIL = {"MAIL_PROVIDER": "imap", "IMAP_URI": "imaps://courriel.ville.example", "IMAP_MASTER_USER": "parvis"}
MAIL |= {"IMAP_MASTER_PASSWORD": "x"}
AGENDA = {"AGENDA_PROVIDER": "caldav", "CALDAV_URL": "https://agenda.ville.example/{username}/"}
AGENDA |= {"AGENDA_USER": "parvis", "AGENDA_PASSWORD": "x"}
NONE: dict[str, str] = {}


def started(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    """What the settings do with these variables."""
    for name in mailbox_settings.__all__:
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    runpy.run_path(str(Path(mailbox_settings.__file__)))


@pytest.mark.parametrize(
    "values",
    [
        *(NONE, MAIL, AGENDA, MAIL | AGENDA),
        {"MAIL_PROVIDER": "imap", "IMAP_URI": "imap://courriel.ville.example", "MAILBOX_TOKENS": "yes"},
        {"AGENDA_PROVIDER": "ics", "MAILBOX_TOKENS": "yes"},
        {"AGENDA_PROVIDER": "ics", "ICS_URL": "https://agenda.ville.example/{uuid}.ics"},
        MAIL | {"IMAP_URI": "imap://127.0.0.1:1143", "IMAP_START_TLS": "no"},
    ],
)
def test_settings_that_are_whole(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    started(monkeypatch, values)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (MAIL | {"MAIL_PROVIDER": "pop"}, "MAIL_PROVIDER"),
        (MAIL | {"IMAP_URI": "courriel.ville.example"}, "IMAP_URI"),
        # In clear over a network.
        (MAIL | {"IMAP_URI": "imap://courriel.ville.example", "IMAP_START_TLS": "no"}, "IMAP_START_TLS"),
        (AGENDA | {"CALDAV_URL": "http://agenda.ville.example/{username}/"}, "CALDAV_URL"),
        # One mailbox, or one calendar, for everybody.
        (MAIL | {"IMAP_LOGIN": "parvis"}, "IMAP_LOGIN"),
        (MAIL | {"IMAP_MASTER_LOGIN": "{master}"}, "IMAP_MASTER_LOGIN"),
        (AGENDA | {"CALDAV_URL": "https://agenda.ville.example/"}, "CALDAV_URL"),
        # The person would name the machine.
        (AGENDA | {"CALDAV_URL": "https://{username}.ville.example/{username}/"}, "path"),
        (MAIL | {"IMAP_LOGIN": "{password}"}, "IMAP_LOGIN"),
        (MAIL | {"IMAP_LOGIN": "{username"}, "brace"),
        # Half of an account.
        (MAIL | {"IMAP_MASTER_PASSWORD": ""}, "IMAP_MASTER_PASSWORD"),
        (AGENDA | {"AGENDA_PASSWORD": ""}, "AGENDA_PASSWORD"),
        ({"MAIL_PROVIDER": "imap", "IMAP_URI": "imaps://courriel.ville.example"}, "MAILBOX_TOKENS"),
        ({"AGENDA_PROVIDER": "ics"}, "ICS_URL"),
        ({"AGENDA_PROVIDER": "caldav", "MAILBOX_TOKENS": "yes"}, "CALDAV_URL"),
    ],
)
def test_settings_that_would_leak_or_do_nothing_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], named: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        started(monkeypatch, values)


# -- threads ----------------------------------------------------------------------------------------------------------


def test_no_more_threads_than_said_and_none_when_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers_module, "IDLE_SECONDS", 0.05)
    pool, gate, done = Readers(), threading.Event(), []
    seen: set[threading.Thread] = set()

    def job() -> None:
        seen.add(threading.current_thread())
        gate.wait(10)
        done.append(1)

    taken = [pool.start(job) for _one in range(THREADS + WAITING + 10)]
    # What waits is bounded; the rest is told to come back.
    assert THREADS <= taken.count(True) <= THREADS + WAITING and taken[-1] is False
    gate.set()
    pool.wait()
    assert len(done) == taken.count(True) and len(seen) <= THREADS
    for one in seen:
        one.join(timeout=5)
        assert one.daemon and not one.is_alive()
    # And it starts again.
    assert pool.start(job)
    pool.wait()


def test_a_fault_in_one_reading_does_not_end_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    pool, done = Readers(), threading.Event()

    def fault() -> None:
        raise RuntimeError("imprévu")

    pool.start(fault)
    pool.start(done.set)
    pool.wait()
    assert done.is_set() and "goes on" in caplog.text


@pytest.mark.django_db
def test_readers_hold_no_connection_and_a_fault_of_ours_is_quiet(
    settings: Any, borough: Any, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Another make of server is one class: this one looks at its surroundings, and breaks."""
    opened: list[bool] = []

    class Another:
        needs_secret = False

        def server(self, who: Who) -> str:
            return "ailleurs"

        def read(self, who: Who) -> MailSummary:
            opened.append(connections["default"].connection is not None)
            raise RuntimeError(f"imprévu pour {who!r}")

    monkeypatch.setitem(PROVIDERS["mail"], "autre", Another)
    settings.MAIL_PROVIDER = "autre"
    forget_all()
    client = sign_in(make_person("anna.arbour", unit=borough))
    card(client, "mail")
    readers_module.readers.wait()
    assert opened == [False]
    assert "ne répond pas" in shown(card(client, "mail"))
    assert "imprévu" in caplog.text
    forget_all()


def test_a_token_is_in_no_representation() -> None:
    assert "secret-jeton" not in repr(Who("1", "anna", secret="secret-jeton"))
