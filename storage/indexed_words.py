"""The word index held against the articles whose words it should hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import crc32

from sqlalchemy import Connection

from storage.fulltext import COLUMNS, EVERYTHING, GAP, PREFIXES, entry, values

KNOWN = 200_000  # words of a column whose numbers are remembered
_PRIVATE = (EVERYTHING, GAP, *PREFIXES.values())

Row = Mapping[Any, Any]
Values = tuple[Any, ...]


class _Numbers(dict[str, int]):
    """The number of each word of a column, as the sums of the index have it."""

    def __init__(self, column: str) -> None:
        super().__init__()
        self._column = column

    def __missing__(self, word: str) -> int:
        if len(self) > KNOWN:
            self.clear()
        number = self[word] = crc32(f"{self._column} {word}".encode())
        return number


def _sums(rows: Iterable[tuple[str, str, int, int]]) -> tuple[int, int]:
    """Add up numbers that every article with a word, and every occurrence of one, has its part in."""
    articles = times = 0
    for word, column, having, occurring in rows:
        number = crc32(f"{column} {word}".encode())
        articles += number * having
        times += number * occurring
    return articles, times


def _plus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


class FtsIndex:
    """SQLite's index, which keeps no texts: how many words it has of each article, and the sum of all words.

    Words of ASCII are what the index makes of them; for what others become a second one is made, in memory,
    of the articles that have any.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told = (0, 0)
        self._named = False
        self._numbers = [_Numbers(name) for name in COLUMNS]
        made = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'fulltext'"
        ).scalar_one()
        self._run(f"CREATE VIRTUAL TABLE temp.expected {made[made.index('USING') :]}")
        self._run("CREATE VIRTUAL TABLE temp.expected_words USING fts5vocab('temp', 'expected', 'col')")
        self._run("CREATE VIRTUAL TABLE temp.kept_words USING fts5vocab('main', 'fulltext', 'col')")

    def others(self, rows: Sequence[Row]) -> list[int]:
        """Return the ids of articles that the index holds another number of words of."""
        ids = {row["position"]: row["id"] for row in rows}
        told = [values("sqlite", entry(row)) for row in rows]
        sizes = self._sizes_of_plain([one for one in told if _is_plain(one)])
        sizes |= self._sizes_of_others(sorted(one for one in told if not _is_plain(one)))
        query = f"SELECT id, sz FROM fulltext_docsize WHERE id IN ({','.join(map(str, ids))})"  # noqa: S608 - numbers
        kept = self._connection.exec_driver_sql(query)
        other = [ids[position] for position, size in kept if size != sizes[position]]
        self._named = self._named or bool(other)
        return sorted(other)

    def is_whole(self) -> bool:
        """Tell whether the index holds, in all, the words of these articles; True where one was named."""
        return self._named or self._sum("kept_words") == self._told

    def close(self) -> None:
        """Take away what was made: the connection goes on to others."""
        for table in ("kept_words", "expected_words", "expected"):
            self._run(f"DROP TABLE temp.{table}")

    def _sizes_of_plain(self, told: Sequence[Values]) -> dict[int, bytes]:
        sizes = {}
        for position, *columns in told:
            size = b""
            for text, numbers in zip(columns, self._numbers, strict=True):
                words, number = text.split(), numbers.__getitem__
                sums = sum(map(number, set(words))), sum(map(number, words))
                self._told = _plus(self._told, sums)
                size += _varint(len(words))
            sizes[position] = size
        return sizes

    def _sizes_of_others(self, told: Sequence[Values]) -> dict[int, bytes]:
        if not told:
            return {}
        insert = "INSERT INTO temp.expected (rowid, title, author, body, facet) VALUES (?, ?, ?, ?, ?)"
        self._connection.exec_driver_sql(insert, list(told))
        found = self._connection.exec_driver_sql("SELECT id, sz FROM temp.expected_docsize").all()
        self._told = _plus(self._told, self._sum("expected_words"))
        self._run("INSERT INTO temp.expected (expected) VALUES ('delete-all')")
        return {position: size for position, size in found}  # noqa: C416 - mypy reads it

    def _sum(self, table: str) -> tuple[int, int]:
        rows = self._connection.exec_driver_sql(f"SELECT term, col, doc, cnt FROM temp.{table}")  # noqa: S608 - named above
        return _sums(row._tuple() for row in rows)  # noqa: SLF001 - SQLAlchemy's documented name

    def _run(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)


def _is_plain(told: Values) -> bool:
    """Tell whether all words of an entry are ASCII, the letters apart that stand for something."""
    _, title, author, body, facet = told
    for sign in _PRIVATE:
        facet = facet.replace(sign, "")
    return all(text.replace(GAP, "").isascii() for text in (title, author, body, facet))


def _varint(number: int) -> bytes:
    """Write a number as SQLite does (file format, 1.6): seven bits a byte, the highest first."""
    written = bytes([number & 0x7F])
    while number := number >> 7:
        written = bytes([number & 0x7F | 0x80]) + written
    return written


class TsvectorIndex:
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
