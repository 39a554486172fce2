"""Links to Notes in formatted text: those that are valid lead through the portal, the others are plain text."""

import re

import pytest

from foundation.ui.rich_text import clean_rich_text
from publications.blocks.cleaning import clean_html, safe_address
from publications.feed_values import absolute

from .test_markup import HOSTILE_NOTES, NOTES, OPENED, as_browsers_read


def _site_html(text):
    return clean_html(text, {})


@pytest.mark.parametrize("clean", [clean_rich_text, _site_html])
@pytest.mark.parametrize(
    "html",
    [
        f'<p>Voir <a href="{NOTES}">Neige</a></p>',
        # As copied from Notes, and from Word.
        f'<p>Voir <a class="domino-link" target="_blank" href="N{NOTES[1:]}" onclick="x()">Neige</a></p>',
        f'<p>Voir <a\nhref="{NOTES}" style="mso-x"><b></b>Neige</a></p>',
    ],
)
def test_a_valid_link_leads_through_the_portal(clean, html):
    written = clean(html)
    assert f'<a href="{OPENED}" rel="noopener">' in written
    assert clean(written) == written
    assert not re.search("onclick|class|style|notes:", written)


@pytest.mark.parametrize("clean", [clean_rich_text, _site_html])
@pytest.mark.parametrize("address", HOSTILE_NOTES)
def test_others_are_text(clean, address):
    for quote in ("'", '"'):
        written = str(clean(f"<p><a href={quote}{address}{quote}>Neige</a></p>"))
        for href in as_browsers_read(written):
            assert href.startswith("/notes/C1256C1E006B1EB2/") or not re.match(r"[a-z]+:", href, re.I)
        assert "Neige" in written
        assert not re.search(r"<[^>]*onclick=", written)


def test_a_stranger_s_feed_gives_no_link_to_notes():
    assert "href" not in absolute(f'<p><a href="{NOTES}">Neige</a></p>', "https://ailleurs.example/")


def test_a_button_of_a_page_may_lead_to_notes():
    assert safe_address(f" {NOTES}") == OPENED
    assert safe_address("notes:javascript:alert(1)") == ""
