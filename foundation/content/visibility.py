"""The rule of visibility as SQL, written once.

The ORM would build the same condition from a dozen filters, which costs more than running it. Here it is one
expression over five columns, whatever table it is reached from, with the person's spaces and shares as constants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, Expression, F, UUIDField

from foundation.audiences.sql import Sql, among

SHOWN = ("published", "archived")
_SHOWN_SQL = "('published', 'archived')"
COLUMNS = ("space_id", "audience_id", "author_id", "state", "uuid")


@dataclass(frozen=True)
class Reach:
    """What one person reaches, resolved for one request.

    spaces: ids of the spaces they read. edited: of those whose drafts they see. shared: uuids of what shares add.
    """

    person: int
    principals: Sequence[str]
    spaces: Sequence[int]
    edited: Sequence[int]
    shared: Sequence[UUID]


def audience_sql(audience: str, author: str, reach: Reach, vendor: str) -> Sql:
    """The thing has no audience of its own, or one that includes the person, or they wrote it."""
    table = apps.get_model("audiences", "AudiencePrincipal")._meta.db_table
    mine, params = among("principal", reach.principals, "text", vendor)
    included = f"{audience} IN (SELECT audience_id FROM {table} WHERE {mine})"
    return f"({audience} IS NULL OR {included} OR {author} = %s)", [*params, reach.person]


class Visible(Expression):
    """The condition that `reach` sees a content. `prefix` is the way to it from another table (`"content__"`)."""

    def __init__(self, reach: Reach, *, prefix: str = "") -> None:
        super().__init__(output_field=BooleanField())
        self.reach = reach
        self.columns: list[Any] = [F(prefix + name) for name in COLUMNS]

    def get_source_expressions(self) -> list[Any]:
        return self.columns

    def set_source_expressions(self, expressions: Sequence[Any]) -> None:
        self.columns = list(expressions)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Sql:
        return visible_sql([compiler.compile(one)[0] for one in self.columns], self.reach, connection)


def visible_sql(columns: Sequence[str], reach: Reach, connection: Any) -> Sql:
    """The condition that `reach` sees a content, over its `COLUMNS` as they are named in a query.

    Raises EmptyResultSet for who reaches nothing.
    """
    space, audience, author, state, uuid = columns
    vendor, parts, params = connection.vendor, [], []
    if reach.spaces:
        in_space, space_params = among(space, reach.spaces, "bigint", vendor)
        in_audience, audience_params = audience_sql(audience, author, reach, vendor)
        edits, edit_params = among(space, reach.edited, "bigint", vendor)
        in_state = f"({state} IN {_SHOWN_SQL} OR ({state} = 'draft' AND ({author} = %s OR {edits})))"
        parts.append(f"({in_space} AND {in_audience} AND {in_state})")
        params += [*space_params, *audience_params, reach.person, *edit_params]
    if reach.shared:
        keys = [UUIDField().get_db_prep_value(one, connection) for one in reach.shared]
        is_shared, shared_params = among(uuid, keys, "uuid", vendor)
        parts.append(f"({is_shared} AND {state} IN {_SHOWN_SQL})")
        params += shared_params
    if not parts:
        raise EmptyResultSet
    return f"({' OR '.join(parts)})", params


def newest_ids_sql(
    reach: Reach, limit: int, *, kind: str, before: tuple[Any, int] | None, shared: Sequence[int]
) -> Sql:
    """PostgreSQL: the ids of the newest `limit` published things in each space of `reach`, then of all of them.

    Walking the date index is right for who sees much and terrible for who sees a few dormant spaces: it walks past
    everybody else's news. Here each space answers with its own newest. `shared` are ids to consider besides.
    """
    table = apps.get_model("content", "Content")._meta.db_table
    in_audience, audience_params = audience_sql("c.audience_id", "c.author_id", reach, "postgresql")
    narrowed, narrow_params = "c.state = 'published'", []
    if kind:
        narrowed, narrow_params = f"{narrowed} AND c.kind = %s", [kind]
    if before:
        narrowed, narrow_params = f"{narrowed} AND (c.updated, c.id) < (%s, %s)", [*narrow_params, *before]
    newest = "ORDER BY updated DESC, id DESC LIMIT %s"
    sql = (
        f"SELECT n.id, n.updated FROM unnest(%s::bigint[]) AS s(id) CROSS JOIN LATERAL ("
        f"SELECT c.id, c.updated FROM {table} c WHERE c.space_id = s.id AND {in_audience} AND {narrowed} {newest}) n"
    )
    params: list[Any] = [list(reach.spaces), *audience_params, *narrow_params, limit]
    if shared:
        sql += f" UNION SELECT c.id, c.updated FROM {table} c WHERE c.id = ANY(%s::bigint[]) AND {narrowed}"
        params += [list(shared), *narrow_params]
    return f"SELECT id FROM ({sql}) AS found {newest}", [*params, limit]
