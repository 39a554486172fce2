"""What the city says in more than one way, as an administrator keeps it: read at each search, so that a change counts
at once and nothing is indexed again."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from foundation.audiences.sql import rows, table

from .analysis import LANGUAGES, STOP, stem, words
from .models import Synonym

Said = tuple[str, ...]
Match = tuple[int, list[Said]]

_lock = threading.Lock()
# One per process: when it was read (number and date of the rows), and what was.
_known: tuple[Any, Callable[[Sequence[str]], list[Match]]] | None = None


def synonyms_now() -> Callable[[Sequence[str]], list[Match]]:
    """The function that answers, for folded words in order, what may stand in place of the first of them: how many of
    them, and the folded words of each other way to say it."""
    global _known  # noqa: PLW0603 (one per process, on purpose)
    # Written out: it is asked at every search (decision 25).
    version = rows(f"SELECT COUNT(*), MAX(changed) FROM {table(Synonym)}", [])
    with _lock:
        if _known is None or _known[0] != version:
            _known = (version, _finder(Synonym.objects.ways()))
        return _known[1]


def _finder(groups: Sequence[tuple[str, Sequence[str]]]) -> Callable[[Sequence[str]], list[Match]]:
    by_stems: dict[tuple[str, Said], list[Said]] = {}
    longest = 0
    for language, ways in groups:
        said = [tuple(words(one)) for one in ways]
        for own in said:
            kept = tuple(word for word in own if word not in STOP) or own
            longest = max(longest, len(kept))
            others = [one for one in said if one and one != own]
            for spoken in [language] if language else LANGUAGES:
                if kept:
                    by_stems.setdefault((spoken, _stems(kept, spoken)), []).extend(others)

    def find(asked: Sequence[str]) -> list[Match]:
        found: dict[int, list[Said]] = {}
        for length in range(1, min(longest, len(asked)) + 1):
            if not asked[length - 1]:
                break
            for language in LANGUAGES:
                for one in by_stems.get((language, _stems(tuple(asked[:length]), language)), ()):
                    if one not in found.setdefault(length, []):
                        found[length].append(one)
        return [(length, others) for length, others in found.items() if others]

    return find if by_stems else lambda _asked: []


def _stems(said: Said, language: str) -> Said:
    return tuple(stem(word, language) or word for word in said)
