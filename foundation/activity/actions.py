"""The one announcement (`record`), its fan-out, and what one does to notifications and follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from foundation.audiences.policies import Denied, Refused
from foundation.audiences.principals import forget
from foundation.content.actions import tell_untold
from foundation.content.models import Content
from foundation.content.policies import readers_of
from foundation.content.querysets import SHOWN
from foundation.spaces.models import Space

from .models import Activity, Follow, Notification, ReadMark
from .signals import notifications_read, notified, recorded
from .verbs import Verb

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quietly() -> Iterator[None]:
    """Record without telling anyone: for imports and demonstration data. Nothing is ever told of these later."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def record(verb: Verb, target: Content | Space | None, *, actor: Any, data: dict[str, Any] | None = None) -> Activity:
    """Say what happened: the last line of every action, inside its transaction.

    Raises RuntimeError outside a transaction: the change and its announcement stand or fall together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction of its action")
    content = target if isinstance(target, Content) else None
    space = target if isinstance(target, Space) else None
    activity = Activity.objects.create(
        verb=verb.key,
        actor=actor,
        content_id=content.pk if content else None,
        space_id=content.space_id if content else space.pk if space else None,
        data=data or {},
        fanned_out=timezone.now() if _quiet.get() else None,
    )
    recorded.send(Activity, activity=activity)
    return activity


@transaction.atomic
def fan_out(activity: Activity) -> list[Notification]:
    """Tell whoever the verb says. Running it again tells nobody twice.

    SECURITY: only people who may see the content are told, whatever the verb says.
    """
    locked = Activity.objects.select_for_update().get(pk=activity.pk)
    if locked.fanned_out:
        return []
    told: set[int] = {locked.actor_id}
    rows: list[Notification] = []
    people = get_user_model()._default_manager.filter(is_active=True)
    for telling in locked.kind.tell(locked):
        if telling.audience is not None:
            rows.append(Notification(activity=locked, audience=telling.audience, reason=telling.reason))
            continue
        chosen = people.filter(telling.people)
        if locked.content:
            chosen = chosen.filter(readers_of(locked.content))
        new = set(chosen.values_list("pk", flat=True)) - told
        told |= new
        rows += [Notification(activity=locked, person_id=pk, reason=telling.reason) for pk in sorted(new)]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    locked.fanned_out = timezone.now()
    locked.save(update_fields=["fanned_out"])
    if locked.content and locked.content.state in SHOWN:
        # It may have been published just now, whatever its kind calls it.
        tell_untold(locked.content)
    made = list(locked.notifications.all())
    transaction.on_commit(lambda: notified.send(Activity, activity=locked, notifications=made))
    return made


@transaction.atomic
def mark_read(notification: Notification, *, actor: Any) -> None:
    """One notification is read by `actor`. Refused for somebody else's."""
    forget(actor, "unread")
    if notification.person_id is None:
        ReadMark.objects.get_or_create(notification=notification, person=actor)
    elif notification.person_id == actor.pk:
        Notification.objects.filter(pk=notification.pk, read__isnull=True).update(read=timezone.now())
    else:
        raise Refused(Denied(""))
    transaction.on_commit(lambda: notifications_read.send(Notification, person=actor))


def mark_content_read(content: Content, *, actor: Any) -> list[dict[str, Any]]:
    """Opening a thing that `actor` sees reads what was told about it. Answers the data of the activities that were
    news."""
    unread = Notification.objects.unread_about(content, actor)
    if not unread:
        return []
    rows = list(Notification.objects.filter(pk__in=unread).values_list("pk", "person_id", "activity__data"))
    _mark([(pk, person) for pk, person, _data in rows], actor)
    return [data for _pk, _person, data in rows]


def mark_all_read(*, actor: Any) -> int:
    """Everything unread is read. Answers how many there were."""
    unread = Notification.objects.visible_to(actor).unread_by(actor)
    return _mark(list(unread.values_list("pk", "person_id")), actor)


def _mark(rows: list[tuple[int, int | None]], actor: Any) -> int:
    """Mark notifications, given by key and addressee (None for an audience). Reading nothing writes nothing."""
    if not rows:
        return 0
    forget(actor, "unread")
    with transaction.atomic():
        direct = [pk for pk, person in rows if person]
        Notification.objects.filter(pk__in=direct).update(read=timezone.now())
        ReadMark.objects.bulk_create(
            (ReadMark(notification_id=pk, person=actor) for pk, person in rows if not person), ignore_conflicts=True
        )
        transaction.on_commit(lambda: notifications_read.send(Notification, person=actor))
    return len(rows)


def follow(content: Content, *, actor: Any) -> None:
    """Hear of what happens to `content`. Twice changes nothing."""
    Follow.objects.get_or_create(content_id=content.pk, person=actor)


def unfollow(content: Content, *, actor: Any) -> None:
    """No longer hear of it."""
    Follow.objects.filter(content_id=content.pk, person=actor).delete()
