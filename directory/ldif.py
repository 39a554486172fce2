"""The demo directory as LDIF: people, units and groups, written for `slapadd`.

    entries_for(people, units, groups) -> one text per entry, units first, then people, then groups

Each of the three is an iterable of `DemoPerson`, `DemoUnit`, `DemoGroup`, or of dicts with the same keys. People may be
a generator: they are read once and only their group names are kept.
"""

import base64
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

BASE_DN = "dc=ville,dc=example"
# Makes the stable keys of demo entries; changing it makes every demo person somebody new.
NAMESPACE = uuid.UUID("6f0a6c86-2b5b-5a0e-9f0e-51c6f7f1a3d2")


@dataclass(frozen=True)
class DemoPerson:
    """One person. `kind`: employee, elected or external. `password`: clear, or already hashed by `ssha` (hash a shared
    one once); empty for no password, hence no sign-in. `groups`: names of `DemoGroup`s. `entry_uuid`: by default
    `entry_uuid("person", username)`, which is what `Person.entry_uuid` of the same demo person must hold."""

    username: str
    given_name: str
    family_name: str
    title_fr: str = ""
    title_en: str = ""
    unit_code: str = ""
    manager_username: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    notes_name: str = ""
    site: str = ""
    room: str = ""
    job_class: str = ""
    language: str = "fr"
    kind: str = "employee"
    employee_number: str = ""
    borough_code: str = ""
    is_active: bool = True
    password: str = ""
    groups: Iterable[str] = ()
    entry_uuid: uuid.UUID | None = None
    # A JPEG.
    photo: bytes = b""


@dataclass(frozen=True)
class DemoUnit:
    """One unit. `code` is `Unit.code`, `kind` one of `Unit.Kind`, `parent_code` empty for the root, `head_username`
    who leads it."""

    code: str
    name_fr: str
    name_en: str = ""
    kind: str = "division"
    parent_code: str = ""
    head_username: str = ""


@dataclass(frozen=True)
class DemoGroup:
    """One group. `name` is its cn in LDAP and `Group.ldap_name` here; `subgroups`: groups among its members."""

    name: str
    name_fr: str
    name_en: str = ""
    subgroups: Iterable[str] = ()


def entry_uuid(kind: str, key: str) -> uuid.UUID:
    """The stable key of a demo entry: the same in the database and in the directory. `kind`: person, unit, group."""
    return uuid.uuid5(NAMESPACE, f"{kind}:{key}")


def person_dn(username: str, base_dn: str = BASE_DN) -> str:
    """The distinguished name of a demo person."""
    return f"uid={_escaped(username)},ou=people,{base_dn}"


def group_dn(name: str, base_dn: str = BASE_DN) -> str:
    """The distinguished name of a demo group."""
    return f"cn={_escaped(name)},ou=groups,{base_dn}"


def ssha(password: str) -> str:
    """`password` as OpenLDAP's salted SHA-1. Cheap on purpose, for demonstrations: 28,000 of them take a blink."""
    salt = os.urandom(8)
    digest = hashlib.sha1(password.encode() + salt, usedforsecurity=False).digest()
    return "{SSHA}" + base64.b64encode(digest + salt).decode()


def entry(dn: str, **attributes: Any) -> str:
    """One LDIF record, ending with its blank line. Values are texts, bytes or iterables of texts; empty ones are left
    out."""
    lines = [_line("dn", dn)]
    for name, value in attributes.items():
        values = [value] if isinstance(value, str | bytes) else value
        lines.extend(_line(name, one) for one in values if one)
    return "".join(lines) + "\n"


def entries_for(
    people: Iterable[DemoPerson | Mapping[str, Any]],
    units: Iterable[DemoUnit | Mapping[str, Any]],
    groups: Iterable[DemoGroup | Mapping[str, Any]],
    base_dn: str = BASE_DN,
) -> Iterator[str]:
    """The records of the whole demo directory below the branches that `PrivateSlapd.load` writes itself.

    KeyError for a person in a group that is not among `groups`.
    """
    for unit in (_as(DemoUnit, one) for one in units):
        yield _unit(unit, base_dn)
    every_group = [_as(DemoGroup, one) for one in groups]
    members: dict[str, list[str]] = {group.name: [] for group in every_group}
    for person in (_as(DemoPerson, one) for one in people):
        dn = person_dn(person.username, base_dn)
        for name in person.groups:
            members[name].append(dn)
        yield _person(person, dn, base_dn)
    for group in every_group:
        below = [group_dn(name, base_dn) for name in group.subgroups]
        yield _group(group, members[group.name] + below, base_dn)


def _person(person: DemoPerson, dn: str, base_dn: str) -> str:
    name = f"{person.given_name} {person.family_name}".strip()
    password = person.password
    if password and not password.startswith("{SSHA}"):
        password = ssha(password)
    return entry(
        dn,
        objectClass=["inetOrgPerson", "villePersonne"],
        entryUUID=str(person.entry_uuid or entry_uuid("person", person.username)),
        uid=person.username,
        cn=name or person.username,
        sn=person.family_name or person.username,
        givenName=person.given_name,
        displayName=name,
        title=person.title_fr,
        villeTitreEn=person.title_en,
        departmentNumber=person.unit_code,
        manager=person_dn(person.manager_username, base_dn) if person.manager_username else "",
        mail=person.email,
        telephoneNumber=person.phone,
        mobile=person.mobile,
        villeNomNotes=person.notes_name,
        physicalDeliveryOfficeName=person.site,
        roomNumber=person.room,
        employeeType=person.job_class,
        preferredLanguage=person.language,
        villeGenre=person.kind,
        villeMatricule=person.employee_number,
        villeArrondissement=person.borough_code,
        villeActif="TRUE" if person.is_active else "FALSE",
        userPassword=password,
        jpegPhoto=person.photo,
    )


def _unit(unit: DemoUnit, base_dn: str) -> str:
    # Flat under ou=units: a reorganisation changes the parent's code and no name.
    return entry(
        f"ou={_escaped(unit.code)},ou=units,{base_dn}",
        objectClass=["organizationalUnit", "villeUnite"],
        entryUUID=str(entry_uuid("unit", unit.code)),
        ou=unit.code,
        description=unit.name_fr,
        villeNomEn=unit.name_en,
        villeGenre=unit.kind,
        villeUniteParente=unit.parent_code,
        villeResponsable=person_dn(unit.head_username, base_dn) if unit.head_username else "",
    )


def _group(group: DemoGroup, members: list[str], base_dn: str) -> str:
    dn = group_dn(group.name, base_dn)
    return entry(
        dn,
        objectClass=["groupOfNames", "villeGroupe"],
        entryUUID=str(entry_uuid("group", group.name)),
        cn=group.name,
        description=group.name_fr,
        villeNomEn=group.name_en,
        # The class wants at least one member: an empty group has itself.
        member=members or [dn],
    )


def _as(kind: type, value: Any) -> Any:
    return kind(**value) if isinstance(value, Mapping) else value


def _escaped(value: str) -> str:
    """`value` as a part of a distinguished name (RFC 4514)."""
    for one in '\\,+"<>;=':
        value = value.replace(one, f"\\{one}")
    if value.startswith(("#", " ")):
        value = f"\\{value}"
    return value[:-1] + "\\ " if value.endswith(" ") else value


def _line(name: str, value: str | bytes) -> str:
    """One attribute line, in base64 unless it is plain printable ASCII (RFC 2849)."""
    if isinstance(value, bytes):
        return f"{name}:: {base64.b64encode(value).decode()}\n"
    is_plain = value.isascii() and value.isprintable() and not value.startswith((" ", ":", "<")) and value[-1] != " "
    if is_plain:
        return f"{name}: {value}\n"
    return f"{name}:: {base64.b64encode(value.encode()).decode()}\n"
