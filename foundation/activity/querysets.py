"""How activities and notifications are read: always through the visibility of what they speak of."""

from typing import Any, Self

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from foundation.audiences.principals import principals_of, resolved
from foundation.audiences.querysets import audience_ids_including
from foundation.audiences.sql import Sql, among, moment, rows, table
from foundation.content.querysets import PERSON_FIELDS, SPACE_FIELDS, TITLE_FIELDS, Cursor, reach_of, visible_q
from foundation.content.visibility import COLUMNS, visible_sql
from foundation.spaces.querysets import readable_space_ids

_SUBJECT_FIELDS = (
    *("uuid", "reason", "created", "read", "person_id", "audience_id"),
    *("activity__verb", "activity__data", "activity__content_id", "activity__space_id", "activity__actor_id"),
    *(f"activity__actor__{name}" for name in PERSON_FIELDS),
    *(f"activity__content__{name}" for name in TITLE_FIELDS),
    *(f"activity__space__{name}" for name in SPACE_FIELDS),
)
_UNREAD_TABLES = (
    ("activity", "Notification"),
    ("activity", "Activity"),
    ("activity", "ReadMark"),
    ("content", "Content"),
    ("audiences", "AudiencePrincipal"),
)
# Few candidates are taken, each sort by its own index, before the rule is asked of them: joined first, the planner
# would read the whole history of what was addressed to everyone.
_UNREAD = """
SELECT n.id, n.created FROM (
    SELECT * FROM (
        SELECT id, activity_id, created FROM {Notification} WHERE person_id = %s AND read IS NULL
        ORDER BY created DESC, id DESC LIMIT %s) AS direct
    UNION ALL
    SELECT * FROM (
        SELECT b.id, b.activity_id, b.created FROM {Notification} b
        WHERE b.audience_id IN (SELECT audience_id FROM {AudiencePrincipal} WHERE {mine}) AND b.created >= %s
          AND NOT EXISTS (SELECT 1 FROM {ReadMark} m WHERE m.notification_id = b.id AND m.person_id = %s)
        ORDER BY b.created DESC, b.id DESC LIMIT %s) AS broadcast
) AS n JOIN {Activity} a ON a.id = n.activity_id LEFT JOIN {Content} c ON c.id = a.content_id
WHERE {visible} OR (a.content_id IS NULL AND {in_space})
"""

_UNREAD_ABOUT = """
SELECT n.id FROM {Notification} n JOIN {Activity} a ON a.id = n.activity_id
WHERE a.content_id = %s AND ((n.person_id = %s AND n.read IS NULL) OR (
    n.audience_id IN (SELECT audience_id FROM {AudiencePrincipal} WHERE {mine})
    AND NOT EXISTS (SELECT 1 FROM {ReadMark} m WHERE m.notification_id = n.id AND m.person_id = %s)))
"""

# What the badge counts up to: "99+" needs no exact figure.
UNREAD_CAP = 100
# How many of each sort are looked at, so that some may turn out to be no longer visible.
CANDIDATES = 200


def _target_visible(person: Any, prefix: str = "") -> Q:
    """The condition on activities (through `prefix`) that their content, or else their space, is visible."""
    of_content = Q(**{f"{prefix}content__isnull": False}) & visible_q(person, prefix=f"{prefix}content__")
    of_space = Q(**{f"{prefix}content__isnull": True, f"{prefix}space_id__among": readable_space_ids(person)})
    return of_content | of_space


class ActivityQuerySet(models.QuerySet):
    """Activities."""

    def visible_to(self, person: Any) -> Self:
        """What happened to things `person` may see."""
        if not principals_of(person):
            return self.none()
        return self.filter(_target_visible(person))

    def waiting(self) -> Self:
        """Those whose fan-out has not been done yet."""
        return self.filter(fanned_out__isnull=True)


class NotificationQuerySet(models.QuerySet):
    """Notifications."""

    def visible_to(self, person: Any) -> Self:
        """Those addressed to `person` of which they may still see the subject.

        A newcomer is not told what was addressed to everyone before they came.
        """
        principals = principals_of(person)
        if not principals:
            return self.none()
        broadcast = Q(audience_id__in=audience_ids_including(principals), created__gte=person.created)
        return self.filter(Q(person_id=person.pk) | broadcast).filter(_target_visible(person, "activity__"))

    def unread_by(self, person: Any) -> Self:
        """Those `person` has not read."""
        marks = apps.get_model("activity", "ReadMark")._default_manager
        marked = marks.filter(notification_id=OuterRef("pk"), person_id=person.pk)
        return self.filter(Q(person_id=person.pk, read__isnull=True) | (Q(audience_id__isnull=False) & ~Exists(marked)))

    def with_is_read(self, person: Any) -> Self:
        """Adds `is_read` for `person`."""
        marks = apps.get_model("activity", "ReadMark")._default_manager
        marked = marks.filter(notification_id=OuterRef("pk"), person_id=person.pk)
        return self.annotate(
            is_read=Case(
                When(person_id__isnull=False, then=Q(read__isnull=False)),
                When(Exists(marked), then=Value(True)),
                default=Value(False),
                output_field=models.BooleanField(),
            )
        )

    def with_subject(self) -> Self:
        """Loads what the sentence and the address need. The content's space is the activity's: not loaded twice."""
        return self.select_related("activity__actor", "activity__content", "activity__space").only(*_SUBJECT_FIELDS)

    def newest_first(self) -> Self:
        return self.order_by("-created", "-pk")

    def before(self, cursor: Cursor | None) -> Self:
        """What comes after `cursor` (created, id) in `newest_first`."""
        if cursor is None:
            return self
        created, pk = cursor
        return self.filter(Q(created__lt=created) | Q(created=created, pk__lt=pk))

    def unread_count(self, person: Any) -> int:
        """How many `person` has not read, at most `UNREAD_CAP`."""
        return len(self.unread_ids(person))

    def unread_for(self, person: Any, limit: int) -> list[Any]:
        """The newest `limit` that `person` has not read, with their subjects."""
        newest = self.unread_ids(person)[:limit]
        return list(self.filter(pk__in=newest).with_subject().newest_first()) if newest else []

    def unread_ids(self, person: Any) -> list[int]:
        """The keys of what `person` has not read, newest first, at most `UNREAD_CAP`. One query, once per request."""

        def compute() -> list[int]:
            unread, params = self._unread_sql(person)
            newest = f"SELECT id FROM {unread} ORDER BY created DESC, id DESC LIMIT %s"
            return [pk for (pk,) in rows(newest, [*params, UNREAD_CAP], self.db)]

        return resolved(person, "unread", compute)

    def unread_about(self, content: Any, person: Any) -> list[int]:
        """The keys of what `person`, who is reading `content`, has not read about it. One query."""
        mine, params = among("principal", sorted(principals_of(person)), "text", connections[self.db].vendor)
        tables = {name: table(apps.get_model(label, name)) for label, name in _UNREAD_TABLES}
        sql = _UNREAD_ABOUT.format(mine=mine, **tables)
        return [pk for (pk,) in rows(sql, [content.pk, person.pk, *params, person.pk], self.db)]

    def _unread_sql(self, person: Any) -> Sql:
        """The same as `visible_to(person).unread_by(person)`, which a test holds it to, written out: every page asks.

        What is addressed to one person and what is addressed to audiences are sought apart, each by its own index.
        """
        reach, connection = reach_of(person), connections[self.db]
        try:
            visible, visible_params = visible_sql([f"c.{name}" for name in COLUMNS], reach, connection)
        except EmptyResultSet:
            visible, visible_params = "1 = 0", []
        in_space, space_params = among("a.space_id", reach.spaces, "bigint", connection.vendor)
        mine, principals = among("principal", reach.principals, "text", connection.vendor)
        tables = {name: table(apps.get_model(label, name)) for label, name in _UNREAD_TABLES}
        sql = _UNREAD.format(mine=mine, visible=visible, in_space=in_space, **tables)
        subject = [*visible_params, *space_params]
        created = moment(person.created, self.db)
        params = [person.pk, CANDIDATES, *principals, created, person.pk, CANDIDATES, *subject]
        return f"({sql}) AS unread", params


class FollowQuerySet(models.QuerySet):
    """Follows."""

    def of(self, person: Any) -> Self:
        return self.filter(person_id=person.pk)

    def is_followed(self, content: Any, person: Any) -> bool:
        """Whether `person` follows `content`."""
        sql = f"SELECT 1 FROM {table(self.model)} WHERE content_id = %s AND person_id = %s"
        return bool(rows(sql, [content.pk, person.pk], self.db))

    def person_ids(self) -> models.QuerySet:
        """A subquery of the followers."""
        return self.annotate(follower=F("person_id")).values("follower")
