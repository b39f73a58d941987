"""Values that SQLite takes and no reader could: times and JSON that are none. PostgreSQL refuses them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, text
from sqlmodel import Session

from storage.models import Listed, Row, Utc

_DIGITS = "[0-9][0-9]"
_TIME = f"{_DIGITS}{_DIGITS}-{_DIGITS}-{_DIGITS} {_DIGITS}:{_DIGITS}:{_DIGITS}*"


def unreadable(session: Session) -> Iterator[str]:
    """Yield a line for each row of SQLite's tables that has a time or a list that cannot be read."""
    for table in Row.metadata.sorted_tables:
        tests = {column.name: test for column in table.columns if (test := _test(column))}
        if not tests:
            continue
        keys = ", ".join(column.name for column in table.primary_key)
        which = " ".join(f"WHEN {test} THEN '{name}'" for name, test in tests.items())
        query = f"SELECT CASE {which} END, {keys} FROM {table.name}"  # noqa: S608 - names of our own tables
        query += f" WHERE {' OR '.join(tests.values())} ORDER BY {keys}"
        for name, *key in session.connection().execute(text(query)):
            yield f"{table.name} {', '.join(map(str, key))}: its {name} cannot be read"


def _test(column: Column[object]) -> str:
    """Write what is true of a value of this column that cannot be read; "" where every value can."""
    name = f'"{column.name}"'
    if isinstance(column.type, Utc):
        return f"({name} IS NOT NULL AND (julianday({name}) IS NULL OR {name} NOT GLOB '{_TIME}'))"
    if isinstance(column.type, Listed):
        return f"({name} IS NOT NULL AND (typeof({name}) <> 'text' OR NOT json_valid({name})))"
    return ""
