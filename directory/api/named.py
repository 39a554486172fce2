"""Lists of some hundreds of things that have a name, in name order: sorted and cut here, since databases do not fold
names alike."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest

from foundation.content.api import Paging

from ..querysets import folded


def named_page(things: Iterable[Any], paging: Paging, shape: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """One page of `things`, each shaped by `shape`. BadRequest (400) for a cursor we did not make."""
    ordered = sorted(things, key=_place)
    after = _decoded(paging.cursor) if paging.cursor else None
    following = [one for one in ordered if after is None or _place(one) > after]
    items, rest = following[: paging.limit], following[paging.limit :]
    cursor = _encoded(_place(items[-1])) if rest else None
    return {"items": [shape(one) for one in items], "next": cursor, "total": len(ordered)}


def _place(thing: Any) -> tuple[str, int]:
    return folded(thing.name), thing.pk


def _encoded(place: tuple[str, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[str, int]:
    try:
        name, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise BadRequest("cursor") from error
    if not isinstance(name, str) or type(pk) is not int:
        raise BadRequest("cursor")
    return name, pk
