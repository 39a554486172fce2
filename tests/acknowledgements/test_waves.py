"""Reminders, stand-ins and escalation: once each, one activity a wave, and only to those who may see."""

from collections.abc import Callable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from time_machine import TimeMachineFixture

from communities.models import Topic
from directory.actions import enter_absence
from directory.models import Person, Unit
from foundation.acknowledgements.actions import acknowledge, remind_due
from foundation.acknowledgements.models import Alert, Request, Target
from foundation.activity.models import Activity, Notification
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person

from .conftest import ask_for

Work = Callable[[], None]


def _told(verb: str) -> list[str]:
    found = Notification.objects.filter(activity__verb=f"acknowledgements.{verb}").order_by("person__username")
    return list(found.values_list("person__username", flat=True))


def _waves(verb: str) -> int:
    return Activity.objects.filter(verb=f"acknowledgements.{verb}").count()


def test_reminders_go_out_once_each_on_their_days(
    asked: Request, topic: Topic, member: Person, colleague: Person, work: Work, time_machine: TimeMachineFixture
) -> None:
    asked_at = timezone.now()
    acknowledge(topic, actor=fresh(member), language="fr", version=1)
    work()
    assert _waves("reminded") == 0
    time_machine.move_to(asked_at + timedelta(days=7, minutes=2))
    work()
    work()
    # The author speaks: they are not told of their own words.
    assert _waves("reminded") == 1 and _told("reminded") == ["carla.collegue"]
    time_machine.move_to(asked_at + timedelta(days=10, minutes=2))
    work()
    assert _waves("reminded") == 2


def test_after_a_down_time_one_reminder_not_several(
    asked: Request, work: Work, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(timezone.now() + timedelta(days=40))
    work()
    work()
    assert _waves("reminded") == 1
    assert not Target.objects.pending().filter(next_reminder__isnull=False).exists()


def test_who_acknowledges_between_wave_and_telling_is_not_told(
    asked: Request, topic: Topic, colleague: Person, time_machine: TimeMachineFixture, work: Work
) -> None:
    time_machine.move_to(timezone.now() + timedelta(days=8))
    remind_due(timezone.now())
    acknowledge(topic, actor=fresh(colleague), language="fr", version=1)
    work()
    assert _told("reminded") == ["marc.membre"]


def test_who_stands_in_is_told_once_and_acknowledges_for_themselves_alone(
    asked: Request, topic: Topic, member: Person, colleague: Person, work: Work, sign_in: Callable
) -> None:
    today = timezone.localdate()
    enter_absence(member, today, today + timedelta(days=5), actor=member, replacement=colleague)
    work()
    work()
    assert _told("delegated") == ["carla.collegue"] and _waves("delegated") == 1
    page = sign_in(colleague).get(reverse("acknowledgements:team")).content.decode()
    assert "Marc Membre" in page and topic.title in page
    told = Notification.objects.get(activity__verb="acknowledgements.delegated")
    assert told.url == reverse("acknowledgements:team")
    acknowledge(topic, actor=fresh(colleague), language="fr", version=1)
    assert Target.objects.pending().filter(person=member).exists()


def test_who_stands_in_and_cannot_see_is_not_told(
    topic: Topic, community: Space, host: Person, member: Person, colleague: Person, work: Work, sign_in: Callable
) -> None:
    Space.objects.filter(pk=community.pk).update(access=Space.Access.HIDDEN)
    topic = Topic.objects.select_related("space").get(pk=topic.pk)
    ask_for(topic, fresh(host))
    today = timezone.localdate()
    enter_absence(member, today, None, actor=member, replacement=colleague)
    work()
    assert _told("delegated") == [] and not Alert.objects.exists()
    assert topic.title not in sign_in(colleague).get(reverse("acknowledgements:team")).content.decode()


def test_managers_are_told_once_and_see_their_direct_reports_alone(
    topic: Topic,
    host: Person,
    borough: Unit,
    member: Person,
    colleague: Person,
    work: Work,
    time_machine: TimeMachineFixture,
    sign_in: Callable,
) -> None:
    boss = make_person("bruno.boss", unit=borough)
    Person.objects.filter(pk__in=[member.pk]).update(manager=boss)
    ask_for(topic, host, due=timezone.now() + timedelta(days=2), escalate_after=5)
    work()
    time_machine.move_to(timezone.now() + timedelta(days=6))
    work()
    assert _waves("escalated") == 0
    time_machine.move_to(timezone.now() + timedelta(days=2))
    work()
    work()
    assert _told("escalated") == ["bruno.boss"] and _waves("escalated") == 1
    page = sign_in(boss, "fr").get(reverse("acknowledgements:team")).content.decode()
    assert "Marc Membre" in page and "Carla Collegue" not in page and "En retard depuis" in page
    assert topic.title not in sign_in(colleague).get(reverse("acknowledgements:team")).content.decode()
    acknowledge(topic, actor=fresh(member), language="fr", version=1)
    assert "Marc Membre" not in sign_in(boss).get(reverse("acknowledgements:team")).content.decode()


def test_a_manager_who_cannot_see_it_is_told_nothing(
    topic: Topic,
    community: Space,
    host: Person,
    outsider: Person,
    member: Person,
    work: Work,
    time_machine: TimeMachineFixture,
    sign_in: Callable,
) -> None:
    Person.objects.filter(pk=member.pk).update(manager=outsider)
    ask_for(topic, host, due=timezone.now() + timedelta(days=2), escalate_after=0)
    work()
    time_machine.move_to(timezone.now() + timedelta(days=3))
    work()
    assert _told("escalated") == []
    assert topic.title not in sign_in(outsider).get(reverse("acknowledgements:team")).content.decode()
