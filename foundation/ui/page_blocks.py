"""Blocks of official pages that apps offer: described here in plain words, made editable by whoever keeps pages.

Siblings do not import each other: an app that wants its things on the pages of sites registers a block here from its
`AppConfig.ready()`, and never hears of the editor.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class BlockField:
    """What an editor fills in. `kind`: text, number, address or choice (with `choices`)."""

    name: str
    label: str | Promise
    kind: str = "text"
    required: bool = True
    choices: Sequence[tuple[str, Any]] = ()


@dataclass(frozen=True)
class PageBlock:
    """One sort of block. `load(values, reader, language)` gives the context of each value for who reads.

    SECURITY: `load` asks `visible_to(reader)`; it is called once for all the blocks of its sort on a page, so that
    their number costs no query. `template` gets the context and queries nothing.
    """

    key: str
    label: str | Promise
    template: str
    fields: Sequence[BlockField]
    load: Callable[[Sequence[dict[str, Any]], Any, str], Sequence[dict[str, Any]]]


_blocks: dict[str, PageBlock] = {}


def register_page_block(block: PageBlock) -> None:
    """Add a sort of block. Twice is a programming error: ValueError."""
    if block.key in _blocks:
        raise ValueError(f"page block registered twice: {block.key}")
    _blocks[block.key] = block


def page_blocks() -> list[PageBlock]:
    """Every registered sort of block."""
    return list(_blocks.values())
