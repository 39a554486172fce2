"""How to make one object of each kind of content, by its own actions. A kind without a maker fails its contract."""

from collections.abc import Callable
from typing import Any

from applications.actions import add_application
from communities.actions import start_topic
from foundation.content.models import Content
from foundation.spaces.models import Space
from publications.actions.pages import write_page
from publications.actions.sites import open_pages
from publications.models import Site
from publications.starting import StartingPage, text

Maker = Callable[[Space, Any, str], Content]


def _topic(space: Space, author: Any, title: str) -> Content:
    return start_topic(space, title, "Texte du sujet.", actor=author)


def _application(space: Space, author: Any, title: str) -> Content:
    return add_application(
        space, actor=author, title=title, title_translated=f"{title} (en)", address="https://outil.ville.example/"
    )


def _page(space: Space, author: Any, title: str) -> Content:
    site = Site.objects.filter(space=space).first() or open_pages(space, author.unit, actor=author)
    body = [text("<p>Texte de la page.</p>")]
    slug = f"page-{site.root_page.numchild + 1}"
    return write_page(site.root_page, StartingPage(slug, title, body_fr=body), actor=author)


MAKERS: dict[str, Maker] = {"topic": _topic, "application": _application, "page": _page}
# Where each kind is listed on a page, given its space.
LISTS: dict[str, Callable[[Space], str]] = {
    "topic": lambda space: f"/communities/{space.slug}/",
    "application": lambda space: "/apps/",
    "page": lambda space: f"/sites/{space.slug}/",
}
API_LISTS: dict[str, Callable[[Space], str]] = {
    "topic": lambda space: f"/api/v1/communities/{space.uuid}/topics?limit=100",
    "application": lambda space: "/api/v1/applications?limit=100",
    "page": lambda space: f"/api/v1/sites/{space.uuid}/pages?limit=100",
}
