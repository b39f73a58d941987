"""What is told: changes after a receiver's place in the stream become messages, kept until acknowledged.

A message's text and id are fixed in the transaction that moves the receiver's place, so that it is the same
however often it is sent; it goes when the receiver acknowledges it. One that fails too often stays as a dead
letter, and the stream goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlmodel import Session

from storage.changes import changes
from storage.codec import compact_json
from storage.database import new_rows
from storage.event_models import DELIVERY, FIRING, RECEIVER
from storage.models import ARTICLE
from storage.receivers import Held, named, put_off
from storage.values import Change
from storage.watches import Match, matches

MOST_CHANGES = 100  # in a message
MOST_BYTES = 512 * 1024  # of a message, unless one change alone takes more
LONGEST_TEXT = 1000  # of a field in a message
MOST_AUTHORS = 20
CHANGED, MATCHED = "cleanwire.articles.changed", "cleanwire.watch.matched"
BRIEF = ("id", "url", "canonical_url", "title", "description", "authors", "host", "site_name", "section",
         "language", "kind", "published_at", "word_count", "status", "version")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be: its type and its JSON text."""

    type: str
    body: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a receiver is to hear of the changes after `after` up to `upto`, and what its watches found."""

    after: int
    upto: int
    messages: tuple[Message, ...] = ()
    fired: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way: `attempts` have been made so far."""

    id: int
    message_id: str
    type: str
    body: str
    attempts: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up: for whom, of which changes, and what went wrong last."""

    id: int
    url: str
    message_id: str
    type: str
    first_seq: int
    last_seq: int
    attempts: int
    error: str | None
    created_at: datetime
    dead_at: datetime


def gather(session: Session, held: Held, now: datetime, limit: int = MOST_CHANGES) -> Gathered | None:
    """Read what comes next for a receiver, at most `limit` changes; None when it has heard of all."""
    after = session.connection().execute(select(RECEIVER.c.seq).where(RECEIVER.c.id == held.id)).scalar()
    found = [] if after is None else list(changes(session, after, limit))
    if after is None or not found:
        return None
    briefs = _briefs(session, found)
    messages = [Message(CHANGED, _body(CHANGED, found, _told(found, briefs)))] if held.all_changes else []
    fired: list[Match] = []
    for watch, query, hits in matches(session, held.id, found, now):
        fired += hits
        data = {"watch": {"id": watch, "query": query}, "matches": [_match(hit, briefs) for hit in hits]}
        messages.append(Message(MATCHED, _body(MATCHED, found, data)))
    if len(found) > 1 and any(len(message.body) > MOST_BYTES for message in messages):
        return gather(session, held, now, len(found) // 2)
    return Gathered(after, found[-1].seq, tuple(messages), tuple(fired))


def _briefs(session: Session, found: Sequence[Change]) -> dict[int, dict[str, Any]]:
    """Write down in short every article that changed, as it stands now."""
    columns = [ARTICLE.c[name] for name in BRIEF]
    query = select(*columns).where(ARTICLE.c.id.in_({change.article_id for change in found}))
    return {row["id"]: _brief(row) for row in session.connection().execute(query).mappings()}


def _brief(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: _short(row[name]) for name in BRIEF}


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(one) for one in value[:MOST_AUTHORS]]
    if isinstance(value, datetime):
        return value.isoformat()
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def _told(found: Sequence[Change], briefs: Mapping[int, Any]) -> dict[str, Any]:
    return {"changes": [_change(change, briefs) for change in found]}


def _change(change: Change, briefs: Mapping[int, Any]) -> dict[str, Any]:
    return {
        "seq": change.seq, "kind": change.kind, "article_id": change.article_id, "version": change.version,
        "at": change.at.isoformat(), "fields": list(change.fields), "article": briefs.get(change.article_id),
    }  # fmt: skip


def _match(match: Match, briefs: Mapping[int, Any]) -> dict[str, Any]:
    return {**_change(match.change, briefs), "version": match.version}


def _body(kind: str, found: Sequence[Change], data: Mapping[str, Any]) -> str:
    """Write a message as Standard Webhooks would have it: type, timestamp (of the last change), data."""
    range_ = {"first_seq": found[0].seq, "last_seq": found[-1].seq}
    return compact_json({"type": kind, "timestamp": found[-1].at.isoformat(), "data": {**range_, **data}})


def enter(session: Session, held: Held, gathered: Gathered, now: datetime) -> bool:
    """Make messages of what was gathered and move the receiver's place; False where the lease was lost."""
    place = update(RECEIVER).where(RECEIVER.c.id == held.id, RECEIVER.c.seq == gathered.after)
    moved = place.where(RECEIVER.c.worker == held.worker).values(seq=gathered.upto)
    if not session.connection().execute(moved).rowcount:
        return False
    fired = [
        {
            "watch_id": match.watch_id, "article_id": match.article_id, "version": match.version,
            "seq": match.change.seq, "at": now,
        }
        for match in gathered.fired
    ]  # fmt: skip
    if fired:
        session.connection().execute(new_rows(session, FIRING), fired)
    for message in gathered.messages:
        row = {
            "receiver_id": held.id, "message_id": f"msg_{uuid4().hex}", "type": message.type,
            "first_seq": gathered.after + 1, "last_seq": gathered.upto, "body": message.body,
            "created_at": now, "attempts": 0,
        }  # fmt: skip
        session.connection().execute(DELIVERY.insert(), row)
    return True


def next_delivery(session: Session, held: Held) -> Delivery | None:
    """Return the earliest message that a receiver has not acknowledged; None when there is none."""
    waiting = select(DELIVERY).where(DELIVERY.c.receiver_id == held.id, DELIVERY.c.dead_at.is_(None))
    row = session.connection().execute(waiting.order_by(DELIVERY.c.id).limit(1)).first()
    return None if row is None else Delivery(row.id, row.message_id, row.type, row.body, row.attempts)


def delivered(session: Session, held: Held, delivery: Delivery, now: datetime) -> None:
    """Let an acknowledged message go; the receiver is well."""
    session.connection().execute(delete(DELIVERY).where(DELIVERY.c.id == delivery.id))
    well = update(RECEIVER).where(RECEIVER.c.id == held.id)
    session.connection().execute(well.values(failures=0, last_error=None, next_at=None, delivered_at=now))


def not_delivered(
    session: Session, delivery: Delivery, error: str, retry_at: datetime, *, dead_at: datetime | None
) -> None:
    """Put a receiver off until `retry_at`; with `dead_at` its message is given up and is a dead letter."""
    row = update(DELIVERY).where(DELIVERY.c.id == delivery.id).returning(DELIVERY.c.receiver_id)
    tried = row.values(attempts=DELIVERY.c.attempts + 1, error=error, dead_at=dead_at)
    receiver = session.connection().execute(tried).scalar()
    if receiver is not None:
        put_off(session, receiver, error, retry_at)


def disable_receiver(session: Session, held: Held, error: str, now: datetime) -> None:
    """Tell a receiver nothing more until it is added again; what waits for it stays."""
    row = update(RECEIVER).where(RECEIVER.c.id == held.id)
    session.connection().execute(row.values(disabled_at=now, last_error=error))


def dead_letters(session: Session) -> list[DeadLetter]:
    """List the messages that were given up, the oldest first."""
    columns = [DELIVERY.c[name] for name in DeadLetter.__dataclass_fields__ if name != "url"]
    query = select(RECEIVER.c.url, *columns).join(RECEIVER, RECEIVER.c.id == DELIVERY.c.receiver_id)
    query = query.where(DELIVERY.c.dead_at.is_not(None)).order_by(DELIVERY.c.id)
    return [DeadLetter(**row) for row in session.connection().execute(query).mappings()]


def replay(session: Session, name: str | None) -> int:
    """Put a dead letter by its number, or all, back in line to be tried at once; gives how many."""
    wanted = DELIVERY.c.dead_at.is_not(None)
    chosen = wanted if name is None else wanted & named(DELIVERY, name)
    back = update(DELIVERY).where(chosen).values(dead_at=None, attempts=0).returning(DELIVERY.c.receiver_id)
    receivers = session.connection().execute(back).scalars().all()
    at_once = update(RECEIVER).where(RECEIVER.c.id.in_(receivers)).values(next_at=None)
    session.connection().execute(at_once)
    return len(receivers)
