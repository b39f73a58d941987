"""What was named and never became a page to fetch or read: the ledger remembers it, and the rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session

from storage.inserting import insert_rows
from storage.ledger import enter_alone
from storage.membership import one_of
from storage.models import ATTEMPT, LINK

NOBODY = "-"  # stands as the worker: no claim was needed to find it out


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """An address that could not be worked: the state in which it ends, and the rule."""

    url: str
    state: str
    reason: str


def turn_away(session: Session, ends: Sequence[TurnedAway], now: datetime) -> None:
    """Enter these addresses as links at their ends, each with the try that found it out.

    One that the ledger knows keeps its article; one in a worker's hands keeps its state.
    """
    enter_alone(session)
    connection = session.connection()
    last = {one.url: one for one in ends}
    links = [
        {"url": one.url, "host": "", "state": one.state, "reason": one.reason, "discovered_at": now,
         "checked_at": now, "attempts": 0}
        for one in last.values()
    ]  # fmt: skip
    insert_rows(connection, LINK, links, known_stay=True)
    for one in last.values():
        mine = update(LINK).where(LINK.c.url == one.url, LINK.c.worker.is_(None))
        end = {"state": one.state, "reason": one.reason, "due_at": None, "checked_at": now}
        connection.execute(mine.values(**end))
    query = select(LINK.c.url, LINK.c.id, LINK.c.article_id).where(one_of(connection, LINK.c.url, last))
    known = {row.url: row for row in connection.execute(query)}
    tries = [
        {"link_id": known[one.url].id, "at": now, "worker": NOBODY, "state": one.state, "reason": one.reason,
         "article_id": known[one.url].article_id}
        for one in ends
    ]  # fmt: skip
    insert_rows(connection, ATTEMPT, tries)
