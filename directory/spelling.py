"""How words may be mistyped, and which known word was meant. Nothing here queries.

Two words with a slip between them (a letter missing, added, wrong, or two of them swapped) share a spelling: each of
them without one of its letters. Those that sound alike in French or English share `sound_of`.
"""

import re

from foundation.search.spelling import distance

# Shorter words have too many neighbours; numbers are not misspelt, they are wrong.
SHORTEST = 4
# From this length on a word that sounds the same may be two slips away.
LONG = 7
MOST_SLIPS = 2

# In order. What is written on the left sounds like the right, in one language or the other: a key, not a transcription.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"), (r"th", "t"), (r"sch|sh|ch", "s"), (r"ck|qu|q|k", "c"), (r"gh|gu(?=[eiy])", "g"),
        (r"wh|w", "v"), (r"y", "i"), (r"eau|eaux|aux|au", "o"), (r"ai|ei|ay|ey|e[rzt]$|ee", "e"), (r"oe|eu", "e"),
        (r"c(?=[ei])|ss|z|x", "s"), (r"j|g(?=[ei])", "j"), (r"h", ""), (r"ou|oo", "u"), (r"an|am|en|em", "an"),
        (r"in|im|ain|ein", "in"), (r"(.)\1+", r"\1"), (r"(?<=..)(?:e?s|t|d|p|e)+$", ""),
    )
)  # fmt: skip


def has_spellings(word: str) -> bool:
    """Whether slips in it are looked for."""
    return len(word) >= SHORTEST and word.isalpha()


def sound_of(word: str) -> str:
    """How a folded word sounds, near enough: « gauthier » and « gautier », « steeve » and « steve »."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


def spellings_of(word: str) -> set[str]:
    """The word, itself without each of its letters, and « ~ » with its sound: what `Spelling.variant` holds."""
    without = {word[:at] + word[at + 1 :] for at in range(len(word))}
    return {word, f"~{sound_of(word)}"[:48]} | without


def nearest(typed: str, known: set[str], *, most: int = 3) -> list[str]:
    """The `known` words that may have been meant by `typed`, the nearest alone, at most `most` of them."""
    sound = sound_of(typed)
    found = []
    for word in known:
        if word == typed:
            continue
        slips, is_alike = distance(typed, word, MOST_SLIPS), sound_of(word) == sound
        if slips <= 1 or (slips == 2 and is_alike and len(word) >= LONG):
            # A first letter is seldom wrong.
            found.append((slips, not is_alike, word[0] != typed[0], word))
    found.sort()
    return [word for *worth, word in found if tuple(worth[:2]) == found[0][:2]][:most]
