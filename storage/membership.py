"""Rows by any number of values, as one parameter: SQLite caps how many there may be."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from storage.codec import compact_json, storable


def one_of(
    connection: Connection, column: Any, values: Collection[str] | Collection[int]
) -> ColumnElement[bool]:
    """Compare a column with texts, or with whole numbers; with none of them it equals nothing."""
    listed = [storable(value) if isinstance(value, str) else value for value in values]
    if connection.dialect.name == "postgresql":
        kind = BigInteger if isinstance(column.type, Integer) else Text
        return column == func.any(bindparam(None, listed, type_=ARRAY(kind)))  # type: ignore[no-any-return]
    each = func.json_each(compact_json(listed)).table_valued("value")
    return column.in_(select(each.c.value))  # type: ignore[no-any-return]
