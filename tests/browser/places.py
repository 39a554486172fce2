"""Portals of a test's own, whose parts may be stopped and killed while people work."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page

from .portal import PATIENCE, WIDE, Portal, Served, Watch, close, sign_in

# What browsers say by themselves of a server that does not answer.
OUTAGE = re.compile(
    r"ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_INTERNET_DISCONNECTED|WebSocket connection to|ERR_EMPTY"
)
# Milliseconds until a server that was started, or a line between servers, serves a page again.
SERVER_SECONDS = 60_000


@dataclass
class Place:
    """A portal, and browsers that are watched: `watches` has one for each of them."""

    portal: Portal
    chromium: Browser
    watches: list[Watch] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def browse(self, username: str, server: Served | None = None, *, keeps: bool = True) -> Page:
        """A browser of somebody's own, at one of the portal's servers: its first when none is named. keeps: whether it
        has a place for what pages want to keep."""
        watch = Watch(server or self.portal)
        context = self.chromium.new_context(
            base_url=watch.portal.url, viewport={"width": WIDE, "height": 900}, reduced_motion="reduce", locale="fr-CA"
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        self.watches.append(watch)
        watch.over(context)
        if not keeps:
            context.add_init_script("Object.defineProperty(self, 'indexedDB', { value: undefined })")
        page = context.new_page()
        sign_in(page, username)
        return page


@contextmanager
def place_at(portal: Portal, chromium: Browser) -> Iterator[Place]:
    """Nothing may be complained about at the end but the outages."""
    made = Place(portal, chromium)
    yield made
    for context in made.contexts:
        close(context)
    complaints = [one for watch in made.watches for one in watch.complaints if not OUTAGE.search(one)]
    assert not complaints, "\n".join(complaints)
