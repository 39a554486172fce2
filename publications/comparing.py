"""Two texts of a notice side by side: what went, what came. By paragraph first, then by word inside a paragraph."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from foundation.ui.rich_text import plain_text

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
# SECURITY: comparing costs up to the cube of what is alike on both sides: « a a a » a thousand times takes seconds, a
# whole text of it minutes. Beyond this much for all that one page shows, a passage is shown whole: at most a second.
MOST = 200_000_000


class Effort:
    """What comparing may still cost on one page."""

    def __init__(self) -> None:
        self._left = MOST

    def allows(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether these may be compared; it is then counted. By the worst case: every match looked for in all."""
        counts, others = Counter(old), Counter(new)
        alike = sum(times * others[one] for one, times in counts.items())
        cost = (len(old) + len(new) + alike) * min(len(old), len(new))
        if cost > self._left:
            return False
        self._left -= cost
        return True


@dataclass(frozen=True)
class Difference:
    """One field in two texts. `html`: what is shown, with `<ins>` and `<del>`; empty when nothing changed."""

    name: str
    html: SafeString

    @property
    def has_changed(self) -> bool:
        return bool(self.html)


def compare(before: Mapping[str, str], after: Mapping[str, str], effort: Effort | None = None) -> list[Difference]:
    """The fields of two texts (`Notice.original`), in order. `effort`: that of the page, where it compares more."""
    effort = effort or Effort()
    return [
        Difference("title", _lines(before["title"], after["title"], effort)),
        Difference("summary", _lines(before["summary"], after["summary"], effort)),
        Difference("body", _lines(plain_text(before["body"]), plain_text(after["body"]), effort)),
    ]


def _lines(before: str, after: str, effort: Effort) -> SafeString:
    if before == after:
        return mark_safe("")
    old, new = before.split("\n"), after.split("\n")
    shown = []
    for kind, a, b, c, d in _changes(old, new, effort):
        if kind == "equal":
            shown += [format_html("<p>{}</p>", one) for one in old[a:b]]
            continue
        pairs = min(b - a, d - c)
        shown += [format_html("<p>{}</p>", _words(old[a + at], new[c + at], effort)) for at in range(pairs)]
        shown += [format_html("<p><del>{}</del></p>", one) for one in old[a + pairs : b] if one]
        shown += [format_html("<p><ins>{}</ins></p>", one) for one in new[c + pairs : d] if one]
    return mark_safe("".join(shown))


def _words(before: str, after: str, effort: Effort) -> SafeString:
    old, new = _WORD.findall(before), _WORD.findall(after)
    return format_html_join("", "{}", ((one,) for one in _pieces(old, new, effort)))


def _changes(old: list[str], new: list[str], effort: Effort) -> list[tuple[str, int, int, int, int]]:
    """What happened, as `SequenceMatcher.get_opcodes` says it. What is alike at both ends is free."""
    most, start = min(len(old), len(new)), 0
    while start < most and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < most - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    a, b, c, d = start, len(old) - tail, start, len(new) - tail
    found = [("equal", 0, a, 0, c)] if start else []
    if effort.allows(old[a:b], new[c:d]):
        middle = SequenceMatcher(None, old[a:b], new[c:d], autojunk=False).get_opcodes()
        found += [(kind, a + w, a + x, c + y, c + z) for kind, w, x, y, z in middle]
    else:
        found.append(("replace", a, b, c, d))
    return [*found, ("equal", b, len(old), d, len(new))] if tail else found


def _pieces(old: list[str], new: list[str], effort: Effort) -> Iterator[SafeString]:
    for kind, a, b, c, d in _changes(old, new, effort):
        if kind == "equal":
            yield format_html("{}", "".join(old[a:b]))
            continue
        if b > a:
            yield format_html("<del>{}</del>", "".join(old[a:b]))
        if d > c:
            yield format_html("<ins>{}</ins>", "".join(new[c:d]))
