"""Communities and topics in the REST API."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status

from foundation.content.api import Item, Listing, Paging, item_of, listing
from foundation.spaces import actions as space_actions
from foundation.spaces.models import Space
from foundation.spaces.querysets import my_space_ids

from . import actions
from .models import Topic

router = Router(tags=["communities"])


class CommunityOut(Item):
    """A community of practice."""

    description: str
    access: str
    is_member: bool


class TopicOut(Item):
    """A topic, with its text in Markdown."""

    language: str
    space: UUID
    author: UUID
    author_name: str
    body: str
    created: datetime
    updated: datetime


class TopicIn(Schema):
    """A new topic, in Markdown."""

    title: str
    body: str
    language: Literal["fr", "en"] = "fr"
    sending_key: str | None = None


def _community(space: Space, mine: set[int]) -> dict[str, Any]:
    return {
        "id": space.uuid,
        "kind": space.kind,
        "title": space.name,
        "url": space.get_absolute_url(),
        "description": space.description,
        "access": space.access,
        "is_member": space.pk in mine,
    }


def _topic(topic: Topic) -> dict[str, Any]:
    author = {"author": topic.author.uuid, "author_name": topic.author.name}
    return {**item_of(topic), **author, "body": topic.body}


def _mine(request: HttpRequest) -> set[int]:
    return set(my_space_ids(request.user))


def _space(request: HttpRequest, uuid: UUID) -> Space:
    return get_object_or_404(Space.objects.visible_to(request.user).with_topics(), uuid=uuid)


@router.get("/communities", response=Listing[CommunityOut])
def communities(request: HttpRequest, paging: Query[Paging], q: str = "") -> dict[str, Any]:
    """The communities I may know of, newest first."""
    mine = _mine(request)
    found = Space.objects.visible_to(request.user).communities().matching(q[:100])
    return listing(found, paging, lambda one: _community(one, mine), by="created")


@router.get("/communities/{uuid}", response=CommunityOut)
def community(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """One community."""
    return _community(_space(request, uuid), _mine(request))


@router.post("/communities/{uuid}/join", response={204: None})
def join(request: HttpRequest, uuid: UUID) -> Any:
    """Become a member."""
    space_actions.join(_space(request, uuid), actor=request.user)
    return Status(204, None)


@router.get("/communities/{uuid}/topics", response=Listing[TopicOut])
def topics(request: HttpRequest, uuid: UUID, paging: Query[Paging]) -> dict[str, Any]:
    """The topics of a community, the liveliest first."""
    space = _space(request, uuid)
    return listing(Topic.objects.in_space(space).visible_to(request.user).published().with_row(), paging, _topic)


@router.post("/communities/{uuid}/topics", response={201: TopicOut})
def start_topic(request: HttpRequest, uuid: UUID, data: TopicIn) -> Any:
    """Start a topic. With a `sending_key`, sending again starts nothing."""
    space = _space(request, uuid)
    key = (data.sending_key or "")[:64]
    made = actions.start_topic(
        space, data.title, data.body, actor=request.user, language=data.language, sending_key=key
    )
    return Status(201, _topic(made))


@router.get("/topics/{uuid}", response=TopicOut)
def topic(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """One topic."""
    return _topic(get_object_or_404(Topic.objects.visible_to(request.user).with_row(), uuid=uuid))
