"""Mail over IMAP: how many messages are unread, and the subjects of the newest. Nothing is changed: EXAMINE alone.

SECURITY: the mailbox is always opened as the person: by a master user in their name, or by a token of theirs. There is
no second try as anybody else: what is refused is refused.
"""

import imaplib
import logging
import re
import ssl
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from imapclient.exceptions import LoginError

from foundation.outgoing.problems import Problem

from .imap_lines import CONFUSED, Session, session
from .interface import MailSummary, Subject, Who
from .texts import decoded, sender_of

logger = logging.getLogger(__name__)

# Seconds for everything.
WHOLE = 10.0
NEWEST = 4
# The unread among this many last messages are looked at for subjects; the count is of all.
RECENT = 200
COUNT_MOST = 99_999
INBOX = "INBOX"
# SECURITY: no character that ends, quotes or splits a login, nor the signs that master logins are made with.
LOGIN = re.compile(r"[A-Za-z0-9._@+=/, -]{1,200}")
# How a server says "not now" to a login (RFC 5530).
PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")
# Bounded at the server already: a subject of ten megabytes stays there.
ASKED = (
    "INTERNALDATE",
    "BODY.PEEK[HEADER.FIELDS (SUBJECT)]<0.2048>",
    "BODY.PEEK[HEADER.FIELDS (FROM)]<0.1024>",
)


class ImapProvider:
    """The server of IMAP_URI, with the city's master user or the person's own token."""

    def __init__(self) -> None:
        parts = urlsplit(settings.IMAP_URI)
        self._is_tls = parts.scheme == "imaps"
        self._host, self._port = parts.hostname or "", parts.port or (993 if self._is_tls else 143)
        self.needs_secret = not settings.IMAP_MASTER_USER

    def server(self, who: Who) -> str:
        return f"{self._host}:{self._port}"

    def read(self, who: Who) -> MailSummary:
        """At most ten seconds. Raises Problem."""
        login, password = self._credentials(who)
        context = trusted(settings.IMAP_CA_FILE)
        with session(self._host, self._port, context if self._is_tls else None, WHOLE) as line:
            # SECURITY: a greeting that says "you are signed in already" does not say as whom.
            if line._imap.state != "NONAUTH":
                raise Problem("not_as_you")
            if not self._is_tls and settings.IMAP_START_TLS:
                line.starttls(context)
            self._log_in(line, login, password)
            return _summary(line)

    def _credentials(self, who: Who) -> tuple[str, str]:
        login = who.fill(settings.IMAP_LOGIN)
        # SECURITY: "anna*postmaster" in a directory's field would name somebody else.
        if not LOGIN.fullmatch(login):
            raise Problem("no_mailbox")
        if self.needs_secret:
            return login, who.secret
        master = settings.IMAP_MASTER_USER
        # SECURITY: the service account's own mailbox is nobody's count.
        if login.lower() == master.lower():
            raise Problem("not_as_you")
        full = settings.IMAP_MASTER_LOGIN.format(login=login, master=master)
        if login not in full or full.lower() == master.lower():
            raise Problem("not_as_you")
        return full, settings.IMAP_MASTER_PASSWORD

    def _log_in(self, line: Session, login: str, password: str) -> None:
        try:
            if line.has_capability("AUTH=PLAIN"):
                line.plain_login(login, password)
            elif line.has_capability("LOGINDISABLED"):
                raise Problem("bad_answer")
            else:
                # The library quotes the password alone.
                line.login(f'"{login}"', password)
        except LoginError as error:
            # SECURITY: a token is called refused only when the server said no to it: it is not tried again for a day.
            if isinstance(error.__context__, imaplib.IMAP4.abort):
                raise ConnectionError from None
            if any(sign in str(error).upper() for sign in PASSING):
                raise Problem("unreachable") from None
            raise Problem("login_refused" if self.needs_secret else "not_as_you") from None


@lru_cache(maxsize=8)
def trusted(authority: str) -> ssl.SSLContext:
    """Whom to trust: the system's authorities, or those of a file."""
    return ssl.create_default_context(cafile=authority or None)


def _summary(line: Session) -> MailSummary:
    found = line.folder_status(INBOX, ["UNSEEN"])
    unread = min(max(int(found[b"UNSEEN"]), 0), COUNT_MOST)
    newest: list[Subject] = []
    if unread:
        # EXAMINE: no flag changes, not even "recent".
        messages = int(line.select_folder(INBOX, readonly=True)[b"EXISTS"])
        try:
            for number in _newest_unread(line, messages):
                newest.append(_subject(line.fetch([number], ASKED)[number]))
        except (Problem, OSError, *CONFUSED):
            # One message may be all it takes (a header of ten megabytes ends Dovecot 2.3's own process): the count is
            # known, and the subjects of what came after it.
            logger.info("a message could not be read: fewer subjects are shown")
    return MailSummary(unread, tuple(newest), timezone.now())


def _newest_unread(line: Session, messages: int) -> list[int]:
    """Sequence numbers, the newest first. Of the last messages alone: the answer of a full mailbox would be long."""
    if messages < 1:
        return []
    found = line.search([f"{max(1, messages - RECENT + 1)}:*", "UNSEEN", "UNDELETED"])
    return sorted((number for number in found if 0 < number <= messages), reverse=True)[:NEWEST]


def _subject(answer: dict[bytes, Any]) -> Subject:
    moment = answer.get(b"INTERNALDATE")
    received = moment if isinstance(moment, datetime) and timezone.is_aware(moment) else None
    return Subject(decoded(_field(answer, b"SUBJECT")), sender_of(_field(answer, b"FROM")), received)


def _field(answer: dict[bytes, Any], name: bytes) -> bytes:
    """What stands after the name of a header field, its line breaks included."""
    for key, value in answer.items():
        if key.upper().startswith(b"BODY[HEADER.FIELDS (" + name + b")") and isinstance(value, bytes):
            return value.partition(b":")[2].strip()
    return b""
