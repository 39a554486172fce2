"""Formatted text that people write in an editor or paste from a word processor: cleaned when it is written.

The dialect is small on purpose: paragraphs, two levels of headings, lists, quotes, links, tables, emphasis. Nothing of
how it looked elsewhere survives.
"""

import re
from html import unescape

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from .notes_links import kept_address

# SECURITY: the whole of what can come out. No style, class, id, image, form, frame, script, event.
TAGS = {
    "a", "blockquote", "br", "em", "h2", "h3", "hr", "li", "ol", "p", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
# Links to Notes become addresses of the portal (`notes_links.kept_address`).
READ_SCHEMES = SCHEMES | {"notes"}
# What goes with everything in it; of any other unknown tag the text stays.
SILENT = {"script", "style", "title", "head", "noscript", "template", "iframe", "object", "svg", "math"}
# Understood, and written as one of the above.
RENAMED = {
    "b": "strong",
    "i": "em",
    "h1": "h2",
    "h4": "h3",
    "h5": "h3",
    "h6": "h3",
    "del": "s",
    "strike": "s",
    "div": "p",
}
# Text in which none of these stands is no HTML: `<x>` in it is what somebody wrote.
_TAG = re.compile(
    r"<!--|<!\[|</?(?:a|abbr|article|b|big|blockquote|body|br|button|center|code|dd|del|details|div|dl|dt|em|embed|"
    r"fieldset|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|li|link|main|math|meta|nav|object|ol|"
    r"o:p|p|pre|s|script|section|select|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|template|textarea|th|"
    r"thead|title|tr|u|ul|video|audio|base)(?=[\s>/])",
    re.I,
)
# SECURITY: the parser's time grows with the square of the depth: 40,000 nested `div` take seconds. Nobody writes 200.
# Left out are the elements that need no closing.
_NESTING = re.compile(
    r"<(/?)(?!(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|td|th|tr|tbody|thead|wbr)[\s/>])[a-z]",
    re.I,
)
DEEPEST = 200
# What is drawn as a PDF goes less deep than what is parsed. Counted here are lists and the cells of tables too.
DEEPEST_KEPT = 100
_OPENED = re.compile(r"<(/?)(?!(?:br|hr)[ >])[a-z]")
# SECURITY: a cell of 100,000 columns costs the drawing of a PDF half a minute, one of a million an hour.
SPANS_MOST = 1000
# SECURITY: what follows reads HTML that the parser has written again: every `<` opens a tag and every paragraph is
# closed: the time of each pattern grows with the length of the text alone.
_KNOWN = re.compile(r"<(/?)(b|i|h1|h4|h5|h6|del|strike|div)(?=[ >])")
# Word writes a list as paragraphs that begin with a bullet of its own font.
_ITEM = re.compile(r'<p class="[^"<>]*MsoList[^"<>]*">(.*?)</p>', re.S)
_MARK = re.compile(r"(?:[\s\u00a0]|&nbsp;)*(?:[·•§o\uf0b7-]|\d{1,3}[.)])(?:[\s\u00a0]|&nbsp;)+")
_EMPTY = re.compile(r"<(p|h2|h3|li|strong|em|s|blockquote)>(?:\s|&nbsp;|\u00a0|<br>)*</\1>")
_LISTS_JOINED = re.compile(r"</(ul|ol)>\s*<\1>")
_SPACES = re.compile(r"[ \t\r\n]+")


def clean_rich_text(text: str, *, with_notes: bool = True) -> SafeString:
    """Safe HTML of the dialect above, from anything: HTML of an editor or of Word, or plain text (its paragraphs kept).

    Cleaning what is clean changes nothing. Links to Notes become the portal's addresses for them, or, without
    `with_notes`, plain text.
    """
    text = text.replace("\x00", "").strip()
    if not text:
        return mark_safe("")
    if _is_too_deep(text):
        text = re.sub(r"<[^<>]*>", " ", text)
    if not _TAG.search(text):
        return mark_safe(_clean(linebreaks(unescape(text), autoescape=True).replace("\n\n", "\n")))
    known = nh3.clean(
        text,
        tags=TAGS | set(RENAMED),
        attributes={**ATTRIBUTES, "p": {"class"}},
        clean_content_tags=SILENT,
        url_schemes=READ_SCHEMES if with_notes else SCHEMES,
        link_rel=None,
    )
    known = _KNOWN.sub(lambda found: f"<{found[1]}{RENAMED[found[2]]}", known)
    return mark_safe(_clean(_LISTS_JOINED.sub("", _ITEM.sub(_as_item, known))))


class _Kept:
    """Attributes as they come out: links to Notes as addresses of the portal; the columns and rows that cells take, as
    long as all together are few."""

    def __init__(self) -> None:
        self._left = SPANS_MOST

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return kept_address(value)
        if name not in ("colspan", "rowspan"):
            return value
        taken = int(value) if value.isascii() and value.isdecimal() and len(value) < 5 else 0
        if not 0 < taken <= self._left:
            return None
        self._left -= taken
        return value


def _is_too_deep(text: str, opened: re.Pattern[str] = _NESTING, deepest: int = DEEPEST) -> bool:
    depth = 0
    for found in opened.finditer(text):
        depth = max(depth + (-1 if found[1] else 1), 0)
        if depth > deepest:
            return True
    return False


def _as_item(match: re.Match[str]) -> str:
    """One of Word's list paragraphs as a list of one, joined with its neighbours afterwards."""
    inner = match[1]
    mark = _MARK.match(inner)
    if mark is None:
        return f"<ul><li>{inner}</li></ul>"
    tag = "ol" if any(one.isdigit() for one in mark[0]) else "ul"
    return f"<{tag}><li>{inner[mark.end() :]}</li></{tag}>"


def _clean(html: str) -> str:
    if _is_too_deep(html, _OPENED, DEEPEST_KEPT):
        html = linebreaks(unescape(re.sub(r"<[^<>]*>", " ", html)).strip(), autoescape=True)
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_Kept(),
        clean_content_tags=SILENT,
        url_schemes=READ_SCHEMES,
        link_rel="noopener",
    )
    # Emptied elements inside one another: as many passes as they are deep, and no more than a few.
    for _pass in range(4):
        emptied = _EMPTY.sub("", cleaned)
        if emptied == cleaned:
            break
        cleaned = emptied
    cleaned = _LISTS_JOINED.sub("", cleaned)
    return _SPACES.sub(" ", cleaned).replace("> <", "><").strip()


def plain_text(html: str) -> str:
    """The words alone, for indexes, summaries and feeds."""
    spaced = re.sub(r"</(?:p|h2|h3|li|td|th|tr|blockquote)>|<br>|<hr>", "\n", html)
    return "\n".join(line for one in unescape(re.sub(r"<[^>]*>", "", spaced)).split("\n") if (line := one.strip()))
