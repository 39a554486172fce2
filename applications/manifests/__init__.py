"""Manifests: what another system says of an application. Read, checked, compared; nothing here writes.

`reading` takes the bytes apart, `schema` is the format, `hosts` and `addresses` judge where it leads, `meaning` turns
it into what the register says, `problems` has the sentences.
"""

from .meaning import PARTS, Meaning, meaning_of
from .problems import Flaw, sentence_of
from .reading import MANIFEST_MAX, Reading, read_manifests
from .schema import Manifest
from .versions import is_newer

__all__ = [
    "MANIFEST_MAX",
    "PARTS",
    "Flaw",
    "Manifest",
    "Meaning",
    "Reading",
    "is_newer",
    "meaning_of",
    "read_manifests",
    "sentence_of",
]
