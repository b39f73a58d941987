"""What hosts say in their robots.txt, kept between runs: it is asked for once a day, not once a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, delete, insert, select
from sqlmodel import Field, Session

from storage.models import Row, Utc, words


class RobotsRow(Row, table=True):
    """A robots.txt as it was last read, by the origin it stands for; empty where there is none."""

    __tablename__ = "robots"
    origin: str = words(key=True)
    asked_at: datetime = Field(sa_type=Utc)
    etag: str | None = words()
    last_modified: str | None = words()
    content: bytes = Field(sa_type=LargeBinary)


ROBOTS = Row.metadata.tables["robots"]


@dataclass(frozen=True, slots=True)
class Noted:
    """A robots.txt that was asked for at `asked_at`, and the validators to send next time."""

    asked_at: datetime
    content: bytes = b""
    etag: str | None = None
    last_modified: str | None = None


def noted(session: Session, origin: str) -> Noted | None:
    """Give what an origin (`https://example.com`) said last; None where it was never asked."""
    row = session.connection().execute(select(ROBOTS).where(ROBOTS.c.origin == origin)).first()
    return None if row is None else Noted(row.asked_at, row.content, row.etag, row.last_modified)


def note(session: Session, origin: str, said: Noted) -> None:
    """Keep what an origin says in place of what it said before."""
    session.connection().execute(delete(ROBOTS).where(ROBOTS.c.origin == origin))
    values = {"asked_at": said.asked_at, "etag": said.etag, "last_modified": said.last_modified}
    session.connection().execute(insert(ROBOTS).values(origin=origin, content=said.content, **values))
