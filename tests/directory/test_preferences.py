"""Language and theme."""

import pytest
from django.test import Client

from directory.models import Person

from .conftest import local_person, name_at, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(local_person(), backend="directory.backends.LocalBackend")
    return client


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        ("en-CA,en;q=0.9,fr;q=0.5", "en"),
        ("fr;q=0.3, en;q=0.8", "en"),
        ("de,es", "fr"),
        ("de,en;q=0.1", "en"),
        ("", "fr"),
        ("en;q=beaucoup", "fr"),
        (",;=" * 200, "fr"),
    ],
)
def test_browsers_language_before_sign_in(client: Client, accepted: str, expected: str) -> None:
    response = client.get("/sign-in/", headers={"accept-language": accepted})
    assert response.headers["Content-Language"] == expected
    assert f'<html lang="{expected}"' in response.content.decode()


def test_signed_out_choice_is_kept_in_a_cookie_and_stays_on_the_page(client: Client) -> None:
    response = client.post("/settings/language/", {"language": "en", "next": "/sign-in/?next=/settings/"})
    assert response.headers["Location"] == "/sign-in/?next=/settings/"
    page = client.get(response.headers["Location"], headers={"accept-language": "fr"})
    assert page.headers["Content-Language"] == "en"
    assert page.context["next"] == "/settings/"


def test_sign_in_page_offers_the_other_language(client: Client) -> None:
    page = client.get("/sign-in/?next=/settings/", headers={"accept-language": "fr"}).content.decode()
    assert 'value="/sign-in/?next=/settings/"' in page
    assert 'value="en"' in page


def test_persons_choice_wins_and_follows_them(browser: Client) -> None:
    assert browser.get("/settings/", headers={"accept-language": "en"}).headers["Content-Language"] == "fr"
    response = browser.post("/settings/language/", {"language": "en", "next": "/people/?q=a&b=c"})
    assert response.headers["Location"] == "/people/?q=a&b=c"
    assert browser.get("/settings/").headers["Content-Language"] == "en"
    elsewhere = Client()
    sign_in(elsewhere, "claire")
    assert elsewhere.get("/settings/").headers["Content-Language"] == "en"


@pytest.mark.parametrize("address", ["https://ailleurs.example/", "//ailleurs.example", "/\\ailleurs.example"])
def test_never_leads_out(browser: Client, address: str) -> None:
    assert browser.post("/settings/language/", {"language": "en", "next": address}).headers["Location"] == "/"
    assert browser.post("/settings/theme/", {"theme": "dark", "next": address}).headers["Location"] == "/settings/"


def test_theme(browser: Client) -> None:
    response = browser.post("/settings/theme/", {"theme": "dark", "next": "/settings/"}, follow=True)
    assert 'data-theme="dark"' in response.content.decode()


def test_unknown_choices_are_refused(browser: Client) -> None:
    assert browser.post("/settings/language/", {"language": "xx"}).status_code == 400
    assert browser.post("/settings/theme/", {"theme": "rose"}).status_code == 400
    assert Person.objects.values_list("language", "theme").get() == ("fr", "auto")


def test_pages_need_a_sign_in(client: Client) -> None:
    for address in ("/settings/", "/settings/sessions/", "/settings/tokens/", "/people/"):
        assert client.get(address).headers["Location"] == f"/sign-in/?next={address}"
    assert client.post("/settings/theme/", {"theme": "dark"}).status_code == 302


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("address", ["/settings/", "/settings/sessions/", "/settings/tokens/"])
def test_pages_in_both_languages(browser: Client, address: str, language: str) -> None:
    browser.post("/settings/language/", {"language": language})
    page = browser.get(address).content.decode()
    heading = {"fr": "Réglages", "en": "Settings"}[language]
    assert f"<h1>{heading}</h1>" in page


def test_language_costs_no_query(browser: Client, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    """The yardstick: the session and the person."""
    with django_assert_max_num_queries(2):
        assert name_at(browser) == "Claire Gagné"
