"""Articles as a table in memory, for those who work in pandas or polars."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any, Unpack

from sqlmodel import Session

from storage.query import articles
from storage.results import Filters
from storage.values import Article

NESTED = {"blocks", "images", "provenance"}  # what has no place in a flat table: article() has it
COLUMNS = {
    column.name: str(column.type).removesuffix(" | None")
    for column in fields(Article)
    if column.name not in NESTED
}


def dataframe(session: Session, words: str = "", **filters: Unpack[Filters]) -> Any:
    """Return what articles() yields as one DataFrame, a row an article: pandas', or polars' where only it is.

    Its columns have the same types whatever was found, nothing too: times are in UTC, to the microsecond.
    Raises ModuleNotFoundError, saying what to install, where neither is installed.
    """
    found = list(articles(session, words, **filters))
    columns: dict[str, list[Any]] = {name: [_cell(getattr(one, name)) for one in found] for name in COLUMNS}
    if find_spec("pandas"):
        import pandas as pd  # noqa: PLC0415 - half a second that only this call need pay

        text = pd.Series(["a"]).dtype  # `str` since pandas 3, `object` before
        kinds = {"datetime": "datetime64[us, UTC]", "int": "Int64", "bool": "boolean"}
        types = {name: kinds.get(kind, object if "tuple" in kind else text) for name, kind in COLUMNS.items()}
        return pd.DataFrame(columns).astype(types)
    if find_spec("polars"):
        import polars as pl  # noqa: PLC0415 - the same

        kinds = {"datetime": pl.Datetime("us", "UTC"), "int": pl.Int64, "bool": pl.Boolean}
        lists = pl.List(pl.String)
        text = pl.String
        types = {name: kinds.get(kind, lists if "tuple" in kind else text) for name, kind in COLUMNS.items()}
        return pl.DataFrame(columns, schema_overrides=types)
    raise ModuleNotFoundError("a DataFrame needs pandas or polars: run pip install pandas")


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)  # one zone a column, or a column of times is a column of objects
    return list(value) if isinstance(value, tuple) else value
