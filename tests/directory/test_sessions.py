"""The list of one's sessions, and ending them."""

import re

import pytest
from django.test import Client

from directory import actions
from directory.browsers import browser_name
from directory.models import Session

from .conftest import local_person, name_at, queries_of, sign_in

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


def two_browsers() -> tuple[Client, Client]:
    local_person()
    desk, phone = Client(headers={"user-agent": FIREFOX}), Client(headers={"user-agent": IPHONE})
    sign_in(desk, "claire", REMOTE_ADDR="203.0.113.5")
    sign_in(phone, "claire", REMOTE_ADDR="2001:db8::5")
    return desk, phone


def handles(page: str) -> list[str]:
    return re.findall(r"/settings/sessions/(\w+)/end/", page)


def test_list_says_where_and_from_when() -> None:
    desk, _phone = two_browsers()
    page = desk.get("/settings/sessions/").content.decode()
    assert "Firefox sur Windows" in page
    assert "Safari sur iPhone" in page
    assert "203.0.113.5" in page
    assert "2001:db8::5" in page
    assert len(handles(page)) == 1, "the present one is left by signing out"


def test_page_never_shows_a_session_key() -> None:
    desk, phone = two_browsers()
    page = desk.get("/settings/sessions/").content.decode()
    for client in (desk, phone):
        assert client.cookies["parvis_session"].value not in page


def test_end_one() -> None:
    desk, phone = two_browsers()
    (handle,) = handles(desk.get("/settings/sessions/").content.decode())
    assert desk.post(f"/settings/sessions/{handle}/end/").headers["Location"] == "/settings/sessions/"
    assert name_at(phone) is None
    assert name_at(desk) == "Claire Gagné"
    assert desk.post(f"/settings/sessions/{handle}/end/").status_code == 404


def test_end_all_others() -> None:
    desk, phone = two_browsers()
    third = Client()
    sign_in(third, "claire")
    page = desk.post("/settings/sessions/end-others/", follow=True).content.decode()
    assert "2 autres sessions sont fermées." in page
    assert [name_at(one) for one in (desk, phone, third)] == ["Claire Gagné", None, None]


def test_somebody_elses_session_is_not_found() -> None:
    desk, _phone = two_browsers()
    (handle,) = handles(desk.get("/settings/sessions/").content.decode())
    local_person("intrus", given_name="Intrus")
    intruder = Client()
    sign_in(intruder, "intrus")
    assert handles(intruder.get("/settings/sessions/").content.decode()) == []
    assert intruder.post(f"/settings/sessions/{handle}/end/").status_code == 404
    assert Session.objects.filter(person__username="claire").count() == 2


def test_ending_needs_a_form_not_a_link() -> None:
    desk, phone = two_browsers()
    (handle,) = handles(desk.get("/settings/sessions/").content.decode())
    assert desk.get(f"/settings/sessions/{handle}/end/").status_code == 405
    assert desk.get("/settings/sessions/end-others/").status_code == 405
    assert desk.get("/sign-out/").status_code == 405
    assert name_at(phone) == "Claire Gagné"


def test_sign_out_ends_this_session_only() -> None:
    desk, phone = two_browsers()
    old_key = desk.cookies["parvis_session"].value
    assert desk.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert name_at(desk) is None
    assert name_at(phone) == "Claire Gagné"
    desk.cookies["parvis_session"] = old_key
    assert name_at(desk) is None, "a kept cookie opens nothing"


def test_deactivation_ends_sessions_at_once() -> None:
    desk, phone = two_browsers()
    actions.deactivate(Session.objects.first().person)  # type: ignore[union-attr, arg-type]
    assert (name_at(desk), name_at(phone)) == (None, None)
    assert not Session.objects.filter(person__username="claire").exists()


def test_list_costs_the_same_for_many() -> None:
    desk, _phone = two_browsers()
    few = queries_of(desk, "/settings/sessions/")
    for _number in range(10):
        sign_in(Client(), "claire")
    assert queries_of(desk, "/settings/sessions/") == few


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge sur Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome sur Android"),
        ("curl/8.5", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
    ],
)
def test_browser_in_plain_words(user_agent: str, expected: str) -> None:
    assert browser_name(user_agent) == expected
