"""The directory's page of settings: AUTH_LDAP_*, from the environment. Imported whole by the project's settings.

LDAP_URI            one address or several with spaces between, tried in order: "ldaps://a.ville.ca ldaps://b.ville.ca"
LDAP_START_TLS      turn ldap:// into an encrypted connection; default yes
LDAP_CA_FILE        the authority that signed the server's certificate; default: the system's authorities
LDAP_BIND_DN, LDAP_BIND_PASSWORD    the account that searches
LDAP_BASE_DN, LDAP_PEOPLE_BASE_DN, LDAP_GROUPS_BASE_DN      where to look; the latter two default to the first
LDAP_PEOPLE_FILTER  how a typed user name finds its entry; contains %(user)s
LDAP_GROUPS_FILTER  which groups are mirrored
LDAP_ATTRIBUTES     other attribute names: "kind=cityKind,title_en=title;lang-en" (see `entries.PERSON_ATTRIBUTES`)

Without LDAP_URI the private demo server is used when its folder (DATA_DIR/slapd) describes one, else no LDAP at all;
an empty LDAP_URI says "no LDAP" outright. Production accepts neither.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
import ldap
from django.core.exceptions import ImproperlyConfigured
from django_auth_ldap.config import GroupOfNamesType, LDAPSearch

from .mapping import GROUP_ATTRIBUTES, PERSON_ATTRIBUTES

__all__ = [
    "AUTH_LDAP_ALWAYS_UPDATE_USER",
    "AUTH_LDAP_BIND_DN",
    "AUTH_LDAP_BIND_PASSWORD",
    "AUTH_LDAP_CONNECTION_OPTIONS",
    "AUTH_LDAP_GROUP_SEARCH",
    "AUTH_LDAP_GROUP_TYPE",
    "AUTH_LDAP_PERSON_ATTRIBUTES",
    "AUTH_LDAP_SERVER_URI",
    "AUTH_LDAP_START_TLS",
    "AUTH_LDAP_USER_SEARCH",
]

_env = environ.Env()
_env.escape_proxy = True
_is_production = _env.str("PARVIS_ENVIRONMENT", default="development") == "production"


def _demo_server() -> dict[str, str]:
    """What the private server wrote about itself: LDAP_URI, LDAP_CA_FILE, LDAP_BASE_DN, LDAP_BIND_DN, …"""
    data_folder = _env.str("DATA_DIR", default=str(Path(__file__).resolve().parent.parent / "var"))
    path = Path(data_folder) / "slapd" / "settings.env"
    if "LDAP_URI" in _env.ENVIRON or _is_production or not path.exists():
        return {}
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


_demo = _demo_server()


def _value(name: str, default: str = "") -> str:
    return _env.str(name, default=_demo.get(name, default))


def _required(name: str) -> str:
    value = _value(name)
    if _is_production and not value:
        raise ImproperlyConfigured(f"{name} must be set when PARVIS_ENVIRONMENT is production (see .env.example).")
    return value


AUTH_LDAP_SERVER_URI = " ".join(_required("LDAP_URI").split())
_schemes = {urlsplit(one).scheme for one in AUTH_LDAP_SERVER_URI.split()}
if len(_schemes) > 1 or not _schemes <= {"ldap", "ldaps"}:
    raise ImproperlyConfigured("LDAP_URI takes ldaps:// addresses or ldap:// addresses, not both.")
# LDAPS is encrypted from its first byte: asking again would be an error.
AUTH_LDAP_START_TLS = _schemes == {"ldap"} and _env.bool("LDAP_START_TLS", default=True)
# SECURITY: people's passwords go over this connection.
if _is_production and _schemes == {"ldap"} and not AUTH_LDAP_START_TLS:
    raise ImproperlyConfigured("LDAP_START_TLS may not be off in production when LDAP_URI is an ldap:// address.")

AUTH_LDAP_BIND_DN = _value("LDAP_BIND_DN", "cn=parvis,ou=services,dc=ville,dc=example")
AUTH_LDAP_BIND_PASSWORD = _required("LDAP_BIND_PASSWORD")

_ca_file = _value("LDAP_CA_FILE")
AUTH_LDAP_CONNECTION_OPTIONS = {
    # A dead or frozen server must not hold a worker: libldap waits for ever unless told. Seconds.
    ldap.OPT_NETWORK_TIMEOUT: 2,
    ldap.OPT_TIMEOUT: 4,
    # SECURITY: a referral would send the password to a server we did not choose.
    ldap.OPT_REFERRALS: 0,
    **({ldap.OPT_X_TLS_CACERTFILE: _ca_file} if _ca_file else {}),
    # SECURITY: no certificate, no password.
    ldap.OPT_X_TLS_REQUIRE_CERT: ldap.OPT_X_TLS_DEMAND,
    # Last: it makes the TLS options above take effect.
    ldap.OPT_X_TLS_NEWCTX: 0,
}

AUTH_LDAP_PERSON_ATTRIBUTES = {**PERSON_ATTRIBUTES, **_env.dict("LDAP_ATTRIBUTES", default={})}
if _unknown := AUTH_LDAP_PERSON_ATTRIBUTES.keys() - PERSON_ATTRIBUTES.keys():
    raise ImproperlyConfigured(f"LDAP_ATTRIBUTES names fields that people do not have: {', '.join(sorted(_unknown))}.")

_base_dn = _value("LDAP_BASE_DN", "dc=ville,dc=example")
# SECURITY: what the filter refuses never gets to try a password. %(user)s arrives escaped.
_people_filter = _env.str(
    "LDAP_PEOPLE_FILTER", default="(&(objectClass=villePersonne)(uid=%(user)s)(!(villeActif=FALSE)))"
)
if "%(user)s" not in _people_filter:
    raise ImproperlyConfigured("LDAP_PEOPLE_FILTER must contain %(user)s.")
AUTH_LDAP_USER_SEARCH = LDAPSearch(
    _env.str("LDAP_PEOPLE_BASE_DN", default=_base_dn),
    ldap.SCOPE_SUBTREE,
    _people_filter,
    sorted(set(AUTH_LDAP_PERSON_ATTRIBUTES.values())),
)
# Groups are asked who has this member, never people which groups they have: memberOf is absent after a bulk load.
# The members themselves are not fetched: the group of everybody has 28,000.
AUTH_LDAP_GROUP_SEARCH = LDAPSearch(
    _env.str("LDAP_GROUPS_BASE_DN", default=_base_dn),
    ldap.SCOPE_SUBTREE,
    _env.str("LDAP_GROUPS_FILTER", default="(objectClass=groupOfNames)"),
    sorted(GROUP_ATTRIBUTES.values()),
)
AUTH_LDAP_GROUP_TYPE = GroupOfNamesType(name_attr="cn")
# The backend writes people itself (`actions.bring_in`).
AUTH_LDAP_ALWAYS_UPDATE_USER = False
