"""The menu of a site: its pages that are in it, two levels, as whoever reads sees them."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from wagtail.models import Page

from .models import PageContent, Site
from .models.pages import HOME_DEPTH

LEVELS = 2
MOST = 200


@dataclass
class Entry:
    """One line of the menu, and those below it."""

    title: str
    url: str
    path: str
    language: str
    is_current: bool = False
    is_open: bool = False
    children: list["Entry"] = field(default_factory=list)


def menu_of(site: Site, reader: Any, current: str = "") -> list[Entry]:
    """One query. `current`: the path in the tree of the page being read. SECURITY: published pages that `reader` may
    see; a page whose parent they may not see is not shown either."""
    rows = PageContent.objects.in_space(site.space).visible_to(reader).published()
    rows = rows.filter(page__show_in_menus=True, page__depth__lte=HOME_DEPTH + LEVELS, page__depth__gt=HOME_DEPTH)
    # The place alone, and not the page: its bodies would come along.
    placed = rows.annotate(path=F("page__path"), url_path=F("page__url_path")).in_tree_order()
    found: list[Entry] = []
    by_path: dict[str, Entry] = {}
    for one in placed.only("kind", "title", "title_translated", "language")[:MOST]:
        entry = Entry(one.display_title, one.url_path, one.path, one.language)
        entry.is_current = one.path == current
        entry.is_open = bool(current) and current.startswith(one.path)
        above = by_path.get(one.path[: -Page.steplen])
        if len(one.path) == (HOME_DEPTH + 1) * Page.steplen:
            found.append(entry)
        elif above is not None:
            above.children.append(entry)
        by_path[one.path] = entry
    return found


def steps_to(page: Any, site: Site, reader: Any) -> list[dict[str, str]]:
    """The breadcrumb: the site and the pages above this one. One query, none for pages of the first level."""
    steps = [{"label": site.space.name, "url": site.get_absolute_url()}]
    if page.depth <= HOME_DEPTH + 1:
        return steps if page.depth > HOME_DEPTH else []
    paths = [page.path[: depth * Page.steplen] for depth in range(HOME_DEPTH + 1, page.depth)]
    above = PageContent.objects.in_space(site.space).visible_to(reader).filter(page__path__in=paths)
    return [
        *steps,
        *(
            {"label": one.display_title, "url": one.url_path}
            for one in above.annotate(url_path=F("page__url_path")).in_tree_order()
        ),
    ]
