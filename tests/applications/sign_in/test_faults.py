"""Single sign-on under attack and in error: what is refused, to whom nothing is told, and what ends with what."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from applications.actions import change_application
from applications.actions.sign_in import (
    add_sign_in_client,
    change_sign_in_client,
    renew_client_secret,
    revoke_connection,
    switch_sign_in_client,
)
from applications.actions.sign_in_tokens import AccessToken, RefreshToken, purge_sign_ins
from applications.models import AccessGrant, Application, Connection, Entry, SignIn, Stage
from directory.actions import deactivate, end_sessions
from directory.models import Person
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import principal

from .provider import CALLBACK, System, code_of, sent_back, userinfo

pytestmark = pytest.mark.django_db
Browsers = Callable[..., Client]


@pytest.fixture
def browser(sign_in: Browsers, colleague: Person) -> Client:
    return sign_in(colleague)


# -- the request -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "callback",
    [
        "https://paie.ville.example/rappel/",
        "https://paie.ville.example/rappel?x=1",
        "https://paie.ville.example/rappel#x",
        "https://paie.ville.example.evil.example/rappel",
        "https://evil.example/rappel",
        "http://paie.ville.example/rappel",
        "https://paie.ville.example@evil.example/rappel",
        "https://PAIE.ville.example/rappel",
        "https://paie.ville.example:443/rappel",
        "https://paie.ville.example/x/../rappel",
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("prompt", [None, "none"])
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    system: System, browser: Client, callback: str, prompt: str | None
) -> None:
    assert browser.get(system.address(redirect_uri=callback, prompt=prompt)).status_code == 400
    if prompt:
        assert Client().get(system.address(redirect_uri=callback, prompt=prompt)).status_code == 400
    assert not SignIn.objects.exists()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "trop-court"}, "invalid_request"),
        ({"code_challenge": "x" * 200}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "id_token"}, "unauthorized_client"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"response_type": "none"}, "unauthorized_client"),
        ({"response_type": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid2"}, "invalid_scope"),
        ({"nonce": "n" * 300}, "invalid_request"),
        ({"nonce": "n\0"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "https://evil.example/"}, "request_uri_not_supported"),
        ({"prompt": "create"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "²"}, "invalid_request"),
        ({"id_token_hint": "x.y.z"}, "login_required"),
    ],
)
def test_what_is_asked_wrongly_goes_back_with_its_error_and_state(
    system: System, browser: Client, changed: dict[str, Any], error: str
) -> None:
    answer = browser.get(system.address(**changed))
    told = sent_back(answer)
    assert answer["Location"].startswith(f"{CALLBACK}?")
    assert told["error"] in (error, "unsupported_response_type" if error == "unauthorized_client" else error), told
    assert told["state"] == "état & <x>"
    assert told["iss"].endswith("/o")
    assert "code" not in told and answer["Cache-Control"] == "no-store"


def test_what_says_a_thing_twice_or_in_no_encoding_is_refused_without_a_redirect(
    system: System, browser: Client
) -> None:
    assert browser.get(system.address() + "&redirect_uri=https://evil.example/").status_code == 400
    assert browser.get(system.address() + "&client_id=x").status_code == 400
    for odd in ("&x=%zz", "&%ff=%fe", "&x=%00", "&é=é", "&=", "&&&"):
        assert browser.get(system.address() + odd).status_code in (302, 400), odd
    assert browser.get(system.address(state="x" * 5000)).status_code == 400
    assert browser.get("/o/authorize/").status_code == 400
    assert browser.get("/o/authorize/?client_id=%00").status_code == 400
    assert browser.head(system.address()).status_code == 405


@pytest.mark.parametrize("claims", ["{", "[" * 800, '{"id_token": {"email": null}}'])
def test_the_claims_parameter_changes_nothing(system: System, browser: Client, claims: str) -> None:
    assert code_of(browser.get(system.address(claims=claims, scope="openid")))


def test_the_state_comes_back_letter_by_letter(system: System, browser: Client) -> None:
    state = "a=b&c=%20+/é« »" + "z" * 800
    told = sent_back(browser.get(system.address(state=state)))
    assert told["state"] == state and told["iss"].endswith("/o") and len(told["code"]) >= 30


# -- codes -----------------------------------------------------------------------------------------------------------


def _error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_a_code_serves_once_and_coming_back_ends_what_was_made_of_it(system: System, browser: Client) -> None:
    code = code_of(browser.get(system.address()))
    tokens = system.exchange(code).json()
    assert userinfo(tokens["access_token"]).status_code == 200
    assert _error(system.exchange(code)) == (400, "invalid_grant")
    assert userinfo(tokens["access_token"]).status_code == 401
    assert _error(system.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


def test_a_code_is_good_for_a_minute(system: System, browser: Client) -> None:
    code = code_of(browser.get(system.address()))
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        assert _error(system.exchange(code)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"code_verifier": "x" * 64}, 400, "invalid_grant"),
        ({"code_verifier": None}, 400, "invalid_request"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"client_secret": "pvs_faux"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_id": "inconnu"}, 401, "invalid_client"),
        ({"client_id": "a\0"}, 401, "invalid_client"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"redirect_uri": "https://paie.ville.example/autre"}, 400, "invalid_request"),
        ({"code": "inconnu"}, 400, "invalid_grant"),
        ({"code": "a\0"}, 400, "invalid_grant"),
        ({"code": None}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "u", "password": "p"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "unsupported_grant_type"),
    ],
)
def test_a_code_is_worth_nothing_without_all_that_belongs_to_it(
    system: System, browser: Client, changed: dict[str, Any], status: int, error: str
) -> None:
    code = code_of(browser.get(system.address()))
    answer = system.exchange(code, **changed)
    assert _error(answer) == (status, error)
    assert answer["Cache-Control"] == "no-store" and not AccessToken.objects.exists()
    # It was the right code all the same: whoever has everything gets tokens.
    assert system.exchange(code).status_code == 200


def test_a_code_of_one_application_is_worth_nothing_to_another(system: System, asking: System, browser: Client) -> None:
    code = code_of(browser.get(system.address()))
    asking.verifier = system.verifier
    assert _error(asking.exchange(code)) == (400, "invalid_grant")
    # SECURITY: nor can it end what belongs to the other.
    tokens = system.exchange(code).json()
    assert _error(asking.exchange(code)) == (400, "invalid_grant")
    assert _error(asking.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
    asking_revokes = Client().post(
        "/o/revoke/",
        {"token": tokens["refresh_token"], "client_id": asking.client.client_id, "client_secret": asking.secret},
    )
    assert asking_revokes.status_code == 200
    assert userinfo(tokens["access_token"]).status_code == 200


def test_secrets_and_tokens_are_not_taken_from_an_address(system: System, browser: Client) -> None:
    code = code_of(browser.get(system.address()))
    sent = {"grant_type": "authorization_code", "code": code, "client_id": system.client.client_id}
    assert _error(Client().post(f"/o/token/?client_secret={system.secret}", sent)) == (400, "invalid_request")
    assert Client().get("/o/token/").status_code == 405
    token = system.exchange(code).json()["access_token"]
    assert Client().get(f"/o/userinfo/?access_token={token}").status_code == 401
    assert Client().post("/o/userinfo/", {"access_token": token}).status_code == 401
    assert userinfo(token).status_code == 200


def test_one_id_in_the_header_and_another_in_the_body_is_nobody(
    system: System, asking: System, browser: Client
) -> None:
    code = code_of(browser.get(system.address()))
    basic = base64.b64encode(f"{asking.client.client_id}:{asking.secret}".encode()).decode()
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": system.verifier,
        "client_id": system.client.client_id,
    }
    answer = Client().post("/o/token/", sent, headers={"authorization": f"Basic {basic}"})
    assert _error(answer) == (401, "invalid_client")
    for odd in ("", "x", "é", base64.b64encode(b"\xff:\xff").decode(), base64.b64encode(b"sans").decode()):
        answer = Client().post("/o/token/", {**sent, "client_id": ""}, headers={"authorization": f"Basic {odd}"})
        assert _error(answer) == (401, "invalid_client"), odd


# -- refresh tokens --------------------------------------------------------------------------------------------------


def test_refresh_tokens_rotate_and_one_that_comes_back_ends_them_all(system: System, browser: Client) -> None:
    first = system.sign_in(browser)
    second = system.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert userinfo(first["access_token"]).status_code == 401
    assert userinfo(second["access_token"]).status_code == 200
    third = system.refresh(second["refresh_token"]).json()
    assert _error(system.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert userinfo(third["access_token"]).status_code == 401
    assert _error(system.refresh(third["refresh_token"])) == (400, "invalid_grant")


def test_a_sign_in_ends_after_twelve_hours_however_often_it_is_refreshed(system: System, browser: Client) -> None:
    start = timezone.now()
    tokens = system.sign_in(browser)
    with time_machine.travel(start, tick=False) as clock:
        for hour in range(1, 12):
            clock.move_to(start + timedelta(hours=hour))
            purge_sign_ins()
            tokens = system.refresh(tokens["refresh_token"]).json()
        clock.move_to(start + timedelta(hours=12, seconds=1))
        assert _error(system.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
        # An hour later nothing is left of it.
        purge_sign_ins()
        assert not SignIn.objects.exists() and not RefreshToken.objects.exists() and not AccessToken.objects.exists()


def test_access_tokens_are_good_for_ten_minutes(system: System, browser: Client) -> None:
    tokens = system.sign_in(browser)
    assert tokens["expires_in"] == 600
    with time_machine.travel(timezone.now() + timedelta(seconds=601), tick=False):
        assert userinfo(tokens["access_token"]).status_code == 401
        assert system.refresh(tokens["refresh_token"]).status_code == 200


def test_a_refresh_asks_for_no_more_than_was_given(system: System, browser: Client) -> None:
    answer = system.exchange(code_of(browser.get(system.address(scope="openid")))).json()
    assert answer["scope"] == "openid"
    # Libraries ask again for everything they once asked for: what was not given is left out again.
    again = system.refresh(answer["refresh_token"], scope="openid email groups").json()
    assert again["scope"] == "openid" and set(userinfo(again["access_token"]).json()) == {"sub"}
    assert _error(system.refresh(again["refresh_token"], scope="email")) == (400, "invalid_scope")


def test_tokens_are_not_kept_as_they_are(system: System, browser: Client) -> None:
    tokens = system.sign_in(browser)
    assert [one.token for one in [*AccessToken.objects.all(), *RefreshToken.objects.all()]] == ["", ""]
    system.client.refresh_from_db()
    assert system.secret not in json.dumps([system.client.client_secret, system.client.former_secret])
    assert len(tokens["access_token"]) >= 30 and len(tokens["refresh_token"]) >= 30


# -- people ----------------------------------------------------------------------------------------------------------


def _ends(system: System, tokens: dict[str, Any]) -> bool:
    """Neither token serves."""
    ended = userinfo(tokens["access_token"]).status_code == 401
    return ended and _error(system.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


def test_who_is_deactivated_has_no_live_token(
    system: System, browser: Client, colleague: Person, django_assert_num_queries: Any
) -> None:
    tokens = system.sign_in(browser)
    code = code_of(browser.get(system.address()))
    deactivate(colleague)
    # At once, not when it is asked about.
    assert not AccessToken.objects.exists() and not RefreshToken.objects.filter(revoked=None).exists()
    assert _ends(system, tokens)
    assert _error(system.exchange(code)) == (400, "invalid_grant")


def test_who_is_shut_out_behind_our_back_is_refused_when_it_is_asked(
    system: System, browser: Client, colleague: Person
) -> None:
    """A sync that wrote the row itself, a hand in the database: asked again at each token."""
    tokens = system.sign_in(browser)
    Person.objects.filter(pk=colleague.pk).update(is_active=False)
    assert _ends(system, tokens)
    assert not AccessToken.objects.exists()


def _withdrawn(application: Application, person: Person, host: Person) -> None:
    AccessGrant.objects.filter(person=person).update(withdrawn=timezone.now())


def _expired(application: Application, person: Person, host: Person) -> None:
    AccessGrant.objects.filter(person=person).update(expires=timezone.now())


def _narrowed(application: Application, person: Person, host: Person) -> None:
    change_application(application, {"audience": audience_of({principal("person", host.pk)})}, actor=host)


def _retired(application: Application, person: Person, host: Person) -> None:
    change_application(application, {"stage": Stage.RETIRED}, actor=host)


@pytest.mark.parametrize("change", [_withdrawn, _expired, _narrowed, _retired])
def test_who_may_no_longer_open_it_is_signed_out_of_it(
    system: System, browser: Client, payroll: Application, colleague: Person, host: Person, change: Callable[..., None]
) -> None:
    change_application(payroll, {"entry": Entry.REQUEST}, actor=host)
    AccessGrant.objects.create(application=payroll, person=colleague, by=host)
    tokens = system.sign_in(browser)
    code = code_of(browser.get(system.address()))
    assert userinfo(tokens["access_token"]).status_code == 200
    change(payroll, colleague, host)
    assert _ends(system, tokens)
    assert _error(system.exchange(code)) == (400, "invalid_grant")
    assert browser.get(system.address()).status_code in (400, 403)
    assert not AccessToken.objects.exists()


def test_an_application_that_is_not_ones_own_answers_as_one_that_is_not_there(
    system: System, sign_in: Browsers, outsider: Person, payroll: Application
) -> None:
    """An external, who is not "everyone"."""
    hidden = sign_in(outsider).get(system.address())
    system.client.client_id = "inexistant"
    unknown = sign_in(outsider).get(system.address())
    assert hidden.status_code == unknown.status_code == 400
    strip = lambda one: one.content.decode().split("<main")[1]  # noqa: E731
    assert strip(hidden) == strip(unknown)
    assert "Paie" not in hidden.content.decode()
    # Not even by an address that is not registered does it show.
    assert strip(sign_in(outsider).get(system.address(redirect_uri="https://evil.example/"))) == strip(unknown)


def test_who_sees_it_without_the_right_is_told_why_and_where_to_ask(
    system: System, browser: Client, payroll: Application, host: Person
) -> None:
    change_application(payroll, {"entry": Entry.REQUEST}, actor=host)
    answer = browser.get(system.address())
    assert answer.status_code == 403
    html = answer.content.decode()
    assert "sur demande" in html and payroll.get_absolute_url() in html


def test_ending_the_other_sessions_ends_what_was_signed_in_to_from_them(
    system: System, sign_in: Browsers, colleague: Person
) -> None:
    here, there = sign_in(colleague), sign_in(colleague)
    mine, theirs = system.sign_in(here), system.sign_in(there)
    here.post("/settings/sessions/end-others/")
    assert userinfo(mine["access_token"]).status_code == 200
    assert _ends(system, theirs)
    end_sessions(colleague)
    assert _ends(system, mine)


def test_ending_one_session_ends_what_was_signed_in_to_from_it(
    system: System, sign_in: Browsers, colleague: Person
) -> None:
    here, there = sign_in(colleague), sign_in(colleague)
    mine, theirs = system.sign_in(here), system.sign_in(there)
    handle = next(one.handle for one in colleague.sessions.all() if one.session_key == there.session.session_key)
    here.post(f"/settings/sessions/{handle}/end/")
    assert userinfo(mine["access_token"]).status_code == 200
    assert _ends(system, theirs)


def test_signing_out_of_the_portal_leaves_applications_open(system: System, browser: Client) -> None:
    tokens = system.sign_in(browser)
    browser.post("/sign-out/")
    assert userinfo(tokens["access_token"]).status_code == 200
    assert system.refresh(tokens["refresh_token"]).status_code == 200


def test_disconnecting_ends_everything_at_that_application_alone(
    system: System, asking: System, browser: Client, colleague: Person
) -> None:
    tokens = system.sign_in(browser)
    browser.post(asking.address(), {"answer": "yes"})
    code = SignIn.objects.get(client=asking.client)
    revoke_connection(Connection.objects.get(client=system.client), actor=colleague)
    assert _ends(system, tokens)
    code.refresh_from_db()
    assert code.ended is None
    with pytest.raises(PermissionError):
        revoke_connection(
            Connection.objects.get(client=asking.client), actor=Person.objects.exclude(pk=colleague.pk)[0]
        )


# -- clients ---------------------------------------------------------------------------------------------------------


def test_a_client_that_is_switched_off_is_no_client(system: System, browser: Client, host: Person) -> None:
    tokens = system.sign_in(browser)
    switch_sign_in_client(system.client, actor=host, on=False)
    assert browser.get(system.address()).status_code == 400
    assert _error(system.refresh(tokens["refresh_token"])) == (401, "invalid_client")
    assert userinfo(tokens["access_token"]).status_code == 401
    switch_sign_in_client(system.client, actor=host, on=True)
    assert userinfo(tokens["access_token"]).status_code == 401
    assert system.sign_in(browser)


def test_a_renewed_secret_lets_the_former_go_on_for_a_day_or_not_at_all(
    system: System, browser: Client, host: Person
) -> None:
    former = system.secret
    system.secret = renew_client_secret(system.client, actor=host)
    tokens = system.sign_in(browser)
    assert system.refresh(tokens["refresh_token"], client_secret=former).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert _error(system.exchange("x", client_secret=former)) == (401, "invalid_client")
        assert _error(system.exchange("x")) == (400, "invalid_grant")
    tokens = system.sign_in(browser)
    present = system.secret
    system.secret = renew_client_secret(system.client, actor=host, at_once=True)
    assert _error(system.exchange("x", client_secret=present)) == (401, "invalid_client")
    assert _ends(system, tokens)


def test_a_program_without_a_secret_needs_its_proof_alone(payroll: Application, host: Person, browser: Client) -> None:
    callback = "http://127.0.0.1/rappel"
    values = {"name": "poste", "redirect_uris": callback, "consent": "trusted", "claims": []}
    client, secret = add_sign_in_client(payroll, values, actor=host, native=True)
    assert secret == ""
    native = System(client, secret, callback="http://127.0.0.1:49152/rappel")
    code = code_of(browser.get(native.address()))
    assert _error(native.exchange(code, client_secret="devine")) == (401, "invalid_client")
    assert _error(native.exchange(code, client_secret=None, code_verifier="x" * 64)) == (400, "invalid_grant")
    tokens = native.exchange(code, client_secret=None)
    assert tokens.status_code == 200
    assert tokens.json()["scope"] == "openid"
    assert native.refresh(tokens.json()["refresh_token"], client_secret=None).status_code == 200
    for other in ("http://127.0.0.1:1/autre", "http://localhost:1/rappel", "http://127.0.0.1:1@evil.example/rappel"):
        native.callback = other
        assert browser.get(native.address()).status_code == 400, other


def test_a_client_that_is_told_less_asks_for_less(system: System, browser: Client, host: Person) -> None:
    tokens = system.sign_in(browser)
    assert "name" in userinfo(tokens["access_token"]).json()
    change_sign_in_client(system.client, {"claims": []}, actor=host)
    assert set(userinfo(tokens["access_token"]).json()) == {"sub"}


def test_giving_a_token_back_ends_the_sign_in(system: System, browser: Client) -> None:
    for name in ("access_token", "refresh_token"):
        tokens = system.sign_in(browser)
        said = {"client_id": system.client.client_id, "client_secret": system.secret}
        assert Client().post("/o/revoke/", {**said, "token": "inconnu"}).status_code == 200
        assert Client().post("/o/revoke/", {**said, "client_secret": "x", "token": tokens[name]}).status_code == 401
        assert userinfo(tokens["access_token"]).status_code == 200
        assert Client().post("/o/revoke/", {**said, "token": tokens[name]}).status_code == 200
        assert _ends(system, tokens)


@pytest.mark.parametrize("token", ["", "x", "é", "a\0b", "x" * 3000])
def test_userinfo_answers_no_other_bearer(token: str, system: System) -> None:
    answer = Client().get("/o/userinfo/", headers={"authorization": f"Bearer {quote(token)}"})
    assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer")


def test_guessing_is_slowed_down(system: System, browser: Client) -> None:
    code = code_of(browser.get(system.address()))
    with time_machine.travel(timezone.now(), tick=False):
        answers = [system.exchange(code, client_secret=f"essai-{number}").status_code for number in range(62)]
    assert answers[:60] == [401] * 60 and answers[60:] == [429, 429]
    # The application itself, at another address, is not held up.
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": system.verifier,
    }
    said = {"client_id": system.client.client_id, "client_secret": system.secret}
    assert Client(REMOTE_ADDR="10.1.2.3").post("/o/token/", {**sent, **said}).status_code == 200


def test_one_person_does_not_sign_in_a_hundred_times_a_minute(system: System, browser: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        answers = [browser.get(system.address()) for _turn in range(62)]
    assert answers[59].status_code == 302
    assert answers[61].status_code == 429 and answers[61]["Retry-After"] == "60"
