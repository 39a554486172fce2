"""What open sockets are sent, worked out for many of them at once: the same queries for one as for a hundred.

SECURITY: here stands what guards a socket. Whatever rang, the session is asked whether it still lives, the person
whether they are still active, and the rule whether they may see what they are about to be sent.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone, translation

from foundation.activity.models import Notification, ReadMark
from foundation.activity.querysets import UNREAD_CAP
from foundation.audiences.models import Audience
from foundation.audiences.principals import holders_of
from foundation.content.models import Content
from foundation.content.policies import readers_of
from foundation.spaces.models import Space
from foundation.spaces.policies import members_of

from .topics import topic_of

logger = logging.getLogger(__name__)

# So many people are counted for one by one; of more, what each socket last counted is carried on (decision 35).
COUNTED = 25
# So many notifications are shown to one browser at once; of the others it learns the number.
SHOWN = 3

Message = dict[str, Any]


@dataclass
class Call:
    """What one socket was rung for since it last had an answer.

    unread: what the socket last counted as unread (the keys), None before the first time; the answer renews it.
    recount: the number itself is asked for. notifications: keys. topics: keys.
    """

    person: int
    session: str
    unread: frozenset[int] | None = None
    recount: bool = False
    notifications: set[int] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)


def answer(calls: Sequence[Call], sessions: Any) -> list[list[Message] | None]:
    """The messages for each call, in the same order; None for who must be signed out. `sessions`: the model."""
    alive = set(
        sessions._default_manager.filter(
            pk__in=[one.session for one in calls], expire_date__gt=timezone.now()
        ).values_list("pk", flat=True)
    )
    # SECURITY: read again each time: a socket lives for hours, a decision never outlives the person it was made for.
    everyone = get_user_model()._default_manager.select_related("unit")
    wanted = {one.person for one in calls if one.session in alive}
    people = {one.pk: one for one in everyone.filter(pk__in=wanted, is_active=True)}
    calls_alive = [one for one in calls if one.session in alive and one.person in people]
    news = _news({pk for one in calls_alive for pk in one.notifications}, calls_alive)
    said = {
        key: _said(key, [people[pk] for pk in sorted({one.person for one in calls_alive if key in one.topics})])
        for key in sorted({key for one in calls_alive for key in one.topics})
    }
    counted = len({one.person for one in calls_alive if one.notifications}) <= COUNTED
    answers: list[list[Message] | None] = []
    for call in calls:
        person = people.get(call.person) if call.session in alive else None
        answers.append(None if person is None else _messages(call, person, news, said, counted=counted))
    return answers


def _said(key: str, people: Sequence[Any]) -> Mapping[int, Mapping[str, Any]]:
    """What a topic says to each. One that fails keeps nobody from their notifications, and closes no line."""
    try:
        return topic_of(key).read(people)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("the topic %s says nothing", key)
        return {}


def _messages(
    call: Call,
    person: Any,
    news: "list[_News]",
    said: Mapping[str, Mapping[int, Mapping[str, Any]]],
    *,
    counted: bool,
) -> list[Message]:
    mine = [one for one in news if one.pk in call.notifications and person.pk in one.readers]
    if call.recount or call.unread is None or (mine and counted):
        call.unread = frozenset(Notification.objects.unread_ids(person))
    else:
        call.unread = call.unread.union(one.pk for one in mine)
    unread = min(len(call.unread), UNREAD_CAP)
    messages: list[Message] = []
    if call.recount and not mine:
        messages.append({"type": "unread", "unread": unread})
    messages += [{"type": "notification", "unread": unread, "item": one.item(person.language)} for one in mine[-SHOWN:]]
    for key in sorted(call.topics):
        if person.pk in said[key]:
            messages.append({"type": key, **said[key][person.pk]})
    return messages


class _News:
    """One notification, and which of the people who were rung for it may be sent it."""

    def __init__(self, notification: Notification, readers: set[int]) -> None:
        self.pk, self.readers = notification.pk, readers
        self._notification = notification
        self._items: dict[str, Message] = {}

    def item(self, language: str) -> Message:
        """The same for everyone who reads that language."""
        if language not in self._items:
            activity = self._notification.activity
            with translation.override(language):
                self._items[language] = {
                    "id": str(self._notification.uuid),
                    "text": activity.sentence,
                    "url": self._notification.url,
                    "icon": activity.kind.icon,
                }
        return self._items[language]


def _news(pks: set[int], calls: Sequence[Call]) -> list[_News]:
    """What is new, the oldest first, each with its readers. Nothing that its subject hides, nothing already read."""
    if not pks:
        return []
    found = list(Notification.objects.filter(pk__in=pks).with_subject())
    asked: dict[int, set[int]] = {one.pk: set() for one in found}
    for call in calls:
        for pk in call.notifications & asked.keys():
            asked[pk].add(call.person)
    # Rows that speak of one thing (one per member of a community) are asked about together.
    alike: dict[tuple[Any, ...], list[Notification]] = {}
    for one in found:
        if one.person_id:
            asked[one.pk] = asked[one.pk] & {one.person_id} if one.read is None else set()
        key = (one.activity.content_id, one.activity.space_id, one.audience_id, one.audience_id and one.pk)
        alike.setdefault(key, []).append(one)
    broadcast = [one.pk for one in found if one.audience_id]
    marks = ReadMark.objects.filter(notification__in=broadcast, person__in={call.person for call in calls})
    read = set(marks.values_list("notification_id", "person_id")) if broadcast else set()
    subjects = _Subjects(found)
    readers: dict[int, set[int]] = {}
    for together in alike.values():
        theirs = subjects.readers(together[0], set().union(*(asked[one.pk] for one in together)))
        readers.update({one.pk: theirs & asked[one.pk] for one in together})
    return [
        _News(one, {pk for pk in readers[one.pk] if (one.pk, pk) not in read})
        for one in sorted(found, key=lambda each: (each.created, each.pk))
    ]


class _Subjects:
    """Who sees what notifications speak of."""

    def __init__(self, notifications: Iterable[Notification]) -> None:
        notifications = list(notifications)
        activities = [one.activity for one in notifications]
        contents = Content.objects.filter(pk__in={one.content_id for one in activities if one.content_id})
        spaces = Space.objects.filter(pk__in={one.space_id for one in activities if one.content_id is None})
        audiences = Audience.objects.filter(pk__in={one.audience_id for one in notifications if one.audience_id})
        self._contents = {one.pk: one for one in contents.select_related("space__audience", "audience")}
        self._spaces = {one.pk: one for one in spaces.select_related("audience")}
        self._audiences = {one.pk: one for one in audiences.prefetch_related("rows")}

    def readers(self, notification: Notification, people: set[int]) -> set[int]:
        """Which of `people` may be told. SECURITY: both that it is addressed to them and that they see its subject."""
        activity = notification.activity
        content, space = self._contents.get(activity.content_id), self._spaces.get(activity.space_id)
        if not people or (content is None and space is None):
            return set()
        found = get_user_model()._default_manager.filter(pk__in=people, is_active=True)
        found = found.filter(readers_of(content) if content is not None else _readers_of_space(space))
        if notification.audience_id:
            # A newcomer is not told what was addressed to everyone before they came.
            held = holders_of(self._audiences[notification.audience_id].principals)
            found = found.filter(held, created__lte=notification.created)
        return set(found.values_list("pk", flat=True))


def _readers_of_space(space: Any) -> Q:
    """The condition on people of reading what is in `space`."""
    condition = members_of(space)
    if space.access == Space.Access.OPEN and space.audience:
        condition |= holders_of(space.audience.principals)
    return condition
