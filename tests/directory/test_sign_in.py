"""Signing in against the city's directory."""

import logging
from typing import Any

import ldap
import pytest
from django.test import Client

from directory import actions
from directory.ldif import entry_uuid
from directory.models import Group, Person, Unit
from directory.slapd import PrivateSlapd

from .conftest import PASSWORD, administrator_of, changed_entry, local_person, name_at, person_dn, sign_in

pytestmark = pytest.mark.django_db


def test_first_sign_in_creates_the_person(client: Client, city_directory: PrivateSlapd, units: dict[str, Unit]) -> None:
    sign_in(Client(), "marc.tremblay")
    response = sign_in(client, "eloise.lecuyer")
    assert response.status_code == 302
    assert name_at(client) == "Éloïse L’Écuyer"
    person = Person.objects.get(username="eloise.lecuyer")
    assert person.unit == units["PMR-BIB"]
    assert (person.title_fr, person.title_en) == ("Bibliothécaire", "Librarian")
    assert (person.email, person.phone) == ("eloise.lecuyer@ville.example", "514 555-0199")
    assert person.language == "fr"
    assert person.kind == "employee"
    assert person.manager is not None
    assert person.manager.username == "marc.tremblay"
    assert person.entry_uuid == entry_uuid("person", "eloise.lecuyer")
    assert person.search_name == "l ecuyer eloise"
    assert not person.has_usable_password()
    assert not person.is_staff
    assert {group.name_fr: group.name_en for group in person.directory_groups.all()} == {
        "Bibliothécaires": "Librarians",
        "Gestionnaires": "Managers",
    }


def test_second_sign_in_changes_nothing_but_the_last_login(
    client: Client, city_directory: PrivateSlapd, units: dict[str, Unit]
) -> None:
    sign_in(client, "eloise.lecuyer")
    before = Person.objects.values().get(username="eloise.lecuyer")
    sign_in(Client(), "eloise.lecuyer")
    after = Person.objects.values().get(username="eloise.lecuyer")
    assert {**before, "last_login": None} == {**after, "last_login": None}
    assert Group.objects.count() == 2


def test_what_changed_in_the_directory_arrives_at_the_next_sign_in(
    client: Client, city_directory: PrivateSlapd, units: dict[str, Unit]
) -> None:
    sign_in(client, "eloise.lecuyer")
    group = Group.objects.create(name_fr="Tenu à la main")
    person = Person.objects.get(username="eloise.lecuyer")
    person.directory_groups.add(group)
    member = [person_dn("eloise.lecuyer").encode()]
    connection = administrator_of(city_directory)
    gestionnaires = f"cn=gestionnaires,ou=groups,{city_directory.base_dn}"
    connection.modify_s(gestionnaires, [(ldap.MOD_DELETE, "member", member)])
    try:
        with changed_entry(
            city_directory, person_dn("eloise.lecuyer"), title=b"Chef", departmentNumber=b"PMR", preferredLanguage=b"en"
        ):
            sign_in(Client(), "eloise.lecuyer")
    finally:
        connection.modify_s(gestionnaires, [(ldap.MOD_ADD, "member", member)])
    person.refresh_from_db()
    assert person.title_fr == "Chef"
    assert person.unit == units["PMR"]
    assert person.language == "fr", "after the first time the person's own choice holds"
    assert {one.name_fr for one in person.directory_groups.all()} == {"Bibliothécaires", group.name_fr}


def test_kind_and_language_come_from_the_directory(client: Client, city_directory: PrivateSlapd) -> None:
    sign_in(client, "john.smith")
    person = Person.objects.get(username="john.smith")
    assert (person.kind, person.language, person.unit) == ("external", "en", None)
    assert client.get("/settings/").headers["Content-Language"] == "en"


def test_unknown_unit_is_no_unit(client: Client, city_directory: PrivateSlapd) -> None:
    sign_in(client, "ada.elue")
    person = Person.objects.get(username="ada.elue")
    assert person.unit is None
    assert person.is_elected


def test_name_with_signs_that_mean_something_to_ldap(client: Client, city_directory: PrivateSlapd) -> None:
    assert sign_in(client, 'virgule,"bizarre"').status_code == 302


def test_damaged_entry_still_signs_in(client: Client, city_directory: PrivateSlapd) -> None:
    damage = {"mail": b"pas une adresse", "givenName": None, "villeGenre": b"Martien", "preferredLanguage": b"de"}
    with changed_entry(city_directory, person_dn("marc.tremblay"), **damage):
        assert sign_in(client, "marc.tremblay").status_code == 302
    person = Person.objects.get(username="marc.tremblay")
    assert (person.email, person.name, person.kind) == ("", "Tremblay", "external")


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("eloise.lecuyer", "pas le bon"),
        ("eloise.lecuyer", PASSWORD + "\0"),
        ("eloise.lecuyer", PASSWORD.upper()),
        ("personne.dici", PASSWORD),
        ("sans.passe", PASSWORD),
        ("parti.hier", PASSWORD),
        ("*", PASSWORD),
        ("eloise*", PASSWORD),
        ("eloise.lecuyer)(uid=*", PASSWORD),
        (")(uid=*", PASSWORD),
        ("*)(objectClass=*", PASSWORD),
        ("eloise.lecuyer\0", PASSWORD),
        ("eloise.lecuyer,ou=people,dc=ville,dc=example", PASSWORD),
        ("eloise.lecuyer+cn=x", PASSWORD),
        ("uid=eloise.lecuyer,ou=people,dc=ville,dc=example", PASSWORD),
        ("cn=admin,dc=ville,dc=example", PASSWORD),
        ("\\65loise.lecuyer", PASSWORD),
        ("parvis", PASSWORD),
    ],
)
def test_refused(client: Client, city_directory: PrivateSlapd, username: str, password: str) -> None:
    response = sign_in(client, username, password)
    assert response.status_code == 200
    assert name_at(client) is None
    assert not Person.objects.exists()
    assert "annuaire de la Ville" not in response.content.decode()


@pytest.mark.parametrize(("username", "password"), [("eloise.lecuyer", ""), ("", PASSWORD), ("", "")])
def test_incomplete_form_says_so(client: Client, city_directory: PrivateSlapd, username: str, password: str) -> None:
    response = sign_in(client, username, password)
    assert response.status_code == 200
    assert name_at(client) is None
    assert response.context["form"].errors


def test_wrong_password_keeps_the_name_and_not_the_password(client: Client, city_directory: PrivateSlapd) -> None:
    page = sign_in(client, "eloise.lecuyer", "pas le bon", headers={"accept-language": "fr"}).content.decode()
    assert 'value="eloise.lecuyer"' in page
    assert "pas le bon" not in page
    assert "mot de passe est inexact" in page


def test_wrong_password_in_english(client: Client, city_directory: PrivateSlapd) -> None:
    page = sign_in(client, "eloise.lecuyer", "wrong", headers={"accept-language": "en"}).content.decode()
    assert "The user name or the password is not right." in page


@pytest.mark.parametrize("typed", ["ELOISE.LECUYER", "  eloise.lecuyer  ", "Eloise.Lecuyer ", "ｅloise.lecuyer"])
def test_one_person_however_typed(client: Client, city_directory: PrivateSlapd, typed: str) -> None:
    sign_in(Client(), "eloise.lecuyer")
    assert sign_in(client, typed).status_code == 302
    assert Person.objects.get().username == "eloise.lecuyer"


def test_renamed_login_is_the_same_person(client: Client, city_directory: PrivateSlapd) -> None:
    sign_in(client, "renomme.avant")
    before = Person.objects.get()
    connection = administrator_of(city_directory)
    connection.rename_s(person_dn("renomme.avant"), "uid=renomme.apres", delold=1)
    try:
        assert sign_in(client, "renomme.avant").status_code == 302, "still signed in"
        other = Client()
        assert sign_in(other, "renomme.avant").status_code == 200
        assert sign_in(other, "renomme.apres").status_code == 302
    finally:
        connection.rename_s(person_dn("renomme.apres"), "uid=renomme.avant", delold=1)
    after = Person.objects.get()
    assert (after.pk, after.uuid, after.username) == (before.pk, before.uuid, "renomme.apres")


def test_login_given_to_somebody_new_is_somebody_new(client: Client, city_directory: PrivateSlapd) -> None:
    former = actions.create_person(
        username="eloise.lecuyer", given_name="Ancienne", family_name="Titulaire", entry_uuid=entry_uuid("person", "x")
    )
    sign_in(client, "eloise.lecuyer")
    assert name_at(client) == "Éloïse L’Écuyer"
    former.refresh_from_db()
    assert former.username != "eloise.lecuyer"
    assert Person.objects.count() == 2


def test_prepared_person_is_recognised(client: Client, city_directory: PrivateSlapd) -> None:
    prepared = actions.create_person(username="eloise.lecuyer", given_name="É.", family_name="L.", is_staff=True)
    sign_in(client, "eloise.lecuyer")
    person = Person.objects.get()
    assert (person.pk, person.name, person.is_staff) == (prepared.pk, "Éloïse L’Écuyer", True)


def test_directory_cannot_take_over_an_account_kept_here(
    client: Client, city_directory: PrivateSlapd, caplog: pytest.LogCaptureFixture
) -> None:
    local = local_person("eloise.lecuyer", "un autre mot de passe", is_superuser=True)
    assert sign_in(client, "eloise.lecuyer", PASSWORD).status_code == 200
    assert name_at(client) is None
    local.refresh_from_db()
    assert local.entry_uuid is None
    assert sign_in(client, "eloise.lecuyer", "un autre mot de passe").status_code == 302


def test_deactivated_here_is_refused_whatever_the_directory_says(
    client: Client, city_directory: PrivateSlapd, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, "eloise.lecuyer")
    actions.deactivate(Person.objects.get())
    assert name_at(client) is None
    with caplog.at_level(logging.WARNING):
        assert sign_in(client, "eloise.lecuyer").status_code == 200
    assert "deactivated" in caplog.text
    assert name_at(client) is None


@pytest.mark.parametrize(
    "address",
    [
        "https://ailleurs.example/",
        "//ailleurs.example/",
        "/\\ailleurs.example",
        "///ailleurs.example",
        "https:ailleurs.example",
        "javascript:alert(1)",
        "http://testserver@ailleurs.example/",
        "\thttps://ailleurs.example",
    ],
)
def test_next_never_leads_out(client: Client, address: str) -> None:
    local_person()
    response = sign_in(client, "claire", next=address)
    assert response.headers["Location"] == "/"
    assert client.get("/sign-in/", {"next": address}).headers["Location"] == "/"


def test_next_leads_back(client: Client) -> None:
    local_person()
    asked = client.get("/settings/tokens/?a=1")
    assert asked.headers["Location"] == "/sign-in/?next=/settings/tokens/%3Fa%3D1"
    page = client.get(asked.headers["Location"])
    assert page.context["next"] == "/settings/tokens/?a=1"
    assert sign_in(client, "claire", next=page.context["next"]).headers["Location"] == "/settings/tokens/?a=1"


def test_session_key_changes_at_sign_in(client: Client) -> None:
    """A session planted before sign-in is worth nothing after."""
    local_person()
    session: Any = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["parvis_session"] = planted
    sign_in(client, "claire")
    assert client.cookies["parvis_session"].value != planted


def test_form_needs_its_csrf_token() -> None:
    local_person()
    assert sign_in(Client(enforce_csrf_checks=True), "claire").status_code == 403


def test_without_ldap_only_local_accounts_exist(client: Client) -> None:
    response = sign_in(client, "eloise.lecuyer")
    assert response.status_code == 200
    assert not Person.objects.exists()
