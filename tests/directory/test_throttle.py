"""The limit on failed sign-ins."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory

from directory.throttle import client_address

from .conftest import PASSWORD, local_person, name_at, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    settings.SIGN_IN_FAILURES_PER_ACCOUNT = 3
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 6
    settings.SIGN_IN_WINDOW = 300


def test_account_is_locked_and_opens_again(client: Client) -> None:
    local_person()
    with time_machine.travel("2026-11-23 09:00:00-05:00", tick=False) as clock:
        for _attempt in range(3):
            assert sign_in(client, "claire", "non").status_code == 200
        refused = sign_in(client, "claire", PASSWORD, headers={"accept-language": "fr"})
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "300"
        assert "Réessayez dans 5\N{NO-BREAK SPACE}minutes" in refused.content.decode()
        assert name_at(client) is None
        clock.shift(301)
        assert sign_in(client, "claire", PASSWORD).status_code == 302


def test_lock_is_the_same_for_who_does_not_exist(client: Client) -> None:
    local_person()
    pages = {}
    for name, address in (("claire", "203.0.113.1"), ("personne", "203.0.113.2")):
        answers = [sign_in(client, name, "non", REMOTE_ADDR=address) for _attempt in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        page = answers[-1].content.decode().replace(name, "…")
        pages[name] = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    assert pages["claire"] == pages["personne"]


@pytest.mark.parametrize("variant", ["CLAIRE", " claire ", "ｃlaire"])
def test_other_spellings_are_the_same_account(client: Client, variant: str) -> None:
    for name in ("claire", variant, "claire"):
        sign_in(client, name, "non")
    assert sign_in(client, variant, "non").status_code == 429


def test_success_starts_the_account_afresh(client: Client) -> None:
    local_person()
    for _round in range(3):
        for _attempt in range(2):
            sign_in(client, "claire", "non")
        assert sign_in(Client(), "claire").status_code == 302
        client = Client(REMOTE_ADDR=f"203.0.113.{_round + 1}")


def test_address_is_locked_for_every_account(client: Client) -> None:
    local_person()
    for number in range(6):
        assert sign_in(client, f"inconnu{number}", "non").status_code == 200
    assert sign_in(client, "claire").status_code == 429
    assert sign_in(client, "claire", REMOTE_ADDR="203.0.113.7").status_code == 302


def test_own_success_does_not_wipe_out_failures_on_others(client: Client) -> None:
    local_person()
    for number in range(5):
        sign_in(client, f"inconnu{number}", "non")
    assert sign_in(Client(), "claire").status_code == 302
    assert sign_in(client, "inconnu-a", "non").status_code == 200
    assert sign_in(client, "inconnu-b", "non").status_code == 429


def test_claimed_address_is_not_believed(client: Client) -> None:
    """Without proxies of ours, X-Forwarded-For is what the attacker likes."""
    for number in range(6):
        sign_in(client, f"inconnu{number}", "non", headers={"x-forwarded-for": f"198.51.100.{number}"})
    assert sign_in(client, "inconnu", "non", headers={"x-forwarded-for": "198.51.100.99"}).status_code == 429


def test_incomplete_forms_do_not_count(client: Client) -> None:
    local_person()
    for _attempt in range(8):
        assert sign_in(client, "claire", "").status_code == 200
    assert sign_in(client, "claire").status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "198.51.100.1", "198.51.100.1"),
        (1, "", "127.0.0.1"),
        (1, "n'importe quoi", "127.0.0.1"),
        (1, "198.51.100.1:40312", "198.51.100.1"),
        (1, "[2001:db8::1]:40312", "2001:db8::1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_client_address(settings: Any, proxies: int, forwarded: str, expected: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})
    assert client_address(request) == expected


def test_one_ipv6_home_is_one_address(client: Client) -> None:
    for number in range(6):
        sign_in(client, f"inconnu{number}", "non", REMOTE_ADDR=f"2001:db8::{number:x}")
    assert sign_in(client, "inconnu", "non", REMOTE_ADDR="2001:db8::ffff:1").status_code == 429
    assert sign_in(client, "inconnu", "non", REMOTE_ADDR="2001:db8:0:1::1").status_code == 200
