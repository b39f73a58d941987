"""How events fare, out and in: receivers and their dead letters, watches, hubs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from storage.event_models import RECEIVER, WATCH
from storage.receivers import BUS, receivers
from storage.subscriptions import subscriptions

SHOWN = 20


@dataclass(frozen=True, slots=True)
class FailingReceiver:
    """A receiver that does not take what it is told, is disabled, or has dead letters."""

    id: int
    url: str
    behind: int
    dead: int
    failures: int
    last_error: str | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class FailingSubscription:
    """A hub that did not do what it was asked, or denied it."""

    topic: str
    hub: str
    state: str
    failures: int
    last_error: str


@dataclass(frozen=True, slots=True)
class EventHealth:
    """Receivers, watches and subscriptions by number, and those that people should look at (at most 20).

    `bus_error` is why Prefect's bus has not heard of the newest changes, where it has not.
    """

    receivers: int
    dead_letters: int
    failing_receivers: tuple[FailingReceiver, ...]
    watches: int
    subscriptions: dict[str, int]
    failing_subscriptions: tuple[FailingSubscription, ...]
    bus_error: str | None


def event_health(session: Session) -> EventHealth:
    """Look events over."""
    told, hubs = receivers(session), subscriptions(session)
    connection = session.connection()
    return EventHealth(
        receivers=len(told),
        dead_letters=sum(one.dead for one in told),
        failing_receivers=tuple(
            FailingReceiver(
                one.id, one.url, one.behind, one.dead, one.failures, one.last_error, one.disabled_at
            )
            for one in told
            if one.failures or one.dead or one.disabled_at
        )[:SHOWN],
        watches=connection.execute(select(func.count()).select_from(WATCH)).scalar_one(),
        subscriptions=dict(sorted(Counter(one.state for one in hubs).items())),
        failing_subscriptions=tuple(
            FailingSubscription(one.topic, one.hub, one.state, one.failures, one.last_error)
            for one in hubs
            if one.last_error
        )[:SHOWN],
        bus_error=connection.execute(select(RECEIVER.c.last_error).where(RECEIVER.c.url == BUS)).scalar(),
    )
