"""Looking at one's mail and agenda as a browser does."""

import re
from email.header import Header
from functools import partial
from typing import Any

from django.core.cache import caches
from django.test import Client, TestCase

from applications.looking.readers import readers

HTMX = {"hx-request": "true"}


def shown(html: str) -> str:
    """The words of a page, on one line; no-break spaces are spaces."""
    text = re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "'").replace("&amp;", "&").replace("\u00a0", " ")
    return " ".join(text.split())


def card(client: Client, kind: str, tries: int = 1) -> str:
    """The card as it comes at once."""
    answer = client.get(f"/apps/mailbox/{kind}/?try={tries}", headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def settled(client: Client, kind: str) -> str:
    """The card once nothing is being read any more."""
    card(client, kind)
    readers.wait()
    return card(client, kind, 2)


# What follows the commit happens at its end, as outside of tests.
committed = partial(TestCase.captureOnCommitCallbacks, execute=True)


def give(client: Client, kind: str, secret: str) -> Any:
    """A token, in the form of the page."""
    with committed():
        return client.post(f"/apps/mailbox/{kind}/give/", {f"{kind}-secret": secret})


def home_card(client: Client, kind: str) -> str:
    """The card of the home page, empty when there is none."""
    html = client.get("/").content.decode()
    found = re.search(rf'<div class="mailbox" id="mailbox-{kind}".*?</section>\s*</div>', html, re.S)
    return found[0] if found else ""


def forget_all() -> None:
    """As if nobody had looked yet."""
    readers.wait()
    caches["mailboxes"].clear()


def message(subject: str, sender: str = "Éloïse Tremblay") -> bytes:
    """One with RFC 2047 words in its head."""
    names = Header(sender, "utf-8").encode()
    return (
        f"Subject: {Header(subject, 'utf-8').encode()}\r\nFrom: {names} <eloise@ville.example>\r\n"
        "Date: Mon, 23 Nov 2026 09:00:00 -0500\r\n\r\nLe corps, que personne ici ne lit.\r\n"
    ).encode()
