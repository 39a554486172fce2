"""One look at one's mail or agenda."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from foundation.outgoing.problems import Problem
from foundation.outgoing.sealing import Unreadable, unseal

from ..models import Application, MailboxCredential
from ..providers import KINDS, AgendaProvider, Event, MailProvider, MailSummary, NextEvents, Who, provider_of
from ..providers.problems import OF_SERVERS, sentence_of
from . import breakers, store
from .readers import readers
from .store import MAIL, Kept

logger = logging.getLogger(__name__)

KINDS_SHOWN = KINDS
# Seconds one reading may take, with the wait for a thread.
TURN = 45
# Seconds without a new try: after a fault of the server; of a calendar that cannot be read; of a token that was refused
# (SECURITY: each new try with a wrong one brings the account nearer to being locked).
AGAIN, AGAIN_CONTENT, AGAIN_REFUSED = 15, 600, 24 * 3600


@dataclass(frozen=True)
class Look:
    """`state`: fresh, stale (an older value, which is shown with its hour), unavailable, or off.

    `is_reading`: a newer value is on its way. `wants_reading`: nobody reads yet, and somebody might.
    """

    kind: str
    state: str
    value: MailSummary | NextEvents | None = None
    problem: str | Promise = ""
    is_reading: bool = False
    wants_reading: bool = False
    lacks_token: bool = False
    # Read with a token of the person.
    by_token: bool = False
    # The uuid of the application that opens one's own mail.
    notes: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to put on a card."""
        return self.state != "off" or bool(self.notes)

    @property
    def read_at(self) -> datetime | None:
        return self.value.read_at if self.value else None


def looks_of(person: Any) -> dict[str, Look]:
    """What is known of both kinds, from the cache alone: no server, no database. For pages that must not wait."""
    kept = store.read(str(person.uuid), KINDS)
    return {kind: _look(kind, kept[kind], provider_of(kind)) for kind in KINDS}


def look_at(person: Any, kind: str) -> Look:
    """The same, and what is not fresh is read again in the background. Never waits for a server."""
    provider = provider_of(kind)
    uuid = str(person.uuid)
    kept = store.read(uuid, [kind])[kind]
    needs_secret = provider is not None and provider.needs_secret
    if kept.notes is None or kept.lacks_token is None:
        secret = MailboxCredential.objects.visible_to(person).filter(kind=kind).first() if needs_secret else None
        store.keep_offer(uuid, kind, notes=_notes(person, kind), lacks_token=needs_secret and secret is None)
        kept = store.read(uuid, [kind])[kind]
    if provider is not None and not (kept.is_fresh or kept.is_troubled or kept.is_reading or kept.lacks_token):
        _begin(person, kind, provider)
        kept = store.read(uuid, [kind])[kind]
    return _look(kind, kept, provider)


def forget(person: Any, kind: str) -> None:
    """What was seen, and what went wrong: after a token was given or withdrawn."""
    store.forget(str(person.uuid), kind)


def _look(kind: str, kept: Kept, provider: MailProvider | AgendaProvider | None) -> Look:
    notes = kept.notes or ""
    if provider is None:
        # Whether there is a door to Notes is not known yet: the page asks once, afterwards.
        return Look(kind, "off", notes=notes, wants_reading=kind == MAIL and kept.notes is None)
    if kept.lacks_token:
        return Look(kind, "unavailable", lacks_token=True, by_token=True, notes=notes)
    state = "fresh" if kept.is_fresh else "stale" if kept.value else "unavailable"
    troubled = kept.is_troubled and not kept.is_fresh
    return Look(
        kind,
        state,
        kept.value,
        problem=sentence_of(kept.trouble.code) if kept.trouble and troubled else "",
        is_reading=kept.is_reading,
        wants_reading=not kept.is_fresh and not troubled and not kept.is_reading,
        by_token=provider.needs_secret,
        notes=notes,
    )


def _notes(person: Any, kind: str) -> str:
    """The application that opens one's own mail in Notes, where the person has one."""
    found = Application.objects.visible_to(person).published().opening_own_mail().first() if kind == MAIL else None
    return str(found.uuid) if found else ""


def _begin(person: Any, kind: str, provider: MailProvider | AgendaProvider) -> None:
    """Have it read, unless it is being read, or its server is left alone."""
    who, code = _who(person, kind, provider)
    uuid, turn = str(person.uuid), secrets.token_hex(8)
    if who is None:
        store.keep_trouble(uuid, kind, code, AGAIN_CONTENT)
        return
    server = provider.server(who)
    if breakers.is_resting(server):
        store.keep_trouble(uuid, kind, "unreachable", AGAIN)
        return
    if not store.take_turn(uuid, kind, turn, TURN):
        return
    if not breakers.may_ask(server):
        store.keep_trouble(uuid, kind, "unreachable", AGAIN)
        store.end_turn(uuid, kind, turn)
    elif not readers.start(lambda: _read(who, kind, provider, server, turn)):
        logger.warning("too many mailboxes wait to be read")
        breakers.give_back(server)
        store.end_turn(uuid, kind, turn)


def _who(person: Any, kind: str, provider: MailProvider | AgendaProvider) -> tuple[Who | None, str]:
    secret = ""
    if provider.needs_secret:
        given = MailboxCredential.objects.visible_to(person).filter(kind=kind).first()
        if given is None:
            return None, "login_refused"
        try:
            secret = unseal(given.secret)
        except Unreadable:
            return None, "unreadable_token"
    who = Who(
        str(person.uuid), person.username, person.email, person.notes_name, person.employee_number, secret
    )  # fmt: skip
    return who, ""


def _read(who: Who, kind: str, provider: MailProvider | AgendaProvider, server: str, turn: str) -> None:
    """In a thread of the readers: ask, and keep what came of it. No database here."""
    try:
        value = provider.read(who)
    except Problem as problem:
        (breakers.failed if problem.code in OF_SERVERS else breakers.worked)(server)
        _note(who, kind, turn, problem.code)
    except Exception:
        # SECURITY: without the arguments, which hold the person's token.
        logger.exception("the %s of somebody could not be read", kind)
        breakers.give_back(server)
        _note(who, kind, turn, "fault")
    else:
        breakers.worked(server)
        if store.has_turn(who.uuid, kind, turn):
            store.keep(who.uuid, kind, value)
    finally:
        store.end_turn(who.uuid, kind, turn)


def _note(who: Who, kind: str, turn: str, code: str) -> None:
    # A token that was replaced meanwhile is not blamed for the one before.
    if store.has_turn(who.uuid, kind, turn):
        seconds = AGAIN if code in OF_SERVERS else AGAIN_REFUSED if code == "login_refused" else AGAIN_CONTENT
        store.keep_trouble(who.uuid, kind, code, seconds)


@dataclass(frozen=True)
class Line:
    """One line of the agenda. `hour` is None for what lasts all day, and for what has gone on since before today."""

    event: Event
    hour: datetime | None
    goes_on: bool


def now_and_later(events: NextEvents) -> dict[str, list[Line]]:
    """What is not over: of today, and of tomorrow. What began before today counts for today."""
    now = timezone.localtime()
    today = now.date()
    found: dict[str, list[Line]] = {"today": [], "tomorrow": []}
    for one in events.events:
        first = timezone.localtime(one.begins).date()
        if one.ends <= now and one.begins < now:
            continue
        goes_on = first < today and not one.is_all_day
        line = Line(one, None if one.is_all_day or goes_on else one.begins, goes_on)
        days = (first - today).days
        if days <= 0:
            found["today"].append(line)
        elif days == 1:
            found["tomorrow"].append(line)
    return found
