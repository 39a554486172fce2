"""A board on two servers of one portal, as production has it, on PostgreSQL and Redis: they are one room, work on while
Redis is away, and meet again; one is killed, and nothing that was called saved is lost."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.parts import PrivatePostgres, PrivateRedis, require

from .boards import (
    OFFLINE,
    SAVED,
    add,
    agree_with_server,
    draw,
    is_saved,
    new_board,
    open_board,
    show_list,
    state,
    stored,
    texts,
)
from .places import SERVER_SECONDS, Place, place_at
from .portal import EMPLOYEE, HOST, Portal, Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@dataclass
class Machines:
    """What runs: a portal, a second server of it, and what both speak through."""

    portal: Portal
    second: Server
    redis: PrivateRedis


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Machines]:
    require(PrivatePostgres)
    require(PrivateRedis)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="parvis-servers-")))
        # The servers may run as another user.
        folder.chmod(0o755)
        postgres = stack.enter_context(PrivatePostgres(folder / "postgres"))
        redis = stack.enter_context(PrivateRedis(folder / "redis"))
        environment = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
        portal = stack.enter_context(Portal(tmp_path_factory.mktemp("servers"), environment))
        yield Machines(portal, stack.enter_context(portal.second_server()), redis)


@pytest.fixture
def place(machines: Machines, chromium: Browser) -> Iterator[Place]:
    with place_at(machines.portal, chromium) as made:
        yield made


def here(page: Page, people: int) -> Locator:
    """The button that says how many people are on the board."""
    return page.get_by_role("button", name=f"{people} personnes sur ce tableau")


def alone(page: Page) -> Locator:
    """The same of somebody who is there alone."""
    return page.get_by_role("button", name="1 personne sur ce tableau")


@pytest.fixture
def board(place: Place, machines: Machines) -> tuple[Page, Page, str]:
    """One person's page at the first server, another's at the second, on the same board, which has one thing on it;
    and the board's address at the first."""
    one, other = place.browse(HOST), place.browse(EMPLOYEE, machines.second)
    address = new_board(one, "Deux serveurs")
    open_board(other, address.replace(machines.portal.url, machines.second.url))
    for page in (one, other):
        show_list(page)
    add(one, "Commun")
    expect(texts(other)).to_have_text(["Commun"])
    for page in (one, other):
        is_saved(page)
        expect(here(page, 2)).to_be_visible()
    return one, other, address


def test_two_servers_are_one_board(board: tuple[Page, Page, str]) -> None:
    one, other, address = board
    add(other, "Du second serveur")
    expect(texts(one).get_by_text("Du second serveur")).to_be_visible()
    draw(one, "rectangle", (420, 600), (560, 700))
    draw(other, "ellipse", (620, 600), (760, 700))
    for page in (one, other):
        is_saved(page)
        expect(page.get_by_role("button", name="2 formes sans texte")).to_be_visible()
    assert len(agree_with_server(address, one, other)) >= 4
    # Who goes is no longer there, for those of the other server too.
    other.goto("/")
    expect(alone(one)).to_be_visible()


def test_redis_goes_while_both_draw_and_comes_back(board: tuple[Page, Page, str], machines: Machines) -> None:
    one, other, address = board
    machines.redis.stop()
    add(one, "Sans Redis, de Paolo")
    add(other, "Sans Redis, de Claire")
    draw(one, "rectangle", (420, 600), (560, 700))
    draw(other, "ellipse", (620, 600), (760, 700))
    # Saved is what is in the database, whoever else has heard of it: both are told so, and it is true.
    for page in (one, other):
        is_saved(page)
    kept = {each["originalText"] for each in stored(one, address) if each["type"] == "text"}
    assert kept == {"Commun", "Sans Redis, de Paolo", "Sans Redis, de Claire"}
    expect(texts(one).get_by_text("Sans Redis, de Claire")).to_have_count(0)
    expect(texts(other).get_by_text("Sans Redis, de Paolo")).to_have_count(0)
    # Who is not heard of for long is not said to be there.
    for page in (one, other):
        expect(alone(page)).to_be_visible(timeout=SERVER_SECONDS)
    machines.redis.start()
    # Nobody has to do anything for them to meet again.
    expect(texts(one).get_by_text("Sans Redis, de Claire")).to_be_visible(timeout=SERVER_SECONDS)
    expect(texts(other).get_by_text("Sans Redis, de Paolo")).to_be_visible(timeout=SERVER_SECONDS)
    agree_with_server(address, one, other)
    for page in (one, other):
        expect(here(page, 2)).to_be_visible()
    # And from here on they are as before.
    add(other, "Comme avant")
    expect(texts(one).get_by_text("Comme avant")).to_be_visible()


def test_one_server_is_killed_and_what_it_called_saved_is_there(
    board: tuple[Page, Page, str], machines: Machines
) -> None:
    one, other, address = board
    add(other, "Enregistré avant")
    draw(other, "rectangle", (420, 600), (560, 700))
    is_saved(other)
    # Killed with something in hand, which is not called saved.
    add(other, "Pas encore")
    machines.second.kill_server()
    expect(state(other)).to_have_text(OFFLINE)
    add(other, "Sans serveur")
    # The other one goes on alone, with everything that was acknowledged.
    add(one, "Pendant ce temps")
    is_saved(one)
    kept = {each["originalText"] for each in stored(one, address) if each["type"] == "text"}
    assert {"Commun", "Enregistré avant", "Pendant ce temps"} <= kept
    expect(alone(one)).to_be_visible(timeout=SERVER_SECONDS)
    expect(state(other)).to_have_text(OFFLINE)
    machines.second.start_again()
    expect(state(other)).to_have_text(SAVED, timeout=SERVER_SECONDS)
    written = ["Commun", "Enregistré avant", "Pas encore", "Pendant ce temps", "Sans serveur"]
    for page in (one, other):
        for words in written:
            expect(texts(page).get_by_text(words, exact=True)).to_be_visible()
        expect(here(page, 2)).to_be_visible()
    agree_with_server(address, one, other)
    assert sorted(each["originalText"] for each in stored(one, address) if each["type"] == "text") == written
