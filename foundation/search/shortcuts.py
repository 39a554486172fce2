"""What one does in the portal, found by its name in the search box: « Créer une communauté », "Org chart"."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import override

from foundation.ui.navigation import items

from .analysis import LANGUAGES, STOP, words


def _always(_person: Any) -> bool:
    return True


@dataclass(frozen=True)
class Shortcut:
    """One thing to do: `label` is a verb or the name of a page, `words` other ways to ask for it, in both languages."""

    key: str
    label: str | Promise
    url_name: str
    icon: str
    words: str = ""
    is_shown: Callable[[Any], bool] = _always
    # Its address holds one's own uuid.
    is_own: bool = False

    def url_for(self, person: Any) -> str:
        """Where it is done."""
        return reverse(self.url_name, args=[person.uuid] if self.is_own else [])


_shortcuts: dict[str, Shortcut] = {}


def register_shortcut(shortcut: Shortcut) -> None:
    """Add one. Twice is a programming error: ValueError."""
    if shortcut.key in _shortcuts:
        raise ValueError(f"shortcut registered twice: {shortcut.key}")
    _shortcuts[shortcut.key] = shortcut


@cache
def _words_of(label: str | Promise, besides: str) -> tuple[str, ...]:
    """Its name in both languages, and the other ways to say it."""
    said = []
    for language in LANGUAGES:
        with override(language):
            said.append(str(label))
    return tuple(words(" ".join([*said, besides])))


def shortcuts_for(person: Any, text: str, limit: int = 3) -> list[Shortcut]:
    """Those whose words begin as those of `text`, all of them; what to do before where to go."""
    wanted = [word for word in words(text) if word not in STOP]
    if not wanted:
        return []
    pages = [Shortcut(one.key, one.label, one.url_name, one.icon) for one in items()]
    known = [*_shortcuts.values(), *(page for page in pages if page.key not in _shortcuts)]
    found = []
    for one in known:
        said = _words_of(one.label, one.words)
        if all(any(own.startswith(word) for own in said) for word in wanted) and one.is_shown(person):
            found.append(one)
            if len(found) == limit:
                break
    return found
