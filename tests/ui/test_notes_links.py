"""Links to Notes: every form round-trips, and nothing hostile comes out of any."""

import re
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.ui.notes_links import (
    LONGEST_URL,
    NotesLink,
    NotesLinkError,
    parse_file,
    parse_link,
    read_replica,
    read_unid,
)

REPLICA = "C1256C1E006B1EB2"
VIEW = "38D46BF5E8F08834852564B500129B2C"
UNID = "29DCC0C174F9C52FC1256C1F00831A06"
CLIPBOARD = (
    "<NDL>\r\n<REPLICA C1256C1E:006B1EB2>\r\n<VIEW OF38D46BF5:E8F08834-ON852564B5:00129B2C>\r\n"
    "<NOTE OF29DCC0C1:74F9C52F-ONC1256C1F:00831A06>\r\n<HINT>CN=Courriel01/OU=TI/O=Ville</HINT>\r\n"
    "<REM>Base 'Règlements', Document « Neige »</REM>\r\n<FLAGS ADDTEMPORARY=TRUE NOREPLSEARCH=FALSE>\r\n</NDL>\r\n"
)
ELEMENTS = (
    "<NDL>\n<REPLICA>C1256C1E:006B1EB2</REPLICA>\n<VIEW>OF38D46BF5:E8F08834-ON852564B5:00129B2C</VIEW>\n"
    "<NOTE>OF29DCC0C1:74F9C52F-ONC1256C1F:00831A06</NOTE>\n<HINT>Courriel01/TI/Ville</HINT>\n</NDL>"
)
WHOLE = NotesLink(REPLICA, "", VIEW, UNID, "", "Courriel01/TI/Ville")

# Machines of tests are busy.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# What may stand in anything written. ASCII, no white space, no quote, no markup.
ADDRESS = re.compile(r"[A-Za-z0-9:/?%._~$&+=-]+")

LETTERS = "abcXYZ019éÉœÿ"
word = st.text(LETTERS, min_size=1, max_size=12)
inner = st.text(LETTERS + " ._&-", max_size=12)
name = st.builds(lambda a, b, c: f"{a}{b}{c}", word, inner, word)
servers = st.one_of(st.just(""), st.lists(name, min_size=1, max_size=4).map("/".join))
unids = st.text("0123456789ABCDEF", min_size=32, max_size=32).filter(lambda one: one != "0" * 32)
replicas = st.text("0123456789ABCDEF", min_size=16, max_size=16)
segments = st.builds(
    lambda a, b: a + b, st.text(LETTERS + "_$~(", min_size=1, max_size=1), st.text(LETTERS + " ._&$~()+,-", max_size=10)
)
paths = st.builds(lambda ups, end: "/".join([*ups, f"{end}.nsf"]), st.lists(segments, max_size=3), segments)
views = st.one_of(
    st.just(""),
    unids,
    st.builds(
        lambda a, b: a + b,
        st.text(LETTERS + "_$(", min_size=1, max_size=1),
        st.text(LETTERS + " ._&$()+,-", max_size=20),
    ),
)


@st.composite
def links(draw, by_path: bool = True):
    chosen = {
        "server": draw(servers),
        "view": draw(views),
        "document": draw(st.one_of(st.just(""), unids)),
        **({"path": draw(paths)} if by_path and draw(st.booleans()) else {"replica": draw(replicas)}),
    }
    commands = [
        "",
        *(["EditDocument"] if chosen["document"] else []),
        *(["OpenForm"] if chosen["view"] and not chosen["document"] else []),
    ]
    try:
        return NotesLink(command=draw(st.sampled_from(commands)), **chosen)
    except NotesLinkError:
        # Too long, two dots in a row, a form that looks like an identifier: the refusals have tests of their own.
        return NotesLink(replica=draw(replicas), document=chosen["document"])


@patient
@given(links())
def test_the_notes_address_round_trips(link):
    written = link.to_url()
    assert parse_link(written) == link
    assert ADDRESS.fullmatch(written)
    assert len(written) <= LONGEST_URL
    assert parse_link(written.replace("notes://", "Notes://")) == link


@patient
@given(links())
def test_the_address_of_the_portal_round_trips(link):
    written = link.to_portal()
    assert parse_link(written) == link
    assert parse_link(f"https://parvis.example.org{written}") == link
    assert ADDRESS.fullmatch(written)


@patient
@given(links())
def test_the_web_address_round_trips(link):
    if link.is_special:
        with pytest.raises(NotesLinkError):
            link.to_web("domino.example.org")
        return
    written = link.to_web("domino.example.org")
    assert parse_link(written) == replace(link, server="domino.example.org")
    assert ADDRESS.fullmatch(written)
    assert written.startswith("https://domino.example.org/")


@patient
@given(links(by_path=False), st.text(max_size=60))
def test_the_file_round_trips(link, remark):
    """It knows neither a view's name nor a command."""
    kept = replace(link, command="", view=link.view if re.fullmatch("[0-9A-F]{32}", link.view) else "")
    written = link.to_ndl(remark)
    data = written.encode("windows-1252")
    assert parse_file(data) == parse_link(written) == kept
    assert parse_file(written.encode("utf-8-sig")) == parse_file(written.encode("utf-16")) == kept
    assert written.count("<") == written.count(">") and written.endswith("</NDL>\r\n")
    assert written.replace("\r\n", "").isprintable()


def test_both_spellings_of_the_file_say_the_same():
    assert parse_link(CLIPBOARD) == parse_link(ELEMENTS) == WHOLE
    assert parse_file(CLIPBOARD.encode("windows-1252")) == parse_file(CLIPBOARD.encode("utf-8-sig")) == WHOLE
    assert parse_link(f"Voici le lien :\n{CLIPBOARD}\nMerci") == WHOLE
    assert WHOLE.to_ndl() == (
        "<NDL>\r\n<REPLICA C1256C1E:006B1EB2>\r\n<VIEW OF38D46BF5:E8F08834-ON852564B5:00129B2C>\r\n"
        "<NOTE OF29DCC0C1:74F9C52F-ONC1256C1F:00831A06>\r\n<HINT>CN=Courriel01/OU=TI/O=Ville</HINT>\r\n</NDL>\r\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"notes://Courriel01%2FTI%2FVille/{REPLICA}/{VIEW}/{UNID}?OpenDocument",
        f"  Notes://Courriel01%2fTI%2fVille/__{REPLICA}.nsf/{VIEW.lower()}/{UNID.lower()}?opendocument&x=1\r\n",
        f"\ufeffnotes://CN%3DCourriel01%2FOU%3DTI%2FO%3DVille/{REPLICA}.nsf/{VIEW}/{UNID}",
        f"http://portail/?Redirect&Name=CN%3DCourriel01%2FOU%3DTI%2FO%3DVille&Id={REPLICA}&To=%2F{VIEW}%2F{UNID}%3FOpenDocument",
        f"/notes/{REPLICA}/{UNID}/?view={VIEW}&server=Courriel01%2FTI%2FVille",
    ],
)
def test_spellings_of_one_link(text):
    assert parse_link(text) == WHOLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("notes:///0000000000000E00", NotesLink("0000000000000E00")),
        (f"notes:///{REPLICA}/{VIEW}?OpenView", NotesLink(REPLICA, view=VIEW)),
        (f"notes:///{REPLICA}/0/{UNID}?EditDocument", NotesLink(REPLICA, document=UNID, command="EditDocument")),
        ("notes://srv/mail/jtremblay.nsf", NotesLink(path="mail/jtremblay.nsf", server="srv")),
        ("notes://srv/mail%5Cjtremblay.nsf?OpenDatabase", NotesLink(path="mail/jtremblay.nsf", server="srv")),
        (
            f"http://d.example.org/a/b.nsf/0/{UNID}?OpenDocument",
            NotesLink(path="a/b.nsf", document=UNID, server="d.example.org"),
        ),
        (
            f"https://d.example.org:8443/a/b.nsf/($Tous%20les)/{UNID}!OpenDocument&a=b",
            NotesLink(path="a/b.nsf", view="($Tous les)", document=UNID, server="d.example.org"),
        ),
        (
            "https://d.example.org/b.nsf/Par%20ann%C3%A9e?OpenView",
            NotesLink(path="b.nsf", view="Par année", server="d.example.org"),
        ),
        (
            f"https://d.example.org/__{REPLICA}.nsf/0/{UNID}/$FILE/plan.pdf?OpenElement",
            NotesLink(REPLICA, document=UNID, server="d.example.org"),
        ),
        (f"https://d.example.org/__{REPLICA}.nsf?Open", NotesLink(REPLICA, server="d.example.org")),
    ],
)
def test_what_addresses_say(text, expected):
    assert parse_link(text) == expected


def test_identifiers_in_every_spelling():
    for spelling in (
        UNID,
        UNID.lower(),
        "OF29DCC0C1:74F9C52F-ONC1256C1F:00831A06",
        "of29dcc0c174f9c52f-onc1256c1f00831a06",
    ):
        assert read_unid(spelling) == UNID
    for spelling in (REPLICA, REPLICA.lower(), "C1256C1E:006B1EB2"):
        assert read_replica(spelling) == REPLICA


HOSTILE = [
    "",
    "notes:",
    "notes://",
    "notes://srv",
    "notes:///",
    "notes:javascript:alert(1)",
    "notes://javascript:alert(1)",
    "javascript:notes://srv/a.nsf",
    "data:text/html,<script>alert(1)</script>",
    'notes://x" onclick="alert(1)/C1256C1E006B1EB2',
    "notes://x%22%20onclick=%22/C1256C1E006B1EB2",
    "notes://srv/C1256C1E006B1EB2?OpenDocument\r\nSet-Cookie: a=b",
    "notes://srv%0d%0aSet-Cookie:a=b/C1256C1E006B1EB2",
    "notes://srv/..%2F..%2Fnames.nsf",
    "notes://srv/../../names.nsf",
    "notes://srv/%2Fetc%2Fx.nsf",
    "notes://srv/C:%5Cx.nsf",
    "notes://srv/%5C%5Cevil%5Cshare%5Cx.nsf",
    "notes://srv/a.exe",
    "notes://srv/a%00.nsf",
    "notes://srv/a%252e.nsf",
    "notes://srv/a%FF.nsf",
    "notes://srv/C1256C1E006B1EB2/0/29DCC0C1",
    "notes://srv/C1256C1E006B1EB2/0/<svg onload=alert(1)>",
    "notes://srv/C1256C1E006B1EB2/0/29DCC0C174F9C52FC1256C1F00831A06?RunAgent",
    "notes://srv/C1256C1E006B1EB2/0/29DCC0C174F9C52FC1256C1F00831A06/more/steps",
    "notes://srv/\u212ax.nsf",
    "notes://srv/x.n%C5%BFf",
    "notes://s\u202evr/C1256C1E006B1EB2",
    "notes://s%E2%80%AEvr/C1256C1E006B1EB2",
    "notes://\u0441ourriel/C1256C1E006B1EB2",
    "notes:///\uff23\uff11256C1E006B1EB2",
    "notes:///C1256C1E006B1EB",
    "notes://" + "a" * 400 + "/C1256C1E006B1EB2",
    "https://user:secret@d.example.org/a.nsf",
    "https://d.example.org/",
    "https://[::1/a.nsf",
    "https://d.example.org:99999/a.nsf",
    "/notes/",
    "/notes/?path=../a.nsf",
    "/notes/C1256C1E006B1EB2/?command=RunAgent",
    "//evil.example/a.nsf",
    "<NDL></NDL>",
    "<NDL><REPLICA ../../x></NDL>",
    "<NDL><REPLICA C1256C1E:006B1EB2><REPLICA C1256C1E:006B1EB3></NDL>",
    "<NDL><REPLICA C1256C1E:006B1EB2><NOTE javascript:alert(1)></NDL>",
    "<NDL><REPLICA C1256C1E:006B1EB2><HINT>CN=x<script>alert(1)</script></HINT></NDL>",
    "<NDL><REPLICA C1256C1E:006B1EB2><HINT>evil&quot; onclick</HINT></NDL>",
    '<!DOCTYPE NDL [<!ENTITY a "b">]><NDL><REPLICA &a;></NDL>',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_links_are_refused_with_a_reason(text):
    try:
        link = parse_link(text)
    except NotesLinkError as error:
        assert len(str(error)) > 10
        return
    # A file with a broken hint may be read without it; then nothing of it is left.
    assert link == NotesLink(REPLICA, server="x")


@patient
@given(
    st.one_of(st.text(max_size=300), st.text("notes:/?<>NDLREPICA0\"'&;%\r\n=.sf\u202e", max_size=200)),
    st.sampled_from(
        ["", "notes://", "https://d/a.nsf/", f"notes:///{REPLICA}/", "<NDL><REPLICA ", f"/notes/{REPLICA}/"]
    ),
)
def test_nothing_outside_the_alphabet_comes_out(text, start):
    try:
        link = parse_link(start + text)
    except NotesLinkError:
        return
    assert ADDRESS.fullmatch(link.to_url())
    assert ADDRESS.fullmatch(link.to_portal())
    assert parse_link(link.to_url()) == link


@patient
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"<NDL><REPLICA C1256C1E:006B1EB2>", b"\xff\xfe", b"\xef\xbb\xbf"])
)
def test_any_file_is_a_link_or_refused(data, start):
    try:
        link = parse_file(start + data)
    except NotesLinkError:
        return
    assert ADDRESS.fullmatch(link.to_url())


@pytest.mark.parametrize(
    "piece",
    [
        "notes://a",
        "<NDL><REPLICA ",
        "<NDL>",
        "<HINT>a",
        "< ",
        "%2F",
        "a.nsf/",
        "OF",
        ".nsf",
        "<NDL>" + "<VIEW\t" * 40,
        " ",
        "(",
        "a ",
    ],
)
def test_long_texts_cost_little(piece):
    """A megabyte is refused at once; the longest that is read, in time that grows with its length."""
    for start in ("", "notes://", "https://d/", "<NDL>"):
        began = time.process_time()
        for length in (1_000_000, 16_000):
            with suppress(NotesLinkError):
                parse_link(start + piece * (length // len(piece)))
        assert time.process_time() - began < 0.5


def test_refusals_are_told_in_french():
    with translation.override("fr"), pytest.raises(NotesLinkError, match="adresse"):
        parse_link("bonjour")
