"""French spaces: what must not be parted at the end of a line is tied with no-break spaces, as Québec's usage asks."""

import re

NBSP = "\u00a0"
_TIES = (
    # 14 h 30, 6 h, 12 %, 1 234,50 $, 5 km; and thousands in groups of three.
    (re.compile(r"(\d) (?=(?:h|min|s|%|\$|¢|°C|km|m|cm|mm|kg|g|t|L|ha|Mo|Go)\b|[%$])"), rf"\1{NBSP}"),
    (re.compile(r"(\bh) (?=\d{2}\b)"), rf"\1{NBSP}"),
    (re.compile(r"(\d) (?=\d{3}(?:\D|$))"), rf"\1{NBSP}"),
    # « guillemets » and colons.
    (re.compile(r"« ?(?=\S)"), f"«{NBSP}"),
    (re.compile(r"(?<=\S) ?»"), f"{NBSP}»"),
    (re.compile(r" :(?=\s|<|$)"), f"{NBSP}:"),
    (re.compile(r"\b(M\.|Mme|Mmes|MM\.|n°|no) (?=[A-ZÀ-Ý0-9])"), rf"\1{NBSP}"),
)


def tie_french(text: str) -> str:
    """`text`, plain or safe HTML of ours (whose attributes hold addresses alone, without spaces), with its spaces tied.

    Tying what is tied changes nothing.
    """
    for pattern, replacement in _TIES:
        text = pattern.sub(replacement, text)
    return text.replace(f"{NBSP}{NBSP}", NBSP)
