"""Is the archive whole? What the databases check themselves, and what only this archive knows of its rows.

All is read in one view of the archive that stands still, so that a check beside writers finds no half of
anyone's work; articles span by span, so that each page of a large archive comes from the disk but once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import zstandard
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError as DriverError
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from storage.database import Database
from storage.invariants import OF_ARTICLES, OF_SQLITE, OF_THE_ARCHIVE, Rule
from storage.ledger_invariants import OF_LINKS, strange_hosts
from storage.models import ARTICLE, SNAPSHOT
from storage.nearness import cluster_faults
from storage.renewal import is_outdated
from storage.rereading import Rereading
from storage.shapes import unreadable, unreadable_rows

BATCH = 100  # snapshots in memory at once
SPAN = 2_000  # articles; as much of an archive as SQLite's cache holds
IN_SPAN = "id > :low AND id <= :high"
LOWEST, HIGHEST = -(2**63), 2**63 - 1
INDEXED = {
    "sqlite": "SELECT id AS position FROM fulltext_docsize",
    "postgresql": "SELECT position FROM fulltext",
}


def faults(database: Database) -> Iterator[str]:
    """Yield one line for every fault of the archive; none when it is whole. Reads all of it."""
    if database.dialect == "sqlite" and (damage := _sqlite_faults(database)):
        yield from damage
        return  # what a damaged file says of its rows means nothing
    with database.read() as session:
        yield from _broken(session, OF_THE_ARCHIVE)
        yield from _broken(session, OF_SQLITE if database.dialect == "sqlite" else ())
        yield from _broken(session, OF_LINKS)
        yield from strange_hosts(session.connection())
        unindexed = list(_broken(session, _index_rules(database.dialect)))
        yield from unindexed
        if outdated := is_outdated(session):
            yield "word index: other rules than today's made it: `cleanwire upkeep` makes it anew"
        illegible = list(unreadable(session, but=ARTICLE))
        yield from illegible
        yield from _article_faults(session, legible=not illegible, words=not (unindexed or outdated))
        yield from _snapshot_faults(session)


def _article_faults(session: Session, *, legible: bool, words: bool) -> Iterator[str]:
    """Read every article once, span by span; where anything cannot be read, nothing is held against it."""
    with Rereading(session, words=words) as rereading:
        for low, high in _spans(session):
            yield from _broken(session, OF_ARTICLES, low=low, high=high)
            odd = list(unreadable_rows(session, ARTICLE, IN_SPAN, low=low, high=high))
            yield from odd
            legible = legible and not odd
            yield from rereading.read(low, high) if legible else ()
        yield from rereading.end() if legible else ()
    if legible:
        yield from cluster_faults(session.connection())


def _spans(session: Session) -> Iterator[tuple[int, int]]:
    """Part all numbers that an article may have into spans, each of at most SPAN articles."""
    last = select(ARTICLE.c.id).order_by(ARTICLE.c.id).offset(SPAN - 1).limit(1)
    low = LOWEST
    while (high := session.connection().execute(last.where(ARTICLE.c.id > low)).scalar()) is not None:
        yield low, high
        low = high
    yield low, HIGHEST


def _broken(session: Session, rules: Iterable[Rule], **span: int) -> Iterator[str]:
    for rule in rules:
        for row in session.connection().execute(text(rule.query), span).mappings():
            yield rule.fault.format_map(row)


def _index_rules(dialect: str) -> tuple[Rule, Rule]:
    """Word index and articles agree on who is there."""
    indexed = INDEXED[dialect]
    return (
        Rule(
            "article {id}: it is not in the word index",
            f"SELECT a.id FROM article a LEFT JOIN ({indexed}) f ON f.position = a.position "  # noqa: S608 - constants
            "WHERE f.position IS NULL ORDER BY a.id",
        ),
        Rule(
            "word index: no article stands at its position {position}",
            f"SELECT f.position FROM ({indexed}) f LEFT JOIN article a ON a.position = f.position "  # noqa: S608 - the same
            "WHERE a.position IS NULL ORDER BY f.position",
        ),
    )


def _sqlite_faults(database: Database) -> list[str]:
    """Ask SQLite about its file, its references and its word index."""
    found = []
    with database.alone() as connection:
        try:
            said = connection.execute(text("PRAGMA integrity_check")).scalars()
            found += [f"SQLite: {line}" for line in said if line != "ok"]
            for row in connection.execute(text("PRAGMA foreign_key_check")):
                found.append(f"{row[0]}: row {row[1]} refers to a {row[2]} that does not exist")
            connection.execute(text("INSERT INTO fulltext (fulltext) VALUES ('integrity-check')"))
        except OperationalError:
            raise  # the disk or a lock, not what is in the file
        except DriverError as error:
            found.append(f"SQLite: {error.orig}")
    return found


def _snapshot_faults(session: Session) -> Iterator[str]:
    """Unpack every snapshot, as they lie on the disk, and compare it with its hash and size."""
    query = select(SNAPSHOT.c.hash, SNAPSHOT.c.size, SNAPSHOT.c.content)
    unpacker = zstandard.ZstdDecompressor()
    for row in session.connection().execute(query, execution_options={"yield_per": BATCH}):
        try:
            content = unpacker.decompress(row.content)
        except (zstandard.ZstdError, TypeError):  # SQLite may hold a text there
            yield f"snapshot {row.hash}: it cannot be unpacked"
            continue
        if hashlib.sha256(content).hexdigest() != row.hash or len(content) != row.size:
            yield f"snapshot {row.hash}: its bytes are not those it is named after"
