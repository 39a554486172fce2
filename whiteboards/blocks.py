"""Boards as blocks of official pages: a drawing that stays as it is on the board, with the way to it."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from .models import Board

_ADDRESS = re.compile(r"/boards/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/|$)")


def uuid_in(address: str) -> UUID | None:
    """The board that an address leads to."""
    found = _ADDRESS.search(address)
    return UUID(found[1]) if found else None


def boards_in_blocks(values: Sequence[dict[str, Any]], reader: Any, _language: str) -> Sequence[dict[str, Any]]:
    """The board of each block. SECURITY: of those the reader may not see, nothing, not even that there is one."""
    keys = [uuid_in(str(one.get("address") or "")) for one in values]
    found = Board.objects.visible_to(reader).with_row().filter(uuid__in={one for one in keys if one})
    boards = {one.uuid: one for one in found} if any(keys) else {}
    return [{"board": boards.get(key)} if key else {"board": None} for key in keys]
