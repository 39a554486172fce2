"""An agenda read from a calendar file: one address for each person by template, or the secret address they gave."""

import base64
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils import timezone

from foundation.outgoing.http import check_address, get, request
from foundation.outgoing.problems import Problem

from .calendars import events_in
from .imap import trusted
from .interface import NextEvents, Who

WHOLE = 10.0
# A file holds years of meetings: more than what a query of two days brings.
LIMIT = 6 * 1024 * 1024


class IcsProvider:
    """The address of ICS_URL for each person; without one, the address each person gave."""

    def __init__(self) -> None:
        self.needs_secret = not settings.ICS_URL

    def server(self, who: Who) -> str:
        address = who.secret if self.needs_secret else settings.ICS_URL
        return urlsplit(address).netloc.rpartition("@")[2].lower()[:200]

    def read(self, who: Who) -> NextEvents:
        """At most ten seconds. Raises Problem."""
        if self.needs_secret:
            # SECURITY: an address that a person typed: the inside network stays closed but for what the city allowed.
            check_calendar_address(who.secret)
            answer = get(who.secret, allow=settings.APPLICATION_NETWORKS, limit=LIMIT, whole=WHOLE)
        else:
            address = who.fill(settings.ICS_URL, lambda value: quote(value, safe="@"))
            context = trusted(settings.AGENDA_CA_FILE)
            allow = (urlsplit(address).hostname or "",)
            answer = request(
                "GET", address, basic(settings.AGENDA_USER, settings.AGENDA_PASSWORD),
                allow=allow, limit=LIMIT, whole=WHOLE, context=context,
            )  # fmt: skip
        check_status(answer.status, is_own_token=self.needs_secret)
        return NextEvents(events_in([answer.body], who.email), timezone.now())


def check_calendar_address(address: str) -> None:
    """Problem unless `address` may be kept as that of a calendar. SECURITY: never in clear, it is a secret."""
    if check_address(address).scheme != "https":
        raise Problem("bad_address")


def basic(user: str, password: str) -> dict[str, str]:
    """The header that says who asks; nothing without a user."""
    if not user:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def check_status(status: int, *, is_own_token: bool) -> None:
    """Problem unless the machine answered what it was asked. `is_own_token`: asked with what the person gave."""
    if status in (401, 403):
        raise Problem("login_refused" if is_own_token else "not_as_you")
    if status in (404, 410):
        raise Problem("no_mailbox")
    if not 200 <= status < 300:
        raise Problem("status", status=status)
