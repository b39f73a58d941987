"""Finding articles in the word index, newest first or best first, without ever sorting all that match.

Newest first walks the index from its newest end and stops when the page is full: positions are times.
PostgreSQL does so only for words that are everywhere, and else gathers all that match from its GIN index: a
walk unpacks every article's words on its way, which its planner does not reckon with.
Best first ranks the newest 20,000 matches, by SQLite's bm25 or PostgreSQL's ts_rank: which articles are
found is the same on both databases, their order by relevance is each database's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import Session

from storage import doclists
from storage.doclists import Spans
from storage.grammar import Both, Either, Facet, Node, Search, Without
from storage.matching import condition, match_text, ranking
from storage.models import ARTICLE, SOURCE
from storage.places import EPOCH, SLOTS

RANKED = 20_000
BM25 = "bm25(fulltext, 8.0, 4.0, 1.0, 0.0)"  # title, author, body, facet
TS_WEIGHTS: ColumnElement[object] = literal_column(
    "'{0.125, 0.0, 0.5, 1.0}'::real[]"
)  # body, facet, author, title
LONGEST_ID = 10  # digits, so that it fits into a column of 32 bits
SPREAD = timedelta(hours=25)  # an article of a day without an hour has its place within that day


@dataclass(frozen=True, slots=True)
class Finder:
    """A search made ready for one session: sources are looked up, the database's own words chosen.

    `gathers` is where PostgreSQL is to take all that match from its index before it sorts them by time;
    `spans` is where the lists of its words stand in SQLite's, where filters narrow it.
    """

    session: Session
    where: Node | None
    since: datetime | None
    until: datetime | None
    gathers: bool = False
    spans: Spans = field(default_factory=dict)

    def read_ahead(self) -> None:
        """Read what a walk through all that match will want, where that is quicker than as it comes."""
        if self.where is None or not self.spans:
            return
        ends = select(func.min(ARTICLE.c.position)), select(func.max(ARTICLE.c.position))
        first, last = (self.session.connection().execute(end).scalar() or 0 for end in ends)
        low = first if self.since is None else max(first, _bound(self.since - EPOCH))
        high = last if self.until is None else min(last, _bound(self.until - EPOCH))
        share = max(0, high - low) / max(1, last - first)
        doclists.read_ahead(self.session.connection(), self.where, self.spans, share)

    def newest(self, below: int | None, size: int) -> list[int]:
        """Return up to `size` positions of what may match, newest first, all below the position `below`."""
        query = self._found().order_by(self._position().desc()).limit(size)
        if below is not None:
            query = query.where(self._position() < below)
        return list(self.session.connection().execute(query).scalars())

    def best(self) -> Iterator[int]:
        """Yield positions of what may match, the most relevant first."""
        if self.where is None or not (words := ranking(self.where)):
            return iter(self.newest(None, RANKED))
        newest = self._found().order_by(self._position().desc()).limit(RANKED)
        if self._sqlite:
            inner = newest.add_columns(literal_column(BM25).label("rank")).subquery()
            rank = inner.c.rank.asc()
        else:
            inner = newest.add_columns(column("words")).subquery()
            rank = func.ts_rank(TS_WEIGHTS, inner.c.words, cast(words, TSQUERY), 1).desc()
        query = select(inner.c.position).order_by(rank, inner.c.position.desc())
        return iter(self.session.connection().execute(query).scalars())

    def matching(self, positions: Collection[int]) -> set[int]:
        """Return those of the positions that may match."""
        query = self._found().where(self._position().in_(positions))
        return set(self.session.connection().execute(query).scalars())

    def exactly(self, positions: Sequence[int]) -> Sequence[int]:
        """Return those of the positions that lie within the bounds of time, in their order."""
        if not (tests := self.exact()):
            return positions
        query = select(ARTICLE.c.position).where(ARTICLE.c.position.in_(positions), *tests)
        within = set(self.session.connection().execute(query).scalars())
        return [position for position in positions if position in within]

    def exact(self) -> list[ColumnElement[bool]]:
        """Return the conditions on `article` that what may match must still pass."""
        when = func.coalesce(ARTICLE.c.published_at, ARTICLE.c.first_seen_at)
        tests = []
        if self.since is not None:
            tests.append(when >= bindparam("since", self.since, ARTICLE.c.published_at.type))
        if self.until is not None:
            tests.append(when < bindparam("until", self.until, ARTICLE.c.published_at.type))
        return tests

    @property
    def _sqlite(self) -> bool:
        return self.session.get_bind().dialect.name == "sqlite"

    def _position(self) -> ColumnElement[int]:
        if self.where is None:
            return ARTICLE.c.position
        if self._sqlite:
            return literal_column("fulltext.rowid")
        return literal_column("(fulltext.position + 0)" if self.gathers else "fulltext.position")

    def _found(self) -> Select[Any]:
        query = select(self._position().label("position"))
        if self.since is not None:
            query = query.where(self._position() >= _bound(self.since - EPOCH))
        if self.until is not None:
            query = query.where(self._position() < _bound(self.until - EPOCH + SPREAD))
        if self.where is None:
            return query
        query = query.select_from(table("fulltext"))
        if self._sqlite:
            asked = match_text(self.where, doclists.sizes(self.spans))
            return query.where(literal_column("fulltext").op("MATCH")(asked))
        return query.where(condition(self.where))  # after the bounds, which cost less to look at


def finder(session: Session, search: Search) -> Finder:
    """Make a search ready: `source:` names become the ids of the sources that they mean."""
    where = None if search.where is None else _with_sources(session, search.where)
    gathers = where is not None and _is_rare(session.connection(), where)
    spans = {} if where is None or gathers else _spans(session.connection(), where)
    return Finder(session, where, search.since, search.until, gathers, spans)


def _spans(connection: Connection, where: Node) -> Spans:
    return doclists.survey(connection, where) if connection.dialect.name == "sqlite" else {}


def _is_rare(connection: Connection, where: Node) -> bool:
    """Tell whether PostgreSQL would rather ask its word index for all that match than read the table."""
    if connection.dialect.name == "sqlite":
        return False
    query: Select[Any] = select(literal_column("1")).select_from(table("fulltext")).where(condition(where))
    compiled = query.compile(dialect=connection.dialect)
    plan = connection.exec_driver_sql(f"EXPLAIN {compiled}", compiled.params).scalars()
    return any("Bitmap Heap Scan" in line for line in plan)


def _bound(after_epoch: timedelta) -> int:
    return max(-1, min(int(after_epoch.total_seconds()), 2**35)) * SLOTS


def _with_sources(session: Session, node: Node) -> Node:
    match node:
        case Facet("source", name):
            return Either(tuple(Facet("source", str(one)) for one in _sources(session, name) or [0]))
        case Both(parts):
            return Both(tuple(_with_sources(session, part) for part in parts))
        case Either(parts):
            return Either(tuple(_with_sources(session, part) for part in parts))
        case Without(part):
            return Without(_with_sources(session, part))
        case _:
            return node


def _sources(session: Session, name: str) -> list[int]:
    """Return the ids of the sources that a text means: its id, name, host or URL, else a part of one."""
    if name.isdecimal() and len(name) < LONGEST_ID:
        found = session.connection().execute(select(SOURCE.c.id).where(SOURCE.c.id == int(name))).scalar()
        if found is not None:
            return [found]
    columns = (SOURCE.c.id, SOURCE.c.name, SOURCE.c.host, SOURCE.c.url)
    rows = [
        (row.id, [value.lower() for value in row[1:]])
        for row in session.connection().execute(select(*columns))
    ]
    same = [key for key, texts in rows if name in texts]
    return same or [key for key, texts in rows if any(name in text for text in texts)]
