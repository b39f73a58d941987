"""Letting old snapshots go, by age and by count, as each source asks; articles and their history stay.

A source with `keep_days` lets pages go that were first stored more than so many days ago; one with
`keep_count` all but the newest so many of its pages. That holds for the page of a current version too: its
text stays, but today's parser cannot read it anew. Bytes that several sources share go when each lets them
go; a page that came without a source, or from one that sets neither, stays for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlmodel import Session

from storage.changes import take_turn
from storage.models import ATTEMPT, COUNTER, LINK, SNAPSHOT, SOURCE
from storage.snapshots import note_missing
from storage.sources import is_named

BATCH = 500  # snapshots let go in one transaction


def set_retention(session: Session, name: str, days: int | None, count: int | None) -> bool:
    """Set how many days and pages a source keeps, None for all; False where there is no such source."""
    changed = update(SOURCE).where(is_named(name)).values(keep_days=days, keep_count=count)
    return session.connection().execute(changed).rowcount > 0


def outlived(session: Session, now: datetime) -> list[str]:
    """Return the hashes of all snapshots that every source which has them lets go by now, sorted."""
    kept_days = select(SOURCE.c.keep_days).where(SOURCE.c.keep_days.is_not(None)).distinct()
    days = list(session.connection().execute(kept_days).scalars())
    counted = select(SOURCE.c.id).where(SOURCE.c.keep_count.is_not(None)).limit(1)
    if not days and session.connection().execute(counted).first() is None:
        return []
    seen = select(LINK.c.source_id, ATTEMPT.c.snapshot_hash.label("hash")).distinct()
    seen = seen.join(ATTEMPT, ATTEMPT.c.link_id == LINK.c.id).where(ATTEMPT.c.snapshot_hash.is_not(None))
    had = seen.subquery()
    newest_first = (SNAPSHOT.c.stored_at.desc(), had.c.hash)
    place = func.row_number().over(partition_by=had.c.source_id, order_by=newest_first).label("place")
    ranked = select(had, SNAPSHOT.c.stored_at, place).join(SNAPSHOT, SNAPSHOT.c.hash == had.c.hash).subquery()
    goes = case((_lets_go(ranked, days, now), 1), else_=0)
    query = select(ranked.c.hash).outerjoin(SOURCE, SOURCE.c.id == ranked.c.source_id)
    query = query.group_by(ranked.c.hash).having(func.min(goes) == 1).order_by(ranked.c.hash)
    return list(session.connection().execute(query).scalars())


def _lets_go(ranked: Any, days: Sequence[int], now: datetime) -> ColumnElement[bool]:
    aged = [
        and_(SOURCE.c.keep_days == number, ranked.c.stored_at < now - timedelta(days=number))
        for number in days
    ]
    return or_(and_(SOURCE.c.keep_count.is_not(None), ranked.c.place > SOURCE.c.keep_count), *aged)


def last_attempt(session: Session) -> int:
    """Return the number of the newest attempt, 0 when there is none."""
    return session.connection().execute(select(func.max(ATTEMPT.c.id))).scalar() or 0


def let_go(session: Session, hashes: Sequence[str], since: int) -> int:
    """Delete snapshots and return how many; one that an attempt after number `since` has met again stays."""
    take_turn(session)  # who saves pages takes turns too: no page of these can be on its way in unseen
    met = select(ATTEMPT.c.snapshot_hash).where(ATTEMPT.c.id > since, ATTEMPT.c.snapshot_hash.is_not(None))
    gone = delete(SNAPSHOT).where(SNAPSHOT.c.hash.in_(hashes), SNAPSHOT.c.hash.not_in(met))
    count = session.connection().execute(gone).rowcount
    note_missing(session, COUNTER.c.value + count)
    return count
