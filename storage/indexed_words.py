"""The word index held against the articles whose words it should hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from sqlalchemy import Connection

from storage.fulltext import COLUMNS, EVERYTHING, GAP, PREFIXES, entry, values

VOCABULARY = 20_000  # words of the index in memory at once
TEXTS = 16  # whose letters are in the processor's cache at once
BITS = 48  # of a word's number; those above tell the articles of a batch apart
LONGEST = 512  # bytes of a word that count each in its place
_PRIVATE = (EVERYTHING, GAP, *PREFIXES.values())
_BLANK = ord(" ")

with np.errstate(over="ignore"):
    _POWERS = np.cumprod(np.full(LONGEST, 0x100000001B3, dtype=np.uint64))
    _SCATTER = (np.arange(256, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    _SCATTER[_BLANK] = 0

Row = Mapping[Any, Any]
Values = tuple[Any, ...]
Sums = tuple[int, int]


def word_numbers(words: str) -> Any:
    """Return a number of BITS bits for each of some words with single blanks between them (numpy uint64)."""
    letters = np.frombuffer(words.encode(), dtype=np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(letters == _BLANK) + 1])
    lengths = np.diff(starts, append=len(letters))
    within = np.arange(len(letters)) - np.repeat(starts, lengths)
    np.minimum(within, LONGEST - 1, out=within)
    numbers = np.add.reduceat(_SCATTER[letters] * _POWERS[within], starts)
    return ((numbers ^ (numbers >> np.uint64(29))) * _SCATTER[0]) >> np.uint64(64 - BITS)


def sums_of_texts(texts: Sequence[str]) -> Sums:
    """Add up the numbers of the words of texts: once a text that has it, and as often as it stands."""
    told = [text for text in texts if text]
    if not told:
        return 0, 0
    numbers = word_numbers(" ".join(told))
    owner = np.repeat(np.arange(len(told), dtype=np.uint64), [text.count(" ") + 1 for text in told])
    words = np.sort((owner << np.uint64(BITS)) | numbers)
    once = words[np.append(words[1:] != words[:-1], True)] & np.uint64(2**BITS - 1)
    return int(once.sum()), int(numbers.sum())


def _sums_of_vocabulary(words: Sequence[tuple[str, int, int]]) -> Sums:
    """Do as sums_of_texts() with words, in how many texts they stand, and how often."""
    terms, texts, times = zip(*words, strict=True)
    numbers = word_numbers(" ".join(terms))
    once, often = (numbers * np.array(counts, dtype=np.uint64) for counts in (texts, times))
    return int(once.sum()), int(often.sum())


def _plus(one: Sums, other: Sums) -> Sums:
    return (one[0] + other[0]) % 2**64, (one[1] + other[1]) % 2**64


class FtsIndex:
    """SQLite's index, which keeps no texts: how many words it has of each article, and the sum of all words.

    Words of ASCII are what the index makes of them; for what others become a second one is made, in memory,
    of the articles that have any.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told = dict.fromkeys(COLUMNS, (0, 0))
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
        return self._named or self._sums("kept_words") == self._told

    def close(self) -> None:
        """Take away what was made: the connection goes on to others."""
        for table in ("kept_words", "expected_words", "expected"):
            self._run(f"DROP TABLE temp.{table}")

    def _sizes_of_plain(self, told: Sequence[Values]) -> dict[int, bytes]:
        for start, (place, column) in product(range(0, len(told), TEXTS), enumerate(COLUMNS, start=1)):
            sums = sums_of_texts([one[place] for one in told[start : start + TEXTS]])
            self._told[column] = _plus(self._told[column], sums)
        return {position: b"".join(map(_size, columns)) for position, *columns in told}

    def _sizes_of_others(self, told: Sequence[Values]) -> dict[int, bytes]:
        if not told:
            return {}
        insert = "INSERT INTO temp.expected (rowid, title, author, body, facet) VALUES (?, ?, ?, ?, ?)"
        self._connection.exec_driver_sql(insert, list(told))
        found = self._connection.exec_driver_sql("SELECT id, sz FROM temp.expected_docsize").all()
        for column, sums in self._sums("expected_words").items():
            self._told[column] = _plus(self._told[column], sums)
        self._run("INSERT INTO temp.expected (expected) VALUES ('delete-all')")
        return {position: size for position, size in found}  # noqa: C416 - mypy reads it

    def _sums(self, table: str) -> dict[str, Sums]:
        found = dict.fromkeys(COLUMNS, (0, 0))
        rows = self._connection.exec_driver_sql(f"SELECT term, col, doc, cnt FROM temp.{table}")  # noqa: S608 - named above
        for part in rows.partitions(VOCABULARY):
            of_column = defaultdict(list)
            for term, column, texts, times in part:
                of_column[column].append((term, texts, times))
            for column, words in of_column.items():
                found[column] = _plus(found[column], _sums_of_vocabulary(words))
        return found

    def _run(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)


def _is_plain(told: Values) -> bool:
    """Tell whether all words of an entry are ASCII, the letters apart that stand for something."""
    _, title, author, body, facet = told
    for sign in _PRIVATE:
        facet = facet.replace(sign, "")
    return all(text.replace(GAP, "").isascii() for text in (title, author, body, facet))


def _size(text: str) -> bytes:
    """Write how many words a text has as SQLite does (file format, 1.6): seven bits a byte, highest first."""
    number = text.count(" ") + 1 if text else 0
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
