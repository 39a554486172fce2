"""Alerts on open pages: what a socket is sent, when, and to whom."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directory.actions import deactivate
from directory.models import Person, Session, Unit
from foundation.activity.models import Activity, Notification
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import EVERYONE, principal
from foundation.realtime.answers import Call, answer
from foundation.realtime.receivers import push_notifications
from foundation.spaces.actions import create_space
from foundation.spaces.models import Space
from publications.actions.alerts import Wording, change_alert, end_alert, raise_alert
from publications.banners import is_quiet
from publications.models import Alert, Severity, Site
from publications.tasks import resume_alerts, tick_alerts
from tests.conftest import fresh, make_person
from tests.realtime.test_socket import _open

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = Wording("Fuite de gaz", "Gas leak", "Sortez.", "Leave.")
HOUR = timedelta(hours=1)


@pytest.fixture
def site(borough: Unit, host: Person) -> Site:
    """The city's site, owned by the host."""
    space = create_space(Space.Kind.SITE, actor=host, name_fr="Ville", audience=audience_of({EVERYONE}))
    return Site.objects.create(space=space, unit=borough, is_city=True)


def _raise(site: Site, actor: Person, *whom: str, **options: Any) -> Alert:
    values = {"severity": Severity.CRITICAL, "ends": timezone.now() + HOUR, **options}
    return raise_alert(site, WORDS, actor=fresh(actor), audience=set(whom) or {EVERYONE}, **values)


def _make_due(alert: Alert, **moments: Any) -> None:
    """As if the clock had moved."""
    Alert.objects.filter(pk=alert.pk).update(**moments)
    cache.clear()


async def test_it_appears_changes_and_goes_on_an_open_page(
    site: Site, host: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    client = await sync_to_async(sign_in)(colleague, "en")
    async with _open(client) as socket:
        assert (await socket.receive_json_from())["type"] == "unread"
        made = await sync_to_async(_raise)(site, host)
        message = await socket.receive_json_from()
        assert message["type"] == "alerts"
        assert "Gas leak" in message["html"] and "alert--critical" in message["html"]
        # The same as the page itself shows.
        page = await sync_to_async(client.get)("/alerts/banner/")
        assert page.content.decode() == message["html"]
        words = Wording("Fuite colmatée", "Leak closed", "Revenez.", "Come back.")
        await sync_to_async(change_alert)(
            made, words, actor=await sync_to_async(fresh)(host), severity=10, ends=made.ends, audience={EVERYONE}
        )
        assert "Leak closed" in (await socket.receive_json_from())["html"]
        await sync_to_async(end_alert)(made, actor=await sync_to_async(fresh)(host))
        assert "data-alert=" not in (await socket.receive_json_from())["html"]


async def test_the_clock_tells_open_pages_once(
    site: Site, host: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    made = await sync_to_async(_raise)(site, host, starts=timezone.now() + HOUR, ends=timezone.now() + 2 * HOUR)
    client = await sync_to_async(sign_in)(colleague)
    async with _open(client) as socket:
        # Something happened to an alert just now, and there is none to show.
        assert {(await socket.receive_json_from())["type"] for _number in range(2)} == {"unread", "alerts"}
        await sync_to_async(resume_alerts)()
        assert await sync_to_async(tick_alerts)() == 0
        assert await socket.receive_nothing(timeout=0.2)
        # The worker was down at its moment: it is told when the worker is back, once.
        await sync_to_async(_make_due)(made, starts=timezone.now() - HOUR, due=timezone.now() - HOUR)
        await sync_to_async(resume_alerts)()
        await sync_to_async(tick_alerts)()
        await sync_to_async(tick_alerts)()
        assert "Fuite de gaz" in (await socket.receive_json_from())["html"]
        assert await socket.receive_nothing(timeout=0.2)
        # One that was written and not said, since the worker was killed in between, is said by the next one.
        await sync_to_async(resume_alerts)()
        assert "Fuite de gaz" in (await socket.receive_json_from())["html"]


async def test_one_whose_end_has_passed_is_not_announced(
    site: Site, host: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    made = await sync_to_async(_raise)(site, host, starts=timezone.now() + HOUR, ends=timezone.now() + 2 * HOUR)
    await sync_to_async(_make_due)(made, due=timezone.now() - HOUR, expires=timezone.now() - HOUR)
    client = await sync_to_async(sign_in)(colleague)
    async with _open(client) as socket:
        await socket.receive_json_from()
        await sync_to_async(tick_alerts)()
        # Pages look again, and nothing is there.
        assert "data-alert=" not in (await socket.receive_json_from())["html"]


async def test_who_is_not_concerned_is_told_nothing(
    site: Site, host: Person, colleague: Person, member: Person, outsider: Person, sign_in: Callable[..., Client]
) -> None:
    theirs, others = await sync_to_async(sign_in)(member), await sync_to_async(sign_in)(outsider)
    async with _open(theirs) as socket, _open(others) as foreign:
        await socket.receive_json_from()
        await foreign.receive_json_from()
        await sync_to_async(_raise)(site, host, principal("person", colleague.pk))
        assert await socket.receive_nothing(timeout=0.3)
        assert await foreign.receive_nothing(timeout=0.1)


async def test_who_no_longer_holds_what_their_socket_joined_sees_nothing(
    site: Site, host: Person, colleague: Person, city: Unit, borough: Unit, sign_in: Callable[..., Client]
) -> None:
    client = await sync_to_async(sign_in)(colleague)
    async with _open(client) as socket:
        await socket.receive_json_from()
        # Moved to another unit while the page stays open: the socket still hears the old one's bell.
        await sync_to_async(Person.objects.filter(pk=colleague.pk).update)(unit=city)
        await sync_to_async(_raise)(site, host, principal("unit", borough.pk))
        assert "Fuite de gaz" not in (await socket.receive_json_from())["html"]


async def test_an_ended_session_is_told_nothing(
    site: Site, host: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    client = await sync_to_async(sign_in)(colleague)
    async with _open(client) as socket:
        await socket.receive_json_from()
        # Gone without a word to the socket, as when another server ended it.
        await sync_to_async(Session.objects.all().delete)()
        await sync_to_async(_raise)(site, host)
        assert await socket.receive_json_from() == {"type": "signed_out"}


async def test_a_page_that_opens_meanwhile_is_told(
    site: Site, host: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    await sync_to_async(_raise)(site, host)
    client = await sync_to_async(sign_in)(colleague)
    async with _open(client) as socket:
        messages = [await socket.receive_json_from() for _number in range(2)]
        assert {one["type"] for one in messages} == {"unread", "alerts"}


async def test_a_page_that_was_on_its_way_as_an_alert_ended_is_told(
    site: Site, host: Person, colleague: Person, sign_in: Callable[..., Client]
) -> None:
    client = await sync_to_async(sign_in)(colleague)

    def came_and_went() -> str:
        alert = _raise(site, host)
        page = client.get("/").content.decode()
        end_alert(alert, actor=fresh(host))
        return page

    assert "Fuite de gaz" in await sync_to_async(came_and_went)()
    async with _open(client) as socket:
        messages = {one["type"]: one for one in [await socket.receive_json_from() for _number in range(2)]}
        assert "Fuite de gaz" not in messages["alerts"]["html"]
    # And of what is long gone nothing is said.
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        assert await sync_to_async(is_quiet)()
        async with _open(client) as socket:
            assert (await socket.receive_json_from())["type"] == "unread"
            assert await socket.receive_nothing(timeout=0.2)


async def test_a_burst_is_answered_together(
    site: Site, host: Person, colleague: Person, topic: Any, sign_in: Callable[..., Client]
) -> None:
    client = await sync_to_async(sign_in)(colleague)

    def burst() -> None:
        activity = Activity.objects.filter(content=topic).first()
        made = []
        for _number in range(8):
            again = Activity.objects.create(
                verb=activity.verb, actor=host, content_id=topic.pk, space_id=topic.space_id, fanned_out=timezone.now()
            )
            reason = Notification.Reason.FOLLOW
            made.append(Notification.objects.create(activity=again, person=colleague, reason=reason))
        push_notifications(None, made)

    async with _open(client) as socket:
        await socket.receive_json_from()
        await sync_to_async(burst)()
        messages = [await socket.receive_json_from() for _number in range(3)]
        # The newest three are shown, all eight are counted.
        assert [one["type"] for one in messages] == ["notification"] * 3
        assert {one["unread"] for one in messages} == {8}
        assert await socket.receive_nothing(timeout=0.2)


def _calls(people: list[Person], **rung: Any) -> list[Call]:
    return [
        Call(one.pk, one.sessions.get().pk, unread=frozenset(), **{name: set(keys) for name, keys in rung.items()})
        for one in people
    ]


def test_a_hundred_sockets_cost_as_many_queries_as_thirty(
    site: Site, host: Person, borough: Unit, topic: Any, sign_in: Callable[..., Client]
) -> None:
    people = [make_person(f"p{number}.essai", unit=borough) for number in range(100)]
    for one in people:
        sign_in(one)
    activity = Activity.objects.filter(content=topic).first()
    assert activity is not None
    notification = Notification.objects.create(
        activity=activity, audience=audience_of({EVERYONE}), reason=Notification.Reason.AUDIENCE
    )
    _raise(site, host)
    assert not is_quiet()

    def queries(count: int) -> int:
        calls = _calls(people[:count], notifications=[notification.pk], topics=["alerts"])
        with CaptureQueriesContext(connection) as found:
            answers = answer(calls, Session)
        for messages in answers:
            assert messages is not None and [one["type"] for one in messages] == ["notification", "alerts"]
        return len(found)

    assert queries(100) == queries(30) < 25


def test_among_many_each_is_sent_only_what_they_may_see(
    site: Site, host: Person, borough: Unit, community: Space, topic: Any, sign_in: Callable[..., Client]
) -> None:
    people = [make_person(f"p{number}.essai", unit=borough) for number in range(60)]
    strangers = [make_person(f"x{number}.externe", kind="external") for number in range(10)]
    for one in [*people, *strangers]:
        sign_in(one)
    gone, ended = people[0], people[1]
    calls_of = [*people, *strangers]
    activity = Activity.objects.filter(content=topic).first()
    assert activity is not None
    notification = Notification.objects.create(
        activity=activity, audience=audience_of({EVERYONE}), reason=Notification.Reason.AUDIENCE
    )
    calls = _calls(calls_of, notifications=[notification.pk], topics=["alerts"])
    _raise(site, host, principal("person", people[5].pk), severity=Severity.INFO)
    deactivate(gone)
    Session.objects.filter(person=ended).delete()
    answers = dict(zip([one.username for one in calls_of], answer(calls, Session), strict=True))
    assert answers[gone.username] is None and answers[ended.username] is None
    for one in strangers:
        assert [message["type"] for message in answers[one.username] or []] == ["alerts"]
        assert "Fuite" not in str(answers[one.username])
    for one in people[2:]:
        messages = answers[one.username] or []
        assert messages[0]["type"] == "notification" and messages[0]["unread"] == 1
        assert ("Fuite" in str(messages)) == (one.pk == people[5].pk)
