"""Each article read again and held against what was made of it: hashes, place, addresses, bands, words."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, select
from sqlmodel import Session

from storage.belonging import Suspect, address_faults, suspects
from storage.clusters import near_hashes
from storage.codec import nested_values
from storage.damage import Illegible
from storage.fulltext import INDEXED, entry, values
from storage.identity import text_hash
from storage.models import ARTICLE, REVISION
from storage.nearness import band_faults, stored_weight, weight
from storage.places import stands_in_time

BATCH = 500  # articles in memory at once
_COLUMNS = (
    "id", "position", "source_id", "url", "host", "language", "content_hash", "near_hash",
    "published_at", "first_seen_at", *INDEXED, "images", "blocks", "provenance",
)  # fmt: skip

Row = Mapping[Any, Any]


def article_faults(session: Session, *, words: bool) -> Iterator[str]:
    """Yield a line for each article that is not what was made of it; `words`: in the word index, too."""
    connection = session.connection()
    index = _FtsIndex(connection) if connection.dialect.name == "sqlite" else _TsvectorIndex(connection)
    bands = 0
    led: list[Suspect] = []
    try:
        for rows in _batches(connection):
            odd = [said for row in rows if (said := _oddity(row))]
            yield from odd
            words = words and not odd  # what cannot be read has no words to compare
            marks = near_hashes([row["text"] for row in rows])
            bands += sum(weight(row["id"], mark) for row, mark in zip(rows, marks, strict=True))
            yield from _own_faults(rows, marks)
            yield from _version_faults(connection, rows)
            led = yield from _led(connection, [*led, *suspects(connection, rows)])
            for key in index.others(rows) if words else ():
                yield f"article {key}: its words in the word index are others"
        if words and not index.is_whole():
            yield "word index: it holds words that the articles do not, or lacks some of theirs"
        yield from address_faults(connection, led)
        if bands != stored_weight(connection):
            yield from band_faults(connection)
    finally:
        index.close()


def _batches(connection: Connection) -> Iterator[Sequence[Row]]:
    query = select(*(ARTICLE.c[name] for name in _COLUMNS)).order_by(ARTICLE.c.position).limit(BATCH)
    last = -1
    while rows := connection.execute(query.where(ARTICLE.c.position > last)).mappings().all():
        yield rows
        last = rows[-1]["position"]


def _led(connection: Connection, found: list[Suspect]) -> Generator[str, None, list[Suspect]]:
    """Judge the addresses that lead elsewhere once there are many; those few are kept for later."""
    if len(found) < BATCH:
        return found
    yield from address_faults(connection, found)
    return []


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


class _FtsIndex:
    """SQLite's index, which keeps no texts: compared with one that is made of each batch, in memory."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told = 0
        self._named = False
        made = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'fulltext'"
        ).scalar_one()
        self._run(f"CREATE VIRTUAL TABLE temp.expected {made[made.index('USING') :]}")
        self._run("CREATE VIRTUAL TABLE temp.expected_words USING fts5vocab('temp', 'expected', 'col')")
        self._run("CREATE VIRTUAL TABLE temp.kept_words USING fts5vocab('main', 'fulltext', 'col')")

    def others(self, rows: Sequence[Row]) -> list[int]:
        """Return the ids of articles that the index holds another number of words of."""
        ids = {row["position"]: row["id"] for row in rows}
        insert = "INSERT INTO temp.expected (rowid, title, author, body, facet) VALUES (?, ?, ?, ?, ?)"
        self._connection.exec_driver_sql(insert, [values("sqlite", entry(row)) for row in rows])
        found = self._connection.exec_driver_sql(
            "SELECT e.id FROM temp.expected_docsize e "
            "JOIN fulltext_docsize k ON k.id = e.id WHERE k.sz <> e.sz ORDER BY e.id"
        ).scalars()
        other = [ids[position] for position in found]
        self._named = self._named or bool(other)
        self._told += self._sum("expected_words")
        self._run("INSERT INTO temp.expected (expected) VALUES ('delete-all')")
        return other

    def is_whole(self) -> bool:
        """Tell whether the index holds, in all, the words of these articles; True where one was named."""
        return self._named or self._sum("kept_words") == self._told

    def close(self) -> None:
        """Take away what was made: the connection goes on to others."""
        for table in ("kept_words", "expected_words", "expected"):
            self._run(f"DROP TABLE temp.{table}")

    def _sum(self, table: str) -> int:
        """Add up a number that every occurrence of every word has its part in."""
        rows = self._connection.exec_driver_sql(f"SELECT term, col, doc, cnt FROM temp.{table}")  # noqa: S608 - named above
        return sum(crc32(f"{col} {term}".encode()) * (doc + (cnt << 32)) for term, col, doc, cnt in rows)

    def _run(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)


class _TsvectorIndex:
    """PostgreSQL's index, which keeps each article's words beside it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def others(self, rows: Sequence[Row]) -> list[int]:
        """Return the ids of articles whose words in the index are others."""
        ids = {row["position"]: row["id"] for row in rows}
        positions, words, long = (
            list(each) for each in zip(*(values("postgresql", entry(row)) for row in rows), strict=True)
        )
        query = """SELECT f.position FROM fulltext f
            JOIN unnest(%s::bigint[], %s::text[], %s::text[]) AS told (position, words, long)
            ON told.position = f.position
            WHERE f.words <> told.words::tsvector OR f."long" IS DISTINCT FROM told.long
            ORDER BY f.position"""
        found = self._connection.exec_driver_sql(query, (positions, words, long)).scalars()
        return [ids[position] for position in found]

    def is_whole(self) -> bool:
        """Tell that nothing is left to compare."""
        return True

    def close(self) -> None:
        """Do nothing: nothing was made."""
