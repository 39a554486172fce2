"""What mail and calendar servers of any make are asked, and what they answer: plain values, no connection in them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from foundation.outgoing.problems import Problem

MAIL, AGENDA = "mail", "agenda"


@dataclass(frozen=True)
class Who:
    """The person as servers know them. `secret`: their token or address, in clear; empty where the city's serves."""

    uuid: str
    username: str
    email: str = ""
    notes_name: str = ""
    number: str = ""
    # SECURITY: in no representation, so in no log.
    secret: str = field(default="", repr=False)

    def fill(self, template: str, quote: Any = str) -> str:
        """A template with what it names of the person, each passed through `quote`. Problem when the person lacks it.

        SECURITY: an empty name would make another login, or another address, of the template.
        """
        values = {name: getattr(self, name) for name in ("uuid", "username", "email", "notes_name", "number")}
        if any(f"{{{name}}}" in template and not value for name, value in values.items()):
            raise Problem("no_mailbox")
        return template.format(**{name: quote(value) for name, value in values.items()})


@dataclass(frozen=True)
class Subject:
    """One unread message: its subject and sender are clean text of at most 150 characters, possibly empty."""

    subject: str
    sender: str
    # None where the server did not say.
    received: datetime | None


@dataclass(frozen=True)
class MailSummary:
    """`unread`: messages of the inbox its owner has not read; `newest`: of those, the last to come first."""

    unread: int
    newest: tuple[Subject, ...]
    read_at: datetime


@dataclass(frozen=True)
class Event:
    """`begins` and `ends` are aware; of what lasts whole days, midnights of the city (the last one excluded)."""

    title: str
    begins: datetime
    ends: datetime
    place: str = ""
    is_all_day: bool = False


@dataclass(frozen=True)
class NextEvents:
    """What touches the day it was read or the next one, by hour."""

    events: tuple[Event, ...]
    read_at: datetime


class MailProvider(Protocol):
    """A make of mail servers. Domino Access Services, the Domino REST API or iNotes would each be one more.

    SECURITY: an answer is the person's own count. A server that counts for whoever asks (iNotes does) must be asked as
    the person.
    """

    # Whether it needs a token the person gave.
    needs_secret: bool

    def server(self, who: Who) -> str:
        """What the circuit breaker goes by."""

    def read(self, who: Who) -> MailSummary:
        """Ask, within a bounded time. Raises Problem."""


class AgendaProvider(Protocol):
    """A make of calendar servers."""

    needs_secret: bool

    def server(self, who: Who) -> str:
        """What the circuit breaker goes by."""

    def read(self, who: Who) -> NextEvents:
        """Ask, within a bounded time. Raises Problem."""
