"""Activities, fan-out and notifications."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from communities.models import Topic
from directory.actions import deactivate
from directory.models import Person
from foundation.activity.actions import fan_out, follow, quietly, record
from foundation.activity.models import Activity, Notification, ReadMark
from foundation.activity.tasks import fan_out_waiting
from foundation.activity.verbs import Telling, Verb, register_verb
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import forget
from foundation.discussion.actions import add_comment
from foundation.spaces.actions import change_access
from foundation.spaces.models import Space
from tests.conftest import fresh, make_person

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]

TO_ALL = register_verb(
    Verb(
        "tests.to_all",
        "%(actor)s: %(title)s",
        "bell",
        lambda activity: [Telling(Notification.Reason.AUDIENCE, audience=audience_of({"everyone"}))],
    )
)


def _told(client: Client) -> list[dict[str, Any]]:
    return client.get("/api/v1/notifications").json()["items"]


def test_a_reply_tells_the_author_and_followers_once_each(
    topic: Topic, host: Person, member: Person, colleague: Person, sign_in: SignIn, deliver: Any
) -> None:
    Notification.objects.all().delete()
    follow(topic, actor=colleague)
    add_comment(topic, "Bonjour @helene.hote", actor=fresh(member))
    deliver()
    deliver()
    reply = Activity.objects.get(verb="discussion.commented")
    told = dict(reply.notifications.values_list("person_id", "reason"))
    # The host wrote the topic, follows it and is mentioned: told once, for the best reason. The actor is not told.
    assert told == {host.pk: "mention", colleague.pk: "follow"}
    assert _told(sign_in(host, "en"))[0]["title"].endswith("replied in “Quel béton pour les trottoirs ?”")
    assert "a répondu dans «\u00a0Quel" in _told(sign_in(colleague))[0]["title"]


def test_a_new_topic_tells_the_members(topic: Topic, member: Person, host: Person, deliver: Any) -> None:
    deliver()
    started = Activity.objects.get(verb="communities.topic_started")
    assert list(started.notifications.values_list("person_id", "reason")) == [(member.pk, "member")]


def test_the_task_is_in_the_transaction_of_the_change(topic: Topic, member: Person) -> None:
    before = DBTaskResult.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        add_comment(topic, "Jamais", actor=fresh(member))
        raise RuntimeError("the process dies here")
    assert DBTaskResult.objects.count() == before
    assert not Activity.objects.filter(verb="discussion.commented").exists()


def test_record_outside_a_transaction_is_refused(topic: Topic, host: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(RuntimeError):
        record(TO_ALL, topic, actor=host)


def test_what_a_killed_worker_left_is_done_later(topic: Topic, host: Person, deliver: Any) -> None:
    deliver()
    activity = record(TO_ALL, topic, actor=host)
    DBTaskResult.objects.all().delete()
    assert fan_out_waiting() == 0  # too fresh: its task may be running
    Activity.objects.update(created=timezone.now() - timedelta(minutes=2))
    assert fan_out_waiting() == 1
    activity.refresh_from_db()
    assert activity.fanned_out and activity.notifications.count() == 1
    assert fan_out(activity) == []


def test_a_notice_to_everyone_is_one_row_with_marks(
    topic: Topic, host: Person, member: Person, colleague: Person, outsider: Person, sign_in: SignIn, deliver: Any
) -> None:
    deliver()
    record(TO_ALL, topic, actor=host)
    deliver()
    assert Notification.objects.filter(person__isnull=True).count() == 1
    [mine] = _told(sign_in(colleague))
    assert not mine["is_read"]
    assert sign_in(colleague).post(f"/api/v1/notifications/{mine['id']}/read").status_code in (204, 403)
    sign_in(colleague).post(f"/notifications/{mine['id']}/read/")
    assert ReadMark.objects.count() == 1
    assert _told(sign_in(colleague))[0]["is_read"]
    assert not _told(sign_in(member))[0]["is_read"]
    assert _told(sign_in(outsider)) == []


def test_a_newcomer_is_not_told_of_what_was_before(topic: Topic, host: Person, sign_in: SignIn, deliver: Any) -> None:
    record(TO_ALL, topic, actor=host)
    deliver()
    assert _told(sign_in(make_person("nora.nouvelle", unit=host.unit))) == []


def test_what_one_may_no_longer_see_is_no_longer_told_nor_counted(
    topic: Topic, community: Space, host: Person, member: Person, colleague: Person, sign_in: SignIn, deliver: Any
) -> None:
    follow(topic, actor=colleague)
    add_comment(topic, "Secret bientôt", actor=fresh(member))
    deliver()
    client = sign_in(colleague)
    assert len(_told(client)) == 1 and "data-unread" in client.get("/").content.decode()
    assert Notification.objects.unread_count(fresh(colleague)) == 1
    change_access(community, Space.Access.HIDDEN, actor=fresh(host))
    assert _told(client) == [] and topic.title not in client.get("/").content.decode()
    assert Notification.objects.unread_count(fresh(colleague)) == 0
    # Nor is one told of what happens meanwhile, follower or not.
    add_comment(topic, "Entre nous", actor=fresh(member))
    deliver()
    assert Notification.objects.filter(person=colleague).count() == 1


def test_opening_the_thing_reads_what_was_told_of_it(
    topic: Topic, host: Person, member: Person, sign_in: SignIn, deliver: Any
) -> None:
    add_comment(topic, "Une réponse", actor=fresh(member))
    deliver()
    client = sign_in(host)
    assert Notification.objects.unread_count(fresh(host)) == 1
    assert "comment--new" in client.get(topic.get_absolute_url()).content.decode()
    assert Notification.objects.unread_count(fresh(host)) == 0
    assert "comment--new" not in client.get(topic.get_absolute_url()).content.decode()


def test_somebody_elses_notification_is_out_of_reach(
    topic: Topic, host: Person, member: Person, colleague: Person, sign_in: SignIn, deliver: Any
) -> None:
    add_comment(topic, "x", actor=fresh(member))
    deliver()
    theirs = Notification.objects.get(person=host)
    client = sign_in(colleague)
    assert client.get(f"/notifications/{theirs.uuid}/").status_code == 404
    assert client.post(f"/notifications/{theirs.uuid}/read/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.read is None


def test_all_are_read_at_once(topic: Topic, host: Person, member: Person, sign_in: SignIn, deliver: Any) -> None:
    for number in range(3):
        add_comment(topic, f"Réponse {number}", actor=fresh(member))
    deliver()
    client = sign_in(host)
    assert ">3<" in client.get("/notifications/").content.decode()
    client.post("/notifications/read/")
    assert Notification.objects.unread_count(fresh(host)) == 0


def test_a_deactivated_person_is_told_nothing(topic: Topic, host: Person, member: Person, deliver: Any) -> None:
    deactivate(host)
    add_comment(topic, "x", actor=fresh(member))
    deliver()
    assert not Notification.objects.filter(person=host).exists()


def test_quietly_records_and_tells_nobody(topic: Topic, host: Person, deliver: Any) -> None:
    deliver()
    with quietly():
        record(TO_ALL, topic, actor=host)
    assert deliver() == 0
    assert not Notification.objects.filter(audience__isnull=False).exists()


def test_unread_count_is_one_query_and_capped(
    topic: Topic, host: Person, member: Person, deliver: Any, django_assert_num_queries: Any
) -> None:
    person = fresh(member)
    for number in range(110):
        add_comment(topic, f"{number}", actor=person)
    deliver()
    reader = fresh(host)
    Notification.objects.unread_count(reader)
    forget(reader, "unread")
    with django_assert_num_queries(1):
        assert Notification.objects.unread_count(reader) == 100
        assert Notification.objects.unread_count(reader) == 100
