"""Rich text of pages, from what the editor keeps to safe HTML.

SECURITY: second lock behind the editor's own converter, and the one that decides: whatever is in the database, only
what is listed here comes out.
"""

import re
from collections.abc import Iterable, Mapping

import nh3
from django.utils.safestring import SafeString, mark_safe

from foundation.ui.notes_links import kept_address

TAGS = {"a", "b", "blockquote", "br", "em", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "strong", "sub", "sup", "ul"}
ATTRIBUTES = {"a": {"href"}}
# Links to Notes come out as addresses of the portal (`notes_links.kept_address`).
SCHEMES = {"http", "https", "mailto", "tel", "notes"}

# A link to a page of ours, as Wagtail keeps it: <a id="12" linktype="page">.
_PAGE_LINK = re.compile(r"<a\b(?=[^>]{0,200}\blinktype=\"page\")[^>]{0,200}\bid=\"(\d{1,10})\"[^>]{0,200}>")


def linked_pages(sources: Iterable[str]) -> set[int]:
    """The ids of the pages that these texts link to."""
    return {int(found) for source in sources for found in _PAGE_LINK.findall(source)}


def clean_html(source: str, pages: Mapping[int, str]) -> SafeString:
    """Safe HTML of a rich text. `pages`: the addresses of those linked pages that the reader may see; links to others
    are plain text."""

    def link(found: re.Match[str]) -> str:
        address = pages.get(int(found[1]))
        return f'<a href="{address}">' if address else "<a>"

    html = nh3.clean(
        _PAGE_LINK.sub(link, source),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        attribute_filter=lambda tag, name, value: kept_address(value) if name == "href" else value,
        link_rel="noopener",
        clean_content_tags={"script", "style", "template", "iframe", "object", "noscript", "title", "svg", "math"},
    )
    return mark_safe(html.replace('<a rel="noopener">', "<a>"))


def safe_address(address: str) -> str:
    """An address people may be led to, or nothing: a page of the portal, the web, mail, a telephone, Notes by way of
    the portal."""
    address = kept_address(address.strip()) or ""
    if re.match(r"(?:https?://|mailto:|tel:)[^\s<>\"]+$", address, re.IGNORECASE):
        return address
    return address if re.match(r"/(?![/\\])[^\s<>\"\\]*$", address) else ""
