"""The administrators' desk and the operator's commands."""

from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client

from directory.models import Group, Person, SyncRun, Unit

from .conftest import local_person, name_at, queries_of, sign_in

pytestmark = pytest.mark.django_db


def desk_of(**rights: bool) -> Client:
    client = Client()
    client.force_login(local_person("bureau", is_staff=True, **rights), backend="directory.backends.LocalBackend")
    return client


def test_door_is_the_portals_own() -> None:
    """The desk's own sign-in page would know no limit on attempts."""
    assert Client().get("/admin/", follow=True).redirect_chain[-1][0] == "/sign-in/?next=/admin/"
    assert Client().get("/admin/login/?next=/admin/").headers["Location"] == "/sign-in/?next=/admin/"
    assert Client().post("/admin/login/", {"username": "bureau", "password": "x"}).status_code == 302


def test_signed_in_without_right_is_refused_not_sent_around(client: Client) -> None:
    client.force_login(local_person(), backend="directory.backends.LocalBackend")
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403


@pytest.mark.parametrize("noun", ["person", "unit", "group", "syncrun"])
def test_lists_and_forms_open(units: dict[str, Unit], noun: str) -> None:
    desk = desk_of(is_superuser=True)
    Group.objects.create(name_fr="Comité", ldap_name="comite")
    SyncRun.objects.create(mode="full")
    models = {"person": Person, "unit": Unit, "group": Group, "syncrun": SyncRun}
    row = models[noun].objects.first()  # type: ignore[attr-defined]
    assert desk.get(f"/admin/directory/{noun}/?q=a").status_code == 200
    assert desk.get(f"/admin/directory/{noun}/{row.pk}/change/").status_code == 200


def test_list_of_people_costs_the_same_for_many(units: dict[str, Unit]) -> None:
    desk = desk_of(is_superuser=True)
    few = queries_of(desk, "/admin/directory/person/")
    for number in range(10):
        local_person(f"p{number}", unit=units["PMR"])
    assert queries_of(desk, "/admin/directory/person/") == few


def test_what_ldap_owns_cannot_be_changed(units: dict[str, Unit]) -> None:
    desk = desk_of(is_superuser=True)
    person = local_person()
    address = f"/admin/directory/person/{person.pk}/change/"
    desk.post(
        address, {"given_name": "Autre", "username": "autre", "language": "en", "theme": "dark", "is_staff": "on"}
    )
    person.refresh_from_db()
    assert (person.given_name, person.username) == ("Claire", "claire")
    assert (person.language, person.is_staff) == ("en", True)
    assert desk.get("/admin/directory/person/add/").status_code == 403
    assert desk.post(f"/admin/directory/person/{person.pk}/delete/").status_code == 403


def test_groups_are_changed_on_their_own_page_not_here() -> None:
    """SECURITY: a change at the desk would leave no history, and no trace of who made it."""
    desk = desk_of(is_superuser=True)
    group = Group.objects.create(name_fr="Comité")
    desk.post(f"/admin/directory/group/{group.pk}/change/", {"name_fr": "Autre", "is_active": ""})
    group.refresh_from_db()
    assert (group.name_fr, group.is_active) == ("Comité", True)
    assert desk.get("/admin/directory/group/add/").status_code == 403
    assert desk.post(f"/admin/directory/group/{group.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get("/admin/directory/syncrun/add/").status_code == 403


def test_who_edits_people_cannot_promote_themselves() -> None:
    desk = desk_of()
    me = Person.objects.get(username="bureau")
    me.user_permissions.set(Permission.objects.filter(codename__in=["change_person", "view_person"]))
    address = f"/admin/directory/person/{me.pk}/change/"
    assert desk.get(address).status_code == 200
    desk.post(address, {"language": "en", "theme": "dark", "is_superuser": "on", "is_staff": "on"})
    me.refresh_from_db()
    assert (me.language, me.is_superuser) == ("en", False)


def test_deactivating_from_the_list_ends_sessions(client: Client) -> None:
    desk = desk_of(is_superuser=True)
    person = local_person()
    sign_in(client, "claire")
    desk.post("/admin/directory/person/", {"action": "deactivate_people", "_selected_action": [person.pk]})
    assert name_at(client) is None


def test_deactivate_person(client: Client) -> None:
    local_person()
    sign_in(client, "claire")
    out = StringIO()
    call_command("deactivate_person", "CLAIRE", stdout=out)
    assert "Claire Gagné" in out.getvalue()
    assert name_at(client) is None
    assert sign_in(client, "claire").status_code == 200
    assert name_at(client) is None


def test_deactivate_nobody() -> None:
    with pytest.raises(CommandError, match="personne"):
        call_command("deactivate_person", "personne")
