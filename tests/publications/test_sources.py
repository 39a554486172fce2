"""Publications taken in from elsewhere: polled feeds, systems that push, their health; what hostile ones get."""

import gzip
import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from directory.models import Person, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.policies import Refused
from foundation.audiences.principals import principal
from foundation.outgoing import http, networks
from foundation.spaces.models import Space
from publications.actions import (
    add_source,
    archive,
    change_source,
    pause_source,
    poll,
    poll_due_sources,
    poll_now,
    save_draft,
)
from publications.actions.source_runs import begin_run, forget_old_runs, take_lease
from publications.models import Notice, Source, SourceItem, SourceRun, Stage, Tag
from tests.conftest import fresh, make_person

from .conftest import member_of
from .servers import Machine, atom, entry, machine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.FEED_SOURCES_ALLOW = ["127.0.0.0/8"]


@pytest.fixture
def journal() -> Iterator[Machine]:
    with machine() as made:
        yield made


@pytest.fixture
def keeper(city_site: Space, city: Unit) -> Person:
    """Answers for the city's own site."""
    return member_of(city_site, make_person("kim.greffe", unit=city), 40)


@pytest.fixture
def source(journal: Machine, city_site: Space, keeper: Person) -> Source:
    return add_source(
        {"name_fr": "Journal officiel", "space": city_site, "address": f"{journal.url}/feed"}, actor=fresh(keeper)
    )[0]


def read(source: Source) -> SourceRun:
    """Have it read now."""
    Source.objects.filter(pk=source.pk).update(next_poll=timezone.now() - timedelta(seconds=1))
    run = poll(source.pk)
    assert run is not None
    return run


def codes(run: SourceRun) -> list[str]:
    return [one["code"] for one in run.problems]


# -- what comes in ----------------------------------------------------------------------------------------------------


def test_a_feed_becomes_published_notices(
    source: Source, journal: Machine, colleague: Person, outsider: Person, deliver: Callable[[], int]
) -> None:
    tag = Tag.objects.create(slug="voirie", name_fr="Voirie")
    extra = (
        "<category term='Voirie'/><summary>En bref.</summary><ev:startdate>2031-05-02T14:30:00</ev:startdate>"
        "<ev:enddate>2031-05-02T16:00:00</ev:enddate><ev:location>Hôtel de ville</ev:location>"
    )
    journal.serve("/feed", atom(entry("a-1", "Avis public 1", extra=extra), entry("a-2", "Avis public 2")))
    assert poll_due_sources() == 1
    run = source.runs.get()
    assert (run.state, run.counts["added"], run.problems) == ("done", 2, [])
    notice = Notice.objects.get(title="Avis public 1")
    assert (notice.stage, notice.genre, notice.language) == (Stage.PUBLISHED, "public_notice", "fr")
    assert notice.source_url == "https://journal.ville.example/a-1"
    assert (notice.summary, notice.body) == ("En bref.", "<p>Texte de l’avis.</p>")
    assert timezone.localtime(notice.event_starts).hour == 14 and notice.event_place == "Hôtel de ville"
    assert list(notice.tags.all()) == [tag]
    assert notice.reference == f"{timezone.localdate().year}-1"
    assert notice.author == source.keeper
    assert Notice.objects.visible_to(fresh(colleague)).count() == 2
    assert not Notice.objects.visible_to(fresh(outsider)).exists()
    deliver()
    told = Notification.objects.visible_to(fresh(colleague)).filter(activity__verb="publications.published")
    assert told.count() == 2


def test_the_same_again_does_nothing_and_asks_conditionally(source: Source, journal: Machine) -> None:
    journal.serve("/feed", atom(entry("a-1", "Avis")), ETag='"v1"', Last_Modified="Tue, 01 Dec 2026 10:00:00 GMT")
    read(source)
    count = Activity.objects.count()
    assert (read(source).state, Activity.objects.count()) == ("unchanged", count)
    journal.serve("/feed", b"", 304)
    assert read(source).state == "unchanged"
    assert journal.asked[-1].headers["if-none-match"] == '"v1"'
    assert journal.asked[-1].headers["if-modified-since"] == "Tue, 01 Dec 2026 10:00:00 GMT"
    # A quiet night is one line.
    assert [one.counts.get("times") for one in source.runs.newest_first()] == [2, None]
    assert Notice.objects.count() == 1


def test_a_changed_item_is_touched_up(source: Source, journal: Machine) -> None:
    journal.serve("/feed", atom(entry("a-1", "Avis")))
    read(source)
    journal.serve("/feed", atom(entry("a-1", "Avis corrigé", "<p>Autre texte.</p>")))
    assert read(source).counts["corrected"] == 1
    notice = Notice.objects.get()
    assert (notice.title, notice.body, notice.corrections.count()) == ("Avis corrigé", "<p>Autre texte.</p>", 0)
    assert Activity.objects.filter(verb="publications.touched_up").count() == 1


def test_or_corrected_before_its_readers(source: Source, journal: Machine) -> None:
    Source.objects.filter(pk=source.pk).update(change=Source.Change.CORRECTION)
    old = (timezone.now() - timedelta(days=30)).isoformat()
    journal.serve("/feed", atom(entry("a-1", "Avis", published=old)))
    read(source)
    journal.serve("/feed", atom(entry("a-1", "Avis", "<p>Autre texte.</p>", published=old)))
    read(source)
    [correction] = Notice.objects.get().corrections.all()
    assert correction.note_fr == "Le texte a été modifié à la source."
    assert "Texte de l’avis" in correction.before.content["body"]


def test_what_vanishes_from_the_feed_stays(source: Source, journal: Machine) -> None:
    journal.serve("/feed", atom(entry("a-1", "Avis"), entry("a-2", "Autre")))
    read(source)
    journal.serve("/feed", atom(entry("a-2", "Autre")))
    read(source)
    assert Notice.objects.in_force().count() == 2


def test_what_was_changed_here_by_hand_is_left_as_it_is(source: Source, journal: Machine, keeper: Person) -> None:
    journal.serve("/feed", atom(entry("a-1", "Avis")))
    read(source)
    notice = Notice.objects.select_related("space__site").get()
    save_draft(notice, {"title": "Avis, mieux dit"}, actor=fresh(keeper), correction={"touch_up": True})
    journal.serve("/feed", atom(entry("a-1", "Avis, autrement")))
    assert codes(read(source)) == ["changed_here"]
    assert Notice.objects.get().draft().title == "Avis, mieux dit"
    assert codes(read(source)) == [], "said once"


def test_what_ended_here_stays_ended(source: Source, journal: Machine, keeper: Person) -> None:
    journal.serve("/feed", atom(entry("a-1", "Avis")))
    read(source)
    archive(Notice.objects.get(), actor=fresh(keeper))
    journal.serve("/feed", atom(entry("a-1", "Avis changé")))
    assert codes(read(source)) == ["closed"]
    assert Notice.objects.get().title == "Avis"


def test_dates_are_believed_within_reason(source: Source, journal: Machine, colleague: Person, deliver: Any) -> None:
    month = timezone.now() - timedelta(days=30)
    future = (timezone.now() + timedelta(days=2)).isoformat()
    journal.serve(
        "/feed",
        atom(
            entry("a-1", "D’il y a un mois", published=month.isoformat()),
            entry("a-2", "De demain", published=future),
            entry("a-3", "De 1998", published="1998-01-01T00:00:00Z"),
        ),
    )
    assert sorted(codes(read(source))) == ["ancient", "future"]
    first = Notice.objects.get(title="D’il y a un mois")
    assert abs(first.published - month) < timedelta(seconds=1) and first.updated == first.published
    assert all(one.published > month + timedelta(days=29) for one in Notice.objects.exclude(pk=first.pk))
    deliver()
    told = Notification.objects.visible_to(fresh(colleague)).filter(activity__verb="publications.published")
    assert first.pk not in told.values_list("activity__content_id", flat=True), "old things are nobody's news"
    assert told.count() == 2


def test_hostile_html_is_cleaned_and_links_stay_outside(source: Source, journal: Machine) -> None:
    body = (
        '<p onclick="evil()">Bonjour <script>evil()</script><img src=x onerror=evil()>'
        '<a href="javascript:evil()">a</a><a href="/sign-out/">b</a><iframe src="https://x"></iframe></p>'
    )
    journal.serve("/feed", atom(entry("a-1", "Avis &lt;script&gt;alert(1)&lt;/script&gt;", body)))
    assert codes(read(source)) == []
    text = Notice.objects.get().body
    assert "evil" not in text and "iframe" not in text and "<img" not in text
    assert 'href="/' not in text and "javascript" not in text
    short = atom(entry("a-2", "Avis", '<p><a href="/sign-out/">ici</a></p>'))
    journal.serve("/feed", short)
    read(source)
    assert 'href="https://journal.ville.example/sign-out/"' in Notice.objects.get(title="Avis").body


def test_html_nested_without_end_takes_no_time(source: Source, journal: Machine) -> None:
    journal.serve("/feed", atom(entry("a-1", "Avis", f"<p>Bon.</p>{'<div>' * 30_000}")))
    began = time.process_time()
    assert codes(read(source)) == []
    assert time.process_time() - began < 5 and "Bon." in Notice.objects.get().body


def test_one_id_twice_in_a_feed_is_one_notice_the_newest(source: Source, journal: Machine) -> None:
    first = entry("a-1", "Vieux", extra="<updated>2026-01-01T00:00:00Z</updated>")
    second = entry("a-1", "Neuf", extra="<updated>2026-02-01T00:00:00Z</updated>")
    journal.serve("/feed", atom(second, first))
    assert codes(read(source)) == ["twice"]
    assert [one.title for one in Notice.objects.all()] == ["Neuf"]


def test_an_item_that_cannot_be_is_left_out_and_the_others_come(source: Source, journal: Machine) -> None:
    huge = entry("a-2", "Trop long", "x" * 200_001)
    journal.serve("/feed", atom(entry("a-1", ""), huge, entry("a-3", "Bon")))
    run = read(source)
    assert sorted(codes(run)) == ["no_title", "too_long"] and run.state == "done"
    assert [one.title for one in Notice.objects.all()] == ["Bon"]


def test_rss_and_long_ids(source: Source, journal: Machine) -> None:
    guid = "x" * 900
    item = f"<item><title>A &amp; B</title><guid>{guid}</guid><description>&lt;p&gt;Oui.&lt;/p&gt;</description></item>"
    journal.serve("/feed", f'<rss version="2.0"><channel><title>J</title>{item}</channel></rss>')
    read(source)
    read(source)
    assert [(one.title, one.body) for one in Notice.objects.all()] == [("A & B", "<p>Oui.</p>")]
    assert SourceItem.objects.get().external_id.startswith("sha256:")


# -- languages --------------------------------------------------------------------------------------------------------


def test_two_feeds_with_one_id_become_one_bilingual_notice(
    source: Source, journal: Machine, city_site: Space, keeper: Person
) -> None:
    english = add_source(
        {
            "name_fr": "Official journal",
            "space": city_site,
            "address": f"{journal.url}/en",
            "language": "en",
            "pair": source,
        },
        actor=fresh(keeper),
    )[0]
    city_site.site.languages = "both"
    city_site.site.save()
    journal.serve("/feed", atom(entry("a-1", "Avis public")))
    run = read(source)
    assert (codes(run), run.counts["drafted"]) == (["gate"], 1)
    assert "anglaise" in run.problems[0]["data"]["reasons"]["fr"]
    assert "English" in run.problems[0]["data"]["reasons"]["en"]
    assert Notice.objects.get().stage == Stage.DRAFT
    journal.serve("/en", atom(entry("a-1", "Public notice", "<p>Text.</p>"), language="en"))
    assert read(english).counts["corrected"] == 1
    notice = Notice.objects.get()
    assert (notice.stage, notice.title, notice.title_translated) == (Stage.PUBLISHED, "Avis public", "Public notice")
    assert notice.body_translated == "<p>Text.</p>"
    journal.serve("/en", atom(entry("a-1", "Public notice, put right", "<p>Text.</p>"), language="en"))
    assert read(english).problems == []
    assert Notice.objects.get().title_translated == "Public notice, put right"


def test_the_link_to_the_other_language_is_enough(
    source: Source, journal: Machine, city_site: Space, keeper: Person
) -> None:
    Source.objects.filter(pk=source.pk).update(language="auto")
    link = "<link rel='alternate' hreflang='fr' href='https://journal.ville.example/fr-1'/>"
    journal.serve("/feed", atom(entry("fr-1", "Avis")))
    read(source)
    mine = "<link href='https://journal.ville.example/en-1'/>"
    english = f"<entry xml:lang='en'><id>en-1</id><title>Notice</title>{mine}{link}<content>Text</content></entry>"
    journal.serve("/feed", atom(entry("fr-1", "Avis"), english))
    read(source)
    assert [(one.title, one.title_translated) for one in Notice.objects.all()] == [("Avis", "Notice")]


def test_english_alone_stays_a_draft_where_french_is_required(source: Source, journal: Machine) -> None:
    Source.objects.filter(pk=source.pk).update(language="auto")
    journal.serve("/feed", atom(entry("a-1", "Notice"), language="en"))
    assert codes(read(source)) == ["gate"]
    assert Notice.objects.get().stage == Stage.DRAFT


def test_drafts_for_the_editors(source: Source, journal: Machine, colleague: Person) -> None:
    Source.objects.filter(pk=source.pk).update(arrival=Source.Arrival.DRAFT)
    journal.serve("/feed", atom(entry("a-1", "Avis")))
    assert read(source).counts["drafted"] == 1
    assert Notice.objects.get().stage == Stage.DRAFT
    assert not Notice.objects.visible_to(fresh(colleague)).exists()


def test_four_eyes_let_the_journal_through_and_nothing_else(source: Source, journal: Machine) -> None:
    Source.objects.filter(pk=source.pk).update(genre="news")
    journal.serve("/feed", atom(entry("a-1", "Nouvelle")))
    run = read(source)
    assert codes(run) == ["gate"] and "quelqu’un d’autre" in run.problems[0]["data"]["reasons"]["fr"].lower()
    assert Notice.objects.get().stage == Stage.DRAFT


def test_its_audience_narrows(
    source: Source, journal: Machine, borough: Unit, stranger: Person, member: Person
) -> None:
    change_source(source, {"audience": {principal("unit", borough.pk)}}, actor=fresh(source.keeper))
    journal.serve("/feed", atom(entry("a-1", "Avis")))
    read(source)
    assert Notice.objects.visible_to(fresh(member)).exists()
    assert not Notice.objects.visible_to(fresh(stranger)).exists()


# -- what is wrong with a document ------------------------------------------------------------------------------------

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>&b;</title></feed>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>&x;</title></entry></feed>'
)
GOOD = entry("a-1", "Été")
DOCUMENTS = {
    "bad_xml": atom(GOOD)[:-12],
    "html": "<!DOCTYPE html><html><body><p>Entretien en cours</p></body></html>",
    "not_feed": '<?xml version="1.0"?><journal><entry/></journal>',
    "entities": LAUGHS,
    "encoding": atom(GOOD).encode("latin-1", "xmlcharrefreplace").replace(b"&#8217;", b"'"),
    "encoding_unknown": atom(GOOD, head='<?xml version="1.0" encoding="rot13"?>'),
    "too_deep": atom(f"<entry>{'<a>' * 200}{'</a>' * 200}</entry>"),
}


@pytest.mark.parametrize("code", DOCUMENTS)
def test_a_document_that_is_wrong_is_said_and_nothing_is_taken_in(source: Source, journal: Machine, code: str) -> None:
    journal.serve("/feed", DOCUMENTS[code])
    run = read(source)
    assert (run.state, codes(run)) == ("failed", [code])
    assert not Notice.objects.exists()
    source.refresh_from_db()
    assert (source.failures, source.health, source.etag) == (1, "failing", "")


def test_no_entity_reads_a_file(source: Source, journal: Machine) -> None:
    journal.serve("/feed", OUTSIDE)
    assert codes(read(source)) == ["entities"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_other_encodings_are_read_when_they_are_said(source: Source, journal: Machine, encoding: str) -> None:
    text = atom(GOOD, head=f'<?xml version="1.0" encoding="{encoding}"?>').replace("’", "'")
    journal.serve("/feed", text.encode(encoding))
    assert read(source).problems == []
    assert Notice.objects.get().title == "Été"


def test_a_status_that_is_no_success(source: Source, journal: Machine) -> None:
    journal.serve("/feed", "Non", 500)
    assert read(source).problems[0]["data"] == {"status": 500}


def test_redirects_are_followed_up_to_five(source: Source, journal: Machine) -> None:
    for number in range(6):
        journal.serve("/feed" if number == 0 else f"/{number}", b"", 302, Location=f"/{number + 1}")
    assert codes(read(source)) == ["redirects"]
    journal.serve("/4", atom(GOOD))
    assert read(source).problems == []


def test_a_redirect_loop(source: Source, journal: Machine) -> None:
    journal.serve("/feed", b"", 301, Location="/b")
    journal.serve("/b", b"", 301, Location="/feed")
    assert codes(read(source)) == ["redirect_loop"]
    assert len(journal.asked) == 2


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("file:///etc/passwd", "bad_address"),
        ("gopher://127.0.0.1/", "bad_address"),
        ("http://169.254.169.254/latest/meta-data/", "inside"),
        ("http://[::1]:1/", "inside"),
        ("http://u:p@127.0.0.1/", "credentials"),
    ],
)
def test_a_redirect_never_leads_inside(source: Source, journal: Machine, location: str, code: str) -> None:
    journal.serve("/feed", b"", 302, Location=location)
    assert codes(read(source)) == [code]


def test_a_huge_body_is_cut_and_nothing_is_taken_in(
    source: Source, journal: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.serve("/feed", atom(GOOD, "<!--" + "x" * (6 * 1024 * 1024) + "-->"))
    assert codes(read(source)) == ["huge"]
    assert not Notice.objects.exists()


def test_a_packed_feed_is_read_and_a_bomb_is_not(source: Source, journal: Machine) -> None:
    journal.serve("/feed", gzip.compress(atom(GOOD).encode()), Content_Encoding="gzip")
    assert read(source).problems == []
    bomb = gzip.compress(b"<feed>" + b" " * (200 * 1024 * 1024))
    assert len(bomb) < 300_000
    journal.serve("/feed", bomb, Content_Encoding="gzip")
    assert codes(read(source)) == ["huge"]
    journal.serve("/feed", b"no gzip at all", Content_Encoding="gzip")
    assert codes(read(source)) == ["packed"]
    journal.serve("/feed", gzip.compress(atom(GOOD).encode())[:-20], Content_Encoding="gzip")
    assert codes(read(source)) == ["packed"]


def test_a_server_that_drips_is_cut(source: Source, journal: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WHOLE", 0.6)
    stop = threading.Event()

    def drip(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not stop.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    journal.pages["/feed"] = drip
    began = time.monotonic()
    assert codes(read(source)) == ["slow"]
    stop.set()
    assert time.monotonic() - began < 5


def test_a_machine_that_is_not_there(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(address="http://127.0.0.1:9/feed")
    assert codes(read(source)) == ["unreachable"]


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1"),
        *("100.64.0.1", "::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::", "240.0.0.1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::"),
    ],
)
def test_inside_addresses_are_refused_unless_allowed(settings: Any, address: str) -> None:
    settings.FEED_SOURCES_ALLOW = []
    assert not networks.is_allowed("journal", address, settings.FEED_SOURCES_ALLOW)
    settings.FEED_SOURCES_ALLOW = ["journal"]
    assert networks.is_allowed("JOURNAL", address, settings.FEED_SOURCES_ALLOW)
    assert not networks.is_allowed("other", address, settings.FEED_SOURCES_ALLOW)


def test_addresses_of_the_internet_are_asked(settings: Any) -> None:
    settings.FEED_SOURCES_ALLOW = ["10.0.0.0/8"]
    assert networks.is_allowed("ville.example", "205.151.1.1", settings.FEED_SOURCES_ALLOW)
    assert networks.is_allowed("ville.example", "2001:4860:4860::8888", settings.FEED_SOURCES_ALLOW)
    assert networks.is_allowed("ville.example", "10.4.4.4", settings.FEED_SOURCES_ALLOW)


def test_the_name_is_resolved_and_checked_when_it_is_asked(source: Source, settings: Any, journal: Machine) -> None:
    settings.FEED_SOURCES_ALLOW = []
    run = read(source)
    assert run.problems == [{"code": "inside", "item": "", "data": {"host": "127.0.0.1"}}]
    assert journal.asked == []


# -- when -------------------------------------------------------------------------------------------------------------


def test_failures_are_tried_later_and_later_told_once_and_cleared(
    source: Source, journal: Machine, keeper: Person, deliver: Callable[[], int]
) -> None:
    journal.serve("/feed", "Non", 503)
    waits = []
    for _turn in range(12):
        read(source)
        source.refresh_from_db()
        waits.append(round((source.next_poll - timezone.now()).total_seconds() / 60))
    assert waits[:4] == [30, 60, 120, 240] and waits[-1] == 24 * 60
    deliver()
    told = Notification.objects.visible_to(fresh(keeper)).filter(activity__verb="publications.source_failing")
    assert told.count() == 1
    # The same failure is one line.
    assert [one.counts["times"] for one in source.runs.all()] == [12]
    journal.serve("/feed", atom(GOOD))
    read(source)
    source.refresh_from_db()
    assert (source.failures, source.health) == (0, "ok")
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert poll_due_sources() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=60)):
        source.refresh_from_db()
        assert source.health == "late"
        assert poll_due_sources() == 1


def test_two_workers_never_read_one_source_at_once(source: Source, journal: Machine) -> None:
    assert take_lease(source.pk, "other:1:x") is not None
    assert poll(source.pk) is None and poll_due_sources() == 0
    assert journal.asked == []
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        journal.serve("/feed", atom(GOOD))
        assert poll_due_sources() == 1, "the lease of a killed one ends"


def test_killed_halfway_the_next_reading_does_what_was_missing(source: Source, journal: Machine) -> None:
    """The state a worker leaves that is killed between two items."""
    journal.serve("/feed", atom(entry("a-1", "Un")), ETag='"v1"')
    read(source)
    Source.objects.filter(pk=source.pk).update(
        etag="", lease_holder="dead:1:x", lease_until=timezone.now() - timedelta(seconds=1)
    )
    begin_run(source)
    journal.serve("/feed", atom(entry("a-1", "Un"), entry("a-2", "Deux")), ETag='"v2"')
    assert read(source).counts["added"] == 1
    assert sorted(Notice.objects.values_list("title", flat=True)) == ["Deux", "Un"]
    assert [one.problems[0]["code"] for one in source.runs.filter(state="failed")] == ["killed"]


def test_paused_it_sleeps(source: Source, keeper: Person) -> None:
    pause_source(source, actor=fresh(keeper))
    assert poll_due_sources() == 0
    assert source.health == "asleep"
    pause_source(source, actor=fresh(keeper), resume=True)
    assert list(Source.objects.due()) == [source]


def test_read_now_reads_all_of_it(source: Source, journal: Machine, keeper: Person) -> None:
    journal.serve("/feed", atom(GOOD), ETag='"v1"')
    read(source)
    source.refresh_from_db()
    poll_now(source, actor=fresh(keeper))
    assert poll_due_sources() == 1
    assert "if-none-match" not in journal.asked[-1].headers


def test_a_keeper_who_left_publishes_nothing(source: Source, journal: Machine, keeper: Person) -> None:
    Person.objects.filter(pk=keeper.pk).update(is_active=False)
    journal.serve("/feed", atom(GOOD))
    assert codes(read(source)) == ["keeper"]
    assert journal.asked == [] and not Notice.objects.exists()


def test_runs_are_bounded(source: Source) -> None:
    now = timezone.now()
    for number in range(205):
        at = now - timedelta(hours=number + 1)
        SourceRun.objects.create(source=source, started=at, ended=at, state="done")
    SourceRun.objects.create(source=source, started=now - timedelta(days=91), ended=now - timedelta(days=91))
    assert forget_old_runs() == 6
    assert source.runs.count() == 200


# -- who keeps them ---------------------------------------------------------------------------------------------------


def test_only_administrators_and_owners_of_the_city_site_keep_sources(
    city_site: Space, site: Space, approver: Person, keeper: Person, city: Unit
) -> None:
    values = {"name_fr": "J", "space": site, "address": "https://journal.ville.example/"}
    with pytest.raises(Refused):
        add_source(values, actor=fresh(approver))
    chief = make_person("adele.admin", unit=city, is_staff=True)
    add_source({**values, "keeper": approver}, actor=fresh(chief))
    with pytest.raises(Refused):
        add_source({**values, "keeper": approver}, actor=fresh(keeper))


@pytest.mark.parametrize(
    "address", ["ftp://x/y", "journal", "https://u:p@x/", "https://", "http://x:0/", "http://a b/"]
)
def test_an_address_that_is_none(city_site: Space, keeper: Person, address: str) -> None:
    with pytest.raises(Exception, match="adresse"):
        add_source({"name_fr": "J", "space": city_site, "address": address}, actor=fresh(keeper))


# -- pushes -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def system(city_site: Space, keeper: Person) -> tuple[Source, str]:
    """A system that pushes, and its secret."""
    return add_source({"name_fr": "Greffe", "space": city_site, "kind": "push"}, actor=fresh(keeper))


def push(
    system: tuple[Source, str],
    content: Any,
    *,
    at: float | None = None,
    secret: str = "",
    kind: str = "application/json",
) -> Any:
    """As the system would. The signature is computed here from its description, not by our own code."""
    source, own = system
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    timestamp = str(int(at or time.time()))
    mac = hmac.new((secret or own).encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Parvis-Timestamp": timestamp, "X-Parvis-Signature": f"sha256={mac}"}
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/notices/sources/{source.uuid}/push/", body, content_type=kind, headers=headers)


ITEM = {
    "id": "g-1",
    "title": {"fr": "Avis du greffe", "en": "Clerk’s notice"},
    "body": {"fr": "<p>Texte.</p>", "en": "<p>Text.</p>"},
    "url": "https://greffe.ville.example/1",
    "event": {"starts": "2031-06-01T19:00:00", "place": "Salle du conseil"},
}


def test_a_signed_push_publishes_at_once(system: tuple[Source, str], colleague: Person) -> None:
    answer = push(system, ITEM)
    assert (answer.status_code, answer.json()["counts"]["added"]) == (200, 1)
    notice = Notice.objects.visible_to(fresh(colleague)).get()
    assert (notice.title, notice.title_translated, notice.stage) == ("Avis du greffe", "Clerk’s notice", "published")
    assert notice.event_place == "Salle du conseil"
    answer = push(system, {"items": [{**ITEM, "title": "Avis du greffe, corrigé", "body": "<p>Texte.</p>"}]})
    assert answer.json()["counts"]["corrected"] == 1
    assert push(system, {"id": "g-1", "withdrawn": True}).json()["counts"]["ended"] == 1
    assert not Notice.objects.in_force().exists()


def test_an_atom_document_may_be_pushed(system: tuple[Source, str]) -> None:
    answer = push(system, atom(GOOD).encode(), kind="application/atom+xml")
    assert (answer.status_code, answer.json()["counts"]["added"]) == (200, 1)


def test_a_push_that_is_not_signed_old_or_replayed_is_refused(system: tuple[Source, str]) -> None:
    source, _secret = system
    client = Client()
    address = f"/notices/sources/{source.uuid}/push/"
    assert client.post(address, ITEM, content_type="application/json").json()["code"] == "unsigned"
    assert push(system, ITEM, secret="faux").json()["code"] == "bad_signature"
    for seconds in (-400, 400):
        answer = push(system, ITEM, at=time.time() + seconds)
        assert (answer.status_code, answer.json()["code"]) == (401, "expired")
    unknown = push((Source(uuid=source.keeper.uuid), "pvs_x"), ITEM)
    assert (unknown.status_code, unknown.json()["code"]) == (401, "bad_signature")
    assert client.get(address).status_code == 405
    assert not Notice.objects.exists() and not source.runs.exists()
    moment = time.time()
    assert push(system, ITEM, at=moment).status_code == 200
    assert push(system, ITEM, at=moment).json()["code"] == "replayed"
    assert push(system, {**ITEM, "id": "g-2"}, at=moment).status_code == 200


def test_a_push_that_cannot_be_read(system: tuple[Source, str]) -> None:
    for content, status, code in (
        (b"{", 400, "bad_json"),
        (b"[]", 400, "bad_shape"),
        (b'{"items": 3}', 400, "bad_shape"),
        (b"\xff\xfe", 400, "encoding"),
        (b"[" * 100_000, 400, "bad_json"),
        (json.dumps([ITEM] * 201).encode(), 413, "too_many"),
        (b"x" * (1024 * 1024 + 1), 413, "too_large"),
    ):
        answer = push(system, content)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Notice.objects.exists()


def test_pushes_are_limited(system: tuple[Source, str]) -> None:
    with time_machine.travel("2026-12-01T12:00:00Z", tick=False):
        answers = [push(system, {"id": f"g-{number}"}) for number in range(61)]
        assert [one.status_code for one in answers[:2]] == [200, 200]
        assert answers[-1].status_code == 429
        refused = [push(system, ITEM, secret="faux").status_code for _turn in range(31)]
        assert refused[0] == 401 and refused[-1] == 429


def test_a_paused_or_polled_source_takes_no_push(source: Source, system: tuple[Source, str], keeper: Person) -> None:
    pause_source(system[0], actor=fresh(keeper))
    assert push(system, ITEM).json()["code"] == "bad_signature"
    assert push((source, "pvs_x"), ITEM).json()["code"] == "bad_signature"


def test_a_renewed_secret_ends_the_former_one(
    system: tuple[Source, str], keeper: Person, sign_in: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    source, former = system
    with caplog.at_level(logging.DEBUG):
        page = sign_in(keeper).post(f"/notices/sources/{source.uuid}/secret/").content.decode()
        new = page.split('id="source-secret"')[1].split('value="')[1].split('"')[0]
        assert new.startswith("pvs_") and new != former
        assert push((source, former), ITEM).status_code == 401
        assert push((source, new), ITEM).status_code == 200
    assert new not in sign_in(keeper).get(f"/notices/sources/{source.uuid}/").content.decode(), "shown once"
    source.refresh_from_db()
    assert new not in source.secret and new not in str(list(Activity.objects.values_list("data", flat=True)))
    assert new not in caplog.text


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_health_page_says_how_it_goes(
    source: Source, journal: Machine, keeper: Person, editor: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    journal.serve("/feed", DOCUMENTS["html"])
    read(source)
    page = sign_in(keeper).get("/notices/sources/").content.decode()
    assert "Journal officiel" in page and "En échec" in page
    page = sign_in(keeper, "en").get(f"/notices/sources/{source.uuid}/").content.decode()
    assert "This is a web page, not a feed." in page
    # The editors of another site do not see it; others see no page at all.
    assert "Journal officiel" not in sign_in(editor).get("/notices/sources/").content.decode()
    assert sign_in(editor).get(f"/notices/sources/{source.uuid}/").status_code == 404
    assert sign_in(colleague).get("/notices/sources/").status_code == 403
    assert Client().get("/notices/sources/").status_code == 302


def test_a_source_is_added_changed_and_paused_by_its_pages(
    city_site: Space, keeper: Person, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(keeper)
    assert client.get("/notices/sources/new/").status_code == 200
    values = {
        "name_fr": "Appels d’offres",
        "kind": "feed",
        "address": "ftp://x",
        "every": "30",
        "space": city_site.pk,
        "genre": "tender",
        "language": "fr",
        "arrival": "publish",
        "change": "touch_up",
    }
    refused = client.post("/notices/sources/new/", values)
    assert refused.status_code == 422 and "https://" in refused.content.decode()
    answer = client.post("/notices/sources/new/", {**values, "address": "https://seao.example/feed"})
    source = Source.objects.get()
    assert answer["Location"] == f"/notices/sources/{source.uuid}/"
    assert (source.keeper, source.every, source.genre) == (keeper, 30, "tender")
    address = f"/notices/sources/{source.uuid}/edit/"
    assert "Appels d’offres" in client.get(address).content.decode()
    assert client.post(address, {**values, "address": "https://seao.example/feed", "every": "60"}).status_code == 302
    client.post(f"/notices/sources/{source.uuid}/pause/")
    source.refresh_from_db()
    assert (source.every, source.is_active) == (60, False)
    assert "En pause" in client.get("/notices/sources/").content.decode()


def test_editors_read_and_do_not_change(
    source: Source, city_site: Space, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    member_of(city_site, colleague, 30)
    client = sign_in(colleague)
    assert client.get(f"/notices/sources/{source.uuid}/").status_code == 200
    for path in ("edit/", "poll/", "pause/", "secret/"):
        assert client.post(f"/notices/sources/{source.uuid}/{path}").status_code == 403
