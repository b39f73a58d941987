"""Who is told of changes, each at a URL of their own, and who works at telling them now.

A receiver is leased like a host in the ledger: whoever delivers to it holds its row until `lease_until`, so
that no two processes deliver to one receiver at a time, and a killed one's receivers come back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlmodel import Session

from storage.changes import last_seq
from storage.database import new_rows
from storage.event_models import DELIVERY, RECEIVER, WATCH

BUS = "prefect:"  # the receiver that stands for Prefect's event bus; it has no secret and no watch
HIGHEST_DIGITS = 9  # of a number on the command line


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver as people see it: no secret; `waiting` and `dead` count its messages, `seq` is acknowledged.

    `watches` are the ids of the watches that tell it; `all_changes` says that it hears of every change.
    """

    id: int
    url: str
    all_changes: bool
    watches: tuple[int, ...]
    seq: int
    behind: int
    waiting: int
    dead: int
    failures: int
    last_error: str | None
    added_at: datetime
    delivered_at: datetime | None
    next_at: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A receiver that one worker delivers to now, with what signs the messages."""

    id: int
    url: str
    secret: str
    all_changes: bool
    worker: str


def add_receiver(
    session: Session, url: str, secret: str, now: datetime, *, all_changes: bool
) -> tuple[int, bool]:
    """Keep a receiver, told of what happens from now on; gives its id and whether it is new.

    One that is known keeps its secret and its place in the stream, and is told again if it was disabled.
    """
    found = enter_receiver(session, url, secret, now, all_changes=all_changes)
    if found is not None:
        return found, True
    known = update(RECEIVER).where(RECEIVER.c.url == url).values(failures=0, next_at=None, disabled_at=None)
    if all_changes:
        known = known.values(all_changes=True)
    return session.connection().execute(known.returning(RECEIVER.c.id)).scalar_one(), False


def enter_receiver(
    session: Session, url: str, secret: str, now: datetime, *, all_changes: bool
) -> int | None:
    """Keep a receiver that is new, and give its id; None, and nothing changes, for one that is known."""
    row = {
        "url": url, "secret": secret, "all_changes": all_changes, "seq": last_seq(session), "added_at": now,
        "failures": 0,
    }  # fmt: skip
    entered = new_rows(session, RECEIVER).values(row).returning(RECEIVER.c.id)
    return session.connection().execute(entered).scalar()


def set_secret(session: Session, receiver_id: int, secret: str) -> None:
    """Sign what a receiver is sent from now on with another secret."""
    row = update(RECEIVER).where(RECEIVER.c.id == receiver_id)
    session.connection().execute(row.values(secret=secret))


def remove_receiver(session: Session, name: str) -> bool:
    """Forget a receiver and its messages; False where none is told, ValueError where watches tell it."""
    found = session.connection().execute(select(RECEIVER.c.id).where(named(RECEIVER, name))).scalar()
    if found is None:
        return False
    query = select(WATCH.c.id).where(WATCH.c.receiver_id == found).order_by(WATCH.c.id)
    if watches := list(session.connection().execute(query).scalars()):
        raise ValueError(", ".join(map(str, watches)))
    session.connection().execute(delete(RECEIVER).where(RECEIVER.c.id == found))
    return True


def named(table: Any, name: str) -> ColumnElement[bool]:
    """Choose a row by its number, or where it has one by its address."""
    number = int(name) if name.isascii() and name.isdigit() and len(name) <= HIGHEST_DIGITS else -1
    return or_(table.c.url == name, table.c.id == number) if "url" in table.c else table.c.id == number


def receivers(session: Session) -> list[Receiver]:
    """List every receiver of webhooks, in the order they were added."""
    waiting, dead = _counted(DELIVERY.c.dead_at.is_(None)), _counted(DELIVERY.c.dead_at.is_not(None))
    first = select(func.min(DELIVERY.c.first_seq))
    first = first.where(DELIVERY.c.receiver_id == RECEIVER.c.id, DELIVERY.c.dead_at.is_(None))
    query = select(RECEIVER, waiting, dead, first.scalar_subquery())
    rows = session.connection().execute(query.where(RECEIVER.c.url != BUS).order_by(RECEIVER.c.id)).all()
    telling: dict[int, list[int]] = {}
    for watch, told in session.connection().execute(select(WATCH.c.id, WATCH.c.receiver_id)):
        telling.setdefault(told, []).append(watch)
    newest = last_seq(session)
    return [_receiver(row, tuple(sorted(telling.get(row.id, ()))), newest) for row in rows]


def _counted(condition: ColumnElement[bool]) -> Any:
    counted = select(func.count()).where(DELIVERY.c.receiver_id == RECEIVER.c.id, condition)
    return counted.scalar_subquery()


def _receiver(row: Any, watches: tuple[int, ...], newest: int) -> Receiver:
    *_, waiting, dead, first = row
    seq = row.seq if first is None else min(row.seq, first - 1)
    return Receiver(
        row.id, row.url, row.all_changes, watches, seq, newest - seq, waiting, dead, row.failures,
        row.last_error, row.added_at, row.delivered_at, row.next_at, row.disabled_at,
    )  # fmt: skip


def lease_receivers(session: Session, now: datetime, *, worker: str, until: datetime) -> list[Held]:
    """Lease every receiver that is due, has something to hear and is nobody else's, and give them."""
    waits = exists().where(DELIVERY.c.receiver_id == RECEIVER.c.id, DELIVERY.c.dead_at.is_(None))
    news = or_(RECEIVER.c.seq < last_seq(session), waits)
    query = select(RECEIVER).where(RECEIVER.c.url != BUS, is_due(now), news)
    rows = list(session.connection().execute(query.with_for_update(skip_locked=True, of=RECEIVER)))
    taken = update(RECEIVER).where(RECEIVER.c.id.in_([row.id for row in rows]))
    session.connection().execute(taken.values(worker=worker, lease_until=until))
    return [Held(row.id, row.url, row.secret, row.all_changes, worker) for row in rows]


def is_due(now: datetime) -> ColumnElement[bool]:
    """Choose receivers that may be told now and that nobody holds."""
    free = or_(RECEIVER.c.lease_until.is_(None), RECEIVER.c.lease_until <= now)
    ready = or_(RECEIVER.c.next_at.is_(None), RECEIVER.c.next_at <= now)
    return and_(RECEIVER.c.disabled_at.is_(None), free, ready)


def anything_due(session: Session, now: datetime) -> bool:
    """Tell, without a lock, whether there is a receiver to lease."""
    waits = exists().where(DELIVERY.c.receiver_id == RECEIVER.c.id, DELIVERY.c.dead_at.is_(None))
    news = or_(RECEIVER.c.seq < last_seq(session), waits)
    query = select(RECEIVER.c.id).where(RECEIVER.c.url != BUS, is_due(now), news).limit(1)
    return session.connection().execute(query).first() is not None


def renew_receiver(session: Session, held: Held, until: datetime) -> bool:
    """Hold a receiver until then; False when the lease was lost meanwhile, or the receiver removed."""
    mine = update(RECEIVER).where(RECEIVER.c.id == held.id, RECEIVER.c.worker == held.worker)
    return session.connection().execute(mine.values(lease_until=until)).rowcount > 0


def release_receiver(session: Session, held: Held) -> None:
    """End a worker's lease of a receiver."""
    mine = update(RECEIVER).where(RECEIVER.c.id == held.id, RECEIVER.c.worker == held.worker)
    session.connection().execute(mine.values(worker=None, lease_until=None))


def put_off(session: Session, receiver_id: int, error: str, retry_at: datetime) -> None:
    """Count a failure: nobody tells this receiver anything before `retry_at`."""
    row = update(RECEIVER).where(RECEIVER.c.id == receiver_id)
    values = {"failures": RECEIVER.c.failures + 1, "last_error": error, "next_at": retry_at}
    session.connection().execute(row.values(values))


def delivering_workers(session: Session) -> list[str]:
    """Name every worker that holds a receiver."""
    query = select(RECEIVER.c.worker).where(RECEIVER.c.worker.is_not(None)).distinct()
    return [name for name in session.connection().execute(query).scalars() if name]


def free_receivers(session: Session, workers: Iterable[str]) -> None:
    """End the leases of workers that are dead."""
    theirs = update(RECEIVER).where(RECEIVER.c.worker.in_(list(workers)))
    session.connection().execute(theirs.values(worker=None, lease_until=None))
