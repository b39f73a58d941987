"""The tables of events going out (receivers, deliveries, watches, firings) and coming in (subscriptions)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Table
from sqlmodel import Field

from storage.models import LONG, Row, Utc, Words, words


class ReceiverRow(Row, table=True):
    """Who is told of changes at `url`: up to `seq`, every change is delivered or stands in `delivery`."""

    __tablename__ = "receiver"
    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(sa_type=Words, unique=True)
    secret: str = words()
    all_changes: bool
    seq: int = Field(sa_type=LONG)
    added_at: datetime = Field(sa_type=Utc)
    delivered_at: datetime | None = Field(sa_type=Utc)
    failures: int = 0
    last_error: str | None = words()
    next_at: datetime | None = Field(sa_type=Utc)
    disabled_at: datetime | None = Field(sa_type=Utc)
    worker: str | None = words()
    lease_until: datetime | None = Field(sa_type=Utc)


class DeliveryRow(Row, table=True):
    """A message for a receiver: to be delivered in the order of `id`, or a dead letter since `dead_at`."""

    __tablename__ = "delivery"
    id: int | None = Field(default=None, primary_key=True, sa_type=LONG)
    receiver_id: int = Field(foreign_key="receiver.id", ondelete="CASCADE")
    message_id: str = Field(sa_type=Words, unique=True)
    type: str = words()
    first_seq: int = Field(sa_type=LONG)
    last_seq: int = Field(sa_type=LONG)
    body: str = words()
    created_at: datetime = Field(sa_type=Utc)
    attempts: int = 0
    error: str | None = words()
    dead_at: datetime | None = Field(sa_type=Utc)


class WatchRow(Row, table=True):
    """A saved search as typed, for changes after `since`; upkeep has let `fired_before` firings go."""

    __tablename__ = "watch"
    id: int | None = Field(default=None, primary_key=True)
    receiver_id: int = Field(foreign_key="receiver.id", ondelete="CASCADE", index=True)
    query: str = words()
    since: int = Field(sa_type=LONG)
    added_at: datetime = Field(sa_type=Utc)
    fired_before: int = 0


class FiringRow(Row, table=True):
    """A watch has told of this version of this article, because of change `seq`: never again."""

    __tablename__ = "firing"
    watch_id: int = Field(foreign_key="watch.id", ondelete="CASCADE", primary_key=True)
    article_id: int = Field(primary_key=True, sa_type=LONG)
    version: int = Field(primary_key=True)
    seq: int = Field(sa_type=LONG)
    at: datetime = Field(sa_type=Utc)


class SubscriptionRow(Row, table=True):
    """A hub that a source's feed advertises (WebSub), and how far we are with it; `due_at` is the next step.

    `token` is the last part of the callback's address, which nobody can guess.
    """

    __tablename__ = "subscription"
    id: int | None = Field(default=None, primary_key=True)
    source_id: int | None = Field(default=None, foreign_key="source.id", ondelete="SET NULL", index=True)
    topic: str = words()
    hub: str = words()
    token: str = Field(sa_type=Words, unique=True)
    secret: str = words()
    state: str = words()
    asked_at: datetime | None = Field(sa_type=Utc)
    lease_until: datetime | None = Field(sa_type=Utc)
    pushed_at: datetime | None = Field(sa_type=Utc)
    due_at: datetime = Field(sa_type=Utc)
    failures: int = 0
    last_error: str | None = words()


def _table(name: str) -> Table:
    return Row.metadata.tables[name]


RECEIVER, DELIVERY, WATCH = _table("receiver"), _table("delivery"), _table("watch")
FIRING, SUBSCRIPTION = _table("firing"), _table("subscription")

Index("delivery_receiver", DELIVERY.c.receiver_id, DELIVERY.c.id)
