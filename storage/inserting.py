"""Many rows into a table by one prepared statement: a third of what SQLAlchemy's own executemany costs.

It spends its time on putting each row's parameters in order; here the order is looked up once, and the types
that nearly every column has (see models.py) go to the driver without its layers in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table

from storage.codec import WrittenJson, compact_json, storable
from storage.models import Listed, Utc, Words, in_utc

Process = Callable[[list[Any]], list[Any]]


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, known_stay: bool = False
) -> int:
    """Insert rows that all name the same columns and return how many came in.

    `known_stay` leaves out rows whose key is there already; without it they are an error.
    """
    if not rows:
        return 0
    names = list(rows[0])
    mark = _mark(connection)
    columns = ", ".join(f'"{name}"' for name in names)
    statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join([mark] * len(names))})'  # noqa: S608 - names of our own tables
    if known_stay:
        statement += " ON CONFLICT DO NOTHING"
    return _execute(connection, statement, table, names, rows)


def update_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: str = "id"
) -> None:
    """Update a row of the table for each of `rows`: all name the same columns and the `key` to find it by."""
    if rows:
        names = [*(name for name in rows[0] if name != key), key]
        mark = _mark(connection)
        wanted = ", ".join(f'"{name}" = {mark}' for name in names[:-1])
        statement = f'UPDATE "{table.name}" SET {wanted} WHERE "{key}" = {mark}'  # noqa: S608 - names of our own tables
        _execute(connection, statement, table, names, rows)


def _mark(connection: Connection) -> str:
    return "%s" if connection.dialect.name == "postgresql" else "?"


def _execute(
    connection: Connection,
    statement: str,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
) -> int:
    columns = [_processor(connection, table, name)([row[name] for row in rows]) for name in names]
    options = {"preserve_rowcount": True}
    values = list(zip(*columns, strict=True))
    return connection.exec_driver_sql(statement, values, execution_options=options).rowcount


def _processor(connection: Connection, table: Table, name: str) -> Process:
    """Return what becomes of a column's values on their way to the driver."""
    kind = table.c[name].type
    on_sqlite = connection.dialect.name == "sqlite"
    if isinstance(kind, Words):
        return _words
    if isinstance(kind, Utc) and on_sqlite:
        return _sqlite_times
    if isinstance(kind, Listed):
        return _listed  # both drivers take JSON as text
    process = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return list if process is None else lambda values: list(map(process, values))


def _words(values: list[str | None]) -> list[str | None]:
    return [  # most are ASCII or nothing, and a call costs more than a look
        one if one is None or (one.isascii() and "\0" not in one) else storable(one) for one in values
    ]


def _sqlite_times(values: list[datetime | None]) -> list[str | None]:
    return list(map(cache(_sqlite_time), values))  # a batch has few times of its own


def _sqlite_time(value: datetime | None) -> str | None:
    """Write a time as SQLAlchemy does on SQLite."""
    moment = in_utc(value)
    return None if moment is None else moment.isoformat(" ", "microseconds")[:26]  # all but +00:00


def _listed(values: list[Any]) -> list[str | None]:
    return [one if one is None or type(one) is WrittenJson else compact_json(one) for one in values]
