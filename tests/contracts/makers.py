"""How to make one object of each kind of content, by its own actions. A kind without a maker fails its contract."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from applications.actions import add_application
from communities.actions import start_topic
from directory.actions import create_unit
from foundation.audiences.principals import EVERYONE, forget
from foundation.content.models import Content
from foundation.spaces.models import Membership, Role, Space
from publications.actions import publish_now, start_draft
from publications.actions.alerts import Wording, raise_alert
from publications.actions.pages import write_page
from publications.actions.sites import open_pages
from publications.models import Severity, Site
from publications.starting import StartingPage, text
from whiteboards.actions import create_board

Maker = Callable[[Space, Any, str], Content]


def _topic(space: Space, author: Any, title: str) -> Content:
    return start_topic(space, title, "Texte du sujet.", actor=author)


def _application(space: Space, author: Any, title: str) -> Content:
    return add_application(
        space, actor=author, title=title, title_translated=f"{title} (en)", address="https://outil.ville.example/"
    )


def _notice(space: Space, author: Any, title: str) -> Content:
    """One published notice: drafted, and published by the rule that lets one person do both."""
    site = Site.objects.filter(space=space).first()
    if site is None:
        unit = create_unit(f"U{space.pk}", f"Unité {space.pk}", kind="service")
        site = Site.objects.create(space=space, unit=unit, code=f"S{space.pk}", four_eyes=False)
    Membership.objects.filter(space=space, person=author).update(role=Role.OWNER)
    forget(author)
    drafted = start_draft(Space.objects.get(pk=space.pk), {"title": title, "body": "<p>Texte.</p>"}, actor=author)
    return publish_now(drafted, actor=author)


def _alert(space: Space, author: Any, title: str) -> Content:
    site, _new = Site.objects.get_or_create(space=space, defaults={"unit": author.unit, "code": f"S{space.pk}"})
    return raise_alert(
        site,
        Wording(title, f"{title} (en)", "Ce qui se passe.", "What happens."),
        actor=author,
        severity=Severity.INFO,
        ends=timezone.now() + timedelta(hours=4),
        audience={EVERYONE},
    )


def _page(space: Space, author: Any, title: str) -> Content:
    site = Site.objects.filter(space=space).first() or open_pages(space, author.unit, actor=author)
    body = [text("<p>Texte de la page.</p>")]
    slug = f"page-{site.root_page.numchild + 1}"
    return write_page(site.root_page, StartingPage(slug, title, body_fr=body), actor=author)


def _board(space: Space, author: Any, title: str) -> Content:
    return create_board(title, space=space, template="retrospective", actor=author)


MAKERS: dict[str, Maker] = {
    "topic": _topic,
    "application": _application,
    "notice": _notice,
    "alert": _alert,
    "page": _page,
    "board": _board,
}
# Where each kind is listed on a page, given its space.
LISTS: dict[str, Callable[[Space], str]] = {
    "topic": lambda space: f"/communities/{space.slug}/",
    "application": lambda space: "/apps/",
    "notice": lambda space: "/notices/",
    "alert": lambda space: "/alerts/",
    "page": lambda space: f"/sites/{space.slug}/",
    "board": lambda space: f"/boards/in/{space.slug}/",
}
API_LISTS: dict[str, Callable[[Space], str]] = {
    "topic": lambda space: f"/api/v1/communities/{space.uuid}/topics?limit=100",
    "application": lambda space: "/api/v1/applications?limit=100",
    "notice": lambda space: "/api/v1/notices?limit=100",
    "alert": lambda space: "/api/v1/alerts?limit=100",
    "page": lambda space: f"/api/v1/sites/{space.uuid}/pages?limit=100",
    "board": lambda space: f"/api/v1/boards?space={space.uuid}&limit=100",
}
