"""Tiles of applications, drawn once and remembered.

A launcher of four hundred tiles is a few hundred texts put together: each tile is drawn from one row of the register,
and remembered by that row (all of it: what changes the row draws it again) and by what little of the reader it shows.
In the memory of the process, the least used forgotten first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext

from directory.querysets import folded
from foundation.ui import dates
from foundation.ui.addresses import address

from .models import OPEN_STAGES, Application, Entry, Stage, Status
from .querysets.launcher import Row, uuid_of

# Where the count of a tile goes: a text that no escaped value holds.
SLOT = "\x00"
MOST_SHOWN = 99
STATUS_ICONS = {Status.UP: "circle-check", Status.DEGRADED: "alert-triangle", Status.DOWN: "circle-x"}
_CATEGORIES = list(Application.Category.values)


@dataclass(frozen=True)
class Look:
    """What a tile shows of its reader. shape: grid, list, small (home), line (menu) or place (putting in order).
    origin: who put it there (a principal), empty otherwise."""

    shape: str
    is_favourite: bool = False
    is_forced: bool = False
    is_granted: bool = False
    origin: str = ""

    @cached_property
    def key(self) -> str:
        """The same for the same look: compared four hundred times a page, where the whole would be slow."""
        return f"{self.shape}{self.is_favourite:d}{self.is_forced:d}{self.is_granted:d}{self.origin}"


class Face:
    """One application in one language: how it is found and sorted, and its tiles as they were drawn."""

    __slots__ = ("_drawn", "_plain", "begins", "category", "ends", "in_service", "is_request", "language", "name",
                 "order", "row", "stage", "status", "uuid", "values", "words")  # fmt: skip

    def __init__(self, language: str, values: tuple[Any, ...]) -> None:
        row = Row(*values)
        self.values = values
        is_own = not row.title_translated or language == row.language
        self.row = row
        self.language = language
        self.uuid = uuid_of(row.uuid)
        self.name = row.title if is_own else row.title_translated
        self.words = folded(f"{row.title} {row.title_translated} {row.description}")
        self.category = _CATEGORIES.index(row.category) if row.category in _CATEGORIES else len(_CATEGORIES)
        self.order = (self.category, row.order, folded(self.name), row.pk)
        self.stage, self.status = row.stage, row.status
        self.is_request = row.entry == Entry.REQUEST
        self.begins, self.ends = _when(row.maintenance_from), _when(row.maintenance_until)
        self.in_service = row.service_from or row.published or 0
        self._drawn: dict[str, tuple[str, str]] = {}
        self._plain: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        """Its page."""
        return address("applications:application", self.uuid)

    def is_in_maintenance(self, now: datetime) -> bool:
        """Whether its maintenance window holds `now`."""
        return bool(self.begins and self.ends and self.begins <= now < self.ends)

    def can_open(self, is_granted: bool) -> bool:
        """Whether its tile leads through its door. The door itself asks the rule again (`applications.open`)."""
        return self.stage in OPEN_STAGES and (is_granted or not self.is_request)

    def draw(self, look: Look, count: int, now: datetime) -> bytes:
        """Its tile, with `count` things that wait in it."""
        key = look.key
        # What passes with time is part of the key only while it is shown.
        if self.begins is not None and self.is_in_maintenance(now):
            key = f"{key} {timezone.localdate(now)}"
        if not count:
            plain = self._plain.get(key)
            if plain is None:
                plain = self._plain[key] = self._filled(look, key, 0, now)
            return plain
        return self._filled(look, key, count, now)

    def _filled(self, look: Look, key: str, count: int, now: datetime) -> bytes:
        kept = self._drawn.get(key)
        if kept is None:
            kept = self._drawn[key] = self._draw(look, now)
        return f"{kept[0]}{count_of(count, self.language)}{kept[1]}".encode()

    def _draw(self, look: Look, now: datetime) -> tuple[str, str]:
        opens = self.can_open(look.is_granted)
        context = {
            "uuid": str(self.uuid),
            "name": self.name,
            # Found by its other name as well.
            "other": "" if self.name == self.row.title else self.row.title,
            "description": self.row.description,
            "icon": self.row.icon,
            "tint": self.category + 1,
            "look": look,
            "url": address("applications:open", self.uuid) if opens else self.url,
            "page": self.url,
            "opens": opens,
            "notes": self._notes(look, now),
            "status": self.status,
            "status_label": Status(self.status).label,
            "status_icon": STATUS_ICONS.get(Status(self.status), ""),
            "origin": _origin(look.origin),
            "slot": mark_safe(SLOT),
        }
        if not self.row.title_translated or self.language == self.row.language:
            context["other"] = self.row.title_translated
        # A NUL of the register (PostgreSQL takes none) would be taken for the slot.
        head, _slot, tail = render_to_string(f"applications/launcher/_{_template(look.shape)}.html", context).partition(
            SLOT
        )
        return head.strip(), tail.strip().replace(SLOT, "")

    def _notes(self, look: Look, now: datetime) -> list[str]:
        """What one should know before opening it, most pressing first."""
        found = []
        if self.is_in_maintenance(now):
            assert self.ends is not None
            found.append(_until(self.ends, now))
        if self.stage == Stage.ANNOUNCED:
            begins = _when(self.row.service_from)
            found.append(_("Soon: %(day)s") % {"day": dates.day(begins)} if begins and begins > now else _("Soon"))
        elif self.is_request and not look.is_granted:
            found.append(_("On request"))
        if self.stage == Stage.PILOT:
            found.append(pgettext("stage of an application", "Pilot"))
        elif self.stage == Stage.RETIRING:
            found.append(self._leaving())
        return found

    def _leaving(self) -> str:
        day = self.row.retires_on
        if not day:
            return _("Being withdrawn")
        parsed = datetime.strptime(day, "%Y-%m-%d").date() if isinstance(day, str) else day
        return _("Until %(day)s") % {"day": dates.day(parsed)}


def _template(shape: str) -> str:
    return {"small": "small", "line": "line", "place": "place"}.get(shape, "tile")


def _until(end: datetime, now: datetime) -> str:
    """« Entretien jusqu'à 14 h »; with the day when it is another one."""
    if timezone.localdate(end) == timezone.localdate(now):
        return _("Maintenance until %(hour)s") % {"hour": dates.clock(end)}
    return _("Maintenance until %(day)s, %(hour)s") % {"day": dates.day(end), "hour": dates.clock(end)}


def _origin(principal: str) -> str:
    """Who put it among the favourites, in words. Without a query: a unit's name is not asked for."""
    prefix = principal.partition(":")[0]
    if not prefix:
        return ""
    if prefix in ("everyone", "elected"):
        return _("Chosen by the City")
    return _("Chosen by your unit") if prefix == "unit" else _("Chosen for your group")


# By language and key. Emptied when it grows past what a city has.
_faces: dict[tuple[str, int], Face] = {}
MOST_FACES = 8192


def face_of(language: str, values: tuple[Any, ...]) -> Face:
    """The face of a `Row`, by its values. Drawn in the active language, which is `language`."""
    key = (language, values[0])
    kept = _faces.get(key)
    if kept is None or kept.values != values:
        if len(_faces) >= MOST_FACES:
            _faces.clear()
        kept = _faces[key] = Face(language, values)
    return kept


@lru_cache(maxsize=512)
def count_of(count: int, _language: str) -> SafeString:
    """How many things wait, in the corner of a tile. In the active language."""
    if not count:
        return mark_safe('<span class="app__badge" data-badge hidden></span>')
    shown, words = count_words(count)
    return format_html(
        '<span class="app__badge" data-badge>{}<span class="visually-hidden"> {}</span></span>', shown, words
    )


def count_words(count: int) -> tuple[str, str]:
    """« 99+ », and the words that follow the number for who hears it."""
    return str(count) if count <= MOST_SHOWN else f"{MOST_SHOWN}+", npgettext("things", "waiting", "waiting", count)


def joined(tiles: Iterable[bytes]) -> SafeString:
    """Tiles, one after the other. SECURITY: each comes from a template, which escapes."""
    return mark_safe(b"".join(tiles).decode())


def _when(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
