"""Asking, acknowledging, asking again: who is asked, what is proved."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from time_machine import TimeMachineFixture

from communities.actions import start_topic
from communities.models import Topic
from directory.models import Person, Unit
from foundation.acknowledgements.actions import acknowledge, ask, close, renew, settle_batch
from foundation.acknowledgements.bars import bar_of, pending_for
from foundation.acknowledgements.models import Acknowledgement, Request, Target
from foundation.activity.models import Activity, Notification
from foundation.audiences.policies import Refused
from foundation.content.actions import restore, trash
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person

from .conftest import TEXTS, ask_for

SECOND = {"fr": "Texte complet, deuxième version.", "en": "Whole text, second version."}


def _pending(request: Request) -> set[str]:
    return set(Target.objects.on(request).pending().values_list("person__username", flat=True))


def test_asking_writes_few_rows_and_the_worker_freezes_the_readers(
    topic: Topic, host: Person, member: Person, colleague: Person, outsider: Person, work: Callable[[], None]
) -> None:
    made = ask_for(topic, host)
    assert not Target.objects.exists()
    work()
    assert _pending(made) == {"helene.hote", "marc.membre", "carla.collegue"}
    made.refresh_from_db()
    assert made.frozen and made.settled
    assert [one.request.pk for one in pending_for(fresh(member))] == [made.pk]
    assert pending_for(fresh(outsider)) == []


@pytest.mark.django_db(transaction=True)
def test_a_freeze_cut_in_the_middle_goes_on(topic: Topic, host: Person, work: Callable[[], None]) -> None:
    for number in range(7):
        make_person(f"p{number}.foule")
    made = ask_for(topic, host)
    assert settle_batch(made.pk, size=3)
    assert settle_batch(made.pk, size=3)
    assert 0 < Target.objects.on(made).count() < Person.objects.count()
    # Killed here. A batch done twice changes nothing either.
    Request.objects.filter(pk=made.pk).update(swept_to=0, swept=timezone.now() - timedelta(minutes=2))
    work()
    assert Target.objects.on(made).count() == Person.objects.exclude(kind="external").count()


def test_acknowledging_proves_who_what_version_which_language_when(
    asked: Request, topic: Topic, member: Person
) -> None:
    proof = acknowledge(topic, actor=fresh(member), language="en", version=1)
    assert proof.person == member and proof.version.number == 1 and proof.language == "en" and proof.mode == "read"
    assert proof.content_hash == hashlib.sha256(TEXTS["en"].encode()).hexdigest()
    assert timezone.now() - proof.at < timedelta(minutes=1)
    # Twice changes nothing.
    assert acknowledge(topic, actor=fresh(member), language="fr", version=1) == proof
    assert Acknowledgement.objects.get().language == "en"
    assert pending_for(fresh(member)) == []


def test_a_proof_is_never_changed_nor_deleted(asked: Request, topic: Topic, member: Person) -> None:
    proof = acknowledge(topic, actor=fresh(member), language="fr", version=1)
    proof.language = "en"
    for attempt in (proof.save, proof.delete, Acknowledgement.objects.all().delete):
        with pytest.raises(TypeError):
            attempt()
    with pytest.raises(TypeError):
        Acknowledgement.objects.update(language="en")


def test_a_stale_version_records_nothing(asked: Request, topic: Topic, host: Person, member: Person) -> None:
    renew(topic, actor=fresh(host), texts=SECOND, material=False)
    with pytest.raises(ValidationError):
        acknowledge(topic, actor=fresh(member), language="fr", version=1)
    with pytest.raises(ValidationError):
        acknowledge(topic, actor=fresh(member), language="es", version=2)
    assert not Acknowledgement.objects.exists()
    acknowledge(topic, actor=fresh(member), language="fr", version=2)


def test_only_a_material_change_asks_again(
    asked: Request, topic: Topic, host: Person, member: Person, work: Callable[[], None]
) -> None:
    acknowledge(topic, actor=fresh(member), language="fr", version=1)
    renew(topic, actor=fresh(host), texts=SECOND, material=False)
    work()
    assert bar_of(topic, fresh(member), "fr").is_done  # type: ignore[union-attr]
    assert _pending(asked) == {"helene.hote", "carla.collegue"}
    renew(topic, actor=fresh(host), texts=TEXTS, material=True, note_fr="Le délai passe à dix jours.")
    bar = bar_of(topic, fresh(member), "fr")
    # Right at once, before the worker went through the people.
    assert bar and not bar.is_done and bar.version == 3 and bar.changed and bar.changed.note_fr
    work()
    assert _pending(asked) == {"helene.hote", "carla.collegue", "marc.membre"}
    acknowledge(topic, actor=fresh(member), language="en", version=3)
    assert _pending(asked) == {"helene.hote", "carla.collegue"}
    assert list(Acknowledgement.objects.order_by("pk").values_list("version__number", flat=True)) == [1, 3]


def test_acknowledging_while_a_material_change_goes_through_is_not_lost(
    asked: Request, topic: Topic, host: Person, member: Person, work: Callable[[], None]
) -> None:
    renew(topic, actor=fresh(host), texts=SECOND, material=True)
    acknowledge(topic, actor=fresh(member), language="fr", version=2)
    work()
    assert "marc.membre" not in _pending(asked)


def test_joiners_have_a_week_and_leavers_are_no_longer_concerned(
    asked: Request,
    topic: Topic,
    member: Person,
    colleague: Person,
    borough: Unit,
    work: Callable[[], None],
    time_machine: TimeMachineFixture,
) -> None:
    acknowledge(topic, actor=fresh(member), language="fr", version=1)
    Person.objects.filter(pk__in=[member.pk, colleague.pk]).update(is_active=False)
    time_machine.move_to(timezone.now() + timedelta(days=9))
    newcomer = make_person("nadia.nouvelle", unit=borough)
    work()
    theirs = Target.objects.get(request=asked, person=newcomer)
    assert theirs.due and theirs.due >= timezone.now() + timedelta(days=6, hours=23)
    assert _pending(asked) == {"helene.hote", "nadia.nouvelle"}
    assert {one.person.username: one.state for one in Target.objects.on(asked).select_related("person")} == {
        "helene.hote": "pending",
        "nadia.nouvelle": "pending",
        "marc.membre": "done",
        "carla.collegue": "left",
    }
    # Back before the end: concerned again, with a week.
    Person.objects.filter(pk=colleague.pk).update(is_active=True)
    time_machine.move_to(timezone.now() + timedelta(minutes=20))
    work()
    assert "carla.collegue" in _pending(asked)


def test_a_newcomer_need_not_wait_for_the_worker(asked: Request, topic: Topic, borough: Unit) -> None:
    newcomer = make_person("nadia.nouvelle", unit=borough)
    assert bar_of(topic, fresh(newcomer), "fr").state == "todo"  # type: ignore[union-attr]
    acknowledge(topic, actor=fresh(newcomer), language="fr", version=1)
    assert Target.objects.get(person=newcomer).state == "done"


def test_what_one_may_not_see_one_cannot_acknowledge(
    asked: Request, topic: Topic, community: Space, colleague: Person, outsider: Person, host: Person
) -> None:
    with pytest.raises(Refused):
        acknowledge(topic, actor=fresh(outsider), language="fr", version=1)
    Space.objects.filter(pk=community.pk).update(access=Space.Access.HIDDEN)
    with pytest.raises(Refused):
        acknowledge(topic, actor=fresh(colleague), language="fr", version=1)
    # Gone from their list at once, without waiting for the worker.
    assert pending_for(fresh(colleague)) == []
    assert not Acknowledgement.objects.exists()


def test_what_is_in_the_trash_waits_for_nobody(
    asked: Request,
    topic: Topic,
    host: Person,
    member: Person,
    work: Callable[[], None],
    time_machine: TimeMachineFixture,
) -> None:
    renew(topic, actor=fresh(host), texts=SECOND, material=True)
    trash(topic, actor=fresh(host))
    work()
    assert pending_for(fresh(member)) == []
    with pytest.raises(Refused):
        acknowledge(topic, actor=fresh(host), language="fr", version=2)
    # Restored: as asked before, also what the pass could not do meanwhile.
    restore(topic, actor=fresh(host))
    assert [one.request.pk for one in pending_for(fresh(member))] == [asked.pk]
    time_machine.move_to(timezone.now() + timedelta(minutes=20))
    work()
    assert set(Target.objects.values_list("required", flat=True)) == {2}


def test_who_may_ask_and_what_is_asked_properly(topic: Topic, host: Person, member: Person) -> None:
    with pytest.raises(Refused):
        ask_for(topic, fresh(member))
    for wrong in (
        {"mode": "like"},
        {"texts": {}},
        {"texts": {"fr": ""}},
        {"texts": {"es": "Texto"}},
        {"due": timezone.now() - timedelta(days=1)},
        {"reminders": [400]},
        {"reminders": list(range(11))},
        {"escalate_after": 3, "due": None},
    ):
        with pytest.raises(ValidationError):
            ask_for(topic, fresh(host), **wrong)
    ask_for(topic, fresh(host))
    with pytest.raises(ValidationError):
        ask_for(topic, fresh(host))
    assert Request.objects.count() == 1


def test_closing_asks_nobody_and_keeps_the_register(
    asked: Request, topic: Topic, host: Person, member: Person, work: Callable[[], None]
) -> None:
    acknowledge(topic, actor=fresh(host), language="fr", version=1)
    close(topic, actor=fresh(host))
    assert pending_for(fresh(member)) == []
    assert bar_of(topic, fresh(member), "fr") is None
    assert bar_of(topic, fresh(host), "fr").is_done  # type: ignore[union-attr]
    with pytest.raises(Refused):
        acknowledge(topic, actor=fresh(member), language="fr", version=1)
    work()
    assert _pending(asked) == set()
    # Asked anew: another register.
    again = ask(topic, actor=fresh(host), mode="agree", due=None, texts=SECOND)
    work()
    assert _pending(again) == {"helene.hote", "marc.membre", "carla.collegue"}


def test_everyone_is_told_by_one_row(asked: Request, topic: Topic, member: Person, deliver: Callable[[], int]) -> None:
    deliver()
    told = Notification.objects.filter(activity__verb="acknowledgements.asked")
    assert told.count() == 1 and told.get().audience
    assert told.visible_to(fresh(member)).exists()
    assert Activity.objects.filter(verb="acknowledgements.asked").count() == 1


def test_what_is_pending_is_one_query(
    community: Space, host: Person, member: Person, work: Callable[[], None], django_assert_num_queries: Any
) -> None:
    def pending_of() -> int:
        person = fresh(member)
        _ = person.unit
        pending_for(person)
        with django_assert_num_queries(1):
            return len(pending_for(person, 50))

    ask_for(start_topic(community, "Un", "Texte", actor=host), host)
    work()
    assert pending_of() == 1
    for number in range(19):
        ask_for(start_topic(community, f"Avis {number}", "Texte", actor=host), host)
    work()
    assert pending_of() == 20


def test_the_bar_costs_as_much_for_all(
    asked: Request, topic: Topic, member: Person, host: Person, django_assert_num_queries: Any
) -> None:
    acknowledge(topic, actor=fresh(host), language="fr", version=1)
    for person in (fresh(member), fresh(host)):
        with django_assert_num_queries(2):
            bar_of(topic, person, "fr")
