"""Single sign-on as an application lives it: Authlib, a client library that is not ours, over real HTTP.

And what it is told of people, and which key signs it.
"""

import base64
import html
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from authlib.integrations.requests_client import OAuth2Session
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone
from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import KeySet, OctKey, RSAKey

from applications.actions.sign_in import change_sign_in_client
from applications.actions.sign_in_tokens import AccessToken
from applications.actions.signing_keys import keep_signing_keys
from applications.models import Connection, Consent, SigningKey
from applications.oidc import keys
from directory.models import Group, Person, Unit
from tests.conftest import make_person

from .provider import CALLBACK, EVERY_SCOPE, System, code_of, sent_back, userinfo

Browsers = Callable[..., Client]
PASSWORD = "un-mot-de-passe-long"


# -- with Authlib, over HTTP -----------------------------------------------------------------------------------------


@pytest.fixture
def portal(live_server: Any, settings: Any) -> Iterator[str]:
    """The portal's address; the issuer follows it, as SITE_URL does in real life."""
    settings.SITE_URL = live_server.url
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "OIDC_ISS_ENDPOINT": f"{live_server.url}/o"}
    keys.forget()
    yield live_server.url


@pytest.fixture
def someone(db: None, colleague: Person) -> Person:
    colleague.set_password(PASSWORD)
    colleague.email = "carla@ville.example"
    colleague.save()
    return colleague


class Browser(requests.Session):
    """A person's browser, which stops where it would leave the portal."""

    def __init__(self, portal: str) -> None:
        super().__init__()
        self.portal = portal

    def go(self, address: str) -> requests.Response:
        """Follow redirects, and the pages that lead on, within the portal."""
        answer = self.get(address, allow_redirects=False)
        while True:
            onward = answer.headers.get("Location", "")
            if not onward and 'http-equiv="refresh"' in answer.text:
                onward = _unescaped(answer.text.split("0; url=")[1].split('"')[0])
                answer.headers["Location"] = onward
            if not onward or (onward.startswith("http") and not onward.startswith(self.portal)):
                return answer
            answer = self.get(onward if onward.startswith("http") else self.portal + onward, allow_redirects=False)

    def fill(self, page: requests.Response, **values: str) -> requests.Response:
        """Send the form of the page's main part."""
        form = page.text.split("<main")[1].split("<form", 1)[1].split("</form>")[0]
        action = _unescaped(form.split('action="')[1].split('"')[0])
        hidden = {
            _unescaped(one.split('name="')[1].split('"')[0]): _unescaped(one.split('value="')[1].split('"')[0])
            for one in form.split("<input")[1:]
            if 'type="hidden"' in one
        }
        answer = self.post(
            self.portal + action, {**hidden, **values}, allow_redirects=False, headers={"Referer": self.portal}
        )
        if 'http-equiv="refresh"' in answer.text:
            onward = _unescaped(answer.text.split("0; url=")[1].split('"')[0])
            if onward.startswith("/"):
                return self.go(self.portal + onward)
            answer.headers["Location"] = onward
        return answer


def _unescaped(text: str) -> str:
    return html.unescape(text)


def _session(system: System, **options: Any) -> OAuth2Session:
    return OAuth2Session(
        system.client.client_id,
        system.secret,
        scope=EVERY_SCOPE,
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        **{"token_endpoint_auth_method": "client_secret_basic", **options},
    )


def _verified(portal: str, token: str, system: System, nonce: str | None) -> dict[str, Any]:
    """The claims of an ID token, checked as the standard says, with the keys published now."""
    described = requests.get(f"{portal}/o/.well-known/openid-configuration", timeout=10).json()
    published = requests.get(described["jwks_uri"], timeout=10).json()
    found = jwt.decode(token, KeySet.import_key_set(published), algorithms=["RS256"])
    rules = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": described["issuer"]},
        aud={"essential": True, "value": system.client.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        auth_time={"essential": True},
        **({"nonce": {"essential": True, "value": nonce}} if nonce else {}),
    )
    rules.validate(found.claims)
    return dict(found.claims)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_the_whole_way_with_a_client_that_is_not_ours(
    portal: str, system: System, someone: Person, method: str
) -> None:
    described = requests.get(f"{portal}/o/.well-known/openid-configuration", timeout=10).json()
    assert described["issuer"] == f"{portal}/o"
    session = _session(system, token_endpoint_auth_method=method)
    address, state = session.create_authorization_url(
        described["authorization_endpoint"], nonce="unique-1", code_verifier=system.verifier
    )
    browser = Browser(portal)
    page = browser.go(address)
    assert "/sign-in/" in page.url
    arrived = browser.fill(page, username=someone.username, password=PASSWORD)
    back = arrived.headers["Location"]
    assert back.startswith(CALLBACK)
    told = parse_qs(urlsplit(back).query)
    # RFC 9207: who answers.
    assert told["iss"] == [described["issuer"]] and told["state"] == [state]
    token = session.fetch_token(
        described["token_endpoint"], authorization_response=back, state=state, code_verifier=system.verifier
    )
    assert token["token_type"] == "Bearer" and 0 < token["expires_in"] <= 600
    claims = _verified(portal, token["id_token"], system, "unique-1")
    assert claims["sub"] == str(someone.uuid)
    assert claims["exp"] - claims["iat"] <= 600
    assert claims["email"] == "carla@ville.example" and claims["preferred_username"] == someone.username
    who = session.get(described["userinfo_endpoint"]).json()
    assert who["sub"] == claims["sub"] and who["name"] == someone.name
    assert who["units"] == [
        {"code": "VERDUN", "fr": "Verdun", "en": ""},
        {"code": "VILLE", "fr": "Ville", "en": "City"},
    ]
    renewed = session.refresh_token(described["token_endpoint"], refresh_token=token["refresh_token"])
    assert renewed["refresh_token"] != token["refresh_token"]
    again = _verified(portal, renewed["id_token"], system, None)
    assert (again["sub"], again["auth_time"]) == (claims["sub"], claims["auth_time"]) and "nonce" not in again
    # It is connected now, without having been asked: the City decided.
    mine = Connection.objects.get(person=someone)
    assert mine.agreed is None and mine.last_used is not None
    # Given back.
    answer = session.revoke_token(described["revocation_endpoint"], token=renewed["refresh_token"])
    assert answer.status_code == 200
    assert (
        requests.get(
            described["userinfo_endpoint"], headers={"Authorization": f"Bearer {renewed['access_token']}"}, timeout=10
        ).status_code
        == 401
    )


def test_who_is_asked_agrees_or_not(portal: str, asking: System, someone: Person) -> None:
    browser = Browser(portal)
    page = browser.go(portal + asking.address())
    page = browser.fill(page, username=someone.username, password=PASSWORD)
    assert page.status_code == 200 and someone.name in page.text and "Paie" in page.text
    refused = browser.fill(page, answer="no").headers["Location"]
    assert parse_qs(urlsplit(refused).query)["error"] == ["access_denied"]
    assert not Connection.objects.exists()
    agreed = browser.fill(browser.go(portal + asking.address()), answer="yes").headers["Location"]
    assert "code=" in agreed
    # Not asked again.
    assert "code=" in browser.go(portal + asking.address()).headers["Location"]


def _together(*calls: Callable[[], requests.Response]) -> list[int]:
    """The statuses of requests that arrive at the same moment."""
    barrier, statuses = threading.Barrier(len(calls)), []

    def one(call: Callable[[], requests.Response]) -> None:
        barrier.wait()
        statuses.append(call().status_code)

    threads = [threading.Thread(target=one, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


def test_of_several_who_come_with_one_code_or_one_token_at_once_one_is_served(
    portal: str, system: System, someone: Person, sign_in: Browsers
) -> None:
    code = code_of(sign_in(someone).get(system.address()))
    said = {"client_id": system.client.client_id, "client_secret": system.secret}
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": system.verifier,
    }
    ask: Callable[[], requests.Response] = lambda: requests.post(f"{portal}/o/token/", {**said, **sent}, timeout=30)  # noqa: E731
    assert _together(ask, ask, ask, ask) == [200, 400, 400, 400]
    tokens = system.sign_in(sign_in(someone))
    sent = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert _together(ask, ask, ask, ask) == [200, 400, 400, 400]
    # The one that was served is ended by the others: nobody can tell who stole from whom.
    assert not AccessToken.objects.exists()


# -- what is published -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_published_is_true_and_not_made_from_the_request(client: Client) -> None:
    answer = client.get("/o/.well-known/openid-configuration")
    assert answer.json() == client.get("/.well-known/oauth-authorization-server/o").json()
    assert answer["Cache-Control"] == "public, max-age=3600" and answer["Access-Control-Allow-Origin"] == "*"
    with override_settings(ALLOWED_HOSTS=["*"]):
        forged = client.get(
            "/o/.well-known/openid-configuration", headers={"host": "evil.example", "x-forwarded-host": "evil.example"}
        )
    assert forged.json() == answer.json() and "evil" not in forged.content.decode()
    told = answer.json()
    assert told["issuer"] == "http://127.0.0.1:8000/o"
    assert told["id_token_signing_alg_values_supported"] == ["RS256"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["grant_types_supported"] == ["authorization_code", "refresh_token"]
    for name in ("authorization", "token", "userinfo", "revocation", "end_session"):
        path = urlsplit(told[f"{name}_endpoint"]).path
        assert client.get(path).status_code != 404, path


@pytest.mark.django_db
def test_the_librarys_own_pages_are_not_there(client: Client, sign_in: Browsers, colleague: Person) -> None:
    Person.objects.filter(pk=colleague.pk).update(is_staff=True, is_superuser=True)
    browser = sign_in(colleague)
    for path in ("applications/", "authorized_tokens/", "introspect/", "register/", "device/", "device-authorization/"):
        assert browser.get(f"/o/{path}").status_code == 404
        assert browser.post(f"/o/{path}").status_code == 404
    desk = browser.get("/admin/").content.decode()
    assert "oauth2_provider" not in desk and "signinclient" not in desk
    assert browser.get("/admin/oauth2_provider/accesstoken/").status_code == 404


@pytest.mark.django_db
def test_a_forged_host_changes_no_token(system: System, sign_in: Browsers, colleague: Person) -> None:
    browser = sign_in(colleague)
    with override_settings(ALLOWED_HOSTS=["*"]):
        answer = browser.get(system.address(), headers={"host": "evil.example"})
        assert sent_back(answer)["iss"] == "http://127.0.0.1:8000/o"
        sent = {"grant_type": "authorization_code", "code": code_of(answer), "redirect_uri": CALLBACK}
        said = {"client_id": system.client.client_id, "client_secret": system.secret, "code_verifier": system.verifier}
        tokens = Client().post("/o/token/", {**sent, **said}, headers={"host": "evil.example"}).json()
    assert _payload(tokens["id_token"])["iss"] == "http://127.0.0.1:8000/o"


@pytest.mark.django_db
def test_no_other_page_of_a_browser_reads_tokens(system: System, sign_in: Browsers, colleague: Person) -> None:
    answer = Client().post("/o/token/", {"grant_type": "x"}, headers={"origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    sent = {"grant_type": "authorization_code", "code": code_of(sign_in(colleague).get(system.address()))}
    said = {"client_id": system.client.client_id, "client_secret": system.secret, "code_verifier": system.verifier}
    answer = Client().post(
        "/o/token/", {**sent, **said, "redirect_uri": CALLBACK}, headers={"origin": "https://paie.ville.example"}
    )
    assert answer.status_code == 200 and "Access-Control-Allow-Origin" not in answer.headers


# -- what is told ----------------------------------------------------------------------------------------------------


def _payload(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


@pytest.mark.django_db
def test_a_client_is_told_what_its_policy_allows_and_it_asked_for(
    asking: System, sign_in: Browsers, colleague: Person, host: Person
) -> None:
    change_sign_in_client(asking.client, {"consent": Consent.TRUSTED}, actor=host)
    tokens = asking.sign_in(sign_in(colleague))
    # It asked for everything; the answer says what it was given.
    assert tokens["scope"] == "openid profile"
    assert set(userinfo(tokens["access_token"]).json()) == {"sub", "name", "given_name", "family_name"}
    protocol = {"iss", "aud", "exp", "iat", "auth_time", "nonce", "amr", "at_hash", "jti"}
    assert set(_payload(tokens["id_token"])) - protocol == {"sub", "name", "given_name", "family_name"}
    code = code_of(sign_in(colleague).get(asking.address(scope="openid")))
    assert set(userinfo(asking.exchange(code).json()["access_token"]).json()) == {"sub"}


@pytest.mark.django_db
def test_of_groups_only_those_chosen_are_told(
    system: System, sign_in: Browsers, colleague: Person, member: Person, host: Person
) -> None:
    told, other, withdrawn, unmet = (
        Group.objects.create(name_fr=name, ldap_name=name.lower(), source=Group.Source.LDAP)
        for name in ("Paie-Gestion", "Syndicat", "Ancien", "Direction")
    )
    by_hand = Group.objects.create(name_fr="Par la main")
    for group in (told, other, withdrawn, by_hand):
        group.members.add(colleague)
    Group.objects.filter(pk=withdrawn.pk).update(is_active=False)
    chosen = [told, withdrawn, unmet, by_hand]
    change_sign_in_client(system.client, {"claims": ["groups"], "groups": chosen}, actor=host)
    tokens = system.sign_in(sign_in(colleague))
    assert sorted(userinfo(tokens["access_token"]).json()["groups"]) == sorted(["paie-gestion", str(by_hand.uuid)])
    assert userinfo(system.sign_in(sign_in(member))["access_token"]).json()["groups"] == []


@pytest.mark.django_db
def test_what_is_told_follows_the_person_and_the_sub_stays(
    system: System, sign_in: Browsers, colleague: Person, parks: Unit
) -> None:
    tokens = system.sign_in(sign_in(colleague))
    before = userinfo(tokens["access_token"]).json()
    Person.objects.filter(pk=colleague.pk).update(username="carla.mariee", family_name="Mariée", unit=parks)
    after = userinfo(tokens["access_token"]).json()
    assert after["sub"] == before["sub"] == str(colleague.uuid)
    assert after["preferred_username"] == "carla.mariee" and after["units"][0]["code"] == "PARCS"
    assert after["locale"] == "fr-CA" and after["elected"] is False
    elected = make_person("elu.conseil", kind="elected", unit=parks)
    assert userinfo(system.sign_in(sign_in(elected))["access_token"]).json()["elected"] is True


@pytest.mark.django_db
def test_tokens_cost_the_same_for_whoever_has_many_groups_and_sign_ins(
    system: System, sign_in: Browsers, colleague: Person, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(colleague)
    for number in range(30):
        Group.objects.create(name_fr=f"G{number}").members.add(colleague)
        system.sign_in(browser)
    code = code_of(browser.get(system.address()))
    with django_assert_max_num_queries(30):
        tokens = system.exchange(code).json()
    with django_assert_max_num_queries(30):
        assert system.refresh(tokens["refresh_token"]).status_code == 200


# -- coming back -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_a_page_one_is_signed_in_already_or_not(
    system: System, asking: System, sign_in: Browsers, colleague: Person
) -> None:
    told = sent_back(Client().get(system.address(prompt="none")))
    assert told["error"] == "login_required" and told["state"] == "état & <x>"
    browser = sign_in(colleague)
    assert code_of(browser.get(system.address(prompt="none")))
    assert sent_back(browser.get(asking.address(prompt="none")))["error"] == "consent_required"
    hint = system.sign_in(browser)["id_token"]
    assert code_of(browser.get(system.address(prompt="none", id_token_hint=hint)))


@pytest.mark.django_db
def test_who_is_somebody_else_than_the_hint_says_is_not_signed_in(
    system: System, sign_in: Browsers, colleague: Person, member: Person
) -> None:
    hint = system.sign_in(sign_in(colleague))["id_token"]
    assert sent_back(sign_in(member).get(system.address(id_token_hint=hint)))["error"] == "login_required"


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "0"}, {"prompt": "select_account"}])
def test_the_password_is_asked_again_where_the_application_wants_it(
    system: System, someone: Person, asked: dict[str, str]
) -> None:
    browser = Client()
    browser.post("/sign-in/", {"username": someone.username, "password": PASSWORD})
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        address = system.address(**asked)
        answer = browser.get(address)
        assert answer["Location"].startswith("/sign-in/?again=yes&next=/o/authorize/")
        # Going back without it leads nowhere else.
        page = browser.get(answer["Location"])
        onward = page.context["next"]
        assert browser.get(onward).status_code == 302 and "again" in browser.get(onward)["Location"]
        wrong = browser.post(
            "/sign-in/", {"username": someone.username, "password": "x", "next": onward, "again": "yes"}
        )
        assert wrong.status_code == 200 and "code=" not in wrong.content.decode()
        browser.post("/sign-in/", {"username": someone.username, "password": PASSWORD, "next": onward, "again": "yes"})
        tokens = system.exchange(code_of(browser.get(onward))).json()
        assert abs(_payload(tokens["id_token"])["auth_time"] - timezone.now().timestamp()) < 60
        # The mark answers this request, not another.
        mark = onward.rpartition("&again=")[2]
        later = browser.get(system.address(**asked, state="autre") + f"&again={mark}")
        assert "again=yes" in later["Location"]


@pytest.mark.django_db
def test_an_old_password_is_no_answer_without_a_page(system: System, someone: Person) -> None:
    browser = Client()
    browser.post("/sign-in/", {"username": someone.username, "password": PASSWORD})
    assert code_of(browser.get(system.address(max_age="3600", prompt="none")))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert sent_back(browser.get(system.address(max_age="3600", prompt="none")))["error"] == "login_required"


@pytest.mark.django_db
def test_who_was_not_signed_in_gives_the_password_once(system: System, someone: Person) -> None:
    browser = Client()
    answer = browser.get(system.address(prompt="login", max_age="0"))
    page = browser.get(answer["Location"])
    onward = page.context["next"]
    browser.post("/sign-in/", {"username": someone.username, "password": PASSWORD, "next": onward})
    assert code_of(browser.get(onward))


@pytest.mark.django_db
def test_consent_is_asked_again_when_more_would_be_told_or_it_is_wanted(
    asking: System, sign_in: Browsers, colleague: Person, host: Person
) -> None:
    browser = sign_in(colleague)
    answer = browser.post(asking.address(), {"answer": "yes"})
    assert answer.status_code == 200 and "code=" in answer.content.decode()
    assert code_of(browser.get(asking.address()))
    assert browser.get(asking.address(prompt="consent")).status_code == 200
    change_sign_in_client(asking.client, {"claims": []}, actor=host)
    assert code_of(browser.get(asking.address()))
    change_sign_in_client(asking.client, {"claims": ["name", "email"]}, actor=host)
    assert browser.get(asking.address()).status_code == 200
    # An answer that did not come from the page is none.
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = browser.cookies
    assert forged.post(asking.address(), {"answer": "yes"}).status_code == 403


# -- going out -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_application_signs_out_of_the_portal_only_who_agrees(
    system: System, sign_in: Browsers, colleague: Person
) -> None:
    browser, elsewhere = sign_in(colleague), sign_in(colleague)
    tokens, others = system.sign_in(browser), system.sign_in(elsewhere)
    after = "https://paie.ville.example/au-revoir"
    asked = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": after, "state": "s&1"}
    page = browser.get("/o/logout/", asked)
    assert page.status_code == 200 and browser.get("/").status_code == 200
    assert browser.post("/o/logout/", {**asked, "answer": "no"})["Location"] == "/"
    done = browser.post("/o/logout/", {**asked, "answer": "yes"})
    assert f"{after}?state=s%261" in done.content.decode()
    assert browser.get("/").status_code == 302
    assert userinfo(tokens["access_token"]).status_code == 401
    # Only this session's.
    assert userinfo(others["access_token"]).status_code == 200 and elsewhere.get("/").status_code == 200
    # Nobody is sent to an address that is not registered, nor by nobody's word.
    for wrong in (
        {**asked, "post_logout_redirect_uri": "https://evil.example/"},
        {"post_logout_redirect_uri": after},
        {**asked, "id_token_hint": "x.y.z"},
        {"client_id": "inconnu", "post_logout_redirect_uri": after},
    ):
        for someone in (browser, elsewhere):
            assert someone.get("/o/logout/", wrong).status_code == 400
    assert Client().get("/o/logout/")["Location"] == "/sign-in/"


# -- keys ------------------------------------------------------------------------------------------------------------


def _published() -> dict[str, Any]:
    return dict(Client().get("/o/.well-known/jwks.json").json())


def _is_good(token: str, published: dict[str, Any]) -> bool:
    try:
        jwt.decode(token, KeySet.import_key_set(published), algorithms=["RS256"])
    except (JoseError, ValueError):
        return False
    return True


@pytest.mark.django_db
def test_the_key_changes_in_mid_flight_and_nobody_notices(system: System, sign_in: Browsers, colleague: Person) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        browser = sign_in(colleague)
        before = _published()
        assert len(before["keys"]) == 2 and all("d" not in one and one["use"] == "sig" for one in before["keys"])
        old = system.sign_in(browser)
        assert _is_good(old["id_token"], before)
        # A day and more later: the next key is known to everybody who reads once a day.
        clock.move_to(start + timedelta(days=2))
        browser = sign_in(colleague)
        code = code_of(browser.get(system.address()))
        call_command("rotate_signing_key")
        # Another process goes on with the old key for up to a minute.
        meanwhile = system.exchange(code).json()
        keys.forget()
        after = _published()
        assert len(after["keys"]) == 3
        new = system.sign_in(browser)
        kid = lambda token: json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"]  # noqa: E731
        assert kid(new["id_token"]) != kid(meanwhile["id_token"]) == kid(old["id_token"])
        for token in (old["id_token"], meanwhile["id_token"], new["id_token"]):
            assert _is_good(token, after)
        # Who last read the keys before the change knows the new one already.
        assert _is_good(new["id_token"], before)
        # The former key goes a day after its last token has ended.
        clock.move_to(start + timedelta(days=3, minutes=4))
        keep_signing_keys()
        assert SigningKey.objects.count() == 3
        clock.move_to(start + timedelta(days=3, minutes=6))
        keep_signing_keys()
        keys.forget()
        assert len(_published()["keys"]) == 2 and not _is_good(old["id_token"], _published())


@pytest.mark.django_db
def test_keys_change_by_themselves_every_ninety_days(settings: Any) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        keep_signing_keys()
        first = keys.ring().kid
        for _again in range(3):
            keep_signing_keys()
        clock.move_to(start + timedelta(days=89))
        keep_signing_keys()
        keys.forget()
        assert keys.ring().kid == first
        clock.move_to(start + timedelta(days=90, minutes=1))
        keep_signing_keys()
        keep_signing_keys()
        keys.forget()
        second = keys.ring().kid
        assert second != first and first in keys.ring().public and len(keys.ring().public) == 3


@pytest.mark.django_db
def test_a_key_is_not_used_before_it_was_published_for_a_day_but_in_haste(capsys: Any) -> None:
    keep_signing_keys()
    with pytest.raises(CommandError, match="less than a day"):
        call_command("rotate_signing_key")
    first = keys.ring().kid
    call_command("rotate_signing_key", "--now")
    keys.forget()
    second = keys.ring().kid
    assert second != first and first in keys.ring().public
    call_command("rotate_signing_key", "--compromised")
    keys.forget()
    assert keys.ring().kid not in (first, second) and second not in keys.ring().public


@pytest.mark.django_db
def test_a_changed_secret_key_seals_again_or_replaces(settings: Any) -> None:
    keep_signing_keys()
    first = keys.ring().kid
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "une-nouvelle-clef-bien-longue-pour-les-essais"
    keep_signing_keys()
    settings.SECRET_KEY_FALLBACKS = []
    keys.forget()
    assert keys.ring().kid == first
    settings.SECRET_KEY = "une-autre-clef-sans-rien-garder-de-la-premiere"
    keys.forget()
    assert Client().get("/o/.well-known/jwks.json").status_code == 503
    keep_signing_keys()
    keys.forget()
    assert keys.ring().kid != first and first in keys.ring().public


@pytest.mark.django_db
def test_tokens_that_we_did_not_sign_are_nobodys(system: System, sign_in: Browsers, colleague: Person) -> None:
    token = system.sign_in(sign_in(colleague))["id_token"]
    assert (keys.read_signed(token) or {})["sub"] == str(colleague.uuid)
    header, payload, signature = token.split(".")
    encode = lambda data: base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()  # noqa: E731
    public = _published()["keys"][0]
    as_secret = jwt.encode({"alg": "HS256", "kid": public["kid"]}, {"sub": "x"}, OctKey.import_key(public["n"]))
    by_another = jwt.encode({"alg": "RS256", "kid": public["kid"]}, {"sub": "x"}, RSAKey.generate_key(2048))
    forged = [
        f"{encode({'alg': 'none'})}.{payload}.",
        f"{encode({'alg': 'none', 'kid': public['kid']})}.{payload}.{signature}",
        f"{header}.{encode({'sub': 'x'})}.{signature}",
        as_secret,
        by_another,
        "",
        "x",
        "a.b.c",
        "é.é.é",
        "x" * 10_000,
    ]
    assert [keys.read_signed(one) for one in forged] == [None] * len(forged)
    with pytest.raises(BadSignatureError):
        jwt.decode(by_another, KeySet.import_key_set(_published()), algorithms=["RS256"])
