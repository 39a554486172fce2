"""A board in words: its list as plain text, and as the lines of a sheet."""

from collections.abc import Iterable, Mapping, Sequence

from foundation.ui.sheets import guarded

from .making import STICKIES
from .reading import Thing

_NAMES = {value: key for key, value in STICKIES.items()}


def colour_name(thing: Thing) -> str:
    """`yellow`, `blue`… for a colour of the portal's notes; the colour's own code otherwise."""
    return _NAMES.get(thing.colour, thing.colour)


def _said(thing: Thing, words: Mapping[str, str]) -> str:
    """One thing in a line: its text, or what it is. `words`: by kind, in the reader's language."""
    text = thing.text or words[thing.kind]
    if thing.kind == "arrow" and (thing.starts or thing.ends):
        way = f"{thing.starts or '…'} → {thing.ends or '…'}".replace("\n", " ")
        text = f"{way} ({thing.text})" if thing.text else way
    return f"{text} <{thing.link}>" if thing.link else text


def is_worth_saying(thing: Thing) -> bool:
    """Whether it says something: bare shapes and lines do not, nor does a title that repeats the name of its frame."""
    if thing.kind in ("frame", "image") or thing.link:
        return True
    return bool(thing.starts or thing.ends or (thing.text and thing.text != thing.frame))


def lines_of(things: Iterable[Thing], words: Mapping[str, str]) -> list[str]:
    """The list in plain text: a heading for each frame, a dash before each thing; lines of one text stand below each
    other."""
    lines: list[str] = []
    in_frame = False
    for one in things:
        if not is_worth_saying(one):
            continue
        if one.kind == "frame":
            lines += ["", one.text or words["frame"], "-" * max(4, min(60, len(one.text or words["frame"])))]
            in_frame = True
            continue
        if in_frame and not one.frame_id:
            lines.append("")
            in_frame = False
        first, *others = _said(one, words).split("\n")
        lines += [f"- {first}", *(f"  {other}" for other in others)]
    return lines[1:] if lines[:1] == [""] else lines


def cells_of(things: Iterable[Thing], words: Mapping[str, str]) -> Iterable[Sequence[str]]:
    """The lines of a sheet: frame, kind, text, colour, link, from, to. SECURITY: none of them runs as a formula."""
    for one in filter(is_worth_saying, things):
        colour = colour_name(one)
        cells = (one.frame, words[one.kind], one.text, words.get(colour, colour), one.link, one.starts, one.ends)
        yield [guarded(cell) for cell in cells]
