"""Hubs that tell us what is new in a feed (WebSub, W3C Recommendation 2018), and how far we are with each.

A subscription is `wanted` when its feed names a hub, `asked` once the hub has been asked, `active` from its
verification until the lease ends, `denied` when the hub will not, and `leaving` when its source is gone: it
is given up once the hub has verified that too, or does not answer. One step is due at `due_at`, and whoever
takes it moves that on in the same transaction, so that no two processes take it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, delete, select, update
from sqlmodel import Session

from storage.event_models import SUBSCRIPTION
from storage.models import SOURCE

State = Literal["wanted", "asked", "active", "denied", "leaving"]
PATIENCE = timedelta(minutes=5)  # for a hub's verification; doubled each time it does not come
LONGEST_PAUSE = timedelta(days=1)
DENIED_PAUSE = timedelta(days=7)
SHORTEST_LEASE, LONGEST_LEASE = 60, 90 * 86400  # seconds
RENEWED_AFTER = 0.8  # of a lease
FAREWELLS = 3  # times that a hub is asked to let us go


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as people see it: no secret, and nothing of the callback."""

    id: int
    source: str | None
    topic: str
    hub: str
    state: State
    lease_until: datetime | None
    pushed_at: datetime | None
    due_at: datetime
    failures: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """What a hub is to be asked: `mode` is subscribe or unsubscribe."""

    id: int
    mode: Literal["subscribe", "unsubscribe"]
    hub: str
    topic: str
    token: str
    secret: str


@dataclass(frozen=True, slots=True)
class Callback:
    """What a push at a callback's address is judged by."""

    id: int
    source_id: int | None
    topic: str
    secret: str
    state: State


def advertise(session: Session, source: int, hub: str, topic: str, now: datetime) -> None:
    """Want what a source's feed names; a hub or topic that it names no longer is left."""
    mine = SUBSCRIPTION.c.source_id == source
    row = session.connection().execute(select(SUBSCRIPTION).where(mine)).first()
    if row is not None and (row.hub, row.topic) == (hub, topic):
        return
    session.connection().execute(update(SUBSCRIPTION).where(mine).values(source_id=None, due_at=now))
    wanted = {
        "source_id": source, "topic": topic, "hub": hub, "token": secrets.token_urlsafe(32),
        "secret": secrets.token_urlsafe(32), "state": "wanted", "due_at": now, "failures": 0,
    }  # fmt: skip
    session.connection().execute(SUBSCRIPTION.insert(), wanted)


def take_steps(session: Session, now: datetime) -> list[Step]:
    """Take what is due, oldest first; a step that leads to nothing is due again later and later."""
    _leave(session, now)
    due = select(SUBSCRIPTION).where(SUBSCRIPTION.c.due_at <= now).order_by(SUBSCRIPTION.c.due_at)
    return [_take(session, row, now) for row in session.connection().execute(_for_me(due))]


def _for_me(query: Any) -> Any:
    return query.with_for_update(skip_locked=True)


def _leave(session: Session, now: datetime) -> None:
    """Turn from hubs whose source is gone, and forget those that do not let us go or never had us."""
    orphans = SUBSCRIPTION.c.source_id.is_(None)
    never = SUBSCRIPTION.c.state == "wanted"
    session.connection().execute(delete(SUBSCRIPTION).where(orphans, never))
    asked = and_(SUBSCRIPTION.c.asked_at.is_not(None), SUBSCRIPTION.c.failures >= FAREWELLS - 1)
    in_vain = and_(SUBSCRIPTION.c.state == "leaving", asked, SUBSCRIPTION.c.due_at <= now)
    session.connection().execute(delete(SUBSCRIPTION).where(in_vain))
    leaving = update(SUBSCRIPTION).where(orphans, SUBSCRIPTION.c.state != "leaving")
    fresh = {"state": "leaving", "due_at": now, "failures": 0, "asked_at": None, "last_error": None}
    session.connection().execute(leaving.values(fresh))


def _take(session: Session, row: Any, now: datetime) -> Step:
    failures = row.failures + (row.asked_at is not None)
    pause = min(PATIENCE * 2 ** min(failures, 20), LONGEST_PAUSE)
    lapsed = row.state == "active" and row.lease_until is not None and row.lease_until <= now
    state = "asked" if row.state in {"wanted", "denied"} or lapsed else row.state
    values = {"asked_at": now, "due_at": now + pause, "failures": failures, "state": state}
    if failures and row.last_error is None:
        values["last_error"] = "the hub has not verified what it was asked"
    session.connection().execute(update(SUBSCRIPTION).where(SUBSCRIPTION.c.id == row.id).values(values))
    mode: Any = "unsubscribe" if state == "leaving" else "subscribe"
    return Step(row.id, mode, row.hub, row.topic, row.token, row.secret)


def not_asked(session: Session, step: Step, error: str) -> None:
    """Write down why a hub could not be asked; it is asked again when the step is due."""
    row = update(SUBSCRIPTION).where(SUBSCRIPTION.c.id == step.id)
    session.connection().execute(row.values(last_error=error))


def verified(session: Session, token: str, mode: str, topic: str, lease: int, now: datetime) -> bool:
    """Agree to what a hub wants verified if it is what was asked for, `lease` in seconds; else False.

    An active subscription is confirmed as often as the hub asks (WebSub, 5: hubs may reconfirm).
    """
    query = select(SUBSCRIPTION).where(SUBSCRIPTION.c.token == token, SUBSCRIPTION.c.topic == topic)
    row = session.connection().execute(query).first()
    if row is None:
        return False
    if mode == "unsubscribe" and row.state == "leaving":
        session.connection().execute(delete(SUBSCRIPTION).where(SUBSCRIPTION.c.id == row.id))
        return True
    if mode != "subscribe" or row.state not in {"asked", "active"}:
        return False
    seconds = max(SHORTEST_LEASE, min(lease, LONGEST_LEASE))
    values = {
        "state": "active", "asked_at": None, "failures": 0, "last_error": None,
        "lease_until": now + timedelta(seconds=seconds),
        "due_at": now + timedelta(seconds=seconds * RENEWED_AFTER),
    }  # fmt: skip
    session.connection().execute(update(SUBSCRIPTION).where(SUBSCRIPTION.c.id == row.id).values(values))
    return True


def denied(session: Session, token: str, topic: str, reason: str, now: datetime) -> bool:
    """Take a hub's denial, at whatever time it comes; False where there is no such subscription."""
    mine = (SUBSCRIPTION.c.token == token) & (SUBSCRIPTION.c.topic == topic)
    row = update(SUBSCRIPTION).where(mine, SUBSCRIPTION.c.state != "leaving")
    values = {"state": "denied", "last_error": reason, "asked_at": None, "due_at": now + DENIED_PAUSE}
    return session.connection().execute(row.values(values)).rowcount > 0


def callback(session: Session, token: str) -> Callback | None:
    """Find the subscription that a callback's address belongs to; None for an address we never gave."""
    names = (SUBSCRIPTION.c[name] for name in Callback.__dataclass_fields__)
    row = session.connection().execute(select(*names).where(SUBSCRIPTION.c.token == token)).first()
    return None if row is None else Callback(*row)


def pushed(session: Session, subscription: int, now: datetime) -> None:
    """Note that a hub has told us something."""
    row = update(SUBSCRIPTION).where(SUBSCRIPTION.c.id == subscription)
    session.connection().execute(row.values(pushed_at=now))


def subscriptions(session: Session) -> list[Subscription]:
    """List every subscription with its source's address, in the order they were wanted."""
    names = [SUBSCRIPTION.c[name] for name in Subscription.__dataclass_fields__ if name != "source"]
    query = select(SOURCE.c.url.label("source"), *names)
    query = query.select_from(SUBSCRIPTION).outerjoin(SOURCE, SOURCE.c.id == SUBSCRIPTION.c.source_id)
    rows = session.connection().execute(query.order_by(SUBSCRIPTION.c.id)).mappings()
    return [Subscription(**row) for row in rows]
