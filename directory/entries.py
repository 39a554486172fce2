"""Reading LDAP entries: whatever a directory holds becomes clean values that fit our fields, or nothing.

Directories are typed in by hand over decades: Latin-1 bytes, absent names, addresses with blanks. None of that may keep
a person from signing in, nor stop the sync: it is a `Problem` on the entry.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import ldap.dn
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from .mapping import GROUP_ATTRIBUTES, KINDS, LOCK_ATTRIBUTES, UNIT_ATTRIBUTES, UNIT_KINDS
from .models import Group, Person, Unit
from .querysets import canonical_username, folded

# An attribute's values, as the LDAP libraries hand them over: bytes, or text where they made it so.
Attributes = Mapping[str, Sequence[str | bytes]]

# ppolicy: for ever. Any other time is a lock that passes, and no reason to leave.
LOCKED_FOR_EVER = "000001010000Z"
AD_DISABLED = 2


@dataclass(frozen=True)
class Problem:
    """Something wrong with one entry. `code`: a key of `sync.problems.PROBLEMS`; `data`: values for its sentence."""

    code: str
    dn: str
    data: Mapping[str, str]


@dataclass(frozen=True)
class PersonEntry:
    """One person as the directory tells it. Texts fit the fields of `Person` of the same name."""

    username: str
    given_name: str
    family_name: str
    kind: str
    entry_uuid: uuid.UUID | None = None
    employee_number: str = ""
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
    borough_code: str = ""
    language: str = "fr"
    # Canonical distinguished names (see `canonical_dn`).
    dn: str = ""
    manager_dn: str = ""
    is_disabled: bool = False
    photo: bytes = b""
    problems: tuple[Problem, ...] = ()
    # Of all the above: the same digest, the same entry.
    digest: str = ""


@dataclass(frozen=True)
class UnitEntry:
    """One unit as the directory tells it. `parent_dn`: the name above its own, for trees made of names."""

    code: str
    name_fr: str
    name_en: str = ""
    kind: str = "division"
    parent_code: str = ""
    parent_dn: str = ""
    head_dn: str = ""
    entry_uuid: uuid.UUID | None = None
    dn: str = ""
    digest: str = ""


@dataclass(frozen=True)
class GroupEntry:
    """One group as the directory tells it. `members`: canonical distinguished names, of people and of groups."""

    ldap_name: str
    name_fr: str
    name_en: str = ""
    entry_uuid: uuid.UUID | None = None
    dn: str = ""
    members: tuple[str, ...] = ()
    digest: str = ""


def person_entry(
    attributes: Attributes, mapping: Mapping[str, str], dn: str = "", *, disabled: str = "villeActif=FALSE"
) -> PersonEntry:
    """Read a person. `mapping` as `mapping.PERSON_ATTRIBUTES`, `disabled` as `mapping.Preset.disabled`.

    ValueError for an entry without user name.
    """
    reader = _Reader(attributes, mapping, dn)

    def text(field: str) -> str:
        return reader.text(field)[: _size(Person, field)].strip()

    username = canonical_username(text("username"))
    if not username:
        raise ValueError("the entry has no user name")
    given_name, family_name = text("given_name"), text("family_name")
    if not given_name and not family_name:
        family_name = reader.text("full_name")[: _size(Person, "family_name")] or username
    manager = reader.text("manager_dn")
    entry = PersonEntry(
        username=username,
        given_name=given_name,
        family_name=family_name,
        kind=_kind(reader),
        entry_uuid=_uuid(reader.first("entry_uuid")),
        employee_number=text("employee_number"),
        title_fr=text("title_fr"),
        title_en=text("title_en"),
        unit_code=reader.text("unit_code")[: _size(Person, "ldap_unit")],
        manager_username=username_in(manager, mapping["username"]),
        email=_email(reader),
        phone=text("phone"),
        mobile=text("mobile"),
        notes_name=text("notes_name"),
        site=text("site"),
        room=text("room"),
        job_class=text("job_class"),
        borough_code=reader.text("borough_code"),
        language="en" if reader.text("language").lower().startswith("en") else "fr",
        dn=canonical_dn(dn),
        manager_dn=_canonical_often(manager),
        is_disabled=is_disabled(attributes, disabled),
        photo=_bytes(reader.first("photo")),
    )
    entry = replace(entry, problems=tuple(reader.problems))
    return replace(entry, digest=_digest(entry))


def unit_entry(attributes: Attributes, mapping: Mapping[str, str] = UNIT_ATTRIBUTES, dn: str = "") -> UnitEntry | None:
    """Read a unit; None for one without a code."""
    reader = _Reader(attributes, mapping, dn)
    code = reader.text("code")[: _size(Unit, "code")].strip()
    if not code:
        return None
    entry = UnitEntry(
        code=code,
        name_fr=reader.text("name_fr")[: _size(Unit, "name_fr")].strip() or code,
        name_en=reader.text("name_en")[: _size(Unit, "name_en")].strip(),
        kind=UNIT_KINDS.get(folded(reader.text("kind")), Unit.Kind.DIVISION),
        parent_code=reader.text("parent_code")[: _size(Unit, "ldap_parent")],
        parent_dn=canonical_dn(parent_of(dn)),
        head_dn=canonical_dn(reader.text("head_dn")),
        entry_uuid=_uuid(reader.first("entry_uuid")),
        dn=canonical_dn(dn),
    )
    return replace(entry, digest=_digest(entry))


def group_entry(
    attributes: Attributes, mapping: Mapping[str, str] = GROUP_ATTRIBUTES, dn: str = ""
) -> GroupEntry | None:
    """Read a group; None for one without a name."""
    reader = _Reader(attributes, mapping, dn)

    def text(field: str) -> str:
        return reader.text(field)[: _size(Group, field)].strip()

    name = text("ldap_name")
    if not name:
        return None
    own = canonical_dn(dn)
    values = attributes.get(mapping["members"]) or ()
    # The class wants at least one member: an empty group often has itself.
    members = sorted({canonical_dn(_decoded(one)[0]) for one in values} - {"", own})
    entry = GroupEntry(
        ldap_name=name,
        name_fr=text("name_fr") or name,
        name_en=text("name_en"),
        entry_uuid=_uuid(reader.first("entry_uuid")),
        dn=own,
        members=tuple(members),
    )
    return replace(entry, digest=_digest(entry))


def canonical_dn(dn: str) -> str:
    """One spelling of a distinguished name, whatever its case and blanks; empty for what is none."""
    try:
        parts = ldap.dn.str2dn(dn.lower()) if dn else []
    except (ldap.DECODING_ERROR, UnicodeError):
        return ""
    return str(ldap.dn.dn2str(parts))[: _size(Person, "ldap_dn")]


# The same few managers stand in 28,000 entries.
_canonical_often = lru_cache(maxsize=4096)(canonical_dn)


def parent_of(dn: str) -> str:
    """The distinguished name above `dn`; empty at the top and for what is none."""
    try:
        return str(ldap.dn.dn2str(ldap.dn.str2dn(dn)[1:])) if dn else ""
    except (ldap.DECODING_ERROR, UnicodeError):
        return ""


def username_in(dn: str, attribute: str) -> str:
    """The user name in the first part of a distinguished name; empty when people are not named by it."""
    try:
        parts = ldap.dn.str2dn(dn) if dn else []
    except ldap.DECODING_ERROR:
        return ""
    for name, value, _flags in parts[0] if parts else []:
        if name.lower() == attribute.lower():
            return canonical_username(value)
    return ""


class _Reader:
    """The attributes of one entry by the names of our fields, and what was wrong with them."""

    def __init__(self, attributes: Attributes, mapping: Mapping[str, str], dn: str) -> None:
        self._attributes, self._mapping, self.dn = attributes, mapping, dn
        self.problems: list[Problem] = []

    def first(self, field: str) -> str | bytes:
        return (self._attributes.get(self._mapping[field]) or [""])[0]

    def text(self, field: str) -> str:
        """The first value on one line, without control characters; empty when there is none."""
        value = self.first(field)
        if not value:
            return ""
        text, is_unicode = _decoded(value)
        if not is_unicode:
            self.note("latin1", attribute=self._mapping[field], value=text)
        if not text.isprintable():
            text = "".join(one if one.isprintable() else " " for one in text)
        return " ".join(text.split())

    def note(self, code: str, **data: str) -> None:
        self.problems.append(Problem(code, self.dn, data))


def _decoded(value: str | bytes) -> tuple[str, bool]:
    """The text, and whether it was Unicode; else it is read in the other encoding of French directories."""
    if isinstance(value, str):
        return value, True
    try:
        return value.decode(), True
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace"), False


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


@lru_cache(maxsize=128)
def _size(model: type, field: str) -> int:
    return int(model._meta.get_field(field).max_length)  # type: ignore[attr-defined]


def _kind(reader: _Reader) -> str:
    value = reader.text("kind")
    if not value:
        return Person.Kind.EMPLOYEE
    kind = KINDS.get(folded(value))
    if kind is None:
        reader.note("kind_unknown", value=value)
        # SECURITY: a kind nobody knows gets the least.
        return Person.Kind.EXTERNAL
    return kind


def _uuid(value: str | bytes) -> uuid.UUID | None:
    """A textual UUID, Domino's thirty-two digits, or Active Directory's sixteen bytes."""
    raw = _bytes(value)
    if len(raw) == 16:
        return uuid.UUID(bytes_le=raw)
    try:
        return uuid.UUID(raw.decode("ascii"))
    except ValueError:
        return None


def _email(reader: _Reader) -> str:
    value = reader.text("email")
    if not value:
        reader.note("no_mail")
        return ""
    try:
        validate_email(value)
    except ValidationError:
        value = ""
    if not value or len(value) > _size(Person, "email"):
        reader.note("bad_mail", value=reader.text("email")[:200])
        return ""
    return value


def is_disabled(attributes: Attributes, disabled: str) -> bool:
    """Whether the directory shuts the person out, in the city's own manner, ppolicy's or Active Directory's."""

    def first(name: str) -> str:
        # Their names come in lower case from the sync, as the directory spells them from a sign-in.
        return _decoded((attributes.get(name) or attributes.get(name.lower()) or [""])[0])[0].strip()

    name, _sep, value = disabled.partition("=")
    if name and first(name).lower() == value.lower():
        return True
    locked, control = LOCK_ATTRIBUTES
    if first(locked) == LOCKED_FOR_EVER:
        return True
    flags = first(control)
    return flags.lstrip("-").isdigit() and bool(int(flags) & AD_DISABLED)


def _digest(entry: Any) -> str:
    """Of everything the entry says; its problems follow from that."""
    values = [getattr(entry, one.name) for one in fields(entry) if one.name not in ("digest", "problems")]
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()
