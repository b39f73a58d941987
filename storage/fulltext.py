"""The word index beside the articles: what is written when an article is stored, revised or taken away.

SQLite keeps a contentless FTS5 table, PostgreSQL a tsvector with a GIN index; both are keyed by the article's
`position`, so that newest first is the order the index walks in. Both get the same tokens from
storage.folding, so both find the same articles. Facets (host, language, source) are tokens of their own, in
letters of Unicode's private use that no word can contain: a filter is answered by the index too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, text
from sqlmodel import Session

from storage.codec import storable
from storage.folding import tokens

COLUMNS = ("title", "author", "body", "facet")
GAP = "\ue001"  # stands between texts that no phrase may span
EVERYTHING = "\ue000"  # every article's token: what "all but these" starts from
PREFIXES = {"section": "\ue002", "tag": "\ue003"}
WEIGHTS = {"title": "A", "author": "B", "facet": "C", "body": "D"}
SHORT_TOKENS = 200  # of a title, of all authors, of all tags
SAFE_TOKENS = 3_500  # so many tokens of the longest kind still fit into a tsvector
TSVECTOR_BYTES = 900_000  # PostgreSQL takes a megabyte
TSVECTOR_PLACES = 255  # PostgreSQL keeps so many places of a word
TSVECTOR_POSITIONS = 16_000  # and none beyond 16,383

Row = Mapping[Any, Any]  # SQLAlchemy's rows among them


@dataclass(frozen=True, slots=True)
class Document:
    """An article as tokens, one sequence a column of the index."""

    title: Sequence[str]
    author: Sequence[str]
    body: Sequence[str]
    facet: Sequence[str]


def facet(kind: str, value: str) -> str:
    """Return the token that stands for a property such as ("host", "example.com")."""
    return EVERYTHING + kind[0] + blake2b(f"{kind}:{value}".encode(), digest_size=6).hexdigest()


def document(row: Row) -> Document:
    """Turn a row of `article` (its columns by name) into what is indexed of it."""
    named = [PREFIXES["section"] + word for word in _joined([row["section"]])]
    named += [word if word == GAP else PREFIXES["tag"] + word for word in _joined(row["tags"])]
    return Document(
        title=tokens(storable(row["title"]))[:SHORT_TOKENS],
        author=_joined(row["authors"])[:SHORT_TOKENS],
        body=_fitting(_joined([row["subtitle"], row["description"], row["text"]])),
        facet=[EVERYTHING, *_facets(row), *named[:SHORT_TOKENS]],
    )


def index(session: Session | Connection, rows: Iterable[Row]) -> None:
    """Write the words of articles that were just stored, from their rows; not for a row already indexed."""
    dialect = _dialect(session)
    statement = text(_INSERT[dialect])
    upwards = sorted(
        rows, key=itemgetter("position")
    )  # FTS5 writes out all it has when a key is below the last
    if values := [_values(dialect, row) for row in upwards]:
        session.execute(statement, values)


def unindex(session: Session | Connection, rows: Iterable[Row]) -> None:
    """Take articles out of the index, from their rows as they were when they were indexed."""
    dialect = _dialect(session)
    if values := [_values(dialect, row) for row in rows]:
        session.execute(text(_DELETE[dialect]), values)


_INSERT = {
    "sqlite": "INSERT INTO fulltext (rowid, title, author, body, facet) "
    "VALUES (:position, :title, :author, :body, :facet)",
    "postgresql": "INSERT INTO fulltext (position, words, long) "
    "VALUES (:position, CAST(:words AS tsvector), :long)",
}
_DELETE = {
    "sqlite": "INSERT INTO fulltext (fulltext, rowid, title, author, body, facet) "
    "VALUES ('delete', :position, :title, :author, :body, :facet)",
    "postgresql": "DELETE FROM fulltext WHERE position = :position",
}


def _dialect(session: Session | Connection) -> str:
    bound = session.get_bind() if isinstance(session, Session) else session
    return bound.dialect.name


def _values(dialect: str, row: Row) -> dict[str, Any]:
    indexed = document(row)
    if dialect == "sqlite":
        return {"position": row["position"], **{name: " ".join(getattr(indexed, name)) for name in COLUMNS}}
    words, overflows = _tsvector(indexed)
    return {"position": row["position"], "words": words, "long": _running(indexed) if overflows else None}


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
    if row["source_id"] is not None:
        found.append(facet("source", str(row["source_id"])))
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


def _tsvector(indexed: Document) -> tuple[str, bool]:
    """Write a document as a tsvector, and whether some of its places did not fit into one."""
    places: dict[str, list[str]] = {}
    at = 0
    for name, weight in WEIGHTS.items():
        for word in getattr(indexed, name):
            at += 1
            if word != GAP:
                places.setdefault(word, []).append(f"{at}{weight}")
        at += 1
    overflows = at > TSVECTOR_POSITIONS or any(len(found) > TSVECTOR_PLACES for found in places.values())
    return " ".join(f"'{word}':{','.join(found[:256])}" for word, found in places.items()), overflows


def _running(indexed: Document) -> str:
    """Write all words in a row, for phrases in a text too long for a tsvector's places."""
    return f" {' '.join([*indexed.title, GAP, *indexed.author, GAP, *indexed.body])} "
