"""What an event bus is to hear: the range of changes since it last heard, and sources on their state's turn.

The bus has a place in the change stream like any receiver, so that one process tells it, once, and what it
missed while it was down is told when it is back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session

from storage.changes import changes, last_seq
from storage.event_models import RECEIVER
from storage.models import ARTICLE, SOURCE
from storage.receivers import BUS, Held, enter_receiver, is_due

MOST_CHANGES = 10_000  # in one range
MOST_SOURCES = 50  # named with a range
MOST_TURNS = 50  # told at a time


@dataclass(frozen=True, slots=True)
class SourceName:
    """A source as an event names it."""

    id: int
    url: str
    name: str
    host: str


@dataclass(frozen=True, slots=True)
class ChangeRange:
    """The changes `first` to `last`, counted by kind, and the sources of their articles (at most 50)."""

    first: int
    last: int
    kinds: Mapping[str, int]
    sources: tuple[SourceName, ...]


@dataclass(frozen=True, slots=True)
class SourceTurn:
    """A source that began to fail, or answers again; `at` is when it was last polled."""

    source: SourceName
    failing: bool
    failures: int
    error: str | None
    at: datetime | None
    due_at: datetime | None


def lease_bus(session: Session, now: datetime, *, worker: str, until: datetime) -> Held | None:
    """Lease the bus's place in the stream when there is something to tell; None when not, or another has it.

    A bus that is new here hears of what happens from now on.
    """
    enter_receiver(session, BUS, "", now, all_changes=False)
    news = RECEIVER.c.seq < last_seq(session)
    query = select(RECEIVER).where(RECEIVER.c.url == BUS, is_due(now), news | _turned().exists())
    row = session.connection().execute(query.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    taken = update(RECEIVER).where(RECEIVER.c.id == row.id).values(worker=worker, lease_until=until)
    session.connection().execute(taken)
    return Held(row.id, row.url, row.secret, row.all_changes, worker)


def bus_has_news(session: Session, now: datetime) -> bool:
    """Tell, without a lock, whether there is something to tell the bus, or the bus is new."""
    row = (
        session.connection().execute(select(RECEIVER.c.seq, is_due(now)).where(RECEIVER.c.url == BUS)).first()
    )
    if row is None:
        return True
    turned = session.connection().execute(_turned().limit(1)).first() is not None
    return bool(row[1]) and (row.seq < last_seq(session) or turned)


def next_range(session: Session, held: Held) -> ChangeRange | None:
    """Sum up the changes that the bus has not heard of, at most 10,000; None when there is none."""
    after = session.connection().execute(select(RECEIVER.c.seq).where(RECEIVER.c.id == held.id)).scalar_one()
    found = list(changes(session, after, MOST_CHANGES))
    if not found:
        return None
    kinds = Counter(change.kind for change in found)
    return ChangeRange(found[0].seq, found[-1].seq, dict(sorted(kinds.items())), _sources(session, found))


def _sources(session: Session, found: Collection[Any]) -> tuple[SourceName, ...]:
    """Name the sources of the articles that changed, newest changes first."""
    ids = [change.article_id for change in reversed(list(found))][:500]
    theirs = select(ARTICLE.c.source_id).where(ARTICLE.c.id.in_(ids))
    query = _named().where(SOURCE.c.id.in_(theirs)).order_by(SOURCE.c.id).limit(MOST_SOURCES)
    return tuple(SourceName(*row) for row in session.connection().execute(query))


def _named() -> Any:
    return select(SOURCE.c.id, SOURCE.c.url, SOURCE.c.name, SOURCE.c.host)


def source_turns(session: Session) -> list[SourceTurn]:
    """List sources whose state the bus has not heard of, at most 50."""
    rows = session.connection().execute(_turned().order_by(SOURCE.c.id).limit(MOST_TURNS))
    return [
        SourceTurn(
            SourceName(row.id, row.url, row.name, row.host), row.failures > 0, row.failures,
            row.last_error, row.polled_at, row.due_at,
        )
        for row in rows
    ]  # fmt: skip


def _turned() -> Any:
    failing: ColumnElement[bool] = SOURCE.c.failures > 0
    return select(SOURCE).where(failing != SOURCE.c.told_failing)


def announced(
    session: Session, held: Held, told: ChangeRange | None, turns: Collection[SourceTurn], now: datetime
) -> None:
    """Write down what the bus has heard, unless another worker has told it meanwhile."""
    row = update(RECEIVER).where(RECEIVER.c.id == held.id, RECEIVER.c.worker == held.worker)
    values = {"failures": 0, "last_error": None, "next_at": None, "delivered_at": now}
    if told is not None:
        values["seq"] = told.last
    if session.connection().execute(row.values(values)).rowcount:
        for turn in turns:
            heard = update(SOURCE).where(SOURCE.c.id == turn.source.id).values(told_failing=turn.failing)
            session.connection().execute(heard)
