"""What people write, from Markdown to safe HTML. The one place where text of people becomes markup."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from .notes_links import kept_address

MAX_LENGTH = 100_000
MAX_NESTING = 20
FIRST_HEADING = 3
ALIGNMENTS = ("left", "center", "right")
# Cells that a text's tables may have beyond those it has room for, since rows may be left short.
CELLS = 1000

# SECURITY: the whole of what can come out. No style, id, form, frame, script, event; classes are our own two sets.
TAGS = {
    "a", "blockquote", "br", "code", "del", "div", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p",
    "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
}
CLASSES = {
    "div": {"table-scroll"},
    "td": {f"is-{side}" for side in ALIGNMENTS},
    "th": {f"is-{side}" for side in ALIGNMENTS},
}
# Links to Notes come out as addresses of the portal (`notes_links.kept_address`).
SCHEMES = {"http", "https", "mailto", "tel", "notes"}


# SECURITY: every repetition is bounded and nothing overlaps, so that time grows with the length of the text alone;
# the usual linkifier needs 15 seconds for 80 kB of `http://a`. An address needs its scheme: `rapport.py` is a file.
BARE_ADDRESS = re.compile(
    r"(?<![\w@/])(?:(?P<web>(?:https?|[Nn]otes)://[^\s<>\"«»`|\\^{}]{1,2000})"
    r"|(?P<mail>[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}))"
)
TRAILING = ".,:;!?'*_~…"


def _without_trailing(address: str) -> str:
    """Leave the sentence's punctuation, and a bracket the address did not open, to the sentence."""
    end = len(address)
    while end:
        last = address[end - 1]
        closes = last in ")]" and address.count(last, 0, end) > address.count({")": "(", "]": "["}[last], 0, end)
        # At most a handful of steps in real text; the bound keeps `))))…` from being counted again and again.
        if len(address) - end > 20 or not (last in TRAILING or closes):
            break
        end -= 1
    return address[:end]


def _link_text(token: Token, validate: Any) -> list[Token]:
    """Split one text token at the bare addresses it contains."""
    parts: list[Token] = []
    position = 0
    for match in BARE_ADDRESS.finditer(token.content):
        shown = _without_trailing(match.group())
        address = f"mailto:{shown}" if match["mail"] else shown
        if not validate(address):
            continue
        if match.start() > position:
            parts.append(Token("text", "", 0, content=token.content[position : match.start()]))
        parts.append(Token("link_open", "a", 1, attrs={"href": address}))
        parts.append(Token("text", "", 0, content=shown))
        parts.append(Token("link_close", "a", -1))
        position = match.start() + len(shown)
    if not parts:
        return [token]
    if position < len(token.content):
        parts.append(Token("text", "", 0, content=token.content[position:]))
    return parts


def _link_bare_addresses(state: StateCore) -> None:
    for block in state.tokens:
        if block.type != "inline" or not block.children or ("://" not in block.content and "@" not in block.content):
            continue
        children: list[Token] = []
        depth = 0
        for child in block.children:
            depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            children.extend(_link_text(child, state.md.validateLink) if child.type == "text" and not depth else [child])
        block.children = children


# SECURITY: pictures of the portal are files. At any other address of ours, a text would make its readers' browsers ask
# for pages in their name.
PICTURE = re.compile(r"/files/[0-9A-Za-z-]+(?:/[^/\\?#]+)?")


def is_picture(address: str) -> bool:
    """Tell whether an address is that of a file of this very site, whole: `..` and `//other` lead elsewhere."""
    return bool(PICTURE.fullmatch(address))


def _render_image(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    """Show files of this site; an image from elsewhere becomes a link, so that reading tells nobody."""
    token = tokens[index]
    source = str(token.attrs.get("src", ""))
    alt = self.renderInlineAsText(token.children or [], options, env)
    if is_picture(source):
        image = Token("image", "img", 0, attrs={"src": source, "alt": alt, "loading": "lazy"})
        return f"<img{self.renderAttrs(image)}>"
    link = Token("link", "a", 0, attrs={"href": source})
    text = Token("text", "", 0, content=alt or source)
    return f"<a{self.renderAttrs(link)}>{self.text([text], 0, options, env)}</a>"


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table, of no more cells than the text has room for; what comes after is text.

    SECURITY: short rows are filled up with empty cells. Thirty small tables in a comment made a million of them: a
    minute and a half of a worker, and 22 MB for each reader. A written cell takes two characters.
    """
    columns = state.src[state.bMarks[start] : state.eMarks[start]].strip().strip("|").count("|") + 1
    room = state.env.setdefault("cells", len(state.src) // 2 + CELLS)
    if room < columns or not table(state, start, min(end, start + 2 + room // columns), silent):
        return False
    if not silent:
        state.env["cells"] = room - columns * (state.line - start)
    return True


def _open_table(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    # A wide table scrolls by itself, also by keyboard, instead of pushing the page sideways.
    return '<div class="table-scroll" tabindex="0"><table>\n'


def _close_table(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    return "</table></div>\n"


def _open_cell(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    style = str(token.attrs.get("style", ""))
    side = next((side for side in ALIGNMENTS if style == f"text-align:{side}"), "")
    return f'<{token.tag} class="is-{side}">' if side else f"<{token.tag}>"


class _Markdown(MarkdownIt):
    """Takes a link to Notes for a link when it is valid; otherwise its brackets stay text."""

    def validateLink(self, url: str) -> bool:
        return bool(super().validateLink(url)) and kept_address(url) is not None


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """The Markdown dialect of every text people write: CommonMark, tables, strikethrough, bare addresses."""
    # SECURITY: html off, so that markup in the text is text; the nesting limit keeps hostile input linear.
    markdown = _Markdown("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    markdown.enable(["table", "strikethrough"])
    markdown.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    markdown.core.ruler.push("bare_addresses", _link_bare_addresses)
    markdown.add_render_rule("image", _render_image)
    markdown.add_render_rule("table_open", _open_table)
    markdown.add_render_rule("table_close", _close_table)
    markdown.add_render_rule("td_open", _open_cell)
    markdown.add_render_rule("th_open", _open_cell)
    return markdown


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and not is_picture(value):
        return None
    return kept_address(value) if name == "href" else value


def clean(html: str) -> SafeString:
    """Keep only what the allow list names."""
    # SECURITY: second lock behind the parser; this one decides.
    return mark_safe(
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            attribute_filter=_keep_attribute,
            allowed_classes=CLASSES,
            tag_attribute_values={"div": {"tabindex": {"0"}}},
            url_schemes=SCHEMES,
            link_rel="noopener nofollow ugc",
        )
    )


def render_markdown(source: str, *, first_heading: int = FIRST_HEADING) -> SafeString:
    """Return safe HTML for a Markdown text.

    The highest heading gives `<h3>` (or `first_heading`), since the page and its parts own the levels above.
    Raise ValueError, with a message for people, above 100,000 characters.
    """
    if len(source) > MAX_LENGTH:
        raise ValueError(gettext("This text is too long: 100,000 characters at most."))
    tokens = parser().parse(source)
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            # People choose levels by their size: none is skipped, so that the page's outline has no holes.
            level = int(token.tag[1])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(len(above) + first_heading - 1, 6)}"
    return clean(parser().renderer.render(tokens, parser().options, {}))
