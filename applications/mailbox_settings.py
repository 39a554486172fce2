"""The page of settings of mail and agenda, from the environment (see `.env.example`). Imported whole by the settings.

Without MAIL_PROVIDER and AGENDA_PROVIDER no mail or calendar server is ever asked. Templates hold `{username}`,
`{email}`, `{notes_name}`, `{number}` (employee number) or `{uuid}` of the person.
"""

from string import Formatter
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

__all__ = [
    "AGENDA_CA_FILE",
    "AGENDA_PASSWORD",
    "AGENDA_PROVIDER",
    "AGENDA_USER",
    "CALDAV_LOGIN",
    "CALDAV_URL",
    "ICS_URL",
    "IMAP_CA_FILE",
    "IMAP_LOGIN",
    "IMAP_MASTER_LOGIN",
    "IMAP_MASTER_PASSWORD",
    "IMAP_MASTER_USER",
    "IMAP_START_TLS",
    "IMAP_URI",
    "MAILBOX_TOKENS",
    "MAIL_PROVIDER",
]

_env = environ.Env()
_env.escape_proxy = True

PERSONAL = frozenset({"username", "email", "notes_name", "number", "uuid"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

MAIL_PROVIDER = _env.str("MAIL_PROVIDER", default="")
IMAP_URI = _env.str("IMAP_URI", default="")
IMAP_START_TLS = _env.bool("IMAP_START_TLS", default=True)
IMAP_CA_FILE = _env.str("IMAP_CA_FILE", default="")
IMAP_LOGIN = _env.str("IMAP_LOGIN", default="{username}")
IMAP_MASTER_USER = _env.str("IMAP_MASTER_USER", default="")
IMAP_MASTER_PASSWORD = _env.str("IMAP_MASTER_PASSWORD", default="")
IMAP_MASTER_LOGIN = _env.str("IMAP_MASTER_LOGIN", default="{login}*{master}")

AGENDA_PROVIDER = _env.str("AGENDA_PROVIDER", default="")
CALDAV_URL = _env.str("CALDAV_URL", default="")
CALDAV_LOGIN = _env.str("CALDAV_LOGIN", default="{username}")
ICS_URL = _env.str("ICS_URL", default="")
AGENDA_USER = _env.str("AGENDA_USER", default="")
AGENDA_PASSWORD = _env.str("AGENDA_PASSWORD", default="")
AGENDA_CA_FILE = _env.str("AGENDA_CA_FILE", default="")

MAILBOX_TOKENS = _env.bool("MAILBOX_TOKENS", default=False)


def fields_of(template: str) -> set[str]:
    """The names in braces. ImproperlyConfigured for braces that do not close."""
    try:
        return {name for _text, name, _spec, _conversion in Formatter().parse(template) if name is not None}
    except ValueError:
        raise ImproperlyConfigured(f"{template!r} has a brace too many or too few.") from None


def check(name: str, template: str, allowed: frozenset[str], *, must: frozenset[str] = frozenset()) -> None:
    """ImproperlyConfigured unless the template holds only `allowed`, and one of `must` where given."""
    found = fields_of(template)
    if not found <= allowed or (must and not found & must):
        raise ImproperlyConfigured(
            f"{name} must hold one of {', '.join(sorted(must or allowed))} in braces: {template!r}"
        )


def is_guarded(address: str, *, plain: tuple[str, ...]) -> bool:
    """Whether nothing is said in clear on the way, or only to this very machine."""
    parts = urlsplit(address)
    return parts.scheme not in plain or (parts.hostname or "") in LOOPBACK


if MAIL_PROVIDER:
    if MAIL_PROVIDER != "imap":
        raise ImproperlyConfigured(f"MAIL_PROVIDER must be imap or empty, not {MAIL_PROVIDER!r}.")
    if urlsplit(IMAP_URI).scheme not in ("imaps", "imap") or not urlsplit(IMAP_URI).hostname:
        raise ImproperlyConfigured("IMAP_URI must be imaps://host or imap://host.")
    # SECURITY: passwords never go in clear over a network.
    if not IMAP_START_TLS and not is_guarded(IMAP_URI, plain=("imap",)):
        raise ImproperlyConfigured("IMAP_START_TLS may only be off for a server on this very machine.")
    # SECURITY: a login without the person would open one mailbox for everybody.
    check("IMAP_LOGIN", IMAP_LOGIN, PERSONAL, must=PERSONAL)
    check("IMAP_MASTER_LOGIN", IMAP_MASTER_LOGIN, frozenset({"login", "master"}), must=frozenset({"login"}))
    if bool(IMAP_MASTER_USER) != bool(IMAP_MASTER_PASSWORD):
        raise ImproperlyConfigured("IMAP_MASTER_USER and IMAP_MASTER_PASSWORD go together.")
    if not IMAP_MASTER_USER and not MAILBOX_TOKENS:
        raise ImproperlyConfigured("MAIL_PROVIDER needs IMAP_MASTER_USER, or MAILBOX_TOKENS=yes.")

if AGENDA_PROVIDER:
    if AGENDA_PROVIDER not in ("caldav", "ics"):
        raise ImproperlyConfigured(f"AGENDA_PROVIDER must be caldav, ics or empty, not {AGENDA_PROVIDER!r}.")
    _address = CALDAV_URL if AGENDA_PROVIDER == "caldav" else ICS_URL
    if bool(AGENDA_USER) != bool(AGENDA_PASSWORD):
        raise ImproperlyConfigured("AGENDA_USER and AGENDA_PASSWORD go together.")
    # With a token of each person the CalDAV address may be one for all; a calendar file then has its own address.
    _is_shared = not AGENDA_USER and MAILBOX_TOKENS
    if _address:
        if urlsplit(_address).scheme not in ("https", "http") or not urlsplit(_address).hostname:
            raise ImproperlyConfigured("CALDAV_URL and ICS_URL begin with https://.")
        if not is_guarded(_address, plain=("http",)):
            raise ImproperlyConfigured("CALDAV_URL and ICS_URL may only be http:// on this very machine.")
        check("CALDAV_URL or ICS_URL", _address, PERSONAL, must=frozenset() if _is_shared else PERSONAL)
        # SECURITY: the person decides of the path alone, never of the machine.
        if "{" in urlsplit(_address).netloc:
            raise ImproperlyConfigured("CALDAV_URL and ICS_URL name the person in the path alone.")
    elif AGENDA_PROVIDER == "caldav" or not MAILBOX_TOKENS:
        raise ImproperlyConfigured("AGENDA_PROVIDER needs CALDAV_URL or ICS_URL (or ics with MAILBOX_TOKENS=yes).")
    if AGENDA_PROVIDER == "caldav" and not AGENDA_USER and not MAILBOX_TOKENS:
        raise ImproperlyConfigured("CalDAV needs AGENDA_USER, or MAILBOX_TOKENS=yes.")
    check("CALDAV_LOGIN", CALDAV_LOGIN, PERSONAL, must=PERSONAL)
