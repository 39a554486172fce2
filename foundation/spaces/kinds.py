"""What apps tell the floor about their kind of space: its address and the tabs on its pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from .models import Space

_urls: dict[str, Callable[["Space"], str]] = {}
_tabs: list["SpaceTab"] = []


def _always(_person: Any, _space: "Space") -> bool:
    return True


@dataclass(frozen=True)
class SpaceTab:
    """One tab on the pages of a space. `kinds` empty means every kind of space."""

    key: str
    label: str | Promise
    icon: str
    order: int
    url: Callable[["Space"], str]
    kinds: frozenset[str] = frozenset()
    is_shown: Callable[[Any, "Space"], bool] = _always


def register_space_url(kind: str, url: Callable[["Space"], str]) -> None:
    """Say where the spaces of a kind are found. Twice is a programming error: ValueError."""
    if kind in _urls:
        raise ValueError(f"address of {kind} spaces registered twice")
    _urls[kind] = url


def url_of_space(space: Any) -> str:
    """The address of a space, or of anything with its kind and slug.

    Empty while no app shows this kind of space, so that nothing links to nowhere.
    """
    return _urls[space.kind](space) if space.kind in _urls else ""


def register_tab(tab: SpaceTab) -> None:
    """Add a tab to spaces. Twice is a programming error: ValueError."""
    if any(tab.key == other.key for other in _tabs):
        raise ValueError(f"tab registered twice: {tab.key}")
    _tabs.append(tab)
    _tabs.sort(key=lambda one: one.order)


def tabs_of(space: "Space", person: Any) -> list[SpaceTab]:
    """The tabs `person` sees on `space`, in order."""
    return [tab for tab in _tabs if (not tab.kinds or space.kind in tab.kinds) and tab.is_shown(person, space)]
