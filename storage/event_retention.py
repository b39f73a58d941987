"""Letting go what told of events: dead letters that nobody replays, and firings that nothing can repeat."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, update
from sqlmodel import Session

from storage.event_models import DELIVERY, FIRING, RECEIVER, WATCH
from storage.models import CHANGE

KEPT = timedelta(days=90)  # dead letters, and firings of watches


def forget_letters(session: Session, now: datetime) -> int:
    """Delete the messages that were given up longer ago than KEPT, and return how many."""
    old = delete(DELIVERY).where(DELIVERY.c.dead_at < now - KEPT)
    return session.connection().execute(old).rowcount


def forget_firings(session: Session, now: datetime) -> int:
    """Delete the firings older than KEPT, and return how many; their watches keep count of them.

    A firing stays while its receiver has still to hear of a change up to that version, since the watch would
    tell of it twice; and so does each watch's newest, by which people know when it fired.
    """
    place = select(RECEIVER.c.seq).join(WATCH, WATCH.c.receiver_id == RECEIVER.c.id)
    place = place.where(WATCH.c.id == FIRING.c.watch_id)
    unheard = select(CHANGE.c.seq).where(
        CHANGE.c.article_id == FIRING.c.article_id, CHANGE.c.version <= FIRING.c.version,
        CHANGE.c.seq > place.correlate(FIRING).scalar_subquery(),
    )  # fmt: skip
    others = FIRING.alias()
    newest = select(func.max(others.c.at)).where(others.c.watch_id == FIRING.c.watch_id).scalar_subquery()
    old = delete(FIRING).where(FIRING.c.at < now - KEPT, FIRING.c.at < newest, ~unheard.exists())
    gone = Counter(session.connection().execute(old.returning(FIRING.c.watch_id)).scalars())
    if gone:
        watch = update(WATCH).where(WATCH.c.id == bindparam("watch"))
        counted = watch.values(fired_before=WATCH.c.fired_before + bindparam("times"))
        rows = [{"watch": one, "times": times} for one, times in gone.items()]
        session.connection().execute(counted, rows)
    return gone.total()
