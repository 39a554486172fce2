"""Which views are open, what every answer carries, and what a broken part answers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from directory.models import Person

pytestmark = pytest.mark.django_db

# Each open view, and why. Adding one is a decision: this list is where it is taken.
OPEN = {
    "directory:sign_in": "one signs in there",
    "directory:set_language": "the language can be chosen before signing in",
    "directory:sign_out": "signing out twice is no error",
    "live": "the supervisor asks it",
    "ready": "the load balancer asks it",
    "metrics": "guards itself: this machine, or a token",
    "search:description": "a browser reads it by itself, and it says nothing of anybody",
    "publications:feed": "guards itself: a secret address, or whoever is signed in",
    "publications:calendar": "the same",
    "publications:push": "guards itself: each request is signed by the system that sends it",
    "oidc:authorize": "guards itself: sends to the sign-in page, or back to the application when that asks for no page",
    "oidc:logout": "guards itself: who is not signed in has nothing to end",
    "oidc:token": "guards itself: a client says who it is, and shows a code or a refresh token",
    "oidc:revoke": "the same; it only takes away",
    "oidc:userinfo": "guards itself: an access token",
    "oidc:discovery": "says where everything is, and nothing of anybody",
    "oidc_discovery_rfc8414": "the same document, where other libraries look for it",
    "oidc:jwks": "public halves of keys: any system checks signatures with them",
    "admin:login": "redirects to the sign-in page",
}


def _views(patterns: list[Any], namespace: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _views(one.url_patterns, inner)
        elif isinstance(one, URLPattern):
            yield f"{namespace}{one.name or one.pattern}", one.callback


def test_every_view_asks_for_a_signed_in_person_but_the_listed_ones() -> None:
    opened = {
        name
        for name, view in _views(get_resolver().url_patterns)
        if not getattr(view, "login_required", True) and not name.startswith("api:")
    }
    # Django's own desk marks its login and its bare fallbacks; both lead to our sign-in.
    assert {one for one in opened if not one.startswith("admin:")} <= set(OPEN)


def test_the_api_asks_for_a_person_everywhere_but_in_its_description(client: Client) -> None:
    description = client.get("/api/v1/openapi.json")
    assert description.status_code == 200
    for path, operations in description.json()["paths"].items():
        address = path.replace("{uuid}", "6c0333e4-f3c2-46bb-8f86-cb686f37b4c3")
        for method in operations:
            answer = client.generic(method.upper(), address)
            assert answer.status_code == 401, f"{method} {path}"
            assert answer["Content-Type"] == "application/problem+json"


def test_signed_out_pages_lead_to_the_sign_in_page_and_back(client: Client) -> None:
    answer = client.get("/communities/?q=b")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=/communities/%3Fq%3Db"


def test_every_answer_carries_its_protection(sign_in: Callable[..., Client], colleague: Person) -> None:
    answer = sign_in(colleague).get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "data:" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Content-Language"] == "fr"
    assert len(answer["X-Request-ID"]) >= 8


def test_pages_have_nothing_inline(sign_in: Callable[..., Client], colleague: Person) -> None:
    html = sign_in(colleague).get("/").content.decode()
    assert " style=" not in html and "<style" not in html and "onclick" not in html
    assert all(" src=" in tag for tag in html.split("<script")[1:])


def test_a_forged_host_is_refused(client: Client) -> None:
    assert client.get("/sign-in/", headers={"host": "evil.example"}).status_code == 400


def test_a_request_id_is_taken_only_when_it_looks_like_one(client: Client) -> None:
    assert client.get("/health/live", headers={"x-request-id": "abcd-1234-efgh"})["X-Request-ID"] == "abcd-1234-efgh"
    assert (
        client.get("/health/live", headers={"x-request-id": "<script>alert(1)"})["X-Request-ID"] != "<script>alert(1)"
    )


def test_a_change_without_csrf_token_is_refused_in_words(colleague: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(colleague, backend="directory.backends.LocalBackend")
    answer = client.post("/notifications/read/")
    assert answer.status_code == 403
    assert "expiré" in answer.content.decode()
    assert client.post("/api/v1/communities/6c0333e4-f3c2-46bb-8f86-cb686f37b4c3/join").status_code == 403


@pytest.mark.parametrize(("language", "words"), [("fr", "Il n’y a rien ici pour vous"), ("en", "nothing here for you")])
def test_what_is_not_there_is_said_in_the_persons_language(
    sign_in: Callable[..., Client], colleague: Person, language: str, words: str
) -> None:
    answer = sign_in(colleague, language).get("/communities/inconnue/")
    assert answer.status_code == 404
    assert words in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()


def test_health_answers(client: Client) -> None:
    assert client.get("/health/live").content == b"ok"
    assert client.get("/health/ready").json() == {"database": "ok", "cache": "ok"}


def test_hello_is_a_bare_view_of_two_queries(
    sign_in: Callable[..., Client], colleague: Person, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(colleague)
    with django_assert_max_num_queries(2):
        answer = client.get("/health/hello")
    assert answer.content.decode() == colleague.name
    assert answer["Content-Type"].startswith("text/plain")


def test_metrics_are_for_this_machine_or_the_bearer_of_the_token(client: Client, settings: Any) -> None:
    client.get("/health/live")
    assert b"parvis_requests_total" in client.get("/metrics").content
    assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.1"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.1").status_code == 404
    settings.METRICS_TOKEN = "un-secret-de-mesure"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer un-secret-de-mesure"}).status_code == 200


def test_a_lost_database_gives_a_plain_page(settings: Any, tmp_path: Any) -> None:
    """A portal whose PostgreSQL does not answer, seen from outside."""
    import os
    import subprocess
    import sys

    script = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "client = Client(raise_request_exception=False, headers={'host': 'localhost'})\n"
        "client.cookies['parvis_session'] = 'a' * 32\n"
        "page = client.get('/'); api = client.get('/api/v1/me')\n"
        "probe = Client(headers={'host': 'localhost'}); ready = probe.get('/health/ready')\n"
        "print(page.status_code, 'Traceback' in page.content.decode(), 'souffle' in page.content.decode())\n"
        "print(api.status_code, api['Content-Type'], ready.status_code, probe.get('/health/live').status_code)\n"
    )
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        "DATA_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split("\n")[:2] == ["503 False True", "503 application/problem+json 503 200"], done.stderr[
        -3000:
    ]


def test_an_error_of_ours_shows_no_trace_and_a_reference(colleague: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(colleague, backend="directory.backends.LocalBackend")

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("intranet.portal.views.page_of", broken)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "secret inside" not in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()
    monkeypatch.setattr("intranet.portal.views.page_of", lambda *a, **k: (_ for _ in ()).throw(OperationalError("x")))
    assert client.get("/").status_code == 503
