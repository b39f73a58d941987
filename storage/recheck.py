"""Which stored pages are looked at again, and when: young articles often, old ones seldom, then no more.

What is due is made due in the ledger, a few pages a host at a time, so that rechecks never pile up; claim()
takes pages that nobody has seen yet before those that are only looked at again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, update
from sqlmodel import Session

from storage.models import ARTICLE, LINK
from storage.places import wanted_position

INTERVALS = (  # articles younger than the first are looked at as often as the second says
    (timedelta(hours=3), timedelta(minutes=15)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(weeks=1), timedelta(hours=3)),
    (timedelta(days=30), timedelta(days=3)),
)
OLDEST = INTERVALS[-1][0]
MOST = 5_000  # links made due in one transaction
REASON = "it may have changed and is looked at again"
SEEN = ("stored", "revised", "unchanged")


def interval(age: timedelta) -> timedelta | None:
    """Say how long an article of this age is left alone between two looks; None when it is for good."""
    return next((pause for limit, pause in INTERVALS if age < limit), None)


def make_due(session: Session, now: datetime, budget: int) -> int:
    """Make due the articles' links whose time to be looked at again has come, and say how many.

    At most `budget` known pages of a host wait at a time, the youngest articles' first.
    """
    waiting = _waiting(now).subquery()
    chosen = _overdue(now).subquery()
    room = budget - func.coalesce(waiting.c.links, 0)
    query = select(chosen.c.id).outerjoin(waiting, waiting.c.host == chosen.c.host)
    query = query.where(chosen.c.turn <= room).order_by(chosen.c.turn, chosen.c.id).limit(MOST)
    idle = and_(LINK.c.id.in_(query), LINK.c.worker.is_(None), LINK.c.due_at.is_(None))
    again = update(LINK).where(idle).values(state="due", reason=REASON, due_at=now)
    return session.connection().execute(again).rowcount


def _waiting(now: datetime) -> Select[Any]:
    """Count each host's pages that are known already and wait, or are in hand."""
    query = select(LINK.c.host, func.count().label("links"))
    known = and_(LINK.c.article_id.is_not(None), LINK.c.host != "")
    return query.where(known, or_(LINK.c.due_at <= now, LINK.c.worker.is_not(None))).group_by(LINK.c.host)


def _overdue(now: datetime) -> Select[Any]:
    """Give each host's overdue links in turn: the youngest articles first, then what waits longest."""
    told = ARTICLE.c.published_at <= ARTICLE.c.first_seen_at  # a time to come, or none, tells nothing
    born = case((told, ARTICLE.c.published_at), else_=ARTICLE.c.first_seen_at)
    band = case(*((born > now - limit, number) for number, (limit, _) in enumerate(INTERVALS)))
    due = or_(*(
        and_(band == number, LINK.c.checked_at <= now - pause)
        for number, (_, pause) in enumerate(INTERVALS)
    ))  # fmt: skip
    turn = func.row_number().over(partition_by=LINK.c.host, order_by=(band, LINK.c.checked_at, LINK.c.id))
    query = select(LINK.c.id, LINK.c.host, turn.label("turn"))
    query = query.join(ARTICLE, ARTICLE.c.id == LINK.c.article_id)
    return query.where(ARTICLE.c.position >= _first_position(now), due, _may_change(), ~_another())


def _first_position(now: datetime) -> int:
    """Give the place in the order of time below which every article is too old (see places.py)."""
    oldest = {"published_at": now - OLDEST, "published_precision": "second"}
    return wanted_position(oldest, 0)


def _may_change() -> Any:
    """Match pages of the web that are at rest: those that were read, and those that are gone for now."""
    gone = and_(LINK.c.state == "failed", ARTICLE.c.status == "removed")
    at_rest = and_(LINK.c.due_at.is_(None), LINK.c.worker.is_(None))
    return and_(LINK.c.host != "", at_rest, or_(LINK.c.state.in_(SEEN), gone))


def _another() -> Any:
    """Match articles that an earlier link stands for."""
    other = LINK.alias()
    earlier = and_(other.c.article_id == LINK.c.article_id, other.c.id < LINK.c.id, other.c.host != "")
    return select(other.c.id).where(earlier, other.c.state.in_([*SEEN, "due", "claimed"])).exists()
