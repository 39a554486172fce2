"""Which of two versions is newer, however a pipeline counts them."""

import re

_PIECES = re.compile(r"[0-9]+|[^0-9.]+")
_NUMBERED = re.compile(r"v?[0-9]+(?:\.[0-9]+)+")
_BEFORE = re.compile(r"(?:alpha|beta|rc|pre|dev|snapshot|[abm](?![a-z]))", re.IGNORECASE)


def is_newer(version: str, than: str) -> bool:
    """Whether `version` is newer. By numbers where there are numbers: 1.10 is newer than 1.9, 2.0-rc1 older than 2.0;
    moments (ISO 8601) of one zone follow each other."""
    return _place(version) > _place(than)


def _place(version: str) -> tuple[object, ...]:
    head, _dash, tail = version.strip().lower().partition("-")
    # "2.0-rc1" comes before "2.0"; "2026-11-29" and "2.0-1" (a second packing) are no such thing.
    if _NUMBERED.fullmatch(head) and _BEFORE.match(tail):
        return (_pieces(head), False, _pieces(tail))
    return (_pieces(head), True, _pieces(tail))


def _pieces(text: str) -> tuple[tuple[int, int, str], ...]:
    found = _PIECES.findall(text.removeprefix("v"))
    return tuple((1, int(one), "") if one.isdecimal() else (0, 0, one) for one in found)
