"""The change stream: what happened to articles, in the order in which it was committed.

A sequence alone shows gaps: number 7 may be committed before number 6, and a reader who has seen 7 would
never look for 6 again. So numbers come from a row of `counter` that a writer locks before it reads and holds
until it commits: number N+1 cannot be given out before N is visible or rolled back, and a rollback gives
N back. On SQLite BEGIN IMMEDIATE does the same. The lock also makes writers of articles take turns, on which
identity.py and clusters.py rely; fetching and parsing happen outside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from storage.damage import Illegible
from storage.models import CHANGE, COUNTER
from storage.values import Change

PAGE = 1000
TURNS = ("article", "change")  # what a writer of articles counts


def take_turn(session: Session) -> dict[str, int]:
    """Wait until no other writer is at work and return the counters; the turn ends with the transaction."""
    query = select(COUNTER.c.name, COUNTER.c.value).where(COUNTER.c.name.in_(TURNS))
    query = query.order_by(COUNTER.c.name).with_for_update()
    found = {name: value for name, value in session.connection().execute(query)}  # noqa: C416 - mypy reads it
    if len(found) < len(TURNS):
        raise Illegible("a row of the table counter is missing")
    return found


def set_counters(session: Session, values: Mapping[str, int]) -> None:
    """Write down the last numbers that were given out; only within one's turn."""
    statement = update(COUNTER).where(COUNTER.c.name == bindparam("key")).values(value=bindparam("last"))
    rows = [{"key": name, "last": value} for name, value in sorted(values.items())]
    session.connection().execute(statement, rows)


def changes(session: Session, since: int = 0, limit: int | None = None) -> Iterator[Change]:
    """Yield the changes after number `since` in order, reading a thousand at a time."""
    left = limit
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        query = select(CHANGE).where(CHANGE.c.seq > since).order_by(CHANGE.c.seq).limit(size)
        rows = session.connection().execute(query).all()
        yield from (_change(row) for row in rows)
        if len(rows) < size:
            return
        since = rows[-1].seq
        left = None if left is None else left - size


def last_seq(session: Session) -> int:
    """Return the number of the newest change, 0 when there is none."""
    found = session.connection().execute(select(COUNTER.c.value).where(COUNTER.c.name == "change"))
    return int(found.scalar_one())


def _change(row: Any) -> Change:
    return Change(
        seq=row.seq, kind=row.kind, article_id=row.article_id, version=row.version, at=row.at,
        fields=tuple(row.fields),
    )  # fmt: skip
