"""How the launcher is read: what one person sees of the register, and what is theirs. Two queries, written out,
whatever there is to see (decisions 25 and 39)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.utils import timezone

from foundation.audiences.principals import principals_of
from foundation.audiences.sql import among, moment, rows, table
from foundation.content.querysets import reach_of, visible_q
from foundation.content.visibility import COLUMNS, visible_sql

# A person reorders at most so many; the rest of a longer list is not read.
FAVOURITES_READ = 200


MOMENTS = ("a.maintenance_from", "a.maintenance_until", "a.service_from", "c.published")


class Row(NamedTuple):
    """One application as the database gives it: what its tile is drawn from, and therefore the key it is remembered by.

    `description` is in the language asked for, where there is one. Moments are in seconds since 1970: drivers make each
    date at a cost that four hundred rows add up to (measured: a third of the page).
    """

    pk: int
    space: int
    uuid: Any
    title: str
    title_translated: str
    language: str
    description: str
    icon: str
    category: str
    order: int
    opens_with: str
    entry: str
    stage: str
    status: str
    maintenance_from: int | None
    maintenance_until: int | None
    service_from: int | None
    published: int | None
    retires_on: Any


def _seconds(column: str, vendor: str) -> str:
    """The SQL of a moment in seconds since 1970."""
    if vendor == "postgresql":
        return f"CAST(EXTRACT(EPOCH FROM {column}) AS bigint)"
    return f"CAST(strftime('%%s', {column}) AS integer)"


def uuid_of(value: Any) -> UUID:
    """The key of a `Row`: a text on SQLite."""
    return value if isinstance(value, UUID) else UUID(value)


@dataclass
class Mine:
    """What is one person's own in the launcher, by the key of the application.

    favourites: `{application: position}`, in order. hidden: those put there and taken out. forced and offered: what was
    put there, `{application: principal}`, in order. opened: `{application: seconds}`. badges: counts above zero.
    granted: where access is on request. shape: `grid` or `list`. is_owner: whether they answer for any application.
    """

    favourites: dict[int, int] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    forced: dict[int, str] = field(default_factory=dict)
    offered: dict[int, str] = field(default_factory=dict)
    opened: dict[int, int] = field(default_factory=dict)
    badges: dict[int, int] = field(default_factory=dict)
    granted: set[int] = field(default_factory=set)
    shape: str = "grid"
    is_owner: bool = False

    @property
    def chosen(self) -> list[int]:
        """The favourites as shown: what nobody can take out, what the person put in order, what was offered."""
        order = [*self.forced, *self.favourites, *self.offered]
        return [pk for pk in dict.fromkeys(order) if pk in self.forced or pk not in self.hidden]

    @property
    def recent(self) -> list[int]:
        """What was opened, the last one first."""
        return sorted(self.opened, key=self.opened.__getitem__, reverse=True)


class LauncherDefaultQuerySet(models.QuerySet):
    """What is put among the favourites of others."""

    def visible_to(self, person: Any) -> Self:
        """Those of the applications `person` sees."""
        return self.filter(visible_q(person, prefix="application__"), application__state="published")

    def in_order(self) -> Self:
        return self.order_by("principal", "-is_forced", "position", "pk")

    def of(self, principals: Iterable[str]) -> Self:
        """Those for these principals."""
        return self.filter(principal__in=list(principals))


class BadgeKeyQuerySet(models.QuerySet):
    """Keys by which applications send their counts."""

    def of(self, application: Any) -> Self:
        """That of one application, which one may keep: not checked."""
        return self.filter(application=application)


def tiles_for(
    person: Any, language: str, *, first: Iterable[int] = (), limit: int | None = None
) -> list[tuple[Any, ...]]:
    """The applications `person` sees, published and not retired, each as the values of a `Row`,
    with its `description` in `language`.

    first: keys that come before the others where there is a `limit`.
    SECURITY: the rule itself (`visible_sql`), as in `visible_to`.
    """
    if not principals_of(person):
        return []
    connection = connections["default"]
    model = apps.get_model("applications", "Application")
    try:
        visible, params = visible_sql([f"c.{name}" for name in COLUMNS], reach_of(person), connection)
    except EmptyResultSet:
        return []
    own, other = ("description_en", "description_fr") if language == "en" else ("description_fr", "description_en")
    columns = (
        "c.id, c.space_id, c.uuid, c.title, c.title_translated, c.language, "
        f"CASE WHEN a.{own} = '' THEN a.{other} ELSE a.{own} END, a.icon, a.category, a.\"order\", a.opens_with, "
        "a.entry, a.stage, a.status, "
        f"{', '.join(_seconds(one, connection.vendor) for one in MOMENTS)}, a.retires_on"
    )
    sql = (
        f"SELECT {columns} FROM {table(apps.get_model('content', 'Content'))} c "
        f"JOIN {table(model)} a ON a.content_ptr_id = c.id "
        f"WHERE c.kind = 'application' AND c.state = 'published' AND a.stage <> 'retired' AND {visible}"
    )
    if limit is not None:
        ahead, ahead_params = among("c.id", list(first), "bigint", connection.vendor)
        sql += f' ORDER BY CASE WHEN {ahead} THEN 0 ELSE 1 END, a."order", c.title, c.id LIMIT %s'
        params = [*params, *ahead_params, limit]
    return rows(sql, params)


def mine_for(person: Any) -> Mine:
    """What is `person`'s own in the launcher. SECURITY: it says nothing of what they may see: `tiles_for` does."""
    mine = Mine()
    principals = sorted(principals_of(person))
    if not principals:
        return mine
    names = ("Opening", "Favourite", "Badge", "AccessGrant", "LauncherDefault", "LauncherView")
    opening, favourite, badge, grant, default, view = (table(apps.get_model("applications", one)) for one in names)
    vendor = connections["default"].vendor
    held, held_params = among("principal", principals, "text", vendor)
    now = moment(timezone.now())
    sql = (
        f"SELECT 'opened', application_id, {_seconds('last', vendor)}, '' FROM {opening} WHERE person_id = %s "
        f"UNION ALL SELECT CASE WHEN is_hidden THEN 'hidden' ELSE 'favourite' END, application_id, position, '' "
        f"FROM {favourite} WHERE person_id = %s "
        f"UNION ALL SELECT 'badge', application_id, count, '' FROM {badge} "
        f"WHERE person_id = %s AND count > 0 AND expires > %s "
        f"UNION ALL SELECT 'granted', application_id, 0, '' FROM {grant} "
        f"WHERE person_id = %s AND withdrawn IS NULL AND (expires IS NULL OR expires > %s) "
        f"UNION ALL SELECT CASE WHEN is_forced THEN 'forced' ELSE 'offered' END, application_id, position, "
        f"principal FROM {default} WHERE {held} "
        f"UNION ALL SELECT 'shape', 0, 0, shape FROM {view} WHERE person_id = %s "
        f"UNION ALL SELECT 'owner', 0, 0, '' WHERE EXISTS (SELECT 1 FROM {table(apps.get_model('content', 'Content'))} "
        f"WHERE owner_id = %s AND kind = 'application' AND state <> 'trashed')"
    )
    pk = person.pk
    found = rows(sql, [pk, pk, pk, now, pk, now, *held_params, pk, pk])
    for sort, application, number, _text in found:
        if sort == "opened":
            mine.opened[application] = number
        elif sort == "granted":
            mine.granted.add(application)
        elif sort == "hidden":
            mine.hidden.add(application)
        elif sort == "owner":
            mine.is_owner = True
    ordered = sorted((one for one in found if one[0] in _ORDERED), key=lambda one: (_rank_of(one[3]), one[2], one[1]))
    for sort, application, number, text in ordered:
        if sort == "favourite":
            mine.favourites[application] = number
        elif sort == "badge":
            mine.badges[application] = number
        elif sort == "shape":
            mine.shape = text
        else:
            (mine.forced if sort == "forced" else mine.offered).setdefault(application, text)
    return mine


_ORDERED = frozenset({"favourite", "badge", "shape", "forced", "offered"})


def _rank_of(principal: str) -> int:
    """What the City puts in the launcher comes before what a unit does, and that before the rest."""
    prefix = principal.partition(":")[0]
    return {"": 0, "everyone": 0, "elected": 1, "unit": 2}.get(prefix, 3)
