"""What boards tell the floors below: their kind of content, their tab on spaces, their menu, their block on pages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.content.kinds import ContentKind, ShareRole, register_kind
from foundation.content.models import Content
from foundation.search.shortcuts import Shortcut, register_shortcut
from foundation.spaces.kinds import SpaceTab, register_space_url, register_tab
from foundation.spaces.models import Role, Space
from foundation.ui.addresses import address
from foundation.ui.navigation import NavigationItem, register
from foundation.ui.page_blocks import BlockField, PageBlock, register_page_block

from .blocks import boards_in_blocks
from .models import Board

# The spaces whose pages have tabs.
WITH_TABS = frozenset({Space.Kind.COMMUNITY.value, Space.Kind.COUNCIL.value})


def _board_url(content: Content) -> str:
    return address("whiteboards:board", content.uuid)


def _discussion_url(content: Content) -> str:
    return address("whiteboards:view", content.uuid)


def _boards_url(space: Space) -> str:
    return address("whiteboards:in_space", space.slug)


def _personal_url(_space: Any) -> str:
    return reverse("whiteboards:boards") + "?which=mine"


register_kind(
    ContentKind(
        model=Board,
        label=_("Whiteboard"),
        plural=_("Whiteboards"),
        icon="chalkboard",
        card="whiteboards/board_card.html",
        url=_board_url,
        discussion=_discussion_url,
        readers_comment=True,
        changing="whiteboards.change",
        attaching="whiteboards.draw",
        share_roles=(
            ShareRole(Role.READER, _("May look"), _("you may look at it")),
            ShareRole(Role.CONTRIBUTOR, _("May draw"), _("you may draw on it")),
        ),
        card_needs_kind=False,
    )
)
register_space_url(Space.Kind.PERSONAL.value, _personal_url)
register_tab(SpaceTab("boards", _("Whiteboards"), "chalkboard", 40, _boards_url, WITH_TABS))
register_shortcut(
    Shortcut(
        "new_board", _("Create a whiteboard"), "whiteboards:new", "plus", "tableau blanc dessin croquis board draw"
    )
)
register(NavigationItem("boards", _("Whiteboards"), "whiteboards:boards", "chalkboard", order=45, also=("/boards/",)))
register_page_block(
    PageBlock(
        "board",
        _("Whiteboard"),
        "whiteboards/_block.html",
        [BlockField("address", _("Address of the board"), "address")],
        boards_in_blocks,
    )
)
