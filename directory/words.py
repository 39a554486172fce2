"""Which words a text holds, folded, as they are kept for finding people and as they are typed. Nothing here queries.

A telephone number becomes what one may type of it: from any of its groups to the end, and the extension.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from .querysets import folded

LONGEST = 48
# Words typed beyond these are left out: nobody needs them to find somebody.
MOST_TYPED = 8

# Words that name nobody and nothing: articles, prepositions, and the phrasing of a question, in both languages, folded.
_STOP_WORDS = (
    # French.
    "a ai aider au aux avec ce ces cet cette chez comment connaissent connait connaitre connais cherche dans de des du "
    "elle en est et il je la le les leur m mes mme moi mon ou par parle parlent personne peut pour qu que quel quelle "
    "quelles quels quelqu qui quoi sait savent savoir se son sont sur trouver un une vous y "
    # English.
    "about am an and any anybody anyone are at can do does find for from has have help how i in is know knows looking "
    "me mr mrs ms my of on or somebody someone speak speaks that the their to what where which who whom with "
    # Before the extension of a telephone.
    "poste ext extension"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())

_WORD = re.compile(r"[^\W_]+")
# « l'école », « d'eau », « qu'est », « quelqu'un »: what stands before the apostrophe.
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|quelqu|lorsqu|jusqu)['’]", re.I)
# A number as people write it: « 514 555-0117 », "(514) 555.0117".
_NUMBER = re.compile(r"\(?\+?\d[\d\s().\u00a0\u202f-]*\d|\d")
_ADDRESS = re.compile(r"@\S*")


@lru_cache(maxsize=8192)
def words_in(text: str) -> tuple[str, ...]:
    """Every word, in order, articles and the like left out unless there is nothing else."""
    words = tuple(word[:LONGEST] for word in _WORD.findall(folded(text)))
    return tuple(word for word in words if word not in STOP_WORDS) or words


@lru_cache(maxsize=8192)
def words_of_name(name: str) -> frozenset[str]:
    """Its words, and those written in one: « L'Écuyer » is found by « ecuyer » and « lecuyer »."""
    words = {word[:LONGEST] for word in _WORD.findall(folded(name))}
    words |= {"".join(_WORD.findall(folded(part)))[:LONGEST] for part in name.split()}
    return frozenset(word for word in words if len(word) > 1)


def words_of_phone(phone: str) -> set[str]:
    """What may be typed of « 514 555-0117, poste 9481 »: 51455501179481, 55501179481, 01179481, 9481."""
    number, *extension = re.split(r"[,;#x]|ext|poste", phone.lower(), maxsplit=1)
    groups = re.findall(r"\d+", number) + re.findall(r"\d+", "".join(extension))
    if groups and groups[0] == "1":
        groups = groups[1:]
    return {one[:LONGEST] for start in range(len(groups)) if len(one := "".join(groups[start:])) > 2}


def typed_words(text: str) -> list[str]:
    """The words of what somebody typed, numbers put together, each once. Empty when there is none."""
    text = _ADDRESS.sub(" ", _ELISION.sub(" ", text[:400].replace("\0", " ")))
    numbers = []
    for number in _NUMBER.findall(text):
        digits = re.sub(r"\D", "", number)
        numbers.append(digits[1:] if len(digits) >= 11 and digits[0] == "1" else digits)
    rest = _NUMBER.sub(" ", text) if numbers else text
    words = words_in(rest)
    if numbers and not set(words) - STOP_WORDS:
        words = []
    return list(dict.fromkeys(word[:LONGEST] for word in [*words, *numbers]))[:MOST_TYPED]


def longest_only(words: Iterable[str]) -> set[str]:
    """Without the words that begin another one: whoever types them finds the other."""
    kept: list[str] = []
    for word in sorted(words):
        if kept and word.startswith(kept[-1]):
            kept.pop()
        kept.append(word)
    return set(kept)
