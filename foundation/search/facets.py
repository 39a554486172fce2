"""From an address to filters, and from counts to what narrows a list of finds: names, numbers, addresses.

Filters stand in addresses by stable keys (a uuid, a kind), never by the numbers the index counts by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from uuid import UUID

from django.apps import apps
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.content.kinds import kinds
from foundation.spaces.models import Space
from foundation.ui import dates

from .search import Filters
from .sorts import Sort, sorts

LONGEST = 80
# How many values of a facet are offered.
MOST, SPARE = 6, 2
LANGUAGES = {"fr": _("French"), "en": _("English")}
# Days back, by what the address says.
PERIODS: dict[str, tuple[int, str | Promise]] = {
    "day": (1, _("Last 24 hours")),
    "week": (7, _("Last 7 days")),
    "month": (31, _("Last month")),
    "year": (365, _("Last year")),
}
# Facets whose values are objects of a registered sort, by the sort's kind.
OF_SORT = {"unit": "unit", "author": "person"}
TITLES: dict[str, str | Promise] = {
    "kind": _("Kind"),
    "space": _("Space"),
    "unit": _("Unit of the author"),
    "author": _("Author"),
    "language": _("Language"),
    "type": _("File type"),
}
NAMES = (*TITLES, "date", "from", "to")
# As the index names them.
INDEXED = {"type": "file_type"}


@dataclass(frozen=True)
class Option:
    """One value of a facet: its name, how many finds have it, and the address that keeps those alone."""

    label: str
    url: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """What finds may be narrowed by."""

    key: str
    title: str | Promise
    options: Sequence[Option]


@dataclass(frozen=True)
class Asked:
    """The filters of an address. `given`: as they stand in it. `named`: what is chosen, in words, by filter. `unknown`:
    one of them names nothing that the reader may see, so nothing is found."""

    filters: Filters = field(default_factory=Filters)
    given: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    unknown: bool = False

    @classmethod
    def read(cls, values: Mapping[str, Any], reader: Any) -> Self:
        """The filters among the parameters `values`."""
        given = {name: str(values.get(name) or "").replace("\0", "").strip()[:LONGEST] for name in NAMES}
        given = {name: value for name, value in given.items() if value}
        named: dict[str, str] = {}
        chosen: dict[str, Any] = {}
        labels = labels_of_kinds()
        for name, value in given.items():
            if name == "kind" and value in labels:
                chosen["kinds"], named[name] = [value], str(labels[value])
            elif name == "language" and value in LANGUAGES:
                chosen["languages"], named[name] = [value], str(LANGUAGES[value])
            elif name == "type":
                chosen["file_types"], named[name] = [value.lower()], value.upper()
            elif name == "space" and (space := _space(reader, value)):
                chosen["spaces"], named[name] = [space.pk], str(space)
            elif name in OF_SORT and (one := _object(reader, OF_SORT[name], value)):
                chosen["units" if name == "unit" else "authors"], named[name] = [one.pk], str(one)
            elif name == "date" and value in PERIODS:
                chosen["since"] = timezone.now() - timedelta(days=PERIODS[value][0])
                named[name] = str(PERIODS[value][1])
            elif name in ("from", "to") and (day := _day(value)):
                chosen["since" if name == "from" else "until"] = _bound(day, is_end=name == "to")
                named[name] = str(_("From %(day)s") if name == "from" else _("Until %(day)s")) % {"day": dates.day(day)}
        return cls(Filters(**chosen), given, named, unknown=named.keys() != given.keys())

    def address(self, path: str, q: str, order: str = "", **changes: str) -> str:
        """`path` with the words, the order and the filters, some of them changed or, given empty, left out."""
        values = {"q": q, "order": order, **self.given, **changes}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{query}" if query else path


def labels_of_kinds() -> dict[str, str | Promise]:
    """What many of each kind of find are called."""
    return {one.kind: one.plural for one in sorts()} | {kind.key: kind.plural or kind.label for kind in kinds()}


def facets_of(counts: Mapping[str, Sequence[tuple[Any, int]]], asked: Asked, reader: Any, **where: str) -> list[Facet]:
    """What a page of finds may be narrowed by. `where`: the `path`, `q` and `order` of its address.

    SECURITY: only what `reader` may see is named; what else the index knows of is left out.
    """
    made = []
    for name, title in TITLES.items():
        counted = [one for one in counts.get(INDEXED.get(name, name), ()) if one[0] not in ("", None)]
        if not counted:
            continue
        # A few more than are shown, for those that the reader may not see.
        counted = counted[: MOST + SPARE]
        named = _named(name, [value for value, _count in counted], reader)
        options = [
            Option(
                named[value][1],
                asked.address(**where, **{name: "" if is_chosen else named[value][0]}),
                count,
                is_chosen,
            )
            for value, count in counted
            if value in named
            for is_chosen in [asked.given.get(name) == named[value][0]]
        ][:MOST]
        # What all finds have in common narrows nothing.
        if len(options) > 1 or any(one.is_chosen for one in options):
            made.append(Facet(name, title, options))
    if not made and not asked.given:
        return []
    periods = [
        Option(
            str(label),
            asked.address(**where, **{"date": "" if asked.given.get("date") == key else key, "from": "", "to": ""}),
            is_chosen=asked.given.get("date") == key,
        )
        for key, (_days, label) in PERIODS.items()
    ]
    made.append(Facet("date", _("Last changed"), periods))
    return made


def _named(name: str, values: Sequence[Any], reader: Any) -> dict[Any, tuple[str, str]]:
    """For values of a facet, how each stands in an address and what it is called."""
    if name == "kind":
        labels = labels_of_kinds()
        return {value: (value, str(labels[value])) for value in values if value in labels}
    if name == "language":
        return {value: (value, str(LANGUAGES[value])) for value in values if value in LANGUAGES}
    if name == "type":
        return {value: (value, value.upper()) for value in values}
    keys = [int(value) for value in values]
    if name == "space":
        found: Mapping[int, Any] = Space.objects.visible_to(reader).only("uuid", "name_fr", "name_en").in_bulk(keys)
    else:
        sort = _sort(OF_SORT[name])
        found = sort.door(reader, keys) if sort else {}
    return {value: (str(found[int(value)].uuid), str(found[int(value)])) for value in values if int(value) in found}


def _sort(kind: str) -> Sort | None:
    return next((one for one in sorts() if one.kind == kind), None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _space(reader: Any, text: str) -> Space | None:
    key = _uuid(text)
    return Space.objects.visible_to(reader).filter(uuid=key).first() if key else None


def _object(reader: Any, kind: str, text: str) -> Any:
    """The object of a sort with this uuid, as far as `reader` may see it."""
    key, sort = _uuid(text), _sort(kind)
    if key is None or sort is None:
        return None
    pks = apps.get_model(sort.label)._default_manager.filter(uuid=key).values_list("pk", flat=True)
    return next(iter(sort.door(reader, list(pks)).values()), None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _bound(day: date, *, is_end: bool) -> datetime:
    """The moment a day begins here, or the one after it."""
    # The last day there is has none after it.
    following = day + timedelta(days=1) if is_end and day < date.max else day
    return timezone.make_aware(datetime.combine(following, time.min))
