"""How to make one object of each kind of content, by its own actions. A kind without a maker fails its contract."""

from collections.abc import Callable
from typing import Any

from applications.actions import add_application
from communities.actions import start_topic
from foundation.content.models import Content
from foundation.spaces.models import Space

Maker = Callable[[Space, Any, str], Content]


def _topic(space: Space, author: Any, title: str) -> Content:
    return start_topic(space, title, "Texte du sujet.", actor=author)


def _application(space: Space, author: Any, title: str) -> Content:
    return add_application(
        space, actor=author, title=title, title_translated=f"{title} (en)", address="https://outil.ville.example/"
    )


MAKERS: dict[str, Maker] = {"topic": _topic, "application": _application}
# Where each kind is listed on a page, given its space.
LISTS: dict[str, Callable[[Space], str]] = {
    "topic": lambda space: f"/communities/{space.slug}/",
    "application": lambda space: "/apps/",
}
API_LISTS: dict[str, Callable[[Space], str]] = {
    "topic": lambda space: f"/api/v1/communities/{space.uuid}/topics?limit=100",
    "application": lambda space: "/api/v1/applications?limit=100",
}
