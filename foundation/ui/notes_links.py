"""Links to Lotus / HCL Notes: read into parts, and written from the parts alone.

A link names a database (by its replica ID, or by its path on a server), and in it a view, a document, or neither. It
comes as a `notes://` address, as the text of an `.ndl` file, as the address of a Domino web server, or as one of the
portal's own (`/notes/…`). Sources: the expired Internet-Draft draft-dconmy-notes-uri-scheme-02, HCL's pages on Notes
URLs and on Domino URL commands, and `.ndl` files as clients write them.

SECURITY: no character of what was read is written again without having been matched by the alphabets below.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from django.utils.translation import gettext_lazy as _

from .notes_parts import (
    DATABASE_END,
    LETTERS,
    REPLICA,
    REPLICA_FILE,
    REPLICA_START,
    SERVER,
    SPECIAL,
    UNID,
    NotesLinkError,
    abbreviated,
    canonical,
    is_path,
    is_view,
    note_of,
    read_replica,
    read_unid,
    view_read,
)

__all__ = [
    "LONGEST_TEXT",
    "SPECIAL",
    "NotesLink",
    "NotesLinkError",
    "kept_address",
    "parse_file",
    "parse_link",
    "read_replica",
    "read_unid",
]

# SECURITY: longer texts are refused before anything looks at them.
LONGEST_TEXT = 16 * 1024
LONGEST_URL = 500

COMMANDS = ("OpenDatabase", "OpenView", "OpenDocument", "EditDocument", "OpenForm")
# Other words for the same on Domino's web side.
_USUAL = ("", "open", "openframeset", "opennavigator", "openelement", "opendatabase", "openview", "opendocument")

_PORTAL = re.compile(r"/notes/(?:([^/?]{16,17})/(?:([^/?]{32,40})/?)?)?")
# Each tag in both spellings: `<REPLICA 852565A7:005100C7>` and `<REPLICA>852565A7:005100C7</REPLICA>`.
_TAG = re.compile(
    r"<\s{0,4}(REPLICA|VIEW|NOTE|HINT)\s{0,8}(?:>([^<>]{0,400})(?:</\s{0,4}\1\s{0,4}>|(?=<))|\s([^<>]{1,400})>)", re.I
)
# What no address holds: white space, control and format characters, markup, quotes.
_UNWANTED = re.compile(
    r"[\s\x00-\x20\x7f-\xa0\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\uffff<>\"'`{}|^]"
)
# Before a scheme, or within it, as browsers leave it out.
_IGNORED = re.compile(r"\A[\x00-\x20]+|[\t\r\n]+")


@dataclass(frozen=True)
class NotesLink:
    """The parts of a link, each checked: one of `replica` and `path`, the rest may be empty.

    `replica`: 16 hexadecimal digits, capitals. `path`: of a database file, relative, with `/`. `view`: UNID (32
    digits), or a name. `document`: UNID. `command`: one of `COMMANDS`, empty for the usual one. `server`: a hint,
    abbreviated (`Courriel01/Ville`) or a host's name. Raises NotesLinkError for anything else.
    """

    replica: str = ""
    path: str = ""
    view: str = ""
    document: str = ""
    command: str = ""
    server: str = ""

    def __post_init__(self) -> None:
        if bool(self.replica) == bool(self.path):
            raise NotesLinkError(_("This link names no database."))
        if self.replica and not REPLICA.fullmatch(self.replica):
            raise NotesLinkError(_("A replica ID is 16 hexadecimal digits."))
        if self.path and not is_path(self.path):
            raise NotesLinkError(_("This is no path of a Notes database."))
        if self.view and not is_view(self.view):
            raise NotesLinkError(_("This is no view of a Notes database."))
        if self.document and not UNID.fullmatch(self.document):
            raise NotesLinkError(_("The identifier of a document is 32 hexadecimal digits."))
        if self.server and not SERVER.fullmatch(self.server):
            raise NotesLinkError(_("This is no name of a Notes server."))
        self._check_command()
        if len(self.to_url()) > LONGEST_URL or len(self.to_portal()) > LONGEST_URL:
            raise NotesLinkError(_("This link is too long."))

    def _check_command(self) -> None:
        expected = {
            "": True,
            "EditDocument": bool(self.document),
            "OpenForm": bool(self.view) and not self.document and not UNID.fullmatch(self.view),
        }
        if not expected.get(self.command):
            raise NotesLinkError(_("This link asks for something that links to Notes do not do."))

    @property
    def is_special(self) -> bool:
        """Whether it is each reader's own database of its kind."""
        return self.replica in SPECIAL

    @property
    def special(self) -> str:
        """`mail`, `contacts`, `subscriptions` or `bookmarks` of whoever opens it; empty for a database like others."""
        return SPECIAL.get(self.replica, "")

    @property
    def _does(self) -> str:
        return self.command or ("OpenDocument" if self.document else "OpenView" if self.view else "")

    def _inside(self) -> str:
        """The view and document of an address, with the command."""
        parts = [quote(self.view, safe="") or "0", self.document] if self.document else [quote(self.view, safe="")]
        return "".join(f"/{one}" for one in parts if one) + (f"?{self._does}" if self._does else "")

    def to_url(self) -> str:
        """As a `notes://` address. ASCII."""
        return f"notes://{quote(self.server, safe='')}/{self.replica or quote(self.path, safe='')}{self._inside()}"

    def to_portal(self) -> str:
        """As an address of the portal, which opens it in whatever way works for its reader. ASCII, a path."""
        asked = {"path": self.path, "view": self.view, "command": self.command, "server": self.server}
        if self.path:
            asked["document"] = self.document
        query = urlencode({name: value for name, value in asked.items() if value}, quote_via=quote, safe="")
        path = "/notes/" + "".join(f"{one}/" for one in (self.replica, self.replica and self.document) if one)
        return f"{path}?{query}" if query else path

    def to_web(self, base: str) -> str:
        """As an address of the Domino web server at `base` (`https://domino.example.org`, or its name alone).

        The server hint stays behind. Raises NotesLinkError for a special replica ID, which only a client understands.
        """
        if self.is_special:
            raise NotesLinkError(_("Only Notes itself knows which database this is."))
        origin = base.rstrip("/") if "://" in base else f"https://{base}"
        file = f"__{self.replica}.nsf" if self.replica else quote(self.path)
        return f"{origin}/{file}{self._inside() or '?OpenDatabase'}"

    def to_ndl(self, remark: str = "") -> str:
        """As the text of an `.ndl` file, lines ended by CRLF; every character exists in windows-1252.

        Such a file knows replica IDs and UNIDs alone: raises NotesLinkError for a path; a view's name and the command
        stay behind.
        """
        if not self.replica:
            raise NotesLinkError(_("An .ndl file needs the replica ID of the database; this link has its path."))
        lines = ["<NDL>", f"<REPLICA {self.replica[:8]}:{self.replica[8:]}>"]
        if UNID.fullmatch(self.view):
            lines.append(f"<VIEW {note_of(self.view)}>")
        if self.document:
            lines.append(f"<NOTE {note_of(self.document)}>")
        if self.server:
            lines.append(f"<HINT>{canonical(self.server)}</HINT>")
        # SECURITY: of free text only what the alphabet knows.
        if said := re.sub(rf"[^{LETTERS} ._&,()-]+", " ", remark).strip()[:120]:
            lines.append(f"<REM>{said}</REM>")
        return "\r\n".join([*lines, "</NDL>", ""])


def parse_link(text: str) -> NotesLink:
    """The parts of a link, from a `notes://` address, the text of an `.ndl` file, the address of a Domino web server
    or of the portal. Raises NotesLinkError, whose text says to people what is wrong; in time that grows with the text.
    """
    if len(text) > LONGEST_TEXT:
        raise NotesLinkError(_("This is too long to be a link to Notes."))
    text = text.lstrip("\ufeff").strip()
    if not text:
        raise NotesLinkError(_("Paste a link to Notes."))
    if re.search(r"<\s{0,4}NDL\s{0,4}>", text, re.I):
        return _from_ndl(text)
    if _UNWANTED.search(text):
        raise NotesLinkError(_("This address holds characters that no link to Notes has."))
    if text[:8].lower() == "notes://":
        return _from_url(text[8:])
    if text.startswith("/notes/"):
        return _from_portal(text)
    if re.match(r"https?://", text, re.I):
        return _from_web(text)
    raise NotesLinkError(
        _("A link to Notes begins with notes:// or with the address of a Domino server, or is an .ndl file.")
    )


def parse_file(data: bytes) -> NotesLink:
    """The parts of a link, from an `.ndl` file as clients save it: windows-1252, UTF-8 or UTF-16. See `parse_link`."""
    if len(data) > LONGEST_TEXT:
        raise NotesLinkError(_("This is too long to be a link to Notes."))
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "windows-1252")
    for encoding in encodings:
        try:
            return parse_link(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise NotesLinkError(_("This file is no link to Notes."))


def kept_address(address: str) -> str | None:
    """What a link of a text becomes: one to Notes, the portal's address for it; None for one that is not valid; any
    other address as it is.

    SECURITY: allow lists of texts let the scheme `notes` through to here, and it ends here. Browsers read a scheme past
    control characters before it and line ends within.
    """
    if not _IGNORED.sub("", address[:200]).lower().startswith("notes:"):
        return address
    try:
        return parse_link(address).to_portal()
    except NotesLinkError:
        return None


def _from_ndl(text: str) -> NotesLink:
    body = re.split(r"<\s{0,4}NDL\s{0,4}>", text, maxsplit=1, flags=re.I)[1]
    said: dict[str, str] = {}
    for found in _TAG.finditer(re.split(r"</\s{0,4}NDL\s{0,4}>", body, maxsplit=1, flags=re.I)[0]):
        name = found[1].upper()
        if name in said:
            raise NotesLinkError(_("This file holds more than one link."))
        said[name] = (found[2] or found[3] or "").strip()
    if "REPLICA" not in said:
        raise NotesLinkError(_("This link names no database."))
    # Mail programs break long lines.
    ids = {name: re.sub(r"\s+", "", said.get(name, "")) for name in ("REPLICA", "VIEW", "NOTE")}
    view, document = (read_unid(ids[name]).replace("0" * 32, "") if ids[name] else "" for name in ("VIEW", "NOTE"))
    return NotesLink(read_replica(ids["REPLICA"]), "", view, document, "", abbreviated(said.get("HINT", "")))


def _from_url(rest: str) -> NotesLink:
    server, slash, inside = rest.partition("/")
    if not slash:
        raise NotesLinkError(_("This link names no database."))
    return _from_path(inside, abbreviated(_decoded(server)))


def _from_web(text: str) -> NotesLink:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotesLinkError(_("This is no address of a Domino server.")) from None
    if not host or "@" in parts.netloc or port == 0:
        raise NotesLinkError(_("This is no address of a Domino server."))
    if _PORTAL.fullmatch(parts.path) and (parts.path != "/notes/" or "path=" in parts.query):
        return _from_portal(f"{parts.path}?{parts.query}")
    # Not the host's: `?Redirect` asks whichever server has a replica.
    if re.match(r"redirect&", parts.query, re.I):
        asked = {name.lower(): value for name, value in _asked(parts.query)}
        inside = asked.get("to", "").lstrip("/")
        inside = inside if not inside or inside[0] in "?!" else f"/{inside}"
        return _from_path(read_replica(asked.get("id", "")) + inside, abbreviated(asked.get("name", "")))
    query = f"?{parts.query}" if parts.query else ""
    if not DATABASE_END.search(parts.path):
        raise NotesLinkError(_("This is no address of a Domino server."))
    return _from_path(f"{parts.path.lstrip('/')}{query}", host)


def _from_portal(text: str) -> NotesLink:
    path, _sign, query = text.partition("?")
    found = _PORTAL.fullmatch(path)
    asked = dict(_asked(query))
    if not found:
        raise NotesLinkError(_("This link names no database."))
    return NotesLink(
        replica=read_replica(unquote(found[1])) if found[1] else "",
        path=asked.get("path", "") if not found[1] else "",
        view=_view(asked.get("view", "")),
        document=read_unid(unquote(found[2])) if found[2] else _document(asked.get("document", "")),
        command=_command(asked.get("command", "")),
        server=abbreviated(asked.get("server", "")),
    )


def _asked(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, errors="strict", max_num_fields=20)
    except ValueError:
        raise NotesLinkError(_("This address holds characters that no link to Notes has.")) from None


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise NotesLinkError(_("This address holds characters that no link to Notes has.")) from None


def _from_path(inside: str, server: str) -> NotesLink:
    """`database/view/document?command`, where the database is a replica ID or a path up to its `.nsf`."""
    end = REPLICA_START.match(inside) or DATABASE_END.search(inside)
    if end is None:
        raise NotesLinkError(_("This link names no database."))
    cut = end.end()
    database = _decoded(inside[:cut]).replace("\\", "/")
    place, _sign, asked = re.sub(r"[?!]", "?", inside[cut:], count=1).partition("?")
    named = REPLICA_FILE.fullmatch(database)
    steps = [_decoded(one) for one in place.split("/") if one]
    # `…/document/$FILE/name` is a file of the document.
    steps = steps[:2] if len(steps) > 2 and steps[2].upper() == "$FILE" else steps
    if len(steps) > 2:
        raise NotesLinkError(_("This link asks for something that links to Notes do not do."))
    document = _document(steps[1]) if len(steps) == 2 else ""
    view = _view(steps[0]) if steps and (not document or is_view(view_read(steps[0]))) else ""
    command = _command(asked.partition("&")[0])
    return NotesLink(named[1].upper() if named else "", "" if named else database, view, document, command, server)


def _view(text: str) -> str:
    view = view_read(text)
    return "" if view in ("0", "0" * 32) else view


def _document(text: str) -> str:
    return read_unid(text).replace("0" * 32, "") if text else ""


def _command(text: str) -> str:
    """Its usual spelling; empty for what a link does anyway."""
    name = text.lower()
    if name in _USUAL:
        return ""
    found = next((one for one in COMMANDS if one.lower() == name), None)
    if found is None:
        raise NotesLinkError(_("This link asks for something that links to Notes do not do."))
    return found
