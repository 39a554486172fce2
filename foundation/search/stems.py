"""Stems of single folded words. Snowball's algorithm behind rules of our own, which need no accents."""

import re
from collections.abc import Callable, Collection

try:
    import tantivy
except ImportError:  # a place without wheels, where Whoosh is the engine
    from whoosh.lang import stemmer_for_language

    tantivy = None


def _snowball(language: str) -> Callable[[str], str]:
    """Snowball's stemmer, tantivy's compiled one or Whoosh's own."""
    if tantivy is None:
        return stemmer_for_language(language[:2])
    chain = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.stemmer(language)).build()
    return lambda word: chain.analyze(word)[0]


_snowball_french, _snowball_english = _snowball("french"), _snowball("english")

# Words that the rules would tear from their own forms or throw together with others.
_FRENCH = {
    "permis": "permis",
    # A by-law is no rule.
    "reglement": "reglement",
    "reglements": "reglement",
    "avis": "avis",
    "cours": "cours",
    "travaux": "travail",
    "baux": "bail",
    "vitraux": "vitrail",
    "emaux": "email",
    "eaux": "eau",
    "mairesse": "maire",
    "mairesses": "maire",
    "nouvel": "nouveau",
    "nouvelle": "nouveau",
    "nouvelles": "nouveau",
    "nouveaux": "nouveau",
    "belle": "beau",
    "yeux": "oeil",
}
# The feminine as the masculine; what Snowball does by the accents is done here without them.
_FEMININE = (
    (re.compile(r"(?<=..)trice$"), "teur"),
    (re.compile(r"(?<=..)euse$"), "eur"),
    (re.compile(r"(?<=..)eure$"), "eur"),
    (re.compile(r"(?<=...)ere$"), "er"),
    (re.compile(r"(?<=..)(ell|enn|onn|ett)e$"), lambda found: found.group(1)[:2]),
    (re.compile(r"(?<=...)ee$"), "e"),
    (re.compile(r"(?<=..)ive$"), "if"),
    (re.compile(r"(?<=..)ale$"), "al"),
)
_PLURAL = re.compile(r"(?:(?<=...)s|(?<=eau)x|(?<=.eu)x|(?<=.ou)x)$")
_COUNSELLOR = re.compile(r"conseiller(?:e?s?)$")


def french_stem(word: str) -> str:
    """The stem of a folded French word: the same for its plural, its feminine and most of its verb's forms."""
    if not word.isalpha() or len(word) < 4:
        return word
    word = _FRENCH.get(word, word)
    # Snowball makes a council of a councillor.
    if _COUNSELLOR.match(word):
        return "conseiller"
    if word in _FRENCH.values():
        return word
    if word.endswith("aux") and not word.endswith("eaux") and len(word) > 5:
        word = word[:-3] + "al"
    word = _PLURAL.sub("", word)
    for ending, masculine in _FEMININE:
        changed = ending.sub(masculine, word)
        if changed != word:
            word = changed
            break
    return _snowball_french(word)


def english_stem(word: str) -> str:
    """The stem of a folded English word."""
    return _snowball_english(word) if word.isalpha() and len(word) > 2 else word


class StemCache(dict[str, str]):
    """Stems by word, computed once. Stop words have none."""

    # A vocabulary larger than this is noise (numbers, codes): forgotten and begun again.
    LARGEST = 300_000

    def __init__(self, compute: Callable[[str], str], stop: Collection[str]) -> None:
        super().__init__(dict.fromkeys(stop, ""))
        self._compute, self._stop = compute, stop

    def __missing__(self, word: str) -> str:
        if len(self) > self.LARGEST:
            self.clear()
            self.update(dict.fromkeys(self._stop, ""))
        found = self[word] = self._compute(word)
        return found
