"""The files that a source's index leads to: how each is asked on condition, and which are still owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlmodel import Field, Session

from storage.models import Row, Utc, words


class SourceFileRow(Row, table=True):
    """A file that an index leads to, as last asked: its `error`, how often in a row, when it is due."""

    __tablename__ = "source_file"
    source_id: int = Field(foreign_key="source.id", ondelete="CASCADE", primary_key=True)
    number: int = Field(primary_key=True)
    url: str = words()
    above: str = words()
    changed: str | None = words()
    etag: str | None = words()
    last_modified: str | None = words()
    error: str | None = words()
    failures: int = 0
    due_at: datetime | None = Field(sa_type=Utc)


FILE = Row.metadata.tables["source_file"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the index at `above`, which says that it `changed` then (in the index's own words).

    `etag` and `last_modified` belong to its last answer; one with an `error` is owed: it could not be had,
    `failures` times in a row, and is not asked before `due_at`.
    """

    url: str
    above: str
    changed: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    error: str | None = None
    failures: int = 0
    due_at: datetime | None = None


def files_of(session: Session, source: int) -> list[SourceFile]:
    """Give the files that are remembered of a source, in the order they were kept in."""
    names = [FILE.c[name] for name in SourceFile.__dataclass_fields__]
    query = select(*names).where(FILE.c.source_id == source).order_by(FILE.c.number)
    return [SourceFile(*row) for row in session.connection().execute(query)]


def keep_files(session: Session, source: int, files: Sequence[SourceFile]) -> None:
    """Remember these files of a source in place of those that were remembered before."""
    session.connection().execute(delete(FILE).where(FILE.c.source_id == source))
    rows = [{"source_id": source, "number": number, **asdict(one)} for number, one in enumerate(files)]
    if rows:
        session.connection().execute(insert(FILE), rows)
