"""What sites tell the floors below: pages as a kind of content, the address of sites, menu, search."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.audiences.policies import ask
from foundation.content.kinds import ContentKind, register_kind
from foundation.content.models import Content
from foundation.search.shortcuts import Shortcut, register_shortcut
from foundation.search.sorts import Sort, register_sort
from foundation.spaces.kinds import register_space_url
from foundation.spaces.models import Space
from foundation.ui.addresses import address
from foundation.ui.navigation import NavigationItem, register

from ..models import PageContent, Site
from ..models.pages import page_address


def _site_url(space: Space) -> str:
    return address("publications:site", space.slug)


def _page_url(content: Content) -> str:
    return page_address(content.space.slug, content.uuid)


def _sites(reader: Any, keys: Collection[int]) -> Mapping[int, Site]:
    """SECURITY: those whose space `reader` reads."""
    return {one.pk: one for one in Site.objects.visible_to(reader).filter(pk__in=keys).with_space()}


def _site_out(site: Site) -> dict[str, Any]:
    return {"id": site.space.uuid, "title": site.space.name, "url": site.get_absolute_url()}


register_kind(
    ContentKind(
        model=PageContent,
        label=_("Page of a site"),
        plural=_("Pages of sites"),
        icon="world",
        card="publications/sites/page_card.html",
        url=_page_url,
        card_needs_kind=False,
        changing="publications.edit_page",
    )
)
register_space_url(Space.Kind.SITE.value, _site_url)
register_sort(
    Sort(
        kind="site",
        label="publications.site",
        singular=_("Site"),
        plural=_("Sites"),
        icon="building-community",
        door=_sites,
        row="publications/sites/_site_found.html",
        note=lambda site: site.unit.name,
        of_api=_site_out,
    )
)
register_shortcut(
    Shortcut(
        "desk",
        _("Edit a site"),
        "wagtailadmin_home",
        "edit",
        "bureau rédaction desk publier page",
        lambda person: bool(ask(person, "publications.use_desk", None)),
    )
)
register_shortcut(
    Shortcut(
        "new_site",
        _("Open a site"),
        "publications:new_site",
        "plus",
        "nouveau site new borough arrondissement",
        lambda person: bool(ask(person, "publications.create_site", None)),
    )
)
register(NavigationItem("sites", _("Sites"), "publications:sites", "building-community", order=25, also=("/sites/",)))
