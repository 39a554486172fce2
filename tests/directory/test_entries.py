"""Reading what directories hold, and writing our own."""

import base64
import uuid

import pytest

from directory.entries import group_entry, person_entry
from directory.ldif import DemoGroup, DemoPerson, DemoUnit, entries_for, entry, entry_uuid, ssha
from directory.mapping import PERSON_ATTRIBUTES
from directory.querysets import canonical_username

FULL = {
    "uid": ["eloise.lecuyer"],
    "givenName": ["Éloïse"],
    "sn": ["L’Écuyer"],
    "cn": ["Éloïse L’Écuyer"],
    "entryUUID": ["8c5b6a52-7f0f-103f-8f0a-4b4e3b9f6d11"],
}


def read(**changes: list[str | bytes]):  # type: ignore[no-untyped-def]
    return person_entry({**FULL, **changes}, PERSON_ATTRIBUTES)


def test_bare_entry_is_enough() -> None:
    entry = person_entry({"uid": ["x"]}, PERSON_ATTRIBUTES)
    assert (entry.username, entry.given_name, entry.family_name, entry.kind) == ("x", "", "x", "employee")
    assert entry.entry_uuid is None


def test_common_name_stands_in() -> None:
    assert person_entry({"uid": ["x"], "cn": ["Guichet unique"]}, PERSON_ATTRIBUTES).family_name == "Guichet unique"


@pytest.mark.parametrize("uid", [[], [""], ["  "], ["\0"]])
def test_no_user_name_is_no_person(uid: list[str]) -> None:
    with pytest.raises(ValueError, match="user name"):
        read(uid=uid)


def test_latin1_bytes_are_read() -> None:
    assert read(title=["Préposé".encode("latin-1")]).title_fr == "Préposé"


def test_values_are_made_to_fit() -> None:
    long = read(title=["t" * 500], telephoneNumber=["5" * 90], sn=["  Deux\n lignes\t "], uid=["U" * 200])
    assert (len(long.title_fr), len(long.phone), long.family_name) == (160, 40, "Deux lignes")
    assert long.username == "u" * 80


@pytest.mark.parametrize(
    "mail", ["", "pas une adresse", "a@b", "x" * 300 + "@ville.example", "a@ville.example\nBcc: b"]
)
def test_bad_address_is_none(mail: str) -> None:
    assert read(mail=[mail]).email == ""


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("employee", "employee"),
        ("Élue", "elected"),
        ("ELECTED", "elected"),
        ("externe", "external"),
        ("robot", "external"),
    ],
)
def test_kind(value: str, kind: str) -> None:
    assert read(villeGenre=[value]).kind == kind


@pytest.mark.parametrize(("value", "language"), [("en-CA", "en"), ("EN", "en"), ("fr", "fr"), ("de", "fr"), ("", "fr")])
def test_language(value: str, language: str) -> None:
    assert read(preferredLanguage=[value]).language == language


@pytest.mark.parametrize(
    ("dn", "username"),
    [
        ("uid=Marc.Tremblay,ou=people,dc=ville,dc=example", "marc.tremblay"),
        ("cn=Marc Tremblay,ou=people,dc=ville,dc=example", ""),
        ("cn=Marc+uid=marc,ou=people", "marc"),
        ("n'importe quoi", ""),
        ("", ""),
    ],
)
def test_manager_by_their_name(dn: str, username: str) -> None:
    assert read(manager=[dn]).manager_username == username


def test_active_directorys_binary_key() -> None:
    key = uuid.uuid4()
    mapping = {**PERSON_ATTRIBUTES, "entry_uuid": "objectGUID"}
    assert person_entry({**FULL, "objectGUID": [key.bytes_le]}, mapping).entry_uuid == key


@pytest.mark.parametrize("value", ["", "zzz", b"\xff\xfe"])
def test_bad_key_is_none(value: str | bytes) -> None:
    assert read(entryUUID=[value]).entry_uuid is None


def test_group() -> None:
    group = group_entry({"cn": ["tous"], "description": ["Tous"], "villeNomEn": ["All"]})
    assert group is not None
    assert (group.ldap_name, group.name_fr, group.name_en) == ("tous", "Tous", "All")
    nameless = group_entry({"cn": ["tous"]})
    assert nameless is not None
    assert nameless.name_fr == "tous"
    assert group_entry({}) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" Claire.Gagné ", "claire.gagné"),
        ("ＣＬＡＩＲＥ", "claire"),
        ("a  b", "a b"),
        ("a\u00adb", ""),
        ("a\u200bb", ""),
        ("a\0", ""),
        ("a\nb", ""),
        ("", ""),
    ],
)
def test_one_spelling_of_a_user_name(typed: str, name: str) -> None:
    assert canonical_username(typed) == name


def test_ldif_encodes_what_is_not_plain() -> None:
    text = entry(
        "uid=x,dc=y", title="Préposé", sn=" espace", cn=":deux", givenName="fin ", o="Plain", l="", st=["a", "b"]
    )
    lines = text.splitlines()
    assert "o: Plain" in lines
    assert not any(line.startswith("l:") for line in lines)
    assert ("st: a" in lines, "st: b" in lines) == (True, True)
    for name, value in (("title", "Préposé"), ("sn", " espace"), ("cn", ":deux"), ("givenName", "fin ")):
        assert f"{name}:: {base64.b64encode(value.encode()).decode()}" in lines
    assert text.endswith("\n\n")


def test_ldif_cannot_be_broken_out_of() -> None:
    text = entry("uid=x,dc=y", title="Titre\nuserPassword: volé\n\ndn: uid=intrus")
    assert len(text.splitlines()) == 3


def test_ldif_of_a_city() -> None:
    people = [
        DemoPerson("a", "A", "B", password="{SSHA}déjà", groups=["g"]),
        {"username": "b", "given_name": "", "family_name": ""},
    ]
    texts = list(entries_for(people, [DemoUnit("VM", "Ville")], [DemoGroup("g", "Groupe"), DemoGroup("vide", "Vide")]))
    assert [text.splitlines()[0] for text in texts] == [
        "dn: ou=VM,ou=units,dc=ville,dc=example",
        "dn: uid=a,ou=people,dc=ville,dc=example",
        "dn: uid=b,ou=people,dc=ville,dc=example",
        "dn: cn=g,ou=groups,dc=ville,dc=example",
        "dn: cn=vide,ou=groups,dc=ville,dc=example",
    ]
    assert f"entryUUID: {entry_uuid('person', 'a')}" in texts[1]
    assert "userPassword" not in texts[2]
    assert "member: uid=a,ou=people,dc=ville,dc=example" in texts[3]


def test_ldif_unknown_group_is_an_error() -> None:
    with pytest.raises(KeyError):
        list(entries_for([DemoPerson("a", "A", "B", groups=["nulle part"])], [], []))


def test_same_password_hashes_differently() -> None:
    assert ssha("x") != ssha("x")
