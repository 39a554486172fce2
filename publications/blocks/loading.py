"""What each sort of block shows to who reads: one call for all the blocks of a sort on a page.

SECURITY: every loader begins with `visible_to(reader)`. What the reader may not see is left out, silently.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from directory.models import Person, Unit
from foundation.files.models import Attachment
from foundation.spaces.models import Space
from foundation.ui.page_blocks import page_blocks

from ..models import Notice, PageContent, SiteImage
from .cleaning import clean_html, linked_pages, safe_address

TEAM = 12


@dataclass
class Reading:
    """One page being read: by whom, in which language. `content` is None for the preview of a page never saved."""

    reader: Any
    language: str
    site: Any
    content: PageContent | None
    pages: Mapping[int, str] = field(default_factory=dict)


Context = dict[str, Any]
Loader = Callable[[Sequence[Any], Reading], Sequence[Context]]


def _uuid_in(text: str) -> UUID | None:
    """The uuid that an address of the portal holds."""
    for part in str(text).split("/"):
        try:
            return UUID(part)
        except ValueError:
            continue
    return None


def _slug_in(text: str) -> str:
    """The slug that ends the address of a community, or a slug itself."""
    parts = [part for part in str(text).split("?")[0].split("/") if part]
    return parts[-1] if parts else ""


def load_pages(sources: Sequence[str], reader: Any) -> dict[int, str]:
    """The addresses of the pages these texts link to. SECURITY: of those that `reader` may see."""
    wanted = linked_pages(sources)
    if not wanted:
        return {}
    seen = PageContent.objects.visible_to(reader).filter(page_id__in=wanted)
    return dict(seen.values_list("page_id", "page__url_path"))


def _texts(values: Sequence[Any], reading: Reading) -> list[Context]:
    return [{"html": clean_html(one.source, reading.pages)} for one in values]


def _images(values: Sequence[Any], reading: Reading) -> list[Context]:
    keys = {one["image"].pk for one in values if one["image"]}
    seen = set(SiteImage.objects.visible_to(reading.reader).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        {
            "image": one["image"] if one["image"] and one["image"].pk in seen else None,
            "alt": one["alt"],
            "caption": one["caption"],
        }
        for one in values
    ]


def _plain(values: Sequence[Any], reading: Reading) -> list[Context]:
    return [dict(one) for one in values]


def _people(values: Sequence[Any], reading: Reading) -> list[Context]:
    keys = {person.pk for one in values for person in one["people"] if person}
    found = {one.pk: one for one in Person.objects.visible_to(reading.reader).filter(pk__in=keys).with_unit()}
    return [
        {
            "title": one["title"],
            "people": [found[person.pk] for person in one["people"] if person and person.pk in found],
        }
        for one in values
    ]


def _teams(values: Sequence[Any], reading: Reading) -> list[Context]:
    """The people of at most a handful of units: one query for the units, one for each unit shown."""
    wanted = [_uuid_in(one["unit"]) if one["unit"] else reading.site.unit.uuid for one in values]
    units = {one.uuid: one for one in Unit.objects.visible_to(reading.reader).filter(uuid__in=set(wanted) - {None})}
    people: dict[UUID, list[Person]] = {}
    for uuid, unit in units.items():
        below = Person.objects.visible_to(reading.reader).filter(unit__path__startswith=unit.path)
        people[uuid] = list(below.with_unit().order_by("-is_manager", "search_name", "pk")[: TEAM + 1])
    return [
        {
            "title": one["title"],
            "unit": units.get(uuid),
            "people": people.get(uuid, [])[:TEAM],
            "has_more": len(people.get(uuid, [])) > TEAM,
        }
        for one, uuid in zip(values, wanted, strict=True)
    ]


def _files(values: Sequence[Any], reading: Reading) -> list[Context]:
    files: list[Any] = []
    if reading.content is not None:
        files = list(Attachment.objects.visible_to(reading.reader).on(reading.content).select_related("blob"))
    return [{"title": one["title"], "files": files} for one in values]


def city_news_q() -> Q:
    """What the whole city is told: the city's own, and local news its editors accepted."""
    return Q(space__site__is_city=True) | Q(city_proposal__state="accepted")


def city_news(reader: Any, limit: int = 5) -> list[Notice]:
    """The city's news for who reads, the newest first: home pages and the portal show it."""
    found = Notice.objects.visible_to(reader).in_force().filter(city_news_q()).with_row()
    return list(found.order_by("-published", "-pk")[:limit])


def _notices(values: Sequence[Any], reading: Reading) -> list[Context]:
    """One query for each block."""
    contexts = []
    local, ours = Q(space_id=reading.site.space_id), city_news_q()
    conditions = {"site": local, "city": ours, "all": local | ours, "events": local | ours}
    for one in values:
        found = Notice.objects.visible_to(reading.reader).in_force().filter(conditions[one["source"]])
        if one["tag"]:
            found = found.tagged(one["tag"])
        found = found.dated() if one["source"] == "events" else found.order_by("-published", "-pk")
        contexts.append(
            {
                "title": one["title"],
                "notices": list(found.with_row()[: one["count"]]),
                "is_events": one["source"] == "events",
                "site": reading.site,
            }
        )
    return contexts


def _communities(values: Sequence[Any], reading: Reading) -> list[Context]:
    wanted = [[_slug_in(text) for text in one["communities"]] for one in values]
    seen = Space.objects.visible_to(reading.reader).communities().filter(slug__in={x for some in wanted for x in some})
    found = {one.slug: one for one in seen}
    return [
        {"title": one["title"], "communities": [found[slug] for slug in slugs if slug in found]}
        for one, slugs in zip(values, wanted, strict=True)
    ]


def _links(values: Sequence[Any], reading: Reading) -> list[Context]:
    # SECURITY: checked again here, whatever the form let through.
    return [
        {
            "title": one["title"],
            "links": [
                {**link, "address": address, "is_external": address.startswith("http")}
                for link in one["links"]
                if (address := safe_address(link["address"]))
            ],
        }
        for one in values
    ]


def _faqs(values: Sequence[Any], reading: Reading) -> list[Context]:
    return [
        {
            "title": one["title"],
            "questions": [
                {"question": each["question"], "answer": clean_html(each["answer"].source, reading.pages)}
                for each in one["questions"]
            ],
        }
        for one in values
    ]


LOADERS: dict[str, Loader] = {
    "text": _texts,
    "image": _images,
    "note": _plain,
    "people": _people,
    "team": _teams,
    "files": _files,
    "notices": _notices,
    "communities": _communities,
    "links": _links,
    "faq": _faqs,
    "place": _plain,
}


def template_of(key: str) -> str:
    """The template of a sort of block."""
    registered = next((one.template for one in page_blocks() if one.key == key), "")
    return registered or f"publications/sites/blocks/{key}.html"


def load(key: str, values: Sequence[Any], reading: Reading) -> Sequence[Context]:
    """The contexts of all the blocks of one sort."""
    if key in LOADERS:
        return LOADERS[key](values, reading)
    block = next(one for one in page_blocks() if one.key == key)
    return block.load([dict(one) for one in values], reading.reader, reading.language)
