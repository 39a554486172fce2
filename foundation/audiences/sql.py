"""Small pieces of SQL for the queries that every request makes, where building them with the ORM costs more than
running them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import connections
from django.db.models import Model

Sql = tuple[str, list[Any]]
M = TypeVar("M", bound=Model)


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


def instance(model: type[M], using: str = "default", **values: Any) -> M:
    """An instance of which these columns were read, by attribute name; any other is read when it is asked for."""
    connection = connections[using]
    read = [field for field in model._meta.concrete_fields if field.attname in values]
    converted = []
    for field in read:
        value, column = values[field.attname], field.get_col(model._meta.db_table)
        for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection)):
            value = convert(value, column, connection)
        converted.append(value)
    return model.from_db(using, [field.attname for field in read], converted)
