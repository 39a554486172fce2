"""The register as a PDF, drawn page by page and sent as it is drawn: constant memory, however many people.

A layout engine takes minutes for a table of 28,000 rows (decision 32), so the few things a register needs are written
here: our own font embedded, text cut to its column, rules, page numbers. PDF 1.7; text can be searched and copied.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.contrib.staticfiles import finders
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from foundation.ui import dates

from . import registers
from .models import Mode, Request

# Letter, across. Points.
WIDTH, HEIGHT, MARGIN = 792, 612, 36
SIZE, LEADING = 8.0, 13.0
# (left edge, width) of: name, unit, state, version, language, declaration, when, fingerprint.
COLUMNS = ((36, 132), (172, 170), (346, 84), (434, 34), (472, 36), (512, 92), (608, 92), (704, 52))
TOP, FIRST_TOP, BOTTOM = HEIGHT - 62, HEIGHT - 148, 40
# Each covers its own alphabets, as in the browser; the first that has a character draws it.
_FILES = ("latin", "latin-ext", "vietnamese")
_CATALOG, _PAGES, _FIRST_FONT = 1, 2, 3
_OBJECTS_OF_A_FONT = 5


@dataclass
class _Font:
    """One embedded font: its file, and what drawing needs of it. Widths in thousandths of the size."""

    name: str
    file: bytes
    glyphs: dict[str, tuple[int, int]]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int


@lru_cache(maxsize=1)
def _fonts() -> list[_Font]:
    """Source Sans 3 at its regular weight, from the built front end. RuntimeError when it was not built."""
    found = []
    for name in _FILES:
        path = finders.find(f"built/fonts/source-sans-3-{name}-wght-normal.woff2")
        if not path:
            raise RuntimeError("the fonts are missing: build the front end first (make run does)")
        font = instantiateVariableFont(TTFont(path), {"wght": 400})
        # Out of its web wrapping: a PDF holds a plain one.
        font.flavor = None
        plain = BytesIO()
        font.save(plain)
        scale = 1000 / font["head"].unitsPerEm
        order, widths = font.getReverseGlyphMap(), font["hmtx"]
        glyphs = {chr(code): (order[one], round(widths[one][0] * scale)) for code, one in font.getBestCmap().items()}
        head, line = font["head"], font["hhea"]
        box = tuple(round(one * scale) for one in (head.xMin, head.yMin, head.xMax, head.yMax))
        rises = round(line.ascent * scale), round(line.descent * scale)
        found.append(_Font(f"SourceSans3-{name}", plain.getvalue(), glyphs, box, *rises))  # type: ignore[arg-type]
    return found


@dataclass
class _Writer:
    """Texts as drawing instructions, remembering which glyphs were used."""

    fonts: list[_Font] = field(default_factory=_fonts)
    places: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def _place(self, char: str) -> tuple[int, int, int]:
        """(font, glyph, width) of a character; a question mark's for one that no font has."""
        known = self.places.get(char)
        if known is None:
            for number, font in enumerate(self.fonts):
                if char in font.glyphs:
                    known = (number, *font.glyphs[char])
                    break
            else:
                known = (0, *self.fonts[0].glyphs["\u00a0" if char.isspace() else "?"])
            self.places[char] = known
        return known

    def width(self, text: str, size: float = SIZE) -> float:
        return sum(self._place(char)[2] for char in text) * size / 1000

    def cut(self, text: str, width: float, size: float = SIZE) -> str:
        """`text` as far as it fits, with an ellipsis where it was cut."""
        if self.width(text, size) <= width:
            return text
        room = (width - self.width("…", size)) * 1000 / size
        kept = 0
        for char in text:
            room -= self._place(char)[2]
            if room < 0:
                break
            kept += 1
        return f"{text[:kept].rstrip()}…"

    def text(self, x: float, y: float, text: str, size: float = SIZE) -> str:
        """The instructions that write `text` with its baseline at (x, y)."""
        parts, current = [f"BT {x:.1f} {y:.1f} Td"], -1
        run: list[str] = []
        for char in text:
            number, glyph, _width = self._place(char)
            if number != current:
                if run:
                    parts.append(f"<{''.join(run)}> Tj")
                parts.append(f"/F{number} {size:g} Tf")
                current, run = number, []
            run.append(f"{glyph:04x}")
        if run:
            parts.append(f"<{''.join(run)}> Tj")
        return " ".join([*parts, "ET"])

    def used(self, number: int) -> dict[int, tuple[str, int]]:
        """{glyph: (character, width)} of what one font drew."""
        return {glyph: (char, width) for char, (font, glyph, width) in self.places.items() if font == number}


class _File:
    """A PDF as its bytes come: objects are numbered as they are made, their places kept for the end."""

    def __init__(self) -> None:
        self.length = 0
        self.places: dict[int, int] = {}
        self.next = _FIRST_FONT + _OBJECTS_OF_A_FONT * len(_FILES)

    def raw(self, data: bytes) -> bytes:
        self.length += len(data)
        return data

    def object(self, number: int, body: bytes) -> bytes:
        self.places[number] = self.length
        return self.raw(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def stream(self, number: int, data: bytes, extra: str = "") -> bytes:
        packed = zlib.compress(data, 6)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode{extra} >>".encode()
        return self.object(number, head + b"\nstream\n" + packed + b"\nendstream")

    def new(self) -> int:
        self.next += 1
        return self.next - 1

    def end(self, information: int) -> bytes:
        start, count = self.length, self.next
        lines = ["0000000000 65535 f \n", *(f"{self.places[one]:010d} 00000 n \n" for one in range(1, count))]
        table = f"xref\n0 {count}\n{''.join(lines)}"
        trailer = (
            f"trailer\n<< /Size {count} /Root {_CATALOG} 0 R /Info {information} 0 R >>\nstartxref\n{start}\n%%EOF\n"
        )
        return self.raw((table + trailer).encode())


def _string(text: str) -> str:
    """A text of the document's properties."""
    return f"<feff{text.encode('utf-16-be', 'replace').hex()}>"


def pdf_pieces(request: Request, actor: Any) -> Iterator[bytes]:
    """The file, some pages at a time, in the language of `actor`."""
    language = actor.language
    file, writer, pages = _File(), _Writer(), list[int]()
    yield file.raw(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    with translation.override(language):
        words = _Words(request, actor, writer)
    lines = (line for some in registers.chunks(request) for line in some)
    room = int((FIRST_TOP - BOTTOM) // LEADING)
    drawn, y = words.first_page(), FIRST_TOP
    last = words.version_pages()
    total = words.pages_for(registers.all_lines(request).count(), room) + len(last)
    for line in lines:
        if room == 0:
            yield _page(file, pages, [*drawn, words.foot(len(pages) + 1, total)])
            drawn, y, room = words.next_page(), TOP, int((TOP - BOTTOM) // LEADING)
        y -= LEADING
        room -= 1
        drawn += words.row(line, y)
    for page in (drawn, *last):
        yield _page(file, pages, [*page, words.foot(len(pages) + 1, total)])
    yield from _ending(file, writer, pages, words.title, language)


def _page(file: _File, pages: list[int], drawn: list[str]) -> bytes:
    content, page = file.new(), file.new()
    pages.append(page)
    fonts = " ".join(f"/F{one} {_FIRST_FONT + _OBJECTS_OF_A_FONT * one} 0 R" for one in range(len(_FILES)))
    body = (
        f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {content} 0 R "
        f"/Resources << /Font << {fonts} >> >> >>"
    )
    return file.stream(content, "\n".join(drawn).encode()) + file.object(page, body.encode())


def _ending(file: _File, writer: _Writer, pages: list[int], title: str, language: str) -> Iterator[bytes]:
    """Fonts, list of pages, properties, table of places."""
    for number, font in enumerate(writer.fonts):
        first = _FIRST_FONT + _OBJECTS_OF_A_FONT * number
        yield from _font(file, first, font, writer.used(number))
    kids = " ".join(f"{one} 0 R" for one in pages)
    yield file.object(_PAGES, f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode())
    root = (
        f"<< /Type /Catalog /Pages {_PAGES} 0 R /Lang ({language}-CA) /ViewerPreferences << /DisplayDocTitle true >> >>"
    )
    yield file.object(_CATALOG, root.encode())
    information = file.new()
    yield file.object(information, f"<< /Title {_string(title)} /Producer (Parvis) >>".encode())
    yield file.end(information)


def _font(file: _File, first: int, font: _Font, used: dict[int, tuple[str, int]]) -> Iterator[bytes]:
    composite, descendant, descriptor, data, unicode = range(first, first + _OBJECTS_OF_A_FONT)
    widths = " ".join(f"{glyph} [{width}]" for glyph, (_char, width) in sorted(used.items()))
    box = " ".join(str(one) for one in font.box)
    yield file.object(
        composite,
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{font.name} /Encoding /Identity-H "
        f"/DescendantFonts [{descendant} 0 R] /ToUnicode {unicode} 0 R >>".encode(),
    )
    yield file.object(
        descendant,
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{font.name} /CIDToGIDMap /Identity "
        f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        f"/FontDescriptor {descriptor} 0 R /DW 500 /W [{widths}] >>".encode(),
    )
    yield file.object(
        descriptor,
        f"<< /Type /FontDescriptor /FontName /{font.name} /Flags 4 /FontBBox [{box}] /ItalicAngle 0 "
        f"/Ascent {font.ascent} /Descent {font.descent} /CapHeight {font.ascent} /StemV 80 "
        f"/FontFile2 {data} 0 R >>".encode(),
    )
    yield file.stream(data, font.file, f" /Length1 {len(font.file)}")
    yield file.stream(unicode, _to_unicode(used))


def _to_unicode(used: dict[int, tuple[str, int]]) -> bytes:
    """Which character each glyph is, so that texts can be searched and copied."""
    pairs = [f"<{glyph:04x}> <{char.encode('utf-16-be').hex()}>" for glyph, (char, _width) in sorted(used.items())]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(one)} beginbfchar\n" + "\n".join(one) + "\nendbfchar" for one in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{body}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode()


def _lines_of(version: Any) -> list[str]:
    """A version in words: when, what changed, the fingerprint of each language."""
    head = _("Version %(number)s, %(when)s, by %(name)s") % {
        "number": version.number,
        "when": dates.full(version.at),
        "name": version.by.name,
    }
    note = f" · {version.note}" if version.note else ""
    return [f"{head}{note}", *(f"{language.upper()}  {one}" for language, one in version.hashes.items()), ""]


class _Words:
    """Everything the pages say, put in words once: pages are drawn while other people's requests, in other languages,
    are served by the same process."""

    def __init__(self, request: Request, actor: Any, writer: _Writer) -> None:
        self.writer = writer
        self.now = timezone.now()
        self.units = registers.unit_names(request)
        self.states = {one: registers.state_label(one) for one in registers.STATES}
        self.modes = {one.value: registers.declared(one.value) for one in Mode}
        self.title = _("Register of acknowledgements")
        self.subject = request.content.display_title
        self.heads = [
            *(_("Name"), _("Unit"), _("State"), _("Version"), _("Language"), _("Declaration"), _("When")),
            _("Fingerprint"),
        ]
        figures, _units = registers.figures_of(request)
        made = _("Drawn up on %(when)s by %(name)s") % {"when": dates.full(self.now), "name": actor.name}
        asked = _("Asked on %(when)s by %(name)s: “%(mode)s”") % {
            "when": dates.full(request.asked),
            "name": request.asked_by.name,
            "mode": registers.declared(request.mode),
        }
        due = _("Due on %(when)s") % {"when": dates.full(request.due)} if request.due else _("No due date")
        counts = _("%(done)s of %(total)s acknowledged, %(overdue)s overdue, %(left)s no longer concerned") % {
            "done": figures.done,
            "total": figures.concerned,
            "overdue": figures.overdue,
            "left": figures.left,
        }
        self.about = [f"{asked} · {due}", counts, made]
        self.versions_title = _("Versions of the text, with their fingerprints (SHA-256)")
        self.versions = [line for one in registers.versions_of(request) for line in _lines_of(one)]
        self.page_of = _("Page %(number)s of %(total)s")

    def first_page(self) -> list[str]:
        write, left = self.writer.text, COLUMNS[0][0]
        lines = [write(left, HEIGHT - 52, self.title, 16)]
        lines.append(write(left, HEIGHT - 70, self.writer.cut(self.subject, WIDTH - 2 * MARGIN, 11), 11))
        for number, text in enumerate(self.about):
            lines.append(write(left, HEIGHT - 90 - 13 * number, self.writer.cut(text, WIDTH - 2 * MARGIN, 9), 9))
        return [*lines, *self._heads(FIRST_TOP)]

    def version_pages(self) -> list[list[str]]:
        """What was shown under each number: the fingerprints in full, by which a text is recognised."""
        each = int((TOP - BOTTOM) // LEADING)
        pages = []
        for start in range(0, len(self.versions), each):
            drawn = [self.writer.text(MARGIN, HEIGHT - 40, self.versions_title, 11)]
            for number, text in enumerate(self.versions[start : start + each]):
                line = self.writer.cut(text, WIDTH - 2 * MARGIN)
                drawn.append(self.writer.text(MARGIN, TOP - LEADING * number, line))
            pages.append(drawn)
        return pages

    def next_page(self) -> list[str]:
        room = WIDTH - 2 * MARGIN
        head = self.writer.cut(f"{self.title} · {self.subject}", room)
        return [self.writer.text(MARGIN, HEIGHT - 34, head), *self._heads(TOP)]

    def _heads(self, y: float) -> list[str]:
        drawn = [
            self.writer.text(COLUMNS[n][0], y, self.writer.cut(text, COLUMNS[n][1]))
            for n, text in enumerate(self.heads)
        ]
        return [*drawn, f"0.8 w 0.4 G {MARGIN} {y - 4:.1f} m {WIDTH - MARGIN} {y - 4:.1f} l S"]

    def row(self, line: registers.Line, y: float) -> list[str]:
        at = timezone.localtime(line.at).strftime("%Y-%m-%d %H:%M:%S") if line.at else ""
        texts = (
            *(line.name, self.units.get(line.unit, ""), self.states[line.state(self.now)], str(line.version or "")),
            *((line.language or "").upper(), self.modes.get(line.mode or "", ""), at, (line.content_hash or "")[:12]),
        )
        drawn = [
            self.writer.text(left, y, self.writer.cut(text, width))
            for (left, width), text in zip(COLUMNS, texts, strict=True)
            if text
        ]
        return [*drawn, f"0.3 w 0.85 G {MARGIN} {y - 4:.1f} m {WIDTH - MARGIN} {y - 4:.1f} l S"]

    def foot(self, number: int, total: int) -> str:
        text = self.page_of % {"number": number, "total": max(total, number)}
        return self.writer.text(WIDTH - MARGIN - self.writer.width(text), 24, text)

    @staticmethod
    def pages_for(rows: int, first: int) -> int:
        each = int((TOP - BOTTOM) // LEADING)
        return 1 + max(0, -(-(rows - first) // each))
