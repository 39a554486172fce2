"""Reading LDAP entries: whatever a directory holds becomes clean values that fit our fields, or nothing.

Directories are typed in by hand over decades: Latin-1 bytes, absent names, addresses with blanks. None of that may keep
a person from signing in.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ldap.dn
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from .mapping import GROUP_ATTRIBUTES, KINDS
from .models import Group, Person
from .querysets import canonical_username, folded

logger = logging.getLogger(__name__)

# An attribute's values, as the LDAP library hands them over: text, or bytes where they are not UTF-8.
Attributes = Mapping[str, Sequence[str | bytes]]


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


@dataclass(frozen=True)
class GroupEntry:
    """One group as the directory tells it."""

    ldap_name: str
    name_fr: str
    name_en: str = ""


def person_entry(attributes: Attributes, mapping: Mapping[str, str]) -> PersonEntry:
    """Read a person. `mapping` as `mapping.PERSON_ATTRIBUTES`. ValueError for an entry without user name."""

    def text(field: str, model_field: str = "") -> str:
        return _text(attributes, mapping[field])[: _size(Person, model_field or field)].strip()

    username = canonical_username(text("username"))
    if not username:
        raise ValueError("the entry has no user name")
    given_name, family_name = text("given_name"), text("family_name")
    if not given_name and not family_name:
        family_name = _text(attributes, mapping["full_name"])[: _size(Person, "family_name")] or username
    return PersonEntry(
        username=username,
        given_name=given_name,
        family_name=family_name,
        kind=_kind(_text(attributes, mapping["kind"])),
        entry_uuid=_uuid(attributes, mapping["entry_uuid"]),
        employee_number=text("employee_number"),
        title_fr=text("title_fr"),
        title_en=text("title_en"),
        unit_code=_text(attributes, mapping["unit_code"]),
        manager_username=_username_in(_text(attributes, mapping["manager_dn"]), mapping["username"]),
        email=_email(_text(attributes, mapping["email"])),
        phone=text("phone"),
        mobile=text("mobile"),
        notes_name=text("notes_name"),
        site=text("site"),
        room=text("room"),
        job_class=text("job_class"),
        borough_code=_text(attributes, mapping["borough_code"]),
        language="en" if _text(attributes, mapping["language"]).lower().startswith("en") else "fr",
    )


def group_entry(attributes: Attributes) -> GroupEntry | None:
    """Read a group; None for one without a name."""

    def text(field: str) -> str:
        return _text(attributes, GROUP_ATTRIBUTES[field])[: _size(Group, field)].strip()

    name = text("ldap_name")
    return GroupEntry(ldap_name=name, name_fr=text("name_fr") or name, name_en=text("name_en")) if name else None


def _text(attributes: Attributes, name: str) -> str:
    """The first value of `name` on one line, without control characters; empty when there is none."""
    values = attributes.get(name) or [""]
    value = values[0]
    if isinstance(value, bytes):
        # Not UTF-8, or it would be text by now: the other encoding of French directories.
        value = value.decode("cp1252", errors="replace")
    return " ".join("".join(one if one.isprintable() else " " for one in value).split())


def _size(model: type, field: str) -> int:
    return int(model._meta.get_field(field).max_length)  # type: ignore[attr-defined]


def _kind(value: str) -> str:
    if not value:
        return Person.Kind.EMPLOYEE
    kind = KINDS.get(folded(value))
    if kind is None:
        logger.warning("unknown kind of person in the directory: %r", value)
        # SECURITY: a kind nobody knows gets the least.
        return Person.Kind.EXTERNAL
    return kind


def _uuid(attributes: Attributes, name: str) -> uuid.UUID | None:
    """A textual UUID, or Active Directory's sixteen bytes."""
    value = (attributes.get(name) or [""])[0]
    raw = value if isinstance(value, bytes) else value.encode()
    if len(raw) == 16:
        return uuid.UUID(bytes_le=raw)
    try:
        return uuid.UUID(raw.decode("ascii"))
    except ValueError:
        return None


def _email(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError:
        return ""
    return value if len(value) <= _size(Person, "email") else ""


def _username_in(dn: str, attribute: str) -> str:
    """The user name in the first part of a distinguished name; empty when people are not named by it."""
    try:
        parts = ldap.dn.str2dn(dn) if dn else []
    except ldap.DECODING_ERROR:
        return ""
    for name, value, _flags in parts[0] if parts else []:
        if name.lower() == attribute.lower():
            return canonical_username(value)
    return ""
