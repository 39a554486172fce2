"""The nearest words to a misspelt one, among words that somebody may read."""

import re
from collections import Counter
from collections.abc import Iterable

from .analysis import fold

_WORD = re.compile(r"[^\W\d_]+")


def distance(one: str, other: str, most: int = 100) -> int:
    """How many letters are wrong, missing, too many or swapped (optimal string alignment); `most + 1` when there are
    more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, last, row = row, before, [number]
        for place, theirs in enumerate(other, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != theirs))
            if number > 1 and place > 1 and letter == other[place - 2] and one[number - 2] == theirs:
                cost = min(cost, last[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def nearest_words(word: str, texts: Iterable[str], most: int) -> str | None:
    """The word of `texts` nearest to a folded one, as it is mostly written; None when the word itself is there, or
    nothing as near as `most`."""
    written: Counter[str] = Counter()
    for text in texts:
        written.update({one.lower() for one in _WORD.findall(text)})
    found: dict[str, tuple[int, int]] = {}
    for one, times in written.items():
        folded = fold(one)
        if folded == word:
            return None
        away = distance(word, folded, most)
        if away <= most:
            found[one] = (away, -times)
    return min(found, key=lambda one: (found[one], one)) if found else None
