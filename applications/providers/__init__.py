"""Mail and calendar servers behind one interface, chosen by the settings."""

from collections.abc import Callable

from django.conf import settings

from .caldav import CalDavProvider
from .ics import IcsProvider
from .imap import ImapProvider
from .interface import AGENDA, MAIL, AgendaProvider, Event, MailProvider, MailSummary, NextEvents, Subject, Who

__all__ = [
    "AGENDA",
    "KINDS",
    "MAIL",
    "PROVIDERS",
    "AgendaProvider",
    "Event",
    "MailProvider",
    "MailSummary",
    "NextEvents",
    "Subject",
    "Who",
    "provider_of",
]

KINDS = (MAIL, AGENDA)
# By the words of MAIL_PROVIDER and AGENDA_PROVIDER. Another make (Domino Access Services, Domino REST) is a line here.
PROVIDERS: dict[str, dict[str, Callable[[], MailProvider | AgendaProvider]]] = {
    MAIL: {"imap": ImapProvider},
    AGENDA: {"caldav": CalDavProvider, "ics": IcsProvider},
}


def provider_of(kind: str) -> MailProvider | AgendaProvider | None:
    """The one the settings choose for `MAIL` or `AGENDA`; None when none."""
    chosen = {MAIL: settings.MAIL_PROVIDER, AGENDA: settings.AGENDA_PROVIDER}[kind]
    return PROVIDERS[kind][chosen]() if chosen else None
