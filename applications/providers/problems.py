"""What can go wrong with a mail or calendar server, in words for the person; short, because a card is small."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The server's own faults: the breaker counts them. The others may be of one person's mailbox, calendar or token: they
# must not take the server away from everybody.
OF_SERVERS = frozenset({"unreachable", "slow", "certificate", "unknown_host", "status"})

PROBLEMS: dict[str, str | Promise] = {
    "login_refused": _("The server refused the token: it may have expired or been withdrawn."),
    "not_as_you": _("The server did not let the portal read in your name."),
    "no_mailbox": _("No mailbox or calendar of yours was found."),
    "bad_answer": _("The server gave an answer that cannot be read."),
    "huge": _("Your calendar is too large to be read here."),
    "many_events": _("Your calendar holds too many events to be read here."),
    "slow_calendar": _("Your calendar holds events that repeat too often to be read here."),
    "bad_calendar": _("Your calendar cannot be read: its file is damaged."),
    "unreadable_token": _("The token that was kept can no longer be read: give it again."),
    "bad_address": _("The address of the calendar cannot be read."),
    "inside": _("The address of the calendar is inside the city's network, which the portal may not ask."),
}
OTHERWISE = _("The server does not answer for the moment.")


def sentence_of(code: str) -> str | Promise:
    """What is said of a problem on a card."""
    return PROBLEMS.get(code, OTHERWISE)
