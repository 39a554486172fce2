"""Small pieces of SQL for the queries that every request makes, where building them with the ORM costs more than
running them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.models import Model

Sql = tuple[str, list[Any]]


def among(column: str, values: Sequence[Any], kind: str, vendor: str) -> Sql:
    """`column` is one of `values`: an array on PostgreSQL, a list elsewhere. `kind` is the array's element type."""
    if not values:
        return "1 = 0", []
    if vendor == "postgresql":
        return f"{column} = ANY(%s::{kind}[])", [list(values)]
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)


def table(model: type[Model]) -> str:
    """The table of a model."""
    return model._meta.db_table


def rows(sql: str, params: Sequence[Any], using: str = "default") -> list[tuple[Any, ...]]:
    """The rows of a query written out. `sql` is made of constants; every value is in `params`."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def vendor(using: str = "default") -> str:
    """Which database it is: `postgresql` or `sqlite`."""
    return connections[using].vendor


def moment(value: datetime, using: str = "default") -> Any:
    """A moment as the database compares it."""
    return connections[using].ops.adapt_datetimefield_value(value)
