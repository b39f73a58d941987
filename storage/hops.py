"""Claims that go from host to host: a redirect leads to another host's queue, never past it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from parsers.urls import authority
from storage.database import new_rows
from storage.models import HOST, LINK
from storage.values import Claim, Postponed


def postpone(session: Session, claim: Claim, why: Postponed, now: datetime) -> None:
    """Give a claim back before its end; a lease that was lost meanwhile changes nothing."""
    values: dict[str, Any] = {
        "state": "due", "reason": why.reason, "due_at": why.at or now, "worker": None,
        "attempts": LINK.c.attempts - 1,
    }  # fmt: skip
    if why.location is not None:
        values |= {"location": why.location, "hops": claim.hops + 1, "host": why.host}
        session.connection().execute(new_rows(session, HOST), {"host": why.host, "failures": 0})
    mine = update(LINK).where(LINK.c.id == claim.link_id, LINK.c.worker == claim.worker)
    session.connection().execute(mine.values(values))


def bring_home(session: Session, claims: Iterable[Claim]) -> None:
    """Let links whose claims have come to their ends be asked of their own hosts again."""
    for claim in claims:
        if claim.location is not None:
            mine = update(LINK).where(LINK.c.id == claim.link_id, LINK.c.state != "claimed")
            back = mine.values(location=None, hops=None, host=authority(claim.url))
            session.connection().execute(back)
