"""The directory's page of settings: AUTH_LDAP_*, from the environment. Imported whole by the project's settings.

LDAP_URI            one address or several with spaces between, tried in order: "ldaps://a.ville.ca ldaps://b.ville.ca"
LDAP_START_TLS      turn ldap:// into an encrypted connection; default yes
LDAP_CA_FILE        the authority that signed the server's certificate; default: the system's authorities
LDAP_BIND_DN, LDAP_BIND_PASSWORD    the account that searches
LDAP_BASE_DN, LDAP_PEOPLE_BASE_DN, LDAP_GROUPS_BASE_DN      where to look; the latter two default to the first
LDAP_UNITS_BASE_DN  likewise, for the sync
LDAP_PRESET         whose names the rest goes by: openldap (default), ad, domino (see `mapping.PRESETS`)
LDAP_PEOPLE_FILTER  how a typed user name finds its entry; contains %(user)s
LDAP_GROUPS_FILTER  which groups are mirrored
LDAP_SYNC_PEOPLE_FILTER, LDAP_UNITS_FILTER      which people and units the sync reads
LDAP_SYNC_CLASSES   object classes by which the sync tells entries apart: "person=inetOrgPerson,unit=cityUnit"
LDAP_ATTRIBUTES     other attribute names: "kind=cityKind,title_en=title;lang-en" (see `mapping.PERSON_ATTRIBUTES`)
LDAP_UNIT_ATTRIBUTES, LDAP_GROUP_ATTRIBUTES     likewise (see `mapping.UNIT_ATTRIBUTES`, `mapping.GROUP_ATTRIBUTES`)
LDAP_DISABLED       the attribute and value that shut somebody out: "villeActif=FALSE"
LDAP_SYNC_GUARD_PERCENT     a run that would deactivate more of the people is refused; default 5
LDAP_SYNC_INTERVAL  seconds between two looks of a watch at a server without syncrepl; default 300

Without LDAP_URI the private demo server is used when its folder (DATA_DIR/slapd) describes one, else no LDAP at all;
an empty LDAP_URI says "no LDAP" outright. Production accepts neither.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import environ
import ldap
from django.core.exceptions import ImproperlyConfigured
from django_auth_ldap.config import LDAPSearch, MemberDNGroupType

from .mapping import PRESETS

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
    "LDAP_BASES",
    "LDAP_NAMES",
    "LDAP_SYNC_GUARD_PERCENT",
    "LDAP_SYNC_INTERVAL",
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

_preset_name = _env.str("LDAP_PRESET", default="openldap")
if _preset_name not in PRESETS:
    raise ImproperlyConfigured(f"LDAP_PRESET is one of {', '.join(PRESETS)}.")
_preset = PRESETS[_preset_name]


def _attributes(variable: str, known: Mapping[str, str], chosen: dict[str, str]) -> dict[str, str]:
    if unknown := chosen.keys() - known.keys():
        raise ImproperlyConfigured(f"{variable} names fields that do not exist: {', '.join(sorted(unknown))}.")
    return {**known, **chosen}


_classes = _env.dict("LDAP_SYNC_CLASSES", default={})
if _unknown := _classes.keys() - {"person", "unit", "group"}:
    raise ImproperlyConfigured(f"LDAP_SYNC_CLASSES takes person, unit and group, not {', '.join(sorted(_unknown))}.")
# The preset with the city's own words on top.
LDAP_NAMES = replace(
    _preset,
    person=_attributes("LDAP_ATTRIBUTES", _preset.person, _env.dict("LDAP_ATTRIBUTES", default={})),
    unit=_attributes("LDAP_UNIT_ATTRIBUTES", _preset.unit, _env.dict("LDAP_UNIT_ATTRIBUTES", default={})),
    group=_attributes("LDAP_GROUP_ATTRIBUTES", _preset.group, _env.dict("LDAP_GROUP_ATTRIBUTES", default={})),
    person_class=_classes.get("person", _preset.person_class).lower(),
    unit_class=_classes.get("unit", _preset.unit_class).lower(),
    group_class=_classes.get("group", _preset.group_class).lower(),
    people_filter=_env.str("LDAP_SYNC_PEOPLE_FILTER", default=_preset.people_filter),
    units_filter=_env.str("LDAP_UNITS_FILTER", default=_preset.units_filter),
    groups_filter=_env.str("LDAP_GROUPS_FILTER", default=_preset.groups_filter),
    sign_in_filter=_env.str("LDAP_PEOPLE_FILTER", default=_preset.sign_in_filter),
    disabled=_env.str("LDAP_DISABLED", default=_preset.disabled),
)
AUTH_LDAP_PERSON_ATTRIBUTES = LDAP_NAMES.person

_base_dn = _value("LDAP_BASE_DN", "dc=ville,dc=example")
LDAP_BASES = {
    "all": _base_dn,
    "people": _env.str("LDAP_PEOPLE_BASE_DN", default="") or _base_dn,
    "units": _env.str("LDAP_UNITS_BASE_DN", default="") or _base_dn,
    "groups": _env.str("LDAP_GROUPS_BASE_DN", default="") or _base_dn,
}
# SECURITY: what the filter refuses never gets to try a password. %(user)s arrives escaped.
if "%(user)s" not in LDAP_NAMES.sign_in_filter:
    raise ImproperlyConfigured("LDAP_PEOPLE_FILTER must contain %(user)s.")
# The very attributes that the sync reads: a person who signs in is known to be unchanged by the same digest.
AUTH_LDAP_USER_SEARCH = LDAPSearch(
    LDAP_BASES["people"], ldap.SCOPE_SUBTREE, LDAP_NAMES.sign_in_filter, LDAP_NAMES.person_attributes
)
# Groups are asked who has this member, never people which groups they have: memberOf is absent after a bulk load.
# The members themselves are not fetched: the group of everybody has 28,000.
AUTH_LDAP_GROUP_SEARCH = LDAPSearch(
    LDAP_BASES["groups"],
    ldap.SCOPE_SUBTREE,
    LDAP_NAMES.groups_filter,
    sorted({one for field, one in LDAP_NAMES.group.items() if one and field != "members"}),
)
AUTH_LDAP_GROUP_TYPE = MemberDNGroupType(LDAP_NAMES.group["members"], name_attr=LDAP_NAMES.group["ldap_name"])
# The backend writes people itself (`actions.bring_in`).
AUTH_LDAP_ALWAYS_UPDATE_USER = False

# A run that would deactivate more of the people than this, in percent, is refused (never at five or fewer).
LDAP_SYNC_GUARD_PERCENT = _env.float("LDAP_SYNC_GUARD_PERCENT", default=5.0)
# Seconds between two looks of a watch, where the server does not tell by itself.
LDAP_SYNC_INTERVAL = _env.int("LDAP_SYNC_INTERVAL", default=300)
