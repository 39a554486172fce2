"""The launcher of one person, put together: favourites, recents, new ones, then everything by category."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from directory.querysets import folded
from foundation.ui.pairs import reading_language

from .models import OPEN_STAGES, Application
from .querysets.launcher import FAVOURITES_READ, Mine, mine_for, tiles_for
from .tiles import Face, Look, face_of, joined

RECENT, NEW = 6, 6
# Seconds.
NEW_FOR = 30 * 24 * 3600
ON_HOME = 8
# Of the favourites, how many are asked for where eight are shown: some may not be seen, or retired.
CONSIDERED = 40


@dataclass(frozen=True)
class Section:
    """A titled part of the launcher. `is_hidden`: none of its tiles answers the words searched for."""

    key: str
    title: str
    tiles: str
    is_hidden: bool = False


@dataclass
class Launcher:
    """What the launcher of `person` shows, in the active language. Two queries, whatever there is.

    words: searched for, by `?q=`: what does not answer them is drawn hidden, so that a script can show it again.
    """

    person: Any
    words: str = ""
    is_arranging: bool = False
    now: datetime = field(default_factory=timezone.now)
    _pieces: list[list[bytes]] = field(default_factory=list)

    @cached_property
    def mine(self) -> Mine:
        return mine_for(self.person)

    @cached_property
    def language(self) -> str:
        return reading_language()

    @cached_property
    def faces(self) -> dict[int, Face]:
        """Every application the person sees, in the order of the launcher."""
        language = self.language
        found = [face_of(language, one) for one in tiles_for(self.person, language)]
        found.sort(key=lambda one: one.order)
        return {one.row.pk: one for one in found}

    @property
    def shape(self) -> str:
        """`grid` or `list`."""
        return self.mine.shape

    @property
    def is_empty(self) -> bool:
        return not self.faces

    @cached_property
    def chosen(self) -> list[int]:
        """The favourites that the person sees, in order."""
        return [pk for pk in self.mine.chosen[:FAVOURITES_READ] if pk in self.faces]

    @cached_property
    def favourites(self) -> SafeString:
        """The tiles of the favourites."""
        return self._tiles(self.chosen, self.shape, with_origin=True)

    @cached_property
    def places(self) -> SafeString:
        """The favourites as a list to put in order."""
        return self._tiles(self.chosen, "place")

    @property
    def spaces(self) -> set[int]:
        """The registers that hold what the person sees, by key."""
        return {one.row.space for one in self.faces.values()}

    @property
    def can_arrange(self) -> bool:
        """Whether there is something to put in order."""
        return bool(set(self.chosen) - set(self.mine.forced))

    @property
    def count(self) -> int:
        """How many applications the person sees, or how many answer the words."""
        return len(self.faces) if self._found is None else len(self._found)

    @cached_property
    def sections(self) -> list[Section]:
        """Recents and new ones, unless words are searched for; then all of them by category."""
        sections = []
        if self.recents:
            sections.append(self._aside("recent", _("Opened lately"), self.recents))
        if self.news:
            sections.append(self._aside("new", pgettext("applications", "New"), self.news))
        for category, faces in groupby(self.faces.values(), key=lambda one: one.category):
            members = [one.row.pk for one in faces]
            kept = members if self._found is None else [pk for pk in members if pk in self._found]
            tiles = self._later(self._drawn(members, self.shape, shown=self._found))
            sections.append(Section(f"category-{category}", _category(category), tiles, not kept))
        return sections

    @cached_property
    def recents(self) -> list[int]:
        return [pk for pk in self.mine.recent if pk in self.faces][:RECENT]

    @cached_property
    def news(self) -> list[int]:
        """Went into service in the last month, and was never opened."""
        now, opened = int(self.now.timestamp()), self.mine.opened
        since = now - NEW_FOR
        found = [
            (one.in_service, pk)
            for pk, one in self.faces.items()
            if since <= one.in_service <= now and pk not in opened and one.stage in OPEN_STAGES
        ]
        return [pk for _at, pk in sorted(found, reverse=True)[:NEW]]

    @cached_property
    def _found(self) -> frozenset[int] | None:
        """What answers the words; None when none were given."""
        wanted = folded(self.words).split()
        if not wanted:
            return None
        return frozenset(pk for pk, one in self.faces.items() if all(word in one.words for word in wanted))

    def _aside(self, key: str, title: str, members: Sequence[int]) -> Section:
        return Section(key, title, self._later(self._drawn(members, self.shape)), self._found is not None)

    def _later(self, tiles: list[bytes]) -> SafeString:
        """A mark in the page, where `page` puts the tiles: a template would copy them half a dozen times."""
        self._pieces.append(tiles)
        return mark_safe(f"{MARK}{len(self._pieces) - 1}{MARK}")

    def page(self, html: str) -> bytes:
        """The page with the tiles in their places."""
        parts: list[bytes] = []
        for number, text in enumerate(html.split(MARK)):
            parts.extend(self._pieces[int(text)] if number % 2 else [text.encode()])
        return b"".join(parts)

    def _tiles(self, members: Iterable[int], shape: str, *, with_origin: bool = False) -> SafeString:
        return joined(self._drawn(members, shape, with_origin=with_origin))

    def _drawn(
        self,
        members: Iterable[int],
        shape: str,
        *,
        with_origin: bool = False,
        shown: frozenset[int] | None = None,
    ) -> list[bytes]:
        """The tiles of `members`; those that are not `shown` are drawn hidden."""
        now, faces, personal = self.now, self.faces, self._personal
        plain, drawn = Look(shape), []
        for pk in members:
            own = pk in personal
            tile = self._own(pk, shape, with_origin=with_origin) if own else faces[pk].draw(plain, 0, now)
            drawn.append(tile if shown is None or pk in shown else b"<li hidden" + tile[3:])
        return drawn

    def _own(self, pk: int, shape: str, *, with_origin: bool) -> bytes:
        """A tile that shows something of its reader."""
        mine = self.mine
        origin = self._origin(pk) if with_origin else ""
        look = _look(shape, pk in self._chosen_set, pk in mine.forced, pk in mine.granted, origin)
        return self.faces[pk].draw(look, mine.badges.get(pk, 0), self.now)

    def _origin(self, pk: int) -> str:
        """Who put it among the favourites, as a principal; empty for what the person chose."""
        mine = self.mine
        return mine.forced.get(pk) or ("" if pk in mine.favourites else mine.offered.get(pk, ""))

    @cached_property
    def _chosen_set(self) -> frozenset[int]:
        return frozenset(self.mine.chosen)

    @cached_property
    def _personal(self) -> frozenset[int]:
        """Where a tile shows something of its reader."""
        return self._chosen_set | self.mine.granted | self.mine.badges.keys()


# SECURITY: unguessable, so that no title or word searched for can stand for it.
MARK = f"<!--{secrets.token_hex(8)}-->"


@lru_cache(maxsize=512)
def _look(*values: Any) -> Look:
    return Look(*values)


class SmallLauncher(Launcher):
    """The favourites alone, filled up with others to `ON_HOME`: for the home page and the menu in the header."""

    @cached_property
    def faces(self) -> dict[int, Face]:
        ahead = [*self.mine.chosen[:CONSIDERED], *self.mine.recent[:ON_HOME]]
        found = tiles_for(self.person, self.language, first=ahead, limit=len(ahead) + ON_HOME)
        return {one[0]: face_of(self.language, one) for one in found}

    @cached_property
    def members(self) -> list[int]:
        """Favourites in their order, then what was opened lately, then the first of the register."""
        mine = self.mine
        order = dict.fromkeys([*self.chosen, *(pk for pk in mine.recent if pk in self.faces), *self.faces])
        return [pk for pk in order if pk not in mine.hidden or pk in mine.forced][:ON_HOME]

    @cached_property
    def tiles(self) -> SafeString:
        """Small tiles."""
        return self._tiles(self.members, "small")

    @cached_property
    def lines(self) -> SafeString:
        """Lines of a menu."""
        return self._tiles(self.members, "line")


def _category(number: int) -> str:
    values = Application.Category
    return str(list(values)[number].label) if number < len(values) else pgettext("applications", "Others")
