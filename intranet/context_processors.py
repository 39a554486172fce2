"""What the frame around every signed-in page needs. Lazy: a page without frame costs nothing."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from directory.querysets import folded
from foundation.activity.models import Notification
from foundation.spaces.models import Space
from foundation.spaces.querysets import my_spaces, readable_space_ids
from foundation.ui.navigation import items, place_of
from publications.banners import banner_of, render_banner

# The menu shows this many of my spaces; the page of communities shows them all.
SPACES = 8


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    label: str
    url: str
    icon: str
    is_current: bool
    on_phone: bool


@dataclass(frozen=True)
class SpaceEntry:
    """One of my spaces in the menu."""

    name: str
    url: str
    is_current: bool


class Frame:
    """Header, menu and bottom bar, each worked out when the template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.brand = settings.BRAND_NAME
        self.city = settings.CITY_NAME
        self.language = get_language() or "fr"
        self.other_language = "en" if self.language == "fr" else "fr"

    @property
    def theme(self) -> str:
        return getattr(self._request.user, "theme", "auto")

    @cached_property
    def navigation(self) -> tuple[Entry, ...]:
        path = place_of(self._request)
        entries = []
        for item in items():
            url = reverse(item.url_name)
            is_current = path == url or (url != "/" and path.startswith((url, *item.also)))
            entries.append(Entry(str(item.label), url, item.icon, is_current, item.on_phone))
        return tuple(entries)

    @cached_property
    def spaces(self) -> tuple[SpaceEntry, ...]:
        """My communities, by name."""
        shown = [
            one for one in my_spaces(self._request.user) if one.kind == Space.Kind.COMMUNITY and not one.is_archived
        ]
        shown.sort(key=lambda one: folded(one.name))
        path = self._request.path
        return tuple(
            SpaceEntry(one.name, url, path == url) for one in shown[:SPACES] if (url := one.get_absolute_url())
        )

    @cached_property
    def readable_spaces(self) -> frozenset[int]:
        """SECURITY: of other spaces not even the name is shown, though something in them may have been shared."""
        return frozenset(readable_space_ids(self._request.user))

    @property
    def suggest_url(self) -> str:
        """Where the header's box asks for suggestions."""
        return reverse("search:suggest")

    @property
    def banner(self) -> str:
        """The alerts that last now, on top of the page."""
        return render_banner(banner_of(self._request.user))

    @cached_property
    def unread(self) -> int:
        return Notification.objects.unread_count(self._request.user)


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
