"""What links to Notes are made of: identifiers, servers, paths, views; each read from its spellings, and checked.

SECURITY: what these alphabets do not match is in no link.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A client knows which file of its own reader these stand for.
SPECIAL = {
    "0000000000000E00": "mail",
    "0000000000000E01": "contacts",
    "0000000000000E02": "subscriptions",
    "0000000000000E03": "bookmarks",
}
# The letters of French and its neighbours: all of them exist in windows-1252, which `.ndl` files are written in. No
# quote, no bracket of markup, no control or direction mark, no letter that looks like another one.
LETTERS = "A-Za-z0-9À-ÖØ-öø-ÿŒœ"
_NAME = rf"[{LETTERS}](?:[{LETTERS} ._&-]{{0,62}}[{LETTERS}])?"
SERVER = re.compile(rf"{_NAME}(?:/{_NAME}){{0,5}}")
_SEGMENT = rf"[{LETTERS}_$~(][{LETTERS} ._&$~()+,-]{{0,62}}"
# Not without regard to case: the sign of the kelvin would be a k.
_PATH = re.compile(rf"(?:{_SEGMENT}/){{0,6}}{_SEGMENT}\.(?:[Nn][Ss]|[Nn][Tt])[Ff]")
_VIEW_NAME = re.compile(rf"[{LETTERS}_$(][{LETTERS} ._&$()+,-]{{0,62}}")
REPLICA = re.compile(r"[0-9A-F]{16}")
UNID = re.compile(r"[0-9A-F]{32}")
# The replica ID where a path is expected, as clients and web servers write it.
REPLICA_FILE = re.compile(r"(?:__)?([0-9A-Fa-f]{16})(?:\.nsf)?", re.I)
REPLICA_START = re.compile(REPLICA_FILE.pattern + r"(?=[/?!]|$)", re.I)
_REPLICA_READ = re.compile(r"([0-9A-Fa-f]{8}):?([0-9A-Fa-f]{8})")
_UNID_READ = re.compile(
    r"OF([0-9A-F]{8}):?([0-9A-F]{8})-?ON([0-9A-F]{8}):?([0-9A-F]{8})|([0-9A-F]{8}):?([0-9A-F]{8})[:-]?([0-9A-F]{8}):?([0-9A-F]{8})",
    re.I,
)
DATABASE_END = re.compile(r"\.(?:nsf|ntf)(?=[/?!]|$)", re.I)
_PREFIX = re.compile(r"(?:CN|OU[1-4]?|O|C)\s{0,4}=\s{0,4}", re.I)


class NotesLinkError(ValueError):
    """What was read is no link to Notes; `reason` says why, for people."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


def read_replica(text: str) -> str:
    """A replica ID as `C1256C1E006B1EB2`, from any of its spellings. Raises NotesLinkError."""
    found = _REPLICA_READ.fullmatch(text.strip())
    if not found:
        raise NotesLinkError(_("A replica ID is 16 hexadecimal digits."))
    return "".join(found.groups()).upper()


def read_unid(text: str) -> str:
    """A UNID as 32 digits, from any of its spellings (`OF29DCC0C1:74F9C52F-ONC1256C1F:00831A06`). Raises
    NotesLinkError."""
    found = _UNID_READ.fullmatch(text.strip())
    if not found:
        raise NotesLinkError(_("The identifier of a document is 32 hexadecimal digits."))
    return "".join(one for one in found.groups() if one).upper()


def is_path(path: str) -> bool:
    """Whether it is the path of a database file."""
    # SECURITY: relative, downwards alone; and in no address to be taken for a replica ID, or for a shorter path.
    first, *rest = path.split("/")
    return (
        bool(_PATH.fullmatch(path))
        and ".." not in path
        and not REPLICA_FILE.fullmatch(first)
        and not any(DATABASE_END.search(one) for one in [first, *rest][:-1])
    )


def is_view(view: str) -> bool:
    """Whether it is the UNID of a view, or the name of one that nothing takes for an identifier."""
    return bool(UNID.fullmatch(view) or (_VIEW_NAME.fullmatch(view) and not _UNID_READ.fullmatch(view) and view != "0"))


def note_of(unid: str) -> str:
    """A UNID as link files write it."""
    return f"OF{unid[:8]}:{unid[8:16]}-ON{unid[16:24]}:{unid[24:]}"


def abbreviated(name: str) -> str:
    """`CN=Courriel01/OU=TI/O=Ville` as `Courriel01/TI/Ville`."""
    return "/".join(_PREFIX.sub("", one.strip(), count=1).strip() for one in name.strip().split("/"))


def canonical(name: str) -> str:
    """The opposite. Organisations have three characters at least, so that two at the end are a country."""
    first, *rest = name.split("/")
    parts = [f"CN={first}"]
    country = [f"C={rest.pop()}"] if len(rest) > 1 and len(rest[-1]) == 2 else []
    organisation = [f"O={rest.pop()}"] if rest else []
    return "/".join([*parts, *(f"OU={one}" for one in rest), *organisation, *country])


def view_read(text: str) -> str:
    """A view: its UNID from any spelling, or what is taken for its name, not checked yet."""
    return read_unid(text) if _UNID_READ.fullmatch(text) else text
