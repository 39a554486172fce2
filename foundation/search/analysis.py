"""From text to the terms of the index, the same for what is written and for what is typed, whatever the engine.

A text becomes folded words (lower case, no accents, elisions gone) and, for each, a stem: French or English, by the
line it stands in. Where accents help a stemmer (« employée », « conseillère ») rules of our own take its place, so that
folding before or after stemming gives the same stem: with accents or without, one form is indexed and one is asked for.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .stems import StemCache, english_stem, french_stem

LANGUAGES = ("fr", "en")


def _folding() -> dict[int, str | None]:
    """Each accented letter to its plain one, in one pass over a text."""
    table: dict[int, str | None] = dict.fromkeys(range(0x300, 0x370))
    for number in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]:
        plain = "".join(one for one in unicodedata.normalize("NFKD", chr(number)) if not unicodedata.combining(one))
        if plain != chr(number):
            table[number] = plain.lower()
    table |= {ord("œ"): "oe", ord("æ"): "ae", ord("ß"): "ss", ord("ø"): "o", ord("ł"): "l", ord("đ"): "d"}
    table |= {ord(sign): "'" for sign in "’‘ʼ`´"}
    table |= {ord(sign): "-" for sign in "‐‑‒–"}
    table |= {ord(sign): " " for sign in "\u00a0\u202f\u2009"}
    return table


_FOLDING = _folding()
# The letters of French first: replacing those few is ten times faster than translating a whole text.
_COMMON = [(sign, plain) for sign, plain in zip("éèàêçùôîâûëï’", "eeaecuoiauei'", strict=True)] + [("œ", "oe")]
_ELIDED = re.compile(r"(?:^|\W)(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu)$")
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_LOOKS_ACRONYM = re.compile(r"\.[^\W\d_]\.")
_WORD = re.compile(r"[^\W_]{1,64}")
# Everything but letters and digits becomes a space, in plain text.
_TO_SPACES = bytes(code if chr(code).isascii() and chr(code).isalnum() else 32 for code in range(256))
LONGEST_WORD = 64
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What is one thing in several pieces: « by-law », « rendez-vous »; « CA24 22 0123 », « 02-002 », « RCA11 15 017 ».
_HYPHENED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_NUMBERED = re.compile(r"\b[^\W\d_]{0,4}\d+(?:[ ./-]\d+)+\b")
_LOOKS_NUMBERED = re.compile(r"[0-9][ ./-][0-9]")
_PIECES = re.compile(r"[ ./-]")
# More pieces than this are a column of figures, not the number of anything.
MOST_PIECES = 5

# Words too common to be required of a result. Neither « été » nor « maïs », which are folded like one of them.
_FRENCH_STOP = """
a ai au aux avec c ce ceci cela ces cet cette comment d dans de des du elle elles en est et eux il ils j je l la le les
leur leurs lui m ma me mes moi mon n ne nos notre nous on ou par pas pour qu que quel quelle quelles quels qui s sa se
ses si son sont sur t ta te tes toi ton tu un une vos votre vous y
"""
_ENGLISH_STOP = """
a an and are as at be been but by can did do does for from had has have he her his how i if in is it its my no not of on
or our she so that the their them then there these they this to was we were what when where which who will with you your
"""
STOP_FR, STOP_EN = frozenset(_FRENCH_STOP.split()), frozenset(_ENGLISH_STOP.split())
STOP = STOP_FR | STOP_EN
# Stop words that tell the language of a line.
_TELL_FR, _TELL_EN = STOP_FR - STOP_EN, STOP_EN - STOP_FR - {"an", "as", "but", "do", "had", "his", "no", "so"}

_french = StemCache(french_stem, STOP_FR)
_english = StemCache(english_stem, STOP_EN)
STEMS = {"fr": _french, "en": _english}


def fold(text: str) -> str:
    """Lower case without accents or ligatures, apostrophes and hyphens straight."""
    text = text.lower()
    if text.isascii():
        return text
    for sign, plain in _COMMON:
        text = text.replace(sign, plain)
    return text if text.isascii() else text.translate(_FOLDING)  # type: ignore[arg-type]


def _cleaned(folded: str) -> str:
    """Without elisions and possessives, acronyms without their points."""
    if "'" in folded:
        folded = _without_apostrophes(folded)
    if _LOOKS_ACRONYM.search(folded):
        folded = _ACRONYM.sub(lambda found: found.group().replace(".", ""), folded)
    return folded


def _without_apostrophes(folded: str) -> str:
    """« l'école » is « école », "the city's" is "the city"; « aujourd'hui » and "O'Brien" are one word."""
    pieces = folded.split("'")
    kept = [pieces[0]]
    for before, after in pairwise(pieces):
        if _ELIDED.search(before[-8:]):
            # What is elided stands alone, and is no word.
            kept[-1] = kept[-1].rstrip(_LETTERS)
            kept.append(after)
        else:
            is_possessive = after[:1] == "s" and not after[1:2].isalnum()
            kept[-1] += after[1:] if is_possessive else after
    return " ".join(kept)


def _words_of(cleaned: str) -> list[str]:
    if not cleaned.isascii():
        return _WORD.findall(cleaned)
    found = cleaned.encode().translate(_TO_SPACES).decode().split()
    return found if not found or len(max(found, key=len)) <= LONGEST_WORD else _WORD.findall(cleaned)


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _words_of(_cleaned(fold(text)))


def _joined(cleaned: str) -> Iterator[str]:
    """Each thing in several pieces, in one: « bylaw », « ca24220123 »."""
    if "-" in cleaned:
        for found in _HYPHENED.findall(cleaned):
            if found.count("-") < MOST_PIECES:
                yield found.replace("-", "")
    for found in _NUMBERED.findall(cleaned) if _LOOKS_NUMBERED.search(cleaned) else ():
        pieces = _PIECES.split(found)
        if len(pieces) <= MOST_PIECES:
            yield "".join(pieces)


def stem(word: str, language: str) -> str:
    """The stem of a folded word; empty for a stop word of that language."""
    return STEMS[language][word]


def language_of(found: Iterable[str], default: str) -> str:
    """The language these folded words are most likely in."""
    distinct = set(found)
    french, english = len(distinct & _TELL_FR), len(distinct & _TELL_EN)
    return default if french == english else "fr" if french > english else "en"


@dataclass(frozen=True)
class Terms:
    """The terms of a text, separated by spaces: every folded word in order, and the stems by language."""

    exact: str
    fr: str
    en: str


def terms_of(text: str, language: str) -> Terms:
    """What is indexed of a text whose language is probably `language`. Each line may be in another."""
    exact: list[str] = []
    joined: list[str] = []
    stems: dict[str, list[str]] = {"fr": [], "en": []}
    for line in _cleaned(fold(text)).split("\n"):
        found = _words_of(line)
        if not found:
            continue
        exact += found
        pieced = list(dict.fromkeys(_joined(line)))
        joined += pieced
        spoken = language_of(found, language)
        cache = STEMS[spoken]
        stems[spoken] += map(cache.__getitem__, found + pieced)
    # After the words themselves, where they part no phrase.
    return Terms(" ".join(exact + joined), " ".join(stems["fr"]), " ".join(stems["en"]))


@dataclass(frozen=True)
class Typed:
    """One thing somebody typed: folded words that stand together. `joined` is the same in one piece, where it has
    several. A phrase is meant as it is written; a prefix is the beginning of a word; what is excluded must not be
    there."""

    words: tuple[str, ...]
    joined: str = ""
    is_phrase: bool = False
    is_prefix: bool = False
    is_excluded: bool = False

    @property
    def is_stop(self) -> bool:
        return not self.is_phrase and all(one in STOP for one in self.words)


_TYPED = re.compile(r'(-?)(?:"([^"]*)"?|«([^»]*)»?|([^\s"«]+))')


def typed(text: str) -> list[Typed]:
    """What somebody typed, piece by piece: words, « phrases », "phrases", -excluded, prefix*."""
    text = _NUMBERED.sub(lambda found: _as_one(found.group()), text.replace("\u00a0", " ").replace("\0", " "))
    found = []
    for minus, quoted, guillemets, plain in _TYPED.findall(text):
        is_phrase = not plain
        cleaned = _cleaned(fold(plain or quoted or guillemets))
        pieces = tuple(_words_of(cleaned))
        if not pieces:
            continue
        joined = "" if is_phrase or not 1 < len(pieces) <= MOST_PIECES else "".join(pieces)
        is_prefix = plain.endswith("*") and len(pieces[-1]) > 1
        found.append(Typed(pieces, joined, is_phrase, is_prefix, bool(minus)))
    return found


def _as_one(number: str) -> str:
    """A number in several pieces, so that it is taken for one thing."""
    return number.replace(" ", "-") if len(_PIECES.split(number)) <= MOST_PIECES else number
