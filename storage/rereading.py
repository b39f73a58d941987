"""Each article read again and held against what was made of it: hashes, place, addresses, bands, words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, select
from sqlmodel import Session

from storage.belonging import Suspect, address_faults, led_astray
from storage.clusters import near_hashes
from storage.codec import nested_values
from storage.damage import Illegible
from storage.fulltext import INDEXED
from storage.identity import text_hash
from storage.indexed_words import FtsIndex, TsvectorIndex
from storage.models import ARTICLE, REVISION
from storage.nearness import band_faults, stored_weight, weight
from storage.places import stands_in_time

BATCH = 500  # articles in memory at once
_COLUMNS = (
    "id", "position", "source_id", "url", "original_url", "host", "language", "content_hash", "near_hash",
    "published_at", "first_seen_at", *INDEXED, "images", "blocks", "provenance",
)  # fmt: skip

Row = Mapping[Any, Any]


class Rereading:
    """All articles, read once, a span of them at a time; used as a context.

    `words` compares them with the word index too.
    """

    def __init__(self, session: Session, *, words: bool) -> None:
        self._connection = session.connection()
        sqlite = self._connection.dialect.name == "sqlite"
        self._index = FtsIndex(self._connection) if sqlite else TsvectorIndex(self._connection)
        self._words = words
        self._bands = 0
        self._led: list[Suspect] = []

    def read(self, low: int, high: int) -> Iterator[str]:
        """Yield a line for each fault of the articles above `low` and up to `high`."""
        columns = (ARTICLE.c[name] for name in _COLUMNS)
        query = select(*columns).where(ARTICLE.c.id <= high).order_by(ARTICLE.c.id).limit(BATCH)
        while rows := self._connection.execute(query.where(ARTICLE.c.id > low)).mappings().all():
            yield from self._read(rows)
            low = rows[-1]["id"]

    def end(self) -> Iterator[str]:
        """Yield what only all articles together tell."""
        yield from address_faults(self._connection, self._led)
        if self._words and not self._index.is_whole():
            yield "word index: it holds words that the articles do not, or lacks some of theirs"
        if self._bands != stored_weight(self._connection):
            yield from band_faults(self._connection)

    def _read(self, rows: Sequence[Row]) -> Iterator[str]:
        odd = [said for row in rows if (said := _oddity(row))]
        yield from odd
        self._words = self._words and not odd  # what cannot be read has no words to compare
        marks = near_hashes([row["text"] for row in rows])
        self._bands += sum(weight(row["id"], mark) for row, mark in zip(rows, marks, strict=True))
        yield from _own_faults(rows, marks)
        yield from _version_faults(self._connection, rows)
        lost, led = led_astray(self._connection, rows)
        yield from lost
        self._led += led
        if len(self._led) >= BATCH:  # else they are kept for later: each look reads all tries
            yield from address_faults(self._connection, self._led)
            self._led = []
        for key in self._index.others(rows) if self._words else ():
            yield f"article {key}: its words in the word index are others"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._index.close()


def _oddity(row: Row) -> str | None:
    """Say which of an article's lists has another shape than it should, if one has."""
    try:
        nested_values(row)
    except Illegible as error:
        return str(error)
    return None


def _own_faults(rows: Sequence[Row], marks: Sequence[str | None]) -> Iterator[str]:
    for row, mark in zip(rows, marks, strict=True):
        if text_hash(row["title"], row["text"]) != row["content_hash"]:
            yield f"article {row['id']}: its title and text are not those that its content_hash names"
        if not stands_in_time(row):
            yield f"article {row['id']}: its position is not that of its time"
        if row["near_hash"] != mark:
            yield f"article {row['id']}: its near_hash is not that of its text"


def _version_faults(connection: Connection, rows: Sequence[Row]) -> Iterator[str]:
    """Hold superseded versions against their hashes."""
    query = select(REVISION.c.article_id, REVISION.c.version, REVISION.c.content_hash, REVISION.c.content)
    mine = REVISION.c.article_id.in_([row["id"] for row in rows]), REVISION.c.content.is_not(None)
    for row in connection.execute(query.where(*mine).order_by(REVISION.c.article_id, REVISION.c.version)):
        told = row.content if isinstance(row.content, dict) else {}
        if text_hash(str(told.get("title")), str(told.get("text"))) != row.content_hash:
            which = f"article {row.article_id}: version {row.version}"
            yield f"{which}: title and text are not those that its content_hash names"
