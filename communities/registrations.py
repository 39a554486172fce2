"""What communities tell the floors below: their kind of content, the address and tabs of their spaces, their menu."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import ask
from foundation.content.kinds import ContentKind, register_kind
from foundation.content.models import Content
from foundation.search.shortcuts import Shortcut, register_shortcut
from foundation.search.sorts import Sort, register_sort
from foundation.spaces.kinds import SpaceTab, register_space_url, register_tab
from foundation.spaces.models import Space
from foundation.ui.addresses import address
from foundation.ui.navigation import NavigationItem, register

from .models import Topic

COMMUNITY = frozenset({Space.Kind.COMMUNITY.value})
# The council's space reads like a community; its address is its own kind's slug.
WITH_TOPICS = frozenset({Space.Kind.COMMUNITY.value, Space.Kind.COUNCIL.value})


def _space_url(space: Space) -> str:
    return address("communities:community", space.slug)


def _topic_url(content: Content) -> str:
    return address("communities:topic", content.space.slug, content.uuid)


def _members_url(space: Space) -> str:
    return address("communities:members", space.slug)


def _settings_url(space: Space) -> str:
    return address("communities:settings", space.slug)


def _communities(reader: Any, keys: Collection[int]) -> Mapping[int, Space]:
    """SECURITY: those that `reader` may know of."""
    return {one.pk: one for one in Space.objects.visible_to(reader).communities().filter(pk__in=keys)}


def _community_out(space: Space) -> dict[str, Any]:
    return {"id": space.uuid, "title": space.name, "url": space.get_absolute_url()}


register_kind(
    ContentKind(
        model=Topic,
        label=_("Discussion"),
        plural=_("Discussions"),
        icon="messages",
        card="communities/topic_card.html",
        url=_topic_url,
        card_needs_kind=False,
        has_presence=True,
    )
)
register_sort(
    Sort(
        kind="community",
        label="spaces.space",
        singular=_("Community"),
        plural=_("Communities"),
        icon="users-group",
        door=_communities,
        row="communities/_community_found.html",
        note=lambda space: space.description,
        of_api=_community_out,
    )
)
register_shortcut(
    Shortcut(
        "new_community",
        _("Create a community"),
        "communities:new",
        "plus",
        "nouvelle new gather",
        lambda person: bool(ask(person, "communities.create", None)),
    )
)
for _kind in WITH_TOPICS:
    register_space_url(_kind, _space_url)
register_tab(SpaceTab("topics", _("Discussions"), "messages", 10, _space_url, WITH_TOPICS))
register_tab(SpaceTab("members", _("Members"), "users", 90, _members_url, WITH_TOPICS))
register_tab(
    SpaceTab(
        "settings",
        _("Settings"),
        "settings",
        100,
        _settings_url,
        WITH_TOPICS,
        lambda person, space: bool(ask(person, "spaces.manage", space)),
    )
)
register(
    NavigationItem("communities", _("Communities"), "communities:communities", "users-group", order=30, on_phone=True)
)
