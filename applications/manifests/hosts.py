"""Names of machines: which a system may send people to, and those that only look like one of them.

SECURITY: an address is read by people. A name that mixes alphabets, or that is written in another one and looks like a
name of the city, is refused with its reason, whether it is written in letters or in punycode.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Collection, Iterable

from .problems import Flaw

_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?", re.UNICODE)
# Letters of other alphabets that look like Latin ones, small ones only: names are folded first.
_LOOKS = {
    **dict(zip("аеорсухіјѕԁԛԝһӏкмтвнгпьѵ", "aeopcyxijsdqwhlkmtbhrnbv", strict=True)),
    **dict(zip("οανρτυικεχγηωσμ", "oavptuikexynwou", strict=True)),
    **dict(zip("օոսհցզ", "onuhgq", strict=True)),
    **dict(zip("ıɡɑłøđħŧ", "igalodht", strict=True)),
}
# Scripts that are written together.
_TOGETHER = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
_LIKE_LATIN = frozenset({"CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE"})


def scripts_in(text: str) -> set[str]:
    """The alphabets of the letters of `text`, by the first word of Unicode's own names: LATIN, CYRILLIC, GREEK…"""
    letters = (one for one in text if unicodedata.category(one).startswith("L"))
    found = {unicodedata.name(one, "UNNAMED").split()[0] for one in letters}
    return {"CJK"} | (found - _TOGETHER) if found & _TOGETHER else found


def mixes_alphabets(text: str) -> bool:
    """Whether Latin letters stand beside those of an alphabet that looks like it."""
    found = scripts_in(text)
    return "LATIN" in found and bool(found & _LIKE_LATIN)


def check_pattern(pattern: str) -> str:
    """A pattern of allowed names as it is kept: "paie.ville.example", "*.ville.example", an IP address.

    ValueError for what is none, and for one that would allow half the Internet.
    """
    name = pattern.strip().lower().rstrip(".")
    star = name.startswith("*.")
    bare = name[2:] if star else name
    try:
        ipaddress.ip_address(bare.strip("[]"))
        is_address = True
    except ValueError:
        is_address = False
    labels = bare.split(".")
    if star and (is_address or len(labels) < 2):
        raise ValueError(pattern)
    if not is_address and not all(one.isascii() and _LABEL.fullmatch(one) for one in labels):
        raise ValueError(pattern)
    return name


def judge(host: str, allowed: Collection[str]) -> Flaw | None:
    """What is wrong with the name of a machine (as in an address, without port), given the patterns allowed."""
    name = host.lower().rstrip(".")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        return None if name in {one.strip("[]") for one in allowed} else Flaw("host_outside", data={"host": name})
    try:
        shown = ".".join(_decoded(label) for label in name.split("."))
    except (UnicodeError, ValueError):
        return Flaw("host_bad", data={"host": name[:100]})
    data = {"host": shown[:100]}
    labels = shown.split(".")
    if unicodedata.normalize("NFKC", shown).lower() != shown or not all(_LABEL.fullmatch(one) for one in labels):
        return Flaw("host_bad", data=data)
    if any(len(scripts_in(label)) > 1 for label in labels):
        return Flaw("host_mixed", data=data)
    if not _matches(".".join(_encoded(label) for label in labels), allowed):
        looks = _matches(_skeleton(shown), [_skeleton(one) for one in allowed])
        return Flaw("host_confusable" if looks else "host_outside", data=data)
    # Under "*.ville.example" too: a label that is no Latin, and reads as if it were.
    if any(not scripts_in(label) <= {"LATIN"} and _latin(label).isascii() for label in labels):
        return Flaw("host_confusable", data=data)
    return None


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(
        name.endswith(one[1:]) and len(name) > len(one) - 1 if one.startswith("*.") else name == one for one in patterns
    )


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    shown = label[4:].encode("ascii").decode("punycode")
    # What is plain already, or comes out of it differently, was made to be misread.
    if shown.isascii() or _encoded(shown) != label:
        raise ValueError(label)
    return shown


def _encoded(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _latin(label: str) -> str:
    """A label with the letters that its own look like."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", label) if not unicodedata.combining(one))
    return "".join(_LOOKS.get(one, one) for one in plain)


def _skeleton(name: str) -> str:
    """What a name looks like at a glance: two names with one skeleton are easily taken for each other."""
    folded = _latin(name).replace("rn", "m").replace("vv", "w")
    return folded.translate(str.maketrans("01i", "oll"))
