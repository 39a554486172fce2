"""How wide words are, and where their lines break: near enough to what a browser measures, without a browser."""

from functools import lru_cache

# Hundredths of the size of the letters, from the space on: measured on Nunito.
_ASCII = (
    *(
        26,
        23,
        40,
        60,
        60,
        93,
        70,
        23,
        33,
        33,
        45,
        60,
        23,
        43,
        23,
        29,
        60,
        60,
        60,
        60,
        60,
        60,
        60,
        60,
        60,
        60,
        23,
        23,
        60,
    ),
    *(60, 60, 45, 95, 73, 68, 68, 75, 59, 55, 73, 76, 26, 33, 63, 55, 86, 74, 77, 64, 77, 67, 62, 61, 73, 69, 110, 66),
    *(60, 59, 32, 29, 32, 60, 50, 36, 53, 59, 46, 59, 53, 34, 59, 57, 24, 24, 51, 30, 86, 57, 56, 59, 59, 36, 48, 36),
    *(56, 52, 84, 53, 52, 47, 36, 27, 36, 60),
)
_BESIDES = dict(
    [
        *zip("àâäéèêëîïôöùûüÿç", (53, 53, 53, 53, 53, 53, 53, 24, 24, 56, 56, 56, 56, 56, 52, 46), strict=True),
        *zip("ÀÂÉÈÊËÎÏÔÙÛÜÇŒœÆæ", (73, 73, 59, 59, 59, 59, 26, 26, 77, 73, 73, 73, 68, 105, 91, 98, 86), strict=True),
        *zip("«»’“”–—…•°¢€\u00a0\u202f", (45, 45, 23, 40, 40, 50, 100, 70, 52, 37, 60, 60, 26, 18), strict=True),
    ]
)
_OTHER = 60
# Letters written by hand are wider, those of code are all alike.
_FAMILIES = {1: 1.04, 3: 1.1, 5: 1.04, 8: 1.05}


@lru_cache(maxsize=4096)
def _hundredths(letter: str) -> int:
    code = ord(letter)
    if 32 <= code < 127:
        return _ASCII[code - 32]
    if letter in _BESIDES:
        return _BESIDES[letter]
    # Ideographs and pictures take a whole square.
    return 100 if code >= 0x2E80 else _OTHER


def width_of(line: str, size: float, family: int = 6) -> float:
    """How wide a line is, in pixels, in letters of `size`."""
    return sum(_hundredths(one) for one in line) * size * _FAMILIES.get(family, 1.0) / 100


def _pieces(word: str, most: float, size: float, family: int) -> list[str]:
    """A word longer than a line, cut where it must be."""
    pieces, piece = [], ""
    for letter in word:
        if piece and width_of(piece + letter, size, family) > most:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def wrap(text: str, most: float, size: float, family: int = 6) -> list[str]:
    """The lines of `text`, none wider than `most` pixels. Its own line ends stay. No-break spaces never end a line."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if width_of(longer, size, family) <= most:
                line = longer
                continue
            if line:
                lines.append(line)
            *whole, line = _pieces(word, most, size, family)
            lines += whole
        lines.append(line)
    return lines
