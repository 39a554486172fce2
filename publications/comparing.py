"""Two texts of a notice side by side: what went, what came. By paragraph first, then by word inside a paragraph."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from foundation.ui.rich_text import plain_text

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
# SECURITY: comparing words costs the square of their number; beyond this a paragraph is shown whole.
WORDS_MOST = 1500


@dataclass(frozen=True)
class Difference:
    """One field in two texts. `html`: what is shown, with `<ins>` and `<del>`; empty when nothing changed."""

    name: str
    html: SafeString

    @property
    def has_changed(self) -> bool:
        return bool(self.html)


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    """The fields of two texts (`Notice.original`), in order."""
    return [
        Difference("title", _lines(before["title"], after["title"])),
        Difference("summary", _lines(before["summary"], after["summary"])),
        Difference("body", _lines(plain_text(before["body"]), plain_text(after["body"]))),
    ]


def _lines(before: str, after: str) -> SafeString:
    if before == after:
        return mark_safe("")
    old, new = before.split("\n"), after.split("\n")
    shown = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            shown += [format_html("<p>{}</p>", one) for one in old[a:b]]
            continue
        pairs = min(b - a, d - c)
        shown += [format_html("<p>{}</p>", _words(old[a + at], new[c + at])) for at in range(pairs)]
        shown += [format_html("<p><del>{}</del></p>", one) for one in old[a + pairs : b] if one]
        shown += [format_html("<p><ins>{}</ins></p>", one) for one in new[c + pairs : d] if one]
    return mark_safe("".join(shown))


def _words(before: str, after: str) -> SafeString:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > WORDS_MOST:
        return format_html("<del>{}</del> <ins>{}</ins>", before, after)
    return format_html_join("", "{}", ((one,) for one in _pieces(old, new)))


def _pieces(old: list[str], new: list[str]) -> Iterator[SafeString]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield format_html("{}", "".join(old[a:b]))
            continue
        if b > a:
            yield format_html("<del>{}</del>", "".join(old[a:b]))
        if d > c:
            yield format_html("<ins>{}</ins>", "".join(new[c:d]))
