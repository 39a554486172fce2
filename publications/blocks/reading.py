"""A page as somebody reads it: its blocks loaded sort by sort, each with its template."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .loading import Reading, load, load_pages, template_of


@dataclass(frozen=True)
class ReadBlock:
    """One block, ready for its template."""

    key: str
    template: str
    context: dict[str, Any]


def _rich_sources(body: Any) -> Iterator[str]:
    """Every rich text of a body, for the links in them."""
    for child in body:
        if child.block_type == "text":
            yield child.value.source
        elif child.block_type == "faq":
            for one in child.value["questions"]:
                yield one["answer"].source


def read_blocks(body: Any, reading: Reading) -> list[ReadBlock]:
    """The blocks of `body` in their order. Queries: a constant number for each sort of block that is on the page."""
    children = list(body)
    reading.pages = load_pages(list(_rich_sources(children)), reading.reader)
    of_sort: dict[str, list[int]] = {}
    for place, child in enumerate(children):
        of_sort.setdefault(child.block_type, []).append(place)
    contexts: dict[int, dict[str, Any]] = {}
    for key, places in of_sort.items():
        loaded = load(key, [children[one].value for one in places], reading)
        contexts.update(zip(places, loaded, strict=True))
    return [
        ReadBlock(child.block_type, template_of(child.block_type), contexts[place])
        for place, child in enumerate(children)
    ]


def text_of(body: Any) -> str:
    """What is searched of a body."""
    return "\n".join(body.stream_block.get_searchable_content(body)) if body else ""
