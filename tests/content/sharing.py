"""What tests of sharing share: its page, and how one shares by it."""

import re
from html import unescape
from typing import Any

from django.test import Client

from foundation.content.models import Content


def page_of(content: Content) -> str:
    return f"/content/{content.uuid}/sharing/"


def main(answer: Any) -> str:
    """What the page says, its spaces all alike."""
    page = answer.content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(page))


def share(client: Client, content: Content, *people: Any, **values: Any) -> Any:
    keys = [one if isinstance(one, str) else f"person:{one.uuid}" for one in people]
    return client.post(page_of(content), {"people": keys, **values})
