"""The one door to read. `visible_to` is the rule; everything else narrows or orders what it lets through.

The rule: you can see a thing when you can see the space it lives in and, if the thing has its own audience, that
audience includes you or you wrote it; or when it was shared with you. Drafts are for their author and editors. What is
in the trash is seen only in the trash.

The person's spaces, edited spaces and shares are resolved once per request and given as constants: the planner then
knows how many rows to expect, and the cost does not grow with the number of objects. Measured forms and traps:
documentation/decisions/0003-visibility.md.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connections, models
from django.db.models import BigIntegerField, F, Func, OuterRef, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.utils import timezone

from foundation.audiences.principals import principals_of, resolved
from foundation.audiences.querysets import audience_ids_including
from foundation.spaces.querysets import edited_space_ids, my_space_ids, readable_space_ids

if TYPE_CHECKING:
    pass

SHOWN = ("published", "archived")
# Up to here "the newest 20 of each space, then sort" beats walking the index by date (facts: about 0.1 ms a space).
UNNEST_UP_TO = 100

Cursor = tuple[datetime, int]


def shared_content_ids(person: Any) -> list[int]:
    """The ids of what was shared with `person` and still is, resolved once per request."""

    def compute() -> list[int]:
        shares = apps.get_model("content", "Share")._default_manager
        return sorted(set(shares.active().held_by(person).values_list("content_id", flat=True)))

    return resolved(person, "shared_content", compute)


def _in_audience(person: Any, prefix: str) -> Q:
    mine = audience_ids_including(principals_of(person))
    return (
        Q(**{f"{prefix}audience_id__isnull": True})
        | Q(**{f"{prefix}audience_id__in": mine})
        | Q(**{f"{prefix}author_id": person.pk})
    )


def _in_state(person: Any, prefix: str) -> Q:
    draft = Q(**{f"{prefix}author_id": person.pk})
    edited = edited_space_ids(person)
    if edited:
        draft |= Q(**{f"{prefix}space_id__among": edited})
    return Q(**{f"{prefix}state__in": SHOWN}) | (Q(**{f"{prefix}state": "draft"}) & draft)


def visible_q(person: Any, spaces: Sequence[int] | None = None, *, prefix: str = "") -> Q:
    """The rule as one condition. `spaces` narrows to some of the spaces the person reads; `prefix` is the way to the
    content from another table (`"content__"` on comments)."""
    readable = readable_space_ids(person)
    if spaces is not None:
        readable = sorted(set(readable) & set(spaces))
    condition = Q(**{f"{prefix}space_id__among": readable}) & _in_audience(person, prefix) & _in_state(person, prefix)
    shared = shared_content_ids(person)
    if shared and spaces is None:
        condition |= Q(**{f"{prefix}id__in": shared, f"{prefix}state__in": SHOWN})
    return condition


class ContentQuerySet(models.QuerySet):
    """Every kind's queryset inherits from this one."""

    def visible_to(self, person: Any) -> Self:
        """What `person` may read. SECURITY: the only door; lists, pages, API, search, feeds and rooms all use it."""
        if not principals_of(person):
            return self.none()
        return self.filter(visible_q(person))

    def trashed_for(self, person: Any) -> Self:
        """The trash, for those who may restore: the author and the editors of the space."""
        mine = Q(author_id=person.pk) | Q(space_id__among=edited_space_ids(person))
        return self.filter(mine, state="trashed", space_id__among=readable_space_ids(person))

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

    def before(self, cursor: Cursor | None) -> Self:
        """What comes after `cursor` (updated, id) in `newest_first`: a true row comparison, so ties cost nothing."""
        if cursor is None:
            return self
        return self.filter(TupleLessThan(Tuple(F("updated"), F("id")), cursor))

    def feed_of(self, person: Any, limit: int = 20, *, before: Cursor | None = None) -> Self:
        """The newest published content of the spaces `person` belongs to and may read."""
        return self.newest_for(person, limit, spaces=my_space_ids(person), before=before)

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

        content = apps.get_model("content", "Content")._default_manager.using(self.db)
        of_one_space = content.filter(_in_audience(person, ""), space_id=OuterRef("pk"), state="published")
        if kind:
            of_one_space = of_one_space.filter(kind=kind)
        newest = of_one_space.before(before).order_by("-updated", "-pk").values("pk")[:limit]
        ids = (
            apps.get_model("spaces", "Space")
            ._default_manager.using(self.db)
            .filter(pk__among=visible)
            .values(newest_id=Func(ArraySubquery(newest), function="unnest", output_field=BigIntegerField()))
        )
        chosen = Q(pk__in=ids)
        shared = shared_content_ids(person)
        if shared and spaces is None:
            chosen |= Q(pk__among=shared)
        return narrowed.filter(chosen).before(before).newest_first()[:limit]


class ShareQuerySet(models.QuerySet):
    """Shares."""

    def active(self) -> Self:
        """Neither withdrawn nor expired."""
        return self.filter(Q(expires__isnull=True) | Q(expires__gt=timezone.now()), withdrawn__isnull=True)

    def held_by(self, person: Any) -> Self:
        """Those made to any principal of `person`."""
        return self.filter(principal__in=sorted(principals_of(person)))
