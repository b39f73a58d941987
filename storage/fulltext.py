"""The word index beside the articles: what is written when an article is stored, revised or taken away.

SQLite keeps a contentless FTS5 table, PostgreSQL a tsvector with a GIN index; both are keyed by the article's
`position`, so that newest first is the order the index walks in. Both get the same tokens from
storage.folding, so both find the same articles. Facets (host, language, source) are tokens of their own, in
letters of Unicode's private use that no word can contain: a filter is answered by the index too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import Session

from storage.codec import storable
from storage.folding import tokens
from storage.models import ARTICLE

COLUMNS = ("title", "author", "body", "facet")
GAP = "\ue001"  # stands between texts that no phrase may span
EVERYTHING = "\ue000"  # every article's token: what "all but these" starts from
PREFIXES = {"section": "\ue002", "tag": "\ue003"}
INDEXED = ("title", "authors", "subtitle", "description", "text", "section", "tags")
BATCH = 500  # articles in memory while the index is made anew
WEIGHTS = {"title": "A", "author": "B", "facet": "C", "body": "D"}
SHORT_TOKENS = 200  # of a title, of all authors, of all tags
SAFE_TOKENS = 3_500  # so many tokens of the longest kind still fit into a tsvector
TSVECTOR_BYTES = 900_000  # PostgreSQL takes a megabyte
TSVECTOR_PLACES = 255  # PostgreSQL keeps so many places of a word
TSVECTOR_POSITIONS = 16_000  # and none beyond 16,383

Row = Mapping[Any, Any]  # SQLAlchemy's rows among them


@dataclass(frozen=True, slots=True)
class Document:
    """An article as folded words with blanks between, one text a column of the index, save its source."""

    title: str
    author: str
    body: str
    facet: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document at its place in the index."""

    position: int
    source_id: int | None
    document: Document


@lru_cache(10_000)
def facet(kind: str, value: str) -> str:
    """Return the token that stands for a property such as ("host", "example.com")."""
    return (
        EVERYTHING
        + kind[0]
        + blake2b(f"{kind}:{value}".encode("utf-8", "replace"), digest_size=6).hexdigest()
    )


def document(row: Row) -> Document:
    """Turn the columns of an article, by name, into what is indexed of it."""
    named = [PREFIXES["section"] + word for word in _joined([row["section"]])]
    named += [word if word == GAP else PREFIXES["tag"] + word for word in _joined(row["tags"])]
    return Document(
        title=" ".join(tokens(storable(row["title"]))[:SHORT_TOKENS]),
        author=" ".join(_joined(row["authors"])[:SHORT_TOKENS]),
        body=" ".join(_fitting(_joined([row["subtitle"], row["description"], row["text"]]))),
        facet=" ".join([EVERYTHING, *_facets(row), *named[:SHORT_TOKENS]]),
    )


def entry(row: Row) -> Entry:
    """Turn a row of `article` into its entry in the index."""
    return Entry(row["position"], row["source_id"], document(row))


def index(session: Session | Connection, rows: Iterable[Row]) -> None:
    """Write the words of articles that were just stored, from their rows; not for a row already indexed."""
    enter(session, map(entry, rows))


def enter(session: Session | Connection, entries: Iterable[Entry]) -> None:
    """Write entries; best the last thing in a transaction and many at once.

    FTS5 gathers words in memory, and writes out all it has when a key is below the last one or when a
    statement on another table opens a savepoint.
    """
    connection = _connection(session)
    _execute(connection, _INSERT[connection.dialect.name], sorted(entries, key=attrgetter("position")))


def unindex(session: Session | Connection, rows: Iterable[Row]) -> None:
    """Take articles out of the index, from their rows as they were when they were indexed."""
    connection = _connection(session)
    if connection.dialect.name == "sqlite":
        _execute(connection, _DELETE, map(entry, rows))
    elif positions := [(row["position"],) for row in rows]:
        connection.exec_driver_sql("DELETE FROM fulltext WHERE position = %s", positions)


def rebuild(connection: Connection) -> None:
    """Make the whole index anew from the articles."""
    connection.exec_driver_sql(_EMPTY[connection.dialect.name])
    names = ("position", "source_id", "host", "language", *INDEXED)
    query = select(*(ARTICLE.c[name] for name in names)).order_by(ARTICLE.c.position).limit(BATCH)
    last = -1
    while rows := connection.execute(query.where(ARTICLE.c.position > last)).mappings().all():
        index(connection, rows)
        last = rows[-1]["position"]


_EMPTY = {
    "sqlite": "INSERT INTO fulltext (fulltext) VALUES ('delete-all')",
    "postgresql": "DELETE FROM fulltext",
}
_INSERT = {
    "sqlite": "INSERT INTO fulltext (rowid, title, author, body, facet) VALUES (?, ?, ?, ?, ?)",
    "postgresql": "INSERT INTO fulltext (position, words, long) VALUES (%s, CAST(%s AS tsvector), %s)",
}
_DELETE = (
    "INSERT INTO fulltext (fulltext, rowid, title, author, body, facet) VALUES ('delete', ?, ?, ?, ?, ?)"
)


def _connection(session: Session | Connection) -> Connection:
    return session.connection() if isinstance(session, Session) else session


def _execute(connection: Connection, statement: str, entries: Iterable[Entry]) -> None:
    if rows := [values(connection.dialect.name, one) for one in entries]:
        connection.exec_driver_sql(statement, rows)


def values(dialect: str, indexed: Entry) -> tuple[Any, ...]:
    """Return an entry's row of SQLite's or of PostgreSQL's index, in the order of its columns."""
    words, source = indexed.document, _source(indexed.source_id)
    if dialect == "sqlite":
        return (indexed.position, words.title, words.author, words.body, " ".join([words.facet, *source]))
    vector, overflows = _tsvector(words, source)
    return (indexed.position, vector, _running(words) if overflows else None)


def _source(source_id: int | None) -> list[str]:
    return [] if source_id is None else [facet("source", str(source_id))]


def _joined(texts: Iterable[str | None]) -> list[str]:
    found: list[str] = []
    for words in (tokens(storable(part)) for part in texts if part):
        if found and words:
            found.append(GAP)
        found += words
    return found


def _facets(row: Row) -> list[str]:
    labels = row["host"].lower().split(".")
    found = [facet("host", ".".join(labels[start:])) for start in range(len(labels)) if labels[start]]
    subtags = (row["language"] or "").lower().replace("_", "-").split("-")
    found += [facet("lang", "-".join(subtags[: end + 1])) for end in range(len(subtags)) if subtags[end]]
    return found


def _fitting(words: list[str]) -> list[str]:
    """Cut a text, on both databases, where PostgreSQL would refuse it: some 100,000 words in."""
    if len(words) <= SAFE_TOKENS:
        return words
    size = 0
    seen: set[str] = set()
    for at, word in enumerate(words):
        size += 2 if word in seen else 8 + len(word.encode())
        seen.add(word)
        if size > TSVECTOR_BYTES:
            return words[:at]
    return words


def _tsvector(indexed: Document, source: Sequence[str]) -> tuple[str, bool]:
    """Write a document as a tsvector, and whether some of its places did not fit into one."""
    columns = {name: getattr(indexed, name).split() for name in WEIGHTS}
    columns["facet"] += source
    places: dict[str, list[str]] = {}
    at = 0
    for name, weight in WEIGHTS.items():
        for word in columns[name]:
            at += 1
            if word != GAP:
                places.setdefault(word, []).append(f"{at}{weight}")
        at += 1
    overflows = at > TSVECTOR_POSITIONS or any(len(found) > TSVECTOR_PLACES for found in places.values())
    return " ".join(f"'{word}':{','.join(found[:256])}" for word, found in places.items()), overflows


def _running(indexed: Document) -> str:
    """Write all words in a row, for phrases in a text too long for a tsvector's places."""
    return f" {indexed.title} {GAP} {indexed.author} {GAP} {indexed.body} "
