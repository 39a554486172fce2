"""Single sign-on on pages: one's connected applications, the clients of an application, and who may touch them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from applications.actions.sign_in import add_sign_in_client, change_sign_in_client, switch_sign_in_client
from applications.models import Application, Connection, SignInClient
from directory.models import Group, Person
from foundation.activity.models import Activity
from foundation.audiences.policies import Refused, ask
from foundation.spaces.models import Membership, Role, Space

from .provider import CALLBACK, System, userinfo

pytestmark = pytest.mark.django_db
Browsers = Callable[..., Client]
SAID = {"name": "production", "native": "no", "redirect_uris": CALLBACK, "consent": "ask", "claims": ["name"]}


# -- my connected applications ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"), [("fr", ["Mes applications connectées", "Paie", "Nom"]), ("en", ["Pay", "Told:", "Name"])]
)
def test_one_sees_what_one_is_connected_to_and_disconnects_it(
    asking: System, sign_in: Browsers, colleague: Person, member: Person, language: str, words: list[str]
) -> None:
    browser, other = sign_in(colleague, language), sign_in(member)
    browser.post(asking.address(), {"answer": "yes"})
    tokens = asking.sign_in(browser)
    page = browser.get("/apps/connections/").content.decode()
    assert all(word in page for word in words)
    assert "Paie" not in other.get("/apps/connections/").content.decode().split("<main")[1]
    mine = Connection.objects.get()
    address = f"/apps/connections/{mine.uuid}/disconnect/"
    assert other.get(address).status_code == other.post(address).status_code == 404
    # Asked first: a link ends nothing.
    assert browser.get(address).status_code == 200 and userinfo(tokens["access_token"]).status_code == 200
    assert browser.post(address).status_code == 302
    assert userinfo(tokens["access_token"]).status_code == 401
    assert browser.post(address).status_code == 404
    # And asked again when they come back.
    assert browser.get(asking.address()).status_code == 200
    assert [one.verb for one in Activity.objects.filter(actor=colleague).order_by("pk")] == [
        "applications.connection_agreed",
        "applications.connection_revoked",
    ]


def test_the_list_costs_the_same_for_one_and_for_ten(
    payroll: Application, host: Person, sign_in: Browsers, colleague: Person, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(colleague)
    for number in range(10):
        system = System(*add_sign_in_client(payroll, {**_values(), "name": f"c{number}"}, actor=host))
        system.sign_in(browser)
    with django_assert_max_num_queries(14):
        assert browser.get("/apps/connections/").content.decode().count('class="row__title"') >= 10


def _values() -> dict[str, Any]:
    return {"name": "production", "redirect_uris": CALLBACK, "consent": "trusted", "claims": ["name"]}


# -- clients ---------------------------------------------------------------------------------------------------------


def test_an_editor_of_the_register_opens_changes_renews_and_switches_off(
    payroll: Application, sign_in: Browsers, host: Person
) -> None:
    editor = sign_in(host)
    base = f"/apps/{payroll.uuid}/sign-in/"
    assert editor.get(base).status_code == editor.get(f"{base}new/").status_code == 200
    made = editor.post(f"{base}new/", SAID)
    client = SignInClient.objects.get()
    secret = made.context["secret"]
    assert made.status_code == 200 and secret.startswith("pvs_") and secret in made.content.decode()
    assert made["Cache-Control"].startswith("max-age=0") and client.client_id in made.content.decode()
    # Shown once.
    assert secret not in editor.get(base).content.decode() and client.has_secret(secret)
    changed = {**SAID, "claims": ["name", "email"], "redirect_uris": f"{CALLBACK}\n{CALLBACK}2"}
    assert editor.post(f"{base}{client.uuid}/", changed).status_code == 302
    client.refresh_from_db()
    assert client.claims == ["name", "email"] and len(client.redirect_uris.split()) == 2
    assert client.has_secret(secret)
    assert editor.get(f"{base}{client.uuid}/renew/").status_code == 200
    assert client.has_secret(secret)
    renewed = editor.post(f"{base}{client.uuid}/renew/", {"at_once": "1"}).context["secret"]
    client.refresh_from_db()
    assert client.has_secret(renewed) and not client.has_secret(secret)
    editor.post(f"{base}{client.uuid}/switch/")
    client.refresh_from_db()
    assert not client.is_enabled
    editor.post(f"{base}{client.uuid}/switch/", {"on": "1"})
    verbs = [one.verb for one in Activity.objects.filter(verb__startswith="applications.sign_in").order_by("pk")]
    assert [one.rpartition("_")[2] for one in verbs] == ["added", "changed", "renewed", "changed", "changed"]
    assert not any(secret in str(one.data) or renewed in str(one.data) for one in Activity.objects.all())


def test_only_editors_of_the_register_decide(
    payroll: Application,
    register: Space,
    system: System,
    sign_in: Browsers,
    member: Person,
    outsider: Person,
    host: Person,
) -> None:
    """Not its owner alone, not a contributor of the register; who does not see the application learns nothing."""
    Application.objects.filter(pk=payroll.pk).update(owner=member)
    payroll.refresh_from_db()
    assert ask(member, "applications.keep", payroll) and not ask(member, "applications.keep_sign_in", payroll)
    Membership.objects.create(space=register, person=member, role=Role.CONTRIBUTOR)
    base = f"/apps/{payroll.uuid}/sign-in/"
    one = f"{base}{system.client.uuid}/"
    for address in (base, f"{base}new/", one, f"{one}renew/"):
        assert sign_in(member).get(address).status_code == 403, address
        assert sign_in(outsider).get(address).status_code == 404, address
    for address in (f"{base}new/", one, f"{one}renew/", f"{one}switch/"):
        assert sign_in(member).post(address, SAID).status_code == 403, address
        assert sign_in(outsider).post(address, SAID).status_code == 404, address
    with pytest.raises(Refused):
        change_sign_in_client(system.client, {"claims": []}, actor=Person.objects.get(pk=member.pk))
    with pytest.raises(Refused):
        switch_sign_in_client(system.client, actor=Person.objects.get(pk=member.pk), on=False)
    # Nor by way of another application of theirs.
    assert sign_in(host).get(f"/apps/{system.client.uuid}/sign-in/{system.client.uuid}/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "http://paie.ville.example/rappel",
        "http://127.0.0.1/rappel",
        "https://*.ville.example/rappel",
        "https://paie.ville.example/rappel#x",
        "https://paie.ville.example/rappel#",
        "https://moi@paie.ville.example/rappel",
        "https://paie.ville.example/../rappel",
        "https://paie.ville.example:port/",
        "https://",
        "https:/paie.ville.example/",
        "//paie.ville.example/",
        "paie.ville.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "com.ville.paie:/rappel",
        "https://pаie.ville.example/",
        "https://paie.ville.example\\@evil.example/",
        "https://[::1",
        "https://paie.ville.example/" + "x" * 500,
        " ".join(f"https://paie.ville.example/{number}" for number in range(11)),
    ],
)
def test_addresses_that_may_not_be_sent_back_to_are_refused_and_nothing_is_lost(
    payroll: Application, sign_in: Browsers, host: Person, address: str
) -> None:
    editor = sign_in(host)
    answer = editor.post(f"/apps/{payroll.uuid}/sign-in/new/", {**SAID, "redirect_uris": address})
    assert answer.status_code == 422 and answer.context["form"].errors["redirect_uris"]
    assert answer.context["form"]["name"].value() == "production"
    assert not SignInClient.objects.exists()
    with pytest.raises(ValidationError):
        add_sign_in_client(payroll, {**_values(), "redirect_uris": address}, actor=host)


def test_a_program_may_listen_on_its_own_machine_and_nowhere_else(
    payroll: Application, sign_in: Browsers, host: Person
) -> None:
    editor = sign_in(host)
    base = f"/apps/{payroll.uuid}/sign-in/"
    said = {**SAID, "native": "yes", "redirect_uris": "http://127.0.0.1/r\nhttp://[::1]/r"}
    assert editor.post(f"{base}new/", said).status_code == 302
    client = SignInClient.objects.get()
    assert client.is_native and not client.client_secret and not client.has_secret("")
    assert editor.post(f"{base}{client.uuid}/renew/").status_code == 302
    for address in ("http://localhost/r", "http://10.0.0.1/r", "http://127.0.0.1.evil.example/r", "app:/r"):
        assert editor.post(f"{base}new/", {**said, "redirect_uris": address}).status_code == 422, address


def test_groups_are_named_by_who_may_see_them(payroll: Application, sign_in: Browsers, host: Person) -> None:
    editor = sign_in(host)
    told = Group.objects.create(name_fr="Gestion de la paie", ldap_name="gestion-paie", source=Group.Source.LDAP)
    Group.objects.create(name_fr="Secret", ldap_name="secret", is_public=False)
    address = f"/apps/{payroll.uuid}/sign-in/new/"
    with_groups = {**SAID, "claims": ["groups"]}
    assert editor.post(address, with_groups).status_code == 422
    assert editor.post(address, {**with_groups, "groups": "secret"}).status_code == 422
    assert editor.post(address, {**with_groups, "groups": "inconnu\0"}).status_code == 422
    assert editor.post(address, {**with_groups, "groups": "gestion-paie\nGestion de la paie"}).status_code == 200
    assert list(SignInClient.objects.get().groups.all()) == [told]


def test_what_is_written_past_the_actions_opens_no_other_flow(system: System) -> None:
    for wrong in (
        {"authorization_grant_type": "implicit"},
        {"algorithm": "HS256"},
        {"algorithm": ""},
        {"hash_client_secret": True},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SignInClient.objects.filter(pk=system.client.pk).update(**wrong)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_whole_in_both_languages(
    asking: System, payroll: Application, sign_in: Browsers, host: Person, language: str
) -> None:
    browser = sign_in(host, language)
    base = f"/apps/{payroll.uuid}/sign-in/"
    one = f"{base}{asking.client.uuid}/"
    for address in (base, f"{base}new/", one, f"{one}renew/", asking.address(), "/o/logout/", "/apps/connections/"):
        page = browser.get(address)
        assert page.status_code == 200, address
        html = page.content.decode()
        assert f'lang="{language}"' in html and " style=" not in html and "<script>" not in html
        assert html.count("<h1") == 1
    assert browser.get("/o/authorize/?client_id=x").status_code == 400
