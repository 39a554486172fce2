"""The one door to read. `visible_to` is the rule; everything else narrows or orders what it lets through.

The rule: you can see a thing when you can see the space it lives in and, if the thing has its own audience, that
audience includes you or you wrote it; or when it was shared with you. Drafts are for their author and editors. What is
in the trash is seen only in the trash.

The person's spaces, edited spaces and shares are resolved once per request and given as constants: the planner then
knows how many rows to expect, and the cost does not grow with the number of objects. Measured forms and traps:
documentation/decisions/0003-visibility.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import F, Q
from django.db.models.expressions import Col, RawSQL
from django.db.models.fields.related_lookups import RelatedExact
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.db.models.sql.where import AND
from django.utils import timezone

from foundation.audiences.principals import principals_of, resolve_together, resolved
from foundation.audiences.querysets import audience_ids_including
from foundation.audiences.sql import among, instance, moment, rows, table, vendor
from foundation.spaces.querysets import (
    edited_space_ids,
    news_space_ids,
    readable_space_ids,
    resolve_readable_spaces,
)

from .visibility import COLUMNS, SHOWN, Reach, Visible, newest_ids_sql, visible_sql

__all__ = ["SHOWN", "ContentQuerySet", "Cursor", "ShareQuerySet", "visible_q"]

# Up to here "the newest 20 of each space, then sort" beats walking the index by date (decision 3).
UNNEST_UP_TO = 100

Cursor = tuple[datetime, int]

# What a title, an address and a card need of a content, its space and its author.
TITLE_FIELDS = ("kind", "uuid", "title", "title_translated", "language", "space_id", "updated")
SPACE_FIELDS = ("uuid", "kind", "slug", "name_fr", "name_en")
PERSON_FIELDS = ("uuid", "username", "given_name", "family_name", "preferred_name", "photo")
CARD_FIELDS = (
    *TITLE_FIELDS,
    *(f"space__{name}" for name in SPACE_FIELDS),
    *(f"author__{name}" for name in PERSON_FIELDS),
)


@dataclass(frozen=True)
class _Shared:
    """One thing shared with someone."""

    pk: int
    uuid: UUID
    space: int


def _shares(person: Any) -> list[tuple[Any, ...]]:
    """What was shared with `person`, as the database has it: id, uuid, space and audience of the content, and when the
    share ends. Resolved once per request."""
    return resolved(person, "shares", lambda: _shares_of([person])[0])


def _shares_of(people: Sequence[Any]) -> list[list[tuple[Any, ...]]]:
    held = [principals_of(one) for one in people]
    share, content = table(apps.get_model("content", "Share")), table(apps.get_model("content", "Content"))
    theirs, params = among("s.principal", sorted(frozenset().union(*held)), "text", vendor())
    found: dict[str, list[tuple[Any, ...]]] = {}
    for principal, *row in rows(
        f"SELECT s.principal, c.id, c.uuid, c.space_id, c.audience_id, s.expires FROM {share} s "
        f"JOIN {content} c ON c.id = s.content_id "
        f"WHERE s.withdrawn IS NULL AND (s.expires IS NULL OR s.expires > %s) AND {theirs}",
        [moment(timezone.now()), *params],
    ):
        found.setdefault(principal, []).append(tuple(row))
    return [[row for key in mine & found.keys() for row in found[key]] for mine in held]


def _shared_content(person: Any) -> list[_Shared]:
    """What a share shows to `person` that its space would not: resolved once per request.

    Most shares show what one sees anyway, and every one left makes the queries dearer.
    """

    def compute() -> list[_Shared]:
        readable = set(readable_space_ids(person))
        kept = {row[:3] for row in _shares(person) if row[2] not in readable or row[3] is not None}
        return [_Shared(pk, key if isinstance(key, UUID) else UUID(key), space) for pk, key, space in sorted(kept)]

    return resolved(person, "shared_content", compute)


def first_end_of_shares(person: Any, content: int) -> datetime | None:
    """When the first share of the content with this id that reaches `person` ends by itself; None when none does. What
    they may do may then be less. Asks nothing of the database once `visible_to` was asked."""
    share = apps.get_model("content", "Share")
    ends = [instance(share, expires=row[4]).expires for row in _shares(person) if row[0] == content]
    return min((one for one in ends if one is not None), default=None)


def visible_q(person: Any, spaces: Sequence[int] | None = None, *, prefix: str = "") -> Q:
    """The rule as one condition. `spaces` narrows to some of the spaces the person reads; `prefix` is the way to the
    content from another table (`"content__"` on comments)."""
    readable = readable_space_ids(person)
    shared = [] if spaces is not None else _shared_content(person)
    if spaces is not None:
        readable = sorted(set(readable) & set(spaces))
    return Q(Visible(_reach(person, readable, shared), prefix=prefix))


def resolve_reach(people: Sequence[Any]) -> None:
    """Work out what each of many people reaches, for every door to find: the queries of one person, not of each.

    SECURITY: kept on the person objects as `resolved` keeps it: for people just read, and one decision.
    """
    resolve_readable_spaces(people)
    resolve_together(people, "shares", _shares_of)


def reach_of(person: Any) -> Reach:
    """All that `person` reaches, for queries written out."""
    return _reach(person, readable_space_ids(person), _shared_content(person))


def visible_row(person: Any, uuid: UUID, columns: Sequence[str], join: str = "") -> tuple[Any, ...] | None:
    """Some `columns` of the one thing with this uuid, `c`, and of what it is joined with; None when there is none that
    `person` may see.

    SECURITY: the same rule as `visible_to`, written out: it is asked for every socket of a room and by every page that
    says who else reads it (decision 25). `columns` and `join` are constants.
    """
    if not principals_of(person):
        return None
    connection, content = connections["default"], table(apps.get_model("content", "Content"))
    try:
        rule, params = visible_sql([f"c.{one}" for one in COLUMNS], reach_of(person), connection)
    except EmptyResultSet:
        return None
    key = models.UUIDField().get_db_prep_value(uuid, connection)
    found = rows(
        f"SELECT {', '.join(columns)} FROM {content} c {join} WHERE c.uuid = %s AND {rule}",
        [key, *params],
    )
    return found[0] if found else None


def _reach(person: Any, spaces: Sequence[int], shared: Sequence[_Shared]) -> Reach:
    # Only the edited spaces that matter here: most often none, and the condition is shorter.
    edited = sorted(set(edited_space_ids(person)) & set(spaces))
    return Reach(person.pk, sorted(principals_of(person)), spaces, edited, [one.uuid for one in shared])


def _visible_in(person: Any, space: int) -> Q:
    """The rule inside one space.

    Hundreds of space ids say nothing more here, and what was shared elsewhere would only mislead the planner into
    reading the whole space (measured: 22 ms instead of 0.3).
    """
    spaces = [space] if space in readable_space_ids(person) else []
    shared = [one for one in _shared_content(person) if one.space == space]
    return Q(Visible(_reach(person, spaces, shared)))


class ContentQuerySet(models.QuerySet):
    """Every kind's queryset inherits from this one."""

    def visible_to(self, person: Any) -> Self:
        """What `person` may read. SECURITY: the only door; lists, pages, API, search, feeds and rooms all use it."""
        if not principals_of(person):
            return self.none()
        space = self._only_space()
        rule = visible_q(person) if space is None else _visible_in(person, space)
        # A child's rows are all of its kind: said aloud, the indexes by kind serve its lists too.
        kind = getattr(self.model, "KIND", "")
        return self.filter(rule, kind=kind) if kind else self.filter(rule)

    def _only_space(self) -> int | None:
        """The one space this queryset is narrowed to already (`in_space` before `visible_to`), None otherwise.

        SECURITY: read from the conditions themselves, so that no combination of querysets can make it untrue; and the
        rule inside a space names that space again.
        """
        where, field = self.query.where, self.model._meta.get_field("space")
        if where.connector != AND or where.negated:
            return None
        for one in where.children:
            if not (isinstance(one, RelatedExact) and isinstance(one.lhs, Col) and isinstance(one.rhs, int)):
                continue
            if one.lhs.target == field and one.lhs.alias == field.model._meta.db_table:
                return one.rhs
        return None

    def trashed_for(self, person: Any) -> Self:
        """The trash, for those who may restore: the author, and the editors of the space whom its audience includes."""
        # SECURITY: an audience narrows in the trash too.
        mine = Q(audience_id__isnull=True) | Q(audience_id__in=audience_ids_including(principals_of(person)))
        restorer = Q(author_id=person.pk) | (Q(space_id__among=edited_space_ids(person)) & mine)
        return self.filter(restorer, state="trashed", space_id__among=readable_space_ids(person))

    def shared_with(self, person: Any) -> Self:
        """Narrows to what others have shared with `person`, in a share that holds now: by name, or through a unit, a
        group or a space. Reading is still `visible_to`, which it follows."""
        active = apps.get_model("content", "Share")._default_manager.active().held_by(person)
        return self.filter(pk__in=active.exclude(by_id=person.pk).values("content_id")).exclude(owner_id=person.pk)

    def published(self) -> Self:
        return self.filter(state="published")

    def current(self) -> Self:
        """Published and not expired."""
        return self.published().filter(Q(expires__isnull=True) | Q(expires__gt=timezone.now()))

    def of_kind(self, *kinds: str) -> Self:
        return self.filter(kind__in=kinds) if len(kinds) > 1 else self.filter(kind=kinds[0])

    def in_space(self, space: Any) -> Self:
        return self.filter(space_id=space.pk)

    def newest_first(self) -> Self:
        return self.order_by("-updated", "-pk")

    def with_card(self) -> Self:
        """Loads what the card of any kind shows, and no more (see `kinds.cards_of`)."""
        return self.select_related("space", "author").only(*CARD_FIELDS)

    def before(self, cursor: Cursor | None) -> Self:
        """What comes after `cursor` (updated, id) in `newest_first`: a true row comparison, so ties cost nothing."""
        if cursor is None:
            return self
        return self.filter(TupleLessThan(Tuple(F("updated"), F("id")), cursor))

    def feed_of(self, person: Any, limit: int = 20, *, before: Cursor | None = None) -> Self:
        """The newest published content of the spaces `person` belongs to and may read."""
        return self.newest_for(person, limit, spaces=news_space_ids(person), before=before)

    def newest_for(
        self,
        person: Any,
        limit: int = 20,
        *,
        kind: str = "",
        spaces: Iterable[int] | None = None,
        before: Cursor | None = None,
    ) -> Self:
        """The newest `limit` published things `person` may read, overall, of one kind, or in `spaces`.

        Walking the date index is right for who sees much and terrible for who sees a few dormant spaces (it walks past
        everybody else's news). So with few spaces on PostgreSQL: the newest of each space, then sorted.
        """
        if not principals_of(person):
            return self.none()
        visible = readable_space_ids(person)
        if spaces is not None:
            visible = sorted(set(visible) & set(spaces))
        narrowed = self.published()
        if kind:
            narrowed = narrowed.of_kind(kind)
        if connections[self.db].vendor != "postgresql" or (spaces is None and len(visible) > UNNEST_UP_TO):
            rule = visible_q(person, None if spaces is None else visible)
            return narrowed.filter(rule).before(before).newest_first()[:limit]

        shared = [one.pk for one in _shared_content(person)] if spaces is None else []
        sql, params = newest_ids_sql(_reach(person, visible, []), limit, kind=kind, before=before, shared=shared)
        return narrowed.filter(pk__in=RawSQL(sql, params)).newest_first()  # noqa: S611  (constants, no text of people)


class ShareQuerySet(models.QuerySet):
    """Shares. Whoever sees a thing sees whom it is shared with."""

    def visible_to(self, person: Any) -> Self:
        """Those of what `person` may read. SECURITY: whom they name is asked of `known_to`."""
        if not principals_of(person):
            return self.none()
        return self.filter(visible_q(person, prefix="content__"))

    def on(self, content: Any) -> Self:
        return self.filter(content_id=content.pk)

    def in_space(self, space: Any) -> Self:
        return self.filter(content__space_id=space.pk)

    def active(self) -> Self:
        """Neither withdrawn nor expired."""
        return self.filter(Q(expires__isnull=True) | Q(expires__gt=timezone.now()), withdrawn__isnull=True)

    def over(self) -> Self:
        """Withdrawn, or past their date."""
        return self.filter(Q(expires__lte=timezone.now()) | Q(withdrawn__isnull=False))

    def untold(self) -> Self:
        """Those of which nobody was told yet."""
        return self.filter(told__isnull=True)

    def held_by(self, person: Any) -> Self:
        """Those made to any principal of `person`."""
        return self.filter(principal__in=sorted(principals_of(person)))

    def with_row(self) -> Self:
        """Loads what a row shows besides whom it is shared with: the thing, and who shared it."""
        things = (*(f"content__{name}" for name in TITLE_FIELDS), *(f"content__space__{name}" for name in SPACE_FIELDS))
        people = [f"{who}__{name}" for who in ("by", "withdrawn_by") for name in PERSON_FIELDS]
        own = ("uuid", "principal", "role", "created", "expires", "withdrawn", "told", "note", "content_id", "by_id")
        found = self.select_related("content__space", "by", "withdrawn_by")
        needed = ("content__state", "content__author_id", "content__owner_id")
        return found.only(*own, "withdrawn_by_id", *needed, *things, *people)

    def newest_first(self) -> Self:
        return self.order_by("-created", "-pk")

    def before(self, cursor: Cursor | None) -> Self:
        """What comes after `cursor` (created, id) in `newest_first`."""
        if cursor is None:
            return self
        created, pk = cursor
        return self.filter(Q(created__lt=created) | Q(created=created, pk__lt=pk))
