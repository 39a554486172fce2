"""What people write becomes safe HTML, quickly, whatever they write."""

import re
import time
from html import unescape

import pytest
from django.utils.translation import override

from foundation.ui.markup import MAX_LENGTH, is_picture, render_markdown


def test_headings_start_under_the_page_own():
    assert render_markdown("# a\n## b\n###### c") == "<h3>a</h3>\n<h4>b</h4>\n<h5>c</h5>\n"


def test_no_level_of_heading_is_skipped():
    assert render_markdown("### a\n##### b\n# c\n## d") == "<h3>a</h3>\n<h4>b</h4>\n<h3>c</h3>\n<h4>d</h4>\n"


def test_a_wiki_page_may_start_higher():
    assert render_markdown("# a", first_heading=2) == "<h2>a</h2>\n"


def test_tables_strikethrough_and_bare_addresses_are_understood():
    html = render_markdown("~~vieux~~ https://ville.example/a\n\n|a|b|\n|--|-:|\n|1|2|")
    assert "<s>vieux</s>" in html
    assert '<a href="https://ville.example/a" rel="noopener nofollow ugc">' in html
    assert '<div class="table-scroll" tabindex="0"><table>' in html
    assert '<td class="is-right">2</td>' in html
    assert "style=" not in html


@pytest.mark.parametrize(
    ("source", "href"),
    [
        ("Voir https://ville.example/a.", "https://ville.example/a"),
        ("(https://ville.example/a_(b))", "https://ville.example/a_(b)"),
        ("« https://ville.example/é »", "https://ville.example/%C3%A9"),
        ("Écrire à claire.d@ville.example.", "mailto:claire.d@ville.example"),
    ],
)
def test_a_bare_address_ends_where_the_sentence_goes_on(source, href):
    html = str(render_markdown(source))
    assert html.count("<a ") == 1
    assert f'href="{href}"' in html or f'href="{href.replace("%C3%A9", "é")}"' in html


def test_an_address_in_code_or_in_a_link_stays_as_it_is():
    assert "<a" not in render_markdown("`https://ville.example`")
    assert render_markdown("[https://ville.example](/a)").count("<a ") == 1


def test_a_file_name_is_not_a_site():
    assert "<a" not in render_markdown("voir rapport.py et ville.ca")


def test_code_is_left_as_written():
    assert render_markdown('`"a" -- b...`') == '<p><code>"a" -- b...</code></p>\n'


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        "[x](vbscript:a)",
        "<javascript:alert(1)>",
        "![x](data:image/svg+xml;base64,AAAA)",
        '[x](/a "\\" onmouseover=\\"alert(1)")',
        "<div id=content class=header style='position:fixed'>x</div>",
        "<iframe src=//elsewhere.example></iframe>",
        "<form action=/sign-out><button>x</button></form>",
    ],
)
def test_nothing_active_comes_out(source):
    html = str(render_markdown(source))
    for tag in ("<script", "<iframe", "<form", "<button", "<svg", "<img"):
        assert tag not in html
    for address in ('href="javascript', 'href="data', 'href="vbscript'):
        assert address not in html.lower()
    # Attributes can only be ones of ours.
    for piece in html.split("<")[1:]:
        tag = piece.split(">")[0]
        assert " on" not in tag.replace('title="&quot; onmouseover=&quot;alert(1)"', "")
        assert " id=" not in tag
        assert " style=" not in tag


@pytest.mark.parametrize("address", ["https://elsewhere.example/p.png", "//elsewhere.example/p.png", "p.png"])
def test_an_image_from_elsewhere_becomes_a_link(address):
    html = render_markdown(f"![plan]({address})")
    assert "<img" not in html
    assert "plan</a>" in html


def test_what_looks_like_a_path_and_leads_elsewhere_is_not_local():
    assert is_picture("/files/1") and is_picture("/files/0f-1/plan%20d%C3%A9neigement.png")
    elsewhere = ["//a.example", "/\\a.example", "https://a.example", "", "/people/", "/files/1?x", "/files/1/../../a"]
    assert not any(is_picture(address) for address in elsewhere)


def test_an_image_of_ours_is_shown():
    assert render_markdown("![plan](/files/1)") == '<p><img src="/files/1" alt="plan" loading="lazy"></p>\n'


def test_too_long_is_refused_in_the_reader_language():
    assert render_markdown("a" * MAX_LENGTH)
    with override("fr"), pytest.raises(ValueError, match="100"):
        render_markdown("a" * (MAX_LENGTH + 1))


@pytest.mark.parametrize(
    "source",
    [
        "`" * 1_000,
        "".join("`" * n + " " for n in range(1, 400)),
        "[" * 4_000,
        "[a](" * 4_000,
        "![" * 4_000,
        ">" * 10_000,
        "> " * 10_000,
        "- " * 10_000,
        "*a **b " * 5_000,
        "**a *" * 10_000,
        "~~a" * 10_000,
        "<" * 20_000,
        "|" * 20_000,
        "|a" * 2_000 + "\n" + "|-" * 2_000 + "\n" + "|a\n" * 10_000,
        "[a]: x\n" * 5_000,
        "http://a" * 10_000,
        "http://a/(" * 10_000,
        "http://a/" + ")" * 90_000,
        "mailto:" * 14_000,
        "a@" * 45_000,
        "a." * 45_000,
        "@a.a" * 22_000,
        "a@b.c " * 15_000,
        "\\" * 50_000,
        "&" * 50_000,
        "(" * 50_000,
        "".join(f"{'  ' * n}- a\n" for n in range(250)),
    ],
    ids=lambda source: f"{source[:8]!r}x{len(source)}",
)
def test_hostile_text_is_fast(source):
    start = time.thread_time()
    render_markdown(source[:MAX_LENGTH])
    assert time.thread_time() - start < 3


NOTES = "notes://Courriel01%2FVille/C1256C1E006B1EB2/0/29DCC0C174F9C52FC1256C1F00831A06?OpenDocument"
OPENED = "/notes/C1256C1E006B1EB2/29DCC0C174F9C52FC1256C1F00831A06/?server=Courriel01%2FVille"
HOSTILE_NOTES = [
    "notes:javascript:alert(1)",
    'notes://x" onclick="alert(1)/C1256C1E006B1EB2',
    "notes://x/C1256C1E006B1EB2/0/\nonload",
    "n\notes:javascript:alert(1)",
    "\x01notes:javascript:alert(1)",
    " notes:javascript:alert(1)",
    "notes&#58;javascript&colon;alert(1)",
    "NOTES:&#106;avascript:alert(1)",
    "notes://s\u202evr/C1256C1E006B1EB2",
    "notes://srv/../../x.exe",
    "notes://" + "a" * 90_000,
]


@pytest.mark.parametrize(
    "source", [f"[Neige]({NOTES})", f"<{NOTES}>", f"Voir {NOTES}.", f"[Neige][1]\n\n[1]: {NOTES.replace('n', 'N', 1)}"]
)
def test_a_link_to_notes_leads_through_the_portal(source):
    html = render_markdown(source)
    assert f'<a href="{OPENED}" rel="noopener nofollow ugc">' in html
    assert 'href="notes' not in html


@pytest.mark.parametrize("address", HOSTILE_NOTES)
@pytest.mark.parametrize("form", ["[x]({})", "<{}>", "{}", "[x]\n\n[x]: {}", "![x]({})", "[x](<{}>)"])
def test_a_hostile_link_to_notes_is_text(form, address):
    html = str(render_markdown(form.replace("{}", address)))
    assert not re.search(r"<[^>]*onclick=", html)
    for href in as_browsers_read(html):
        assert href.startswith("/notes/C1256C1E006B1EB2/") or not re.match(r"[a-z]+:", href, re.I)


def as_browsers_read(html):
    """The addresses of its links: line ends left out, and what comes before a scheme."""
    return [re.sub(r"[\t\r\n]|^[\x00-\x20]+", "", unescape(one)) for one in re.findall(r'href="([^"]*)"', html)]
