"""A realistic French and English corpus for the search: Zipf vocabulary, lengths and audiences as they were measured.

Words come from Debian's word lists (wfrench, wamerican) where they are installed, from syllables otherwise. Everything
follows from the seed: the same number of items is always the same corpus.
"""

import itertools
import math
import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

LISTS = Path("/usr/share/dict")
FRENCH, ENGLISH = 80_000, 40_000
KINDS = ("topic", "page", "document", "notice", "application", "person")
COMMUNITIES, PEOPLE, UNITS = 800, 28_000, 60
# Principals of who asks, and of how many communities they are.
TOKENS = 60
NOW = datetime(2026, 11, 1, tzinfo=UTC)
_FUNCTION_FR = "de la le les des du et à en un une dans pour par sur avec est qui que au".split()  # noqa: SIM905
_FUNCTION_EN = "the of and to in for on with a is by at from that this are be as it or".split()  # noqa: SIM905


@dataclass(frozen=True)
class Item:
    """One thing to index."""

    pk: int
    kind: str
    language: str
    title: str
    body: str
    space: int
    author: int
    unit: int
    updated: datetime
    readers: tuple[str, ...]


class Vocabulary:
    """Words of one language, drawn as Zipf says."""

    def __init__(self, language: str, dice: random.Random) -> None:
        size, path = (FRENCH, LISTS / "french") if language == "fr" else (ENGLISH, LISTS / "american-english")
        words = _listed(path, size, dice) if path.exists() else _invented(size, dice)
        self.words = [*(_FUNCTION_FR if language == "fr" else _FUNCTION_EN), *words]
        weights = [1 / (rank + 2.7) for rank in range(len(self.words))]
        self._sums = list(itertools.accumulate(weights))

    def draw(self, count: int, dice: random.Random) -> list[str]:
        """`count` words."""
        total, sums, words = self._sums[-1], self._sums, self.words
        return [words[bisect(sums, dice.random() * total)] for _ in range(count)]

    def ranked(self, low: int, high: int) -> list[str]:
        """The words of these ranks, most used first."""
        return self.words[low:high]


def _listed(path: Path, size: int, dice: random.Random) -> list[str]:
    words = sorted({one for one in path.read_text().split() if one.isalpha() and one.islower() and len(one) > 2})
    dice.shuffle(words)
    return words[:size]


def _invented(size: int, dice: random.Random) -> list[str]:
    syllables = [
        f"{one}{two}"
        for one in ["b", "c", "ch", "d", "f", "g", "gr", "l", "m", "n", "p", "pr", "qu", "r", "s", "t", "tr", "v"]
        for two in "aeiouéèê"
    ]
    words: dict[str, None] = {}
    while len(words) < size:
        words["".join(dice.choice(syllables) for _ in range(dice.randint(2, 5))) + dice.choice(["", "", "s", "e"])] = (
            None
        )
    return list(words)


class Corpus:
    """`items()` makes them one by one; `questions()` are what people ask of them."""

    def __init__(self, seed: int = 4) -> None:
        dice = random.Random(seed)
        self.seed, self.french, self.english = seed, Vocabulary("fr", dice), Vocabulary("en", dice)
        weights = [1 / (rank + 5) for rank in range(COMMUNITIES)]
        self._communities = list(itertools.accumulate(weights))

    def _community(self, dice: random.Random) -> int:
        return bisect(self._communities, dice.random() * self._communities[-1]) + 1

    def items(self, count: int) -> Iterator[Item]:
        """A tenth of it people (28,000 at most), the rest content."""
        dice = random.Random(self.seed)
        people = min(PEOPLE, count // 10)
        for pk in range(1, count + 1):
            is_person = pk <= people
            language = "fr" if dice.random() < 0.85 else "en"
            vocabulary = self.french if language == "fr" else self.english
            if is_person:
                length = 15
            elif dice.random() < 0.05:
                length = int(dice.lognormvariate(math.log(1500), 0.3))
            else:
                length = max(10, int(dice.lognormvariate(math.log(105), 0.6)))
            words = vocabulary.draw(length + 6, dice)
            body = "".join(f"{word}{'. ' if place % 14 == 13 else ' '}" for place, word in enumerate(words[6:]))
            space = self._community(dice)
            yield Item(
                pk,
                "person" if is_person else KINDS[min(4, int(dice.expovariate(0.7)))],
                language,
                " ".join(words[: dice.randint(3, 6)]).capitalize(),
                body,
                space,
                dice.randint(1, PEOPLE),
                dice.randint(1, UNITS),
                NOW - timedelta(minutes=int(dice.expovariate(1 / 600_000))),
                self._readers(is_person, space, dice),
            )

    def _readers(self, is_person: bool, space: int, dice: random.Random) -> tuple[str, ...]:
        chance = dice.random()
        if is_person or chance < 0.55:
            return ("everyone", f"space:{space}")
        if chance < 0.90:
            others = [self._community(dice)] if dice.random() < 0.5 else []
            return tuple({f"space:{one}" for one in [space, *others]})
        return tuple({f"person:{dice.randint(1, PEOPLE)}" for _ in range(dice.randint(1, 5))})

    def principals(self) -> frozenset[str]:
        """Of one person: everyone, themselves, units, groups and communities, sixty in all."""
        dice = random.Random(self.seed + 1)
        mine = {"everyone", "person:77", *(f"unit:{one}" for one in (1, 9, 31)), *(f"group:{one}" for one in range(5))}
        while len(mine) < TOKENS:
            mine.add(f"space:{self._community(dice)}")
        return frozenset(mine)

    def questions(self, each: int) -> dict[str, list[str]]:
        """What is asked, by sort, `each` of every sort."""
        dice = random.Random(self.seed + 2)
        common, medium, rare = (self.french.ranked(*ranks) for ranks in ((20, 60), (300, 900), (5_000, 20_000)))

        def several(*pools: list[str]) -> list[str]:
            return [" ".join(dice.choice(pool) for pool in pools) for _ in range(each)]

        phrases = [item.body.split(". ")[0].split()[:3] for item in itertools.islice(self.items(4_000), 3_000, None)]
        return {
            "rare word": several(rare),
            "medium word": several(medium),
            "common word": several(common),
            "two words": several(common, medium),
            "three words": several(common, common, medium),
            "common, by date": several(common),
            "phrase": [f'"{" ".join(one)}"' for one in dice.sample(phrases, each)],
        }

    def beginnings(self, each: int) -> list[str]:
        """What is typed in the box: three letters of a word that titles have."""
        dice = random.Random(self.seed + 3)
        return [dice.choice(self.french.ranked(20, 2_000))[:3] for _ in range(each)]
