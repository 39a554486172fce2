"""What goes out for feed readers and calendars: who reads what, by which address, and that it stays the rule's."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import feedparser
import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from directory.models import Person
from foundation.spaces.models import Space
from publications.actions import end_now, publish_now, save_draft
from publications.actions.feed_keys import forget_keys_of_leavers
from publications.models import FeedKey, Notice, Tag
from tests.conftest import fresh

pytestmark = pytest.mark.django_db
Published = Callable[..., Notice]


@pytest.fixture
def addresses(colleague: Person, sign_in: Callable[..., Client]) -> dict[str, str]:
    """The secret addresses of a colleague, as their page shows them."""
    return made_by(sign_in(colleague))


def made_by(client: Client) -> dict[str, str]:
    page = client.post("/notices/subscriptions/").content.decode()
    found = {}
    for form in ("atom", "rss", "ics"):
        url = page.split(f'id="feed-{form}"')[1].split('value="')[1].split('"')[0]
        parts = urlsplit(url)
        found[form] = f"{parts.path}?{parts.query}"
    return found


def titles(answer: Any) -> list[str]:
    found = feedparser.parse(answer.content)
    assert not found.bozo, found.get("bozo_exception")
    return [one.title for one in found.entries]


def test_a_feed_reader_gets_what_its_person_may_read(
    draft: Notice, publish: Published, addresses: dict[str, str], stranger: Person, sign_in: Callable[..., Client]
) -> None:
    reader = Client()
    assert titles(reader.get(addresses["atom"])) == [], "drafts are nobody's"
    publish(draft)
    for form, kind in (("atom", "application/atom+xml"), ("rss", "application/rss+xml")):
        answer = reader.get(addresses[form])
        assert answer["Content-Type"].startswith(kind)
        assert titles(answer) == ["Nouvel horaire de la cour de voirie"]
        assert answer["Cache-Control"] == "private, no-cache"
    [entry] = feedparser.parse(reader.get(addresses["atom"]).content).entries
    assert entry.id == f"urn:uuid:{draft.uuid}"
    assert entry.link.endswith(f"/notices/{draft.uuid}/")
    assert "6\u00a0h\u00a030" in entry.content[0].value and entry.author == "Verdun"
    # The notice is for the borough: somebody from another one finds it nowhere.
    elsewhere = made_by(sign_in(stranger))
    assert titles(reader.get(elsewhere["atom"])) == titles(reader.get(elsewhere["rss"])) == []


def test_titles_are_in_the_readers_language_or_the_one_asked_for(
    draft: Notice, publish: Published, addresses: dict[str, str], colleague: Person
) -> None:
    publish(draft)
    reader = Client()
    assert titles(reader.get(addresses["atom"] + "&language=en")) == ["New hours of the road works yard"]
    Person.objects.filter(pk=colleague.pk).update(language="en")
    answer = reader.get(addresses["atom"])
    assert titles(answer) == ["New hours of the road works yard"]
    assert b'xml:lang="en"' in answer.content


def test_streams_by_site_genre_and_subject(
    draft: Notice, publish: Published, addresses: dict[str, str], city_site: Space
) -> None:
    publish(draft)
    draft.tags.add(Tag.objects.create(slug="neige", name_fr="Neige"))
    reader = Client()
    for question, count in (
        ("&site=verdun", 1),
        ("&site=ville", 0),
        ("&genre=notice", 1),
        ("&genre=tender", 0),
        ("&subject=neige", 1),
        ("&subject=autre", 0),
    ):
        assert len(titles(reader.get(addresses["atom"] + question))) == count, question
    for question in ("&site=inconnu", "&genre=faux", "&language=de"):
        assert reader.get(addresses["atom"] + question).status_code == 404


def test_it_is_asked_again_only_for_what_changed(
    draft: Notice, publish: Published, addresses: dict[str, str], approver: Person
) -> None:
    publish(draft)
    reader = Client()
    first = reader.get(addresses["atom"])
    etag = {"If-None-Match": first["ETag"]}
    again = reader.get(addresses["atom"], headers=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert reader.get(addresses["atom"], headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        end_now(draft, actor=fresh(approver))
        assert reader.get(addresses["atom"], headers=etag).status_code == 200
        assert titles(reader.get(addresses["atom"])) == []


def test_what_one_may_no_longer_see_is_gone_at_once(
    draft: Notice, publish: Published, addresses: dict[str, str], site: Space
) -> None:
    publish(draft)
    reader = Client()
    etag = reader.get(addresses["atom"])["ETag"]
    Space.objects.filter(pk=site.pk).update(access=Space.Access.HIDDEN)
    site.memberships.filter(principal__startswith="unit:").delete()
    answer = reader.get(addresses["atom"], headers={"If-None-Match": etag})
    assert (answer.status_code, titles(answer)) == (200, [])


def test_keys_open_feeds_alone_and_are_withdrawn(
    draft: Notice, publish: Published, addresses: dict[str, str], colleague: Person, sign_in: Callable[..., Client]
) -> None:
    publish(draft)
    reader = Client()
    key = addresses["atom"].partition("=")[2]
    assert reader.get(f"/notices/subscriptions/?key={key}").status_code == 302
    assert reader.get("/api/v1/people", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert key not in reader.get(addresses["atom"]).content.decode(), "a feed that is passed on gives no key away"
    assert FeedKey.objects.get().digest != key and FeedKey.objects.get().last_used == timezone.localdate()
    renewed = made_by(sign_in(colleague))
    assert reader.get(addresses["atom"]).status_code == 404, "renewing ends the former one"
    assert reader.get(renewed["ics"]).status_code == 200
    sign_in(colleague).post("/notices/subscriptions/withdraw/")
    for form in ("atom", "rss", "ics"):
        assert reader.get(renewed[form]).status_code == 404
    assert "sera plus" not in sign_in(colleague).get("/notices/subscriptions/").content.decode()


def test_who_left_reads_nothing_and_coming_back_does_not_change_it(
    addresses: dict[str, str], colleague: Person
) -> None:
    Person.objects.filter(pk=colleague.pk).update(is_active=False)
    assert Client().get(addresses["atom"]).status_code == 404
    assert forget_keys_of_leavers() == 1
    Person.objects.filter(pk=colleague.pk).update(is_active=True)
    assert Client().get(addresses["atom"]).status_code == 404


def test_without_a_key_one_signs_in(colleague: Person, sign_in: Callable[..., Client]) -> None:
    for page in ("feed.atom", "feed.rss", "calendar.ics"):
        assert Client().get(f"/notices/{page}")["Location"].startswith("/sign-in/")
        assert Client().get(f"/notices/{page}?key=").status_code == 404
        assert sign_in(colleague).get(f"/notices/{page}?key=pvf_faux").status_code == 404, "a key decides"
        assert sign_in(colleague).get(f"/notices/{page}").status_code == 200


def test_keys_are_in_no_log(addresses: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        Client().get(addresses["atom"])
        Client().get(addresses["atom"] + "x")
    assert addresses["atom"].partition("=")[2] not in caplog.text


# -- calendar ---------------------------------------------------------------------------------------------------------

TORONTO = ZoneInfo("America/Toronto")


def events(answer: Any) -> list[Any]:
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_dated_notices_are_a_calendar(
    draft: Notice,
    publish: Published,
    addresses: dict[str, str],
    approver: Person,
    stranger: Person,
    sign_in: Callable[..., Client],
) -> None:
    starts = datetime(2031, 5, 2, 14, 30, tzinfo=TORONTO)
    publish(draft, event_starts=starts, event_ends=starts + timedelta(hours=2), event_place="Cour Dupuis")
    answer = Client().get(addresses["ics"])
    assert answer["Content-Type"].startswith("text/calendar")
    text = answer.content.decode()
    assert "DTSTART;TZID=America/Toronto:20310502T143000" in text and "BEGIN:VTIMEZONE" in text
    [event] = events(answer)
    assert str(event["uid"]) == f"urn:uuid:{draft.uuid}"
    assert (str(event["summary"]), str(event["location"])) == ("Nouvel horaire de la cour de voirie", "Cour Dupuis")
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=2)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        save_draft(
            draft,
            {"event_starts": starts + timedelta(days=1), "event_ends": starts + timedelta(days=1, hours=2)},
            actor=fresh(approver),
            correction={"touch_up": True},
        )
        publish_now(draft, actor=fresh(approver))
        [later] = events(Client().get(addresses["ics"]))
    assert str(later["uid"]) == str(event["uid"]) and int(later["sequence"]) > int(event["sequence"])
    assert later["dtstart"].dt - event["dtstart"].dt == timedelta(days=1)
    assert events(Client().get(made_by(sign_in(stranger))["ics"])) == []


def test_whole_days_and_no_end(draft: Notice, publish: Published, addresses: dict[str, str]) -> None:
    day = datetime(2031, 5, 2, tzinfo=TORONTO)
    publish(draft, event_starts=day, event_ends=day.replace(hour=23, minute=59))
    text = Client().get(addresses["ics"]).content.decode()
    assert "DTSTART;VALUE=DATE:20310502" in text and "DTEND;VALUE=DATE:20310503" in text
