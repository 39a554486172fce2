"""Loads the communities of the demo city and what is said in them, through the same actions as everybody's.

The actions date things now; the plan's dates are put in afterwards. The conversations that concern the seven sign-ins
are announced for real, so that each of them finds something new.
"""

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from communities.actions import create_community, start_topic
from communities.models import Topic
from directory.models import Group, Person, Unit
from foundation.activity.actions import fan_out
from foundation.activity.models import Activity, Follow, Notification
from foundation.audiences.actions import audience_of
from foundation.audiences.principals import ELECTED, forget, principal
from foundation.content.models import Content
from foundation.discussion.actions import add_comment
from foundation.discussion.models import Comment, Reaction
from foundation.spaces.actions import create_space
from foundation.spaces.models import Membership, Role, Space

from .communities import Community, DemoTopic, communities, council, host_of, members_of, plan, topics_of
from .people import SIGN_INS, DemoPerson

# Of what each sign-in was told, the newest stay unread.
UNREAD = 5
_SIGN_IN_NAMES = frozenset(one.username for one in SIGN_INS)
_MENTION = re.compile(r"@([a-z]+)\b")


@dataclass(frozen=True)
class _Place:
    """A community once made, before anybody speaks."""

    community: Community
    space: Space
    host: DemoPerson
    members: list[DemoPerson]


def load_conversations(made: list[DemoPerson], rng: random.Random) -> str:
    """Make the communities, then what is said. Call it within `quietly()`. Answers a line for whoever waits."""
    now = timezone.localtime()
    with transaction.atomic():
        places = [_make(one, made, rng) for one in communities()]
        places.append(_make_council(made, rng))
    # Read once every membership is there: a person keeps what they may do as long as the object lives.
    names = {one.username for place in places for one in [place.host, *place.members]}
    speakers = {one.username: one for one in Person.objects.with_unit().filter(username__in=names)}
    topics = replies = 0
    for place in places:
        with transaction.atomic():
            planned = plan(place.community, topics_of(place.community), place.members, place.host, now=now, rng=rng)
            for topic in planned:
                _speak(place.space, topic, speakers, rng)
                topics, replies = topics + 1, replies + len(topic.replies)
    with transaction.atomic():
        _read_what_is_old()
    return f"{len(communities())} communities and the council, {topics} topics, {replies} replies"


def _make(community: Community, made: list[DemoPerson], rng: random.Random) -> _Place:
    host = host_of(community, made)
    owner = Person.objects.with_unit().get(username=host.username)
    space = create_community(
        actor=owner,
        name_fr=community.name_fr,
        name_en=community.name_en,
        description_fr=community.description_fr,
        description_en=community.description_en,
        access=community.access,
    )
    members = members_of(community, made, rng)
    _take_in(space, members, rng)
    for name in community.groups:
        group = Group.objects.get(ldap_name=name)
        Membership.objects.create(space=space, principal=principal("group", group.pk), role=Role.EDITOR)
    _date_space(space, rng)
    forget(owner)
    return _Place(community, space, host, members)


def _make_council(made: list[DemoPerson], rng: random.Random) -> _Place:
    """Every elected official belongs to it by being one; the clerk's office runs it."""
    clerk = Unit.objects.get(code="GRE")
    office = [one for one in made if one.unit_code.startswith("GRE") and one.is_active]
    staff = [one for one in office if one.username not in _SIGN_IN_NAMES]
    host = next((one for one in staff if one.unit_code == council().host_unit), staff[0])
    owner = Person.objects.with_unit().get(username=host.username)
    space = create_space(
        Space.Kind.COUNCIL,
        actor=owner,
        name_fr=council().name_fr,
        name_en=council().name_en,
        description_fr=council().description_fr,
        description_en=council().description_en,
        audience=audience_of({ELECTED, principal("unit", clerk.pk)}),
    )
    Membership.objects.create(space=space, principal=ELECTED, role=Role.CONTRIBUTOR)
    _date_space(space, rng)
    return _Place(council(), space, host, [one for one in made if one.kind == "elected"])


def _take_in(space: Space, members: list[DemoPerson], rng: random.Random) -> None:
    ids = dict(Person.objects.filter(username__in=[one.username for one in members]).values_list("username", "pk"))
    rows = [
        Membership(
            space=space,
            person_id=ids[one.username],
            # A few look after the community with its host.
            role=Role.EDITOR if one.username not in _SIGN_IN_NAMES and rng.random() < 0.04 else Role.CONTRIBUTOR,
        )
        for one in members
    ]
    Membership.objects.bulk_create(rows, batch_size=1000)


def _date_space(space: Space, rng: random.Random) -> None:
    begun = timezone.now() - timedelta(days=rng.randrange(90, 700))
    Space.objects.filter(pk=space.pk).update(created=begun)
    space.memberships.update(since=begun)
    Activity.objects.filter(space=space, content=None).update(created=begun)


def _speak(space: Space, planned: DemoTopic, speakers: dict[str, Person], rng: random.Random) -> None:
    """One conversation, from the question to the last reply."""
    # One object per speaker and space, so that a rule asked a hundred times is worked out once.
    topic = start_topic(space, planned.title, planned.body, actor=speakers[planned.author], language=planned.language)
    comments: list[Comment] = []
    for reply in planned.replies:
        parent = comments[-1] if reply.to_previous and comments else None
        comments.append(add_comment(topic, reply.body, actor=speakers[reply.author], parent=parent))
    _date(topic, planned, comments)
    _tell(topic, planned, comments)
    _react(topic, comments, list(speakers.values()), rng)


def _date(topic: Topic, planned: DemoTopic, comments: list[Comment]) -> None:
    dates = [planned.at, *(reply.at for reply in planned.replies)]
    Content.objects.filter(pk=topic.pk).update(created=dates[0], published=dates[0], updated=dates[-1])
    Follow.objects.filter(content_id=topic.pk).update(since=dates[0])
    for comment, at in zip(comments, dates[1:], strict=True):
        comment.created = at
    Comment.objects.bulk_update(comments, ["created"])
    # One activity for the topic, then one per reply, in the order they were made.
    activities = list(Activity.objects.filter(content_id=topic.pk).order_by("pk"))
    for activity, at in zip(activities, dates, strict=True):
        activity.created = activity.fanned_out = at
    Activity.objects.bulk_update(activities, ["created", "fanned_out"])


def _tell(topic: Topic, planned: DemoTopic, comments: list[Comment]) -> None:
    """Announce the replies that concern a sign-in, and date what people were told."""
    for comment, reply in zip(comments, planned.replies, strict=True):
        concerned = {planned.author, *_MENTION.findall(reply.body)} & _SIGN_IN_NAMES
        if not concerned - {reply.author}:
            continue
        activity = Activity.objects.get(content_id=topic.pk, data__comment=str(comment.uuid))
        # It was recorded quietly, as if told already; said here, at once, without a queue to fill.
        Activity.objects.filter(pk=activity.pk).update(fanned_out=None)
        fan_out(activity)
        Notification.objects.filter(activity=activity).update(created=reply.at)


def _react(topic: Topic, comments: list[Comment], speakers: list[Person], rng: random.Random) -> None:
    """A few signs of thanks, from people who belong to the space."""
    ids = set(topic.space.memberships.filter(person__isnull=False).values_list("person_id", flat=True))
    readers = [one.pk for one in speakers if one.pk in ids]
    rows: list[Reaction] = []
    for comment in comments:
        fans = [
            pk for pk in rng.sample(readers, min(len(readers), rng.choice([0, 0, 1, 2, 4]))) if pk != comment.author_id
        ]
        at: datetime | Any = comment.created
        rows += [
            Reaction(
                content_id=topic.pk,
                comment=comment,
                person_id=pk,
                sign=rng.choice(Reaction.Sign.values),
                at=min(at + timedelta(minutes=rng.randrange(2, 600)), timezone.now()),
            )
            for pk in fans
        ]
    Reaction.objects.bulk_create(rows)


def _read_what_is_old() -> None:
    """Everybody keeps up: what is left unread is the newest for the sign-ins, and a few days for the others."""
    week_ago = timezone.now() - timedelta(days=7)
    Notification.objects.exclude(person__username__in=_SIGN_IN_NAMES).filter(created__lt=week_ago).update(read=week_ago)
    for username in _SIGN_IN_NAMES:
        told = Notification.objects.filter(person__username=username).order_by("-created", "-pk")
        older = list(told.values_list("pk", flat=True)[UNREAD:])
        Notification.objects.filter(pk__in=older).update(read=timezone.now() - timedelta(hours=5))
