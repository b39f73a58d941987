"""Articles as flat rows: CSV and Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import islice
from typing import Any, BinaryIO

from storage.values import Article

COLUMNS = (
    "id", "url", "canonical_url", "host", "site_name", "title", "subtitle", "description", "text", "authors",
    "byline", "published_at", "published_precision", "modified_at", "language", "section", "tags", "kind",
    "is_free", "dateline", "word_count", "license", "status", "version", "cluster_id", "first_seen_at",
    "last_checked_at", "fetched_at", "content_hash", "snapshot_hash",
)  # fmt: skip
LISTS = frozenset({"authors", "tags"})
TIMES = frozenset({"published_at", "modified_at", "first_seen_at", "last_checked_at", "fetched_at"})
NUMBERS = frozenset({"id", "word_count", "version", "cluster_id"})
ROW_GROUP = 2_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run (OWASP, CSV injection)


class MissingLibraryError(Exception):
    """A library that this needs is not installed; the message says which and how to get it."""


def row(article: Article) -> dict[str, Any]:
    """Return an article's flat columns; times in UTC, lists as lists."""
    return {name: _value(getattr(article, name)) for name in COLUMNS}


def write_csv(articles: Iterable[Article], out: BinaryIO) -> int:
    """Write CSV (RFC 4180, UTF-8) with a head line and return how many articles it holds.

    Lists are joined by "; ", times are ISO 8601 in UTC, and no cell can be taken for a formula.
    """
    text = io.TextIOWrapper(out, "utf-8", errors="replace", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    count = 0
    for article in articles:
        writer.writerow([_cell(value) for value in row(article).values()])
        count += 1
    text.detach()
    return count


def write_parquet(articles: Iterable[Article], out: BinaryIO) -> int:
    """Write Parquet, 2,000 articles a row group, and return how many; MissingLibraryError without pyarrow."""
    if find_spec("pyarrow") is None:
        raise MissingLibraryError("Parquet needs pyarrow: pip install 'cleanwire[parquet]'")
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow import parquet  # noqa: PLC0415 - the same

    kinds = {
        **dict.fromkeys(LISTS, pa.list_(pa.string())),
        **dict.fromkeys(TIMES, pa.timestamp("us", tz="UTC")),
        **dict.fromkeys(NUMBERS, pa.int64()),
        "is_free": pa.bool_(),
    }
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(articles):
            writer.write_table(pa.Table.from_pylist([row(article) for article in group], schema=schema))
            count += len(group)
    return count


def _groups(articles: Iterable[Article]) -> Iterator[Sequence[Article]]:
    left = iter(articles)
    while group := list(islice(left, ROW_GROUP)):
        yield group


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return list(value) if isinstance(value, tuple) else value


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = "; ".join(value)
    elif isinstance(value, datetime):
        value = value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
