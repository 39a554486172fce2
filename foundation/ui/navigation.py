"""The left navigation's register: each app adds its own entries from its `AppConfig.ready()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_items: dict[str, NavigationItem] = {}


@dataclass(frozen=True)
class NavigationItem:
    """One entry: `icon` is a name in the sprite, `order` sorts ascending, `on_phone` puts it in the bottom bar too.

    `also`: the beginnings of other addresses where one is still in this part of the portal.
    """

    key: str
    label: str | _StrPromise
    url_name: str
    icon: str
    order: int
    on_phone: bool = False
    also: tuple[str, ...] = ()


def register(item: NavigationItem) -> None:
    """Add an entry; a key registered twice is a programming error."""
    if item.key in _items:
        raise ValueError(f"Navigation item {item.key!r} is already registered.")
    _items[item.key] = item


def items() -> list[NavigationItem]:
    """Return the entries in the order in which they are shown."""
    return sorted(_items.values(), key=lambda item: (item.order, item.key))


def stand_at(request: Any, address: str) -> None:
    """Say that the page answered belongs to the part of the portal where `address` is.

    For pages that serve every kind of thing (its sharing, its register): their own address tells no part of the portal,
    that of the thing does.
    """
    request.stands_at = address


def place_of(request: Any) -> str:
    """The address by which the menu marks where one is: the page's own, unless it stands elsewhere."""
    return getattr(request, "stands_at", request.path)
