"""The official rendering of a notice: a tagged PDF, drawn from the same text as its page.

Source: WeasyPrint's documentation, https://doc.courtbouillon.org/weasyprint/stable/. Costs a second of CPU, so each
version is drawn once and kept.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.translation import override
from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetchingError

from .models import Notice

# SECURITY: WeasyPrint makes Pillow take pictures that are cut short, for the whole process. Ours refuse them.
ImageFile.LOAD_TRUNCATED_IMAGES = False
KEPT_SECONDS = 24 * 3600
FACES = (
    ("Source Sans 3", "source-sans-3-{}-wght-{}"),
    ("Source Serif 4", "source-serif-4-{}-wght-{}"),
)
RANGES = {
    "latin": "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+2000-206F, U+20AC, U+2122, U+2212",
    "latin-ext": "U+0100-02BA, U+1E00-1E9F, U+20A0-20AB",
}


class OnlyFonts(URLFetcher):
    """SECURITY: a text makes the server fetch nothing, neither pages of others nor its own files: our fonts alone."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        if not url.startswith(tuple(_font_addresses())):
            raise URLFetchingError(f"refused: {url[:80]}")
        return super().fetch(url, headers)


@lru_cache(maxsize=1)
def _font_addresses() -> dict[str, tuple[str, str, str]]:
    """The address of each font file -> its family, style and range."""
    found = {}
    for family, pattern in FACES:
        for part, letters in RANGES.items():
            for style in ("normal", "italic"):
                path = finders.find(f"built/fonts/{pattern.format(part, style)}.woff2")
                if path:
                    found[Path(str(path)).as_uri()] = (family, style, letters)
    return found


@lru_cache(maxsize=1)
def _fonts() -> FontConfiguration:
    return FontConfiguration()


def _style() -> CSS:
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; font-style: {style}; font-weight: 200 900; src: url("{address}"); '
        f"unicode-range: {letters}; }}\n"
        for address, (family, style, letters) in _font_addresses().items()
    )
    sheet = faces + render_to_string("publications/pdf.css")
    return CSS(string=sheet, font_config=_fonts(), url_fetcher=OnlyFonts())


def pdf_of(notice: Notice, language: str, reader_language: str) -> bytes:
    """The PDF of what is published, in `language`. Everyone who sees the notice gets the same bytes."""
    with override(language):
        html = _html(notice, language)
    # What is drawn decides what is kept: a correction, another name of the unit, another day of its end.
    key = f"publications.pdf.{hashlib.sha256(html.encode()).hexdigest()}"
    kept = cache.get(key)
    if kept is None:
        document = HTML(string=html, base_url=settings.SITE_URL, url_fetcher=OnlyFonts())
        kept = document.write_pdf(stylesheets=[_style()], font_config=_fonts(), pdf_variant="pdf/ua-1")
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _html(notice: Notice, language: str) -> str:
    context = {
        "notice": notice,
        "language": language,
        "text": notice.text_in(language),
        "behalf": notice.behalf_in(language),
        "brand": settings.BRAND_NAME,
        "city": settings.CITY_NAME,
        "address": f"{settings.SITE_URL}{notice.get_absolute_url()}",
        "corrections": list(notice.corrections.all()),
        "attachments": notice.attachments.of_page(notice),
    }
    return render_to_string("publications/pdf.html", context)
