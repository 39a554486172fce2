"""Texts that come from outside, for one line of a card: headers of messages, titles and places of events."""

import base64
import binascii
import quopri
import re
import unicodedata
from email.utils import parseaddr

LONGEST = 150
# =?charset*language?B?text?=
_WORD = re.compile(r"=\?([A-Za-z0-9._:-]{1,40})(?:\*[^?]{0,20})?\?([bBqQ])\?([^?\s]*)\?=")
# One that a bounded read cut in the middle: in its letters, or before they begin.
_CUT = re.compile(r"=\?[A-Za-z0-9._:*-]{1,60}\?[bBqQ]\?[^?\s]+\??$")
_TAIL = re.compile(r"=\?[A-Za-z0-9._:*-]{0,60}(?:\?(?:[bBqQ]\??)?)?$")
# SECURITY: charsets alone; Python's other codecs (zip, punycode, unicode_escape) do more than read letters.
_CHARSET = re.compile(
    r"(?:us-?)?ascii|utf-?(?:7|8|16|16le|16be|32)|(?:iso|iso-?8859)-?[0-9-]+|latin-?[0-9]+|(?:windows|cp|ibm)-?[0-9]+"
    r"|koi8-?[rut]|mac-?[a-z]+|big5[a-z-]*|gb[0-9k]+|hz(?:-gb-2312)?|shift[_-]?jis|euc-?[a-z]+|iso-2022-[a-z0-9-]+",
    re.I,
)


def clean(text: str, longest: int = LONGEST) -> str:
    """One line without anything that moves, hides or reorders letters, cut at `longest` characters."""
    # SECURITY: marks of direction would turn "exe.fdp" around; control and format characters hide.
    kept = "".join(
        " " if one.isspace() else one
        for one in text[: longest * 8]
        if one.isspace() or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    line = unicodedata.normalize("NFC", " ".join(kept.split()))
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def decoded(raw: bytes, longest: int = LONGEST) -> str:
    """The value of a header field as it came: RFC 2047 words, bare UTF-8 or Latin; what is broken is replaced."""
    return clean(_decoded(raw), longest)


def sender_of(raw: bytes) -> str:
    """The name in a From field, else its address."""
    name, address = parseaddr(_letters(raw))
    return decoded(name.encode()) or clean(address)


def _decoded(raw: bytes) -> str:
    text = re.sub(r"[\r\n]+[ \t]*", " ", _letters(raw)).rstrip()
    text = _TAIL.sub("…", _CUT.sub(lambda found: found[0].rstrip("?") + "?=", text))
    # White space between two encoded words is none of the text.
    text = re.sub(r"(\?=)\s+(?==\?)", r"\1", text)
    parts: list[str] = []
    end, run, charset = 0, b"", ""
    for found in _WORD.finditer(text):
        same = found[1].lower() == charset and found.start() == end
        if not same:
            parts.append(_read(run, charset))
            run, charset = b"", found[1].lower()
        parts.append(text[end : found.start()])
        # Letters of several bytes are often cut between two words: the bytes are put together first.
        run += _unpacked(found[2].lower(), found[3])
        end = found.end()
    return "".join([*parts, _read(run, charset), text[end:]])


def _unpacked(way: str, text: str) -> bytes:
    if way == "q":
        return quopri.decodestring(text.replace("_", " ").encode("ascii", "replace"))
    letters = re.sub(r"[^A-Za-z0-9+/]", "", text)
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4))
    except binascii.Error:
        return "\ufffd".encode()


def _read(raw: bytes, charset: str) -> str:
    name = charset if _CHARSET.fullmatch(charset) else "utf-8"
    try:
        return raw.decode(name, "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _letters(raw: bytes) -> str:
    """Bytes that should be ASCII and often are not."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        # A bounded read may have cut the last letter.
        if error.start >= len(raw) - 3 and error.end == len(raw):
            return raw[: error.start].decode()
        return raw.decode("cp1252", "replace")
