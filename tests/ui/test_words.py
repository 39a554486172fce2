"""Pairs, dates, hours, sizes and numbers in both languages."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.template import Context, Template
from django.utils import formats, timezone
from django.utils.translation import override

from foundation.ui import dates, navigation
from foundation.ui.navigation import NavigationItem, items, register
from foundation.ui.pairs import Pair, other_language

NBSP = "\u00a0"
NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)  # 14:30 in Montréal


class Unit:
    name = Pair("name")

    def __init__(self, name_fr="", name_en=""):
        self.name_fr, self.name_en = name_fr, name_en


@pytest.mark.parametrize(
    ("fr", "en", "reader", "shown", "other"),
    [
        ("Parcs", "Parks", "fr", "Parcs", None),
        ("Parcs", "Parks", "en", "Parks", None),
        ("Parcs", "", "en", "Parcs", "fr"),
        ("", "Parks", "fr", "Parks", "en"),
        ("", "", "fr", "", None),
    ],
)
def test_a_pair_reads_in_the_reader_language_or_says_it_is_the_other(fr, en, reader, shown, other):
    unit = Unit(fr, en)
    with override(reader):
        assert unit.name == shown
        assert other_language(unit, "name") == other


def test_a_pair_is_not_written():
    with pytest.raises(AttributeError):
        Unit().name = "x"


def test_a_pair_marks_the_other_language():
    with override("en"):
        html = Template('{% load ui %}{% pair unit "name" %}').render(Context({"unit": Unit("L'Est <b>")}))
    assert html == '<span lang="fr">L&#x27;Est &lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("age", "fr", "en"),
    [
        (timedelta(seconds=20), "à l’instant", "just now"),
        (timedelta(minutes=12), f"il y a 12{NBSP}min", "12 min ago"),
        (timedelta(hours=3), f"il y a 3{NBSP}h", "3 h ago"),
        (timedelta(hours=25), "hier", "yesterday"),
        (timedelta(days=22), f"1er{NBSP}nov.", f"Nov.{NBSP}1"),
        (timedelta(days=365), f"23{NBSP}novembre 2025", f"November{NBSP}23, 2025"),
        (timedelta(days=-1), f"24{NBSP}nov.", f"Nov.{NBSP}24"),
        (timedelta(hours=-1), f"15{NBSP}h{NBSP}30", f"3:30{NBSP}p.m."),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_how_long_ago(age, fr, en):
    moment = timezone.now() - age
    with override("fr"):
        assert dates.relative(moment) == fr
    with override("en"):
        assert dates.relative(moment) == en


def test_the_whole_date():
    with override("fr"):
        assert dates.full(NOW) == f"lundi 23{NBSP}novembre 2026 à 14{NBSP}h{NBSP}30"
        assert dates.long(date(2026, 5, 1)) == f"vendredi 1er{NBSP}mai 2026"
    with override("en"):
        assert dates.full(NOW) == f"Monday, November{NBSP}23, 2026 at 2:30{NBSP}p.m."


def test_formats_of_both_languages():
    with override("fr"):
        assert formats.date_format(NOW.date()) == f"23{NBSP}novembre 2026"
        assert formats.time_format(timezone.localtime(NOW).time()) == f"14{NBSP}h{NBSP}30"
        assert formats.number_format(1234.5, 2, use_l10n=True, force_grouping=True) == f"1{NBSP}234,50"
    with override("en"):
        assert formats.date_format(NOW.date()) == f"November{NBSP}23, 2026"
        assert formats.number_format(1234.5, 2, use_l10n=True, force_grouping=True) == "1,234.50"


@pytest.mark.parametrize(
    ("size", "fr", "en"),
    [(0, "0~o", "0~B"), (999, "999~o", "999~B"), (1_840_233, "1,8~Mo", "1.8~MB"), (52_400, "52~ko", "52~kB")],
)
def test_sizes(size, fr, en):
    for language, expected in (("fr", fr), ("en", en)):
        with override(language):
            shown = Template("{% load ui %}{{ size|file_size }}").render(Context({"size": size}))
        assert shown == expected.replace("~", NBSP)


def test_a_navigation_key_is_registered_once():
    item = NavigationItem("test-only", "Test", "portal:home", "home", order=9_000)
    register(item)
    try:
        assert item in items()
        with pytest.raises(ValueError, match="test-only"):
            register(item)
    finally:
        del navigation._items["test-only"]


def test_avatar_escapes_and_keeps_its_colour():
    person = SimpleNamespace(name='A "B"', initials="<i>", uuid="8d5c1c2e-7a65-4b57-9d24-2f1d3b0f9f10")
    html = [Template("{% load ui %}{% avatar p label=True %}").render(Context({"p": person})) for _ in range(2)]
    assert html[0] == html[1]
    assert "&lt;i&gt;" in html[0]
    assert 'aria-label="A &quot;B&quot;"' in html[0]
