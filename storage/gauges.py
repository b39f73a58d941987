"""What is measured of the archive again and again: each number comes from an index or a small table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from storage.models import ATTEMPT, CHANGE, LINK, SOURCE
from storage.retention import last_attempt

MOST_SOURCES = 200  # with more of them, none is told by name


@dataclass(frozen=True, slots=True)
class SourceGauge:
    """One source: links it has found, and polls that failed in a row."""

    id: int
    links: int
    failures: int


@dataclass(frozen=True, slots=True)
class Gauges:
    """The queue (links due, links in hand, since when the oldest waits), the newest change, the sources."""

    due: int
    claimed: int
    oldest_due_at: datetime | None
    newest_change_at: datetime | None
    changes: int
    sources: tuple[SourceGauge, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """How far the attempts of other processes are counted, and the newest at the last look, by number."""

    counted: int = 0
    newest: int = 0


def now_at(session: Session) -> Place:
    """Give the place from which what is to come is counted."""
    newest = last_attempt(session)
    return Place(newest, newest)


def ends_elsewhere(session: Session, place: Place, here: str) -> tuple[dict[str, int], Place]:
    """Count by state the pages' ends since a place, save those of workers whose names begin with `here`.

    PostgreSQL gives numbers out before the commit, so there the newest are left for the next look.
    """
    newest = last_attempt(session)
    upto = place.newest if session.get_bind().dialect.name == "postgresql" else newest
    query = select(ATTEMPT.c.state, func.count()).group_by(ATTEMPT.c.state)
    query = query.where(ATTEMPT.c.id > place.counted, ATTEMPT.c.id <= upto)
    query = query.where(~ATTEMPT.c.worker.startswith(here, autoescape=True))
    found = {state: count for state, count in session.connection().execute(query)}  # noqa: C416 - mypy reads it
    return found, Place(upto, newest)


def gauges(session: Session, now: datetime) -> Gauges:
    """Measure the archive; no sources where there are more than MOST_SOURCES."""
    connection = session.connection()
    waiting = LINK.c.due_at.is_not(None) & LINK.c.worker.is_(None) & (LINK.c.due_at <= now)
    due = connection.execute(select(func.count(), func.min(LINK.c.due_at)).where(waiting)).one()
    held = select(func.count()).select_from(LINK).where(LINK.c.worker.is_not(None))
    newest = connection.execute(
        select(CHANGE.c.seq, CHANGE.c.at).order_by(CHANGE.c.seq.desc()).limit(1)
    ).first()
    query = select(SOURCE.c.id, SOURCE.c.links_found, SOURCE.c.failures).order_by(SOURCE.c.id)
    rows = connection.execute(query.limit(MOST_SOURCES + 1)).all()
    return Gauges(
        due=due[0],
        claimed=connection.execute(held).scalar_one(),
        oldest_due_at=due[1],
        newest_change_at=newest.at if newest else None,
        changes=newest.seq if newest else 0,
        sources=tuple(SourceGauge(*row) for row in rows) if len(rows) <= MOST_SOURCES else (),
    )
