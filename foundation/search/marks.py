"""Marks on the words found: in titles, and in an extract of the text around the first of them."""

import re
from collections.abc import Iterable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .analysis import LANGUAGES, STOP, Typed, fold, stem

# Words are looked at closely when they begin as one of those looked for: with so many letters, accents or none.
INITIALS = 3
_VARIANTS = {"a": "aàâä", "c": "cç", "e": "eéèêë", "i": "iîï", "o": "oôö", "u": "uùûü", "n": "nñ"}
# What an extract shows, in characters, and how far before the first mark it begins.
LENGTH, BEFORE = 240, 60

Span = tuple[int, int]


class Marker:
    """Knows the words to mark: any form of those typed, what begins so, and words given as they are."""

    def __init__(self, pieces: Iterable[Typed], others: Iterable[str] = ()) -> None:
        wanted = [one for one in pieces if not one.is_excluded]
        self._prefixes = tuple(one.words[-1] for one in wanted if one.is_prefix)
        found = {word for one in wanted if not one.is_prefix for word in one.words} | set(others)
        chosen = (found - STOP) or found
        chosen |= {one.joined for one in wanted if one.joined}
        self._stems = {language: {stem(word, language) for word in chosen} - {""} for language in LANGUAGES}
        self._words = chosen
        self._known: dict[str, bool] = {}
        initials = {word[:INITIALS] for word in (*chosen, *self._prefixes)}
        anyone = "|".join(sorted(map(_beginning, initials))) or "(?!)"
        self._candidates = re.compile(rf"\b(?:{anyone})[^\W_]*", re.IGNORECASE)

    def _is_meant(self, word: str) -> bool:
        known = self._known.get(word)
        if known is None:
            folded = fold(word)
            known = (
                folded in self._words
                or any(stem(folded, language) in self._stems[language] for language in LANGUAGES)
                or bool(self._prefixes and folded.startswith(self._prefixes))
            )
            self._known[word] = known
        return known

    def spans(self, text: str) -> list[Span]:
        """Where the words stand in `text`."""
        return [found.span() for found in self._candidates.finditer(text) if self._is_meant(found.group())]

    def marked(self, text: str) -> SafeString:
        """The whole of a short text, marked."""
        return _with_marks(text, self.spans(text), 0, len(text))

    def extract(self, text: str) -> SafeString:
        """The part of a text where most words are, marked; its beginning when there is none."""
        spans = self.spans(text)
        start, end = _window(text, spans)
        shown = _with_marks(text, spans, start, end)
        before, after = "… " if start else "", " …" if end < len(text) else ""
        # SECURITY: made of escaped pieces only.
        return mark_safe(f"{before}{shown}{after}")


def _beginning(letters: str) -> str:
    """The expression of a word's first letters, however they are accented."""
    made = "".join(f"[{_VARIANTS[one]}]" if one in _VARIANTS else re.escape(one) for one in letters)
    return made.replace("[oôö][eéèêë]", "(?:[oôö][eéèêë]|œ)").replace("[aàâä][eéèêë]", "(?:[aàâä][eéèêë]|æ)")


def _window(text: str, spans: Sequence[Span]) -> Span:
    """From where to where an extract is cut, between words."""
    best, most = 0, 0
    for number, (start, _end) in enumerate(spans[:50]):
        reach = sum(1 for other in spans[number:] if other[1] <= start - BEFORE + LENGTH)
        if reach > most:
            best, most = start, reach
    start = max(0, best - BEFORE)
    if start:
        space = text.find(" ", start, best)
        start = space + 1 if space >= 0 else best
    end = min(len(text), start + LENGTH)
    if end < len(text):
        space = text.rfind(" ", start, end)
        end = space if space > start else end
    return start, end


def _with_marks(text: str, spans: Sequence[Span], start: int, end: int) -> SafeString:
    pieces, place = [], start
    for first, last in spans:
        if first < start or last > end:
            continue
        pieces += [escape(text[place:first]), "<mark>", escape(text[first:last]), "</mark>"]
        place = last
    pieces.append(escape(text[place:end]))
    # SECURITY: every piece of the text is escaped; only the marks are ours.
    return mark_safe("".join(pieces))
