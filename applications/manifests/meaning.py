"""What a manifest means in the register: plain values by the names of `Application`'s own fields.

Plain: texts, null, lists of principals, keys and ids, so that they can be kept, compared and shown. `actions.proposals`
makes rows of them.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from ..models.applications import DOOR_FIELDS, Stage
from .addresses import DOORS, flaws_of_email, flaws_of_phone, flaws_of_web
from .hosts import mixes_alphabets
from .problems import Flaw
from .schema import Manifest

# What is decided together: a registrar says which of these wait for somebody. "new" is the first manifest of all.
PARTS: dict[str, tuple[str, ...]] = {
    "name": ("title", "title_translated"),
    "address": (
        *("address", "notes_link", "desktop_address", "phone", "opens_with", "help_address", "health_address"),
    ),
    "audience": ("audience", "entry"),
    "stage": ("stage", "service_from", "retires_on", "successor"),
    "owner": ("owner",),
    "words": ("description_fr", "description_en", "help_fr", "help_en", "icon", "category"),
    "support": ("support_name", "support_email", "support_phone"),
    "maintenance": ("maintenance_from", "maintenance_until", "maintenance_fr", "maintenance_en"),
}
PART_OF = {name: part for part, names in PARTS.items() for name in names}
# Nothing of an intranet is planned for later than this.
FAR = timedelta(days=10 * 366)


@dataclass
class Meaning:
    """The values a manifest gives, by field; the names as they were written of what only the database knows (`owner`,
    `audience`, `successor`); and what is wrong, by its place."""

    values: dict[str, Any] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    warnings: list[Flaw] = field(default_factory=list)


def meaning_of(manifest: Manifest, hosts: Collection[str]) -> Meaning:
    """What it says, checked as far as this can be done without asking the database."""
    return _Interpreter(manifest, hosts).meaning


@cache
def _icons() -> frozenset[str]:
    """The icons there are."""
    listed = Path(settings.BASE_DIR) / "frontend" / "icons.json"
    return frozenset(listed.read_text(encoding="utf-8").replace('"', " ").replace(",", " ").split())


class _Interpreter:
    def __init__(self, manifest: Manifest, hosts: Collection[str]) -> None:
        self._hosts, self._manifest = hosts, manifest
        self.meaning = Meaning()
        self._said = manifest.model_fields_set
        self._names()
        self._doors()
        self._words()
        self._people()
        self._life()

    def _keep(self, flaw: Flaw, path: str) -> None:
        (self.meaning.warnings if flaw.is_warning else self.meaning.flaws).append(flaw.at(f"$.{path}"))

    def _set(self, **values: Any) -> None:
        self.meaning.values |= values

    def _line(self, text: str, path: str) -> str:
        """A text of one line, its ends taken off."""
        if any(one in text for one in "\n\r\t"):
            self._keep(Flaw("one_line"), path)
        return text.strip()

    def _names(self) -> None:
        name = self._manifest.name
        for language, text in (("fr", name.fr), ("en", name.en)):
            # SECURITY: a tile is recognised by its name.
            if mixes_alphabets(text):
                self._keep(Flaw("name_mixed"), f"name.{language}")
        title = self._line(name.fr, "name.fr")
        if len(title) < 2:
            self._keep(Flaw("too_short", data={"least": 2}), "name.fr")
        self._set(title=title, title_translated=self._line(name.en, "name.en"))

    def _doors(self) -> None:
        manifest = self._manifest
        if "addresses" in self._said:
            for door, name in DOOR_FIELDS.items():
                text = getattr(manifest.addresses, door, None) or ""
                if text:
                    for flaw in DOORS[door](text, self._hosts):
                        self._keep(flaw, f"addresses.{door}")
                self._set(**{name: text})
        if manifest.opens_with is not None:
            self._set(opens_with=manifest.opens_with)
        if "health" in self._said:
            self._web(manifest.health, "health_address", "health")

    def _web(self, text: str | None, name: str, path: str) -> None:
        for flaw in flaws_of_web(text, self._hosts) if text else ():
            self._keep(flaw, path)
        self._set(**{name: text or ""})

    def _words(self) -> None:
        manifest, said = self._manifest, self._said
        if "description" in said:
            texts = manifest.description
            self._set(
                description_fr=texts.fr.strip() if texts else "", description_en=texts.en.strip() if texts else ""
            )
        if "help" in said:
            helped = manifest.help
            self._set(help_fr=helped.fr.strip() if helped else "", help_en=helped.en.strip() if helped else "")
            self._web(helped.address if helped else None, "help_address", "help.address")
        if manifest.category is not None:
            self._set(category=manifest.category)
        if manifest.icon is not None:
            if manifest.icon in _icons():
                self._set(icon=manifest.icon)
            else:
                self._keep(Flaw("icon", is_warning=True), "icon")
        if "support" in said:
            support = manifest.support
            values = {name: (getattr(support, name) if support else None) or "" for name in ("name", "email", "phone")}
            values["name"] = self._line(values["name"], "support.name")
            if mixes_alphabets(values["name"]):
                self._keep(Flaw("name_mixed"), "support.name")
            for name, judge in (("email", flaws_of_email), ("phone", flaws_of_phone)):
                for flaw in judge(values[name], ()) if values[name] else ():
                    self._keep(flaw, f"support.{name}")
            self._set(**{f"support_{name}": value for name, value in values.items()})

    def _people(self) -> None:
        manifest = self._manifest
        if manifest.owner is not None:
            self._set(owner=manifest.owner.strip())
        if "audience" in self._said:
            self._set(audience=[one.strip() for one in manifest.audience] if manifest.audience else None)
        if manifest.access is not None:
            self._set(entry=manifest.access)

    def _life(self) -> None:
        manifest, said = self._manifest, self._said
        if manifest.stage is not None:
            self._set(stage=manifest.stage)
        if "service_from" in said:
            self._set(service_from=self._moment(manifest.service_from, "service_from"))
        if "retires_on" in said:
            self._set(retires_on=self._day(manifest.retires_on, "retires_on"))
        if manifest.stage == Stage.RETIRING and not manifest.retires_on:
            self._keep(Flaw("no_day"), "retires_on")
        if "successor" in said:
            self._set(successor=manifest.successor)
        if "maintenance" in said:
            window = manifest.maintenance
            begins = self._moment(window.from_ if window else None, "maintenance.from")
            ends = self._moment(window.until if window else None, "maintenance.until")
            if begins and ends and ends <= begins:
                self._keep(Flaw("ends_first"), "maintenance.until")
            self._set(
                maintenance_from=begins,
                maintenance_until=ends,
                maintenance_fr=self._line(window.fr, "maintenance.fr") if window else "",
                maintenance_en=self._line(window.en, "maintenance.en") if window else "",
            )

    def _moment(self, text: str | None, path: str) -> str | None:
        """As text in UTC, so that the same moment is the same text."""
        if text is None:
            return None
        try:
            found = datetime.fromisoformat(text)
            if timezone.is_naive(found):
                self._keep(Flaw("no_zone", is_warning=True), path)
                found = timezone.make_aware(found)
            found = found.astimezone(UTC).replace(microsecond=0)
        except (ValueError, OverflowError):
            self._keep(Flaw("bad_moment"), path)
            return None
        self._near(found, path)
        return found.isoformat()

    def _day(self, text: str | None, path: str) -> str | None:
        if text is None:
            return None
        try:
            found = date.fromisoformat(text)
        except ValueError:
            self._keep(Flaw("bad_day"), path)
            return None
        self._near(datetime.combine(found, time(), UTC), path)
        return found.isoformat()

    def _near(self, moment: datetime, path: str) -> None:
        if abs(moment - timezone.now()) > FAR:
            self._keep(Flaw("far"), path)
