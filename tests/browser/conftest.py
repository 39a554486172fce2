"""One portal and one browser for all the tests of this folder; each test gets contexts of its own, and a watch."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.parts import refuse, require

from .places import Place, place_at
from .portal import (
    NARROW,
    PATIENCE,
    PHONE,
    ROOT,
    WIDE,
    Chromium,
    Portal,
    Slapd,
    Watch,
    close,
    set_preference,
    sign_in,
)

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
HEIGHTS = {WIDE: 900, PHONE: 740, NARROW: 640}

Browse = Callable[..., Page]


# The package's, not the session's: Playwright's loop must have ended before other tests run on this worker.
@pytest.fixture(scope="package")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The running portal."""
    require(Slapd)
    require(Chromium)
    if not (ROOT / "intranet" / "static" / "built" / "main.js").exists():
        refuse("the front end is not built: python3 deploy/setup.py test")
    with Portal(tmp_path_factory.mktemp("portal")) as running:
        yield running


@pytest.fixture(scope="package")
def chromium(portal: Portal) -> Iterator[Browser]:
    """One Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=Chromium.find(), args=ARGUMENTS)
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def watch(portal: Portal) -> Iterator[Watch]:
    """What the browsers of this test complain about, which must be nothing."""
    watching = Watch(portal)
    yield watching
    assert not watching.complaints, "\n".join(watching.complaints)


@pytest.fixture
def browse(portal: Portal, chromium: Browser, watch: Watch) -> Iterator[Browse]:
    """Opens a browser of its own for someone, or for nobody: `browse(EMPLOYEE, language="en")` answers a page.

    Options: `width`, `language` and `theme` (of the person), `script=False`, `touch`, `next_page`; and Playwright's.
    """
    contexts: list[BrowserContext] = []

    def opened(
        username: str = "",
        *,
        width: int = WIDE,
        language: str = "fr",
        theme: str = "light",
        script: bool = True,
        touch: bool | None = None,
        next_page: str = "/",
        **options: Any,
    ) -> Page:
        context = chromium.new_context(
            base_url=portal.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            java_script_enabled=script,
            reduced_motion="reduce",
            has_touch=width < 500 if touch is None else touch,
            **{"locale": "fr-CA", **options},
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        if username:
            sign_in(page, username)
            set_preference(page, "language", language)
            set_preference(page, "theme", theme)
            page.goto(next_page)
        return page

    yield opened
    for context in contexts:
        close(context)


@pytest.fixture(scope="package")
def own_portal(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Portal]:
    """A portal that tests kill and start again."""
    with Portal(tmp_path_factory.mktemp("offline")) as running:
        yield running


@pytest.fixture
def place(own_portal: Portal, chromium: Browser) -> Iterator[Place]:
    """That portal, and browsers of its own; only the outage itself may be complained of."""
    with place_at(own_portal, chromium) as made:
        yield made
