"""The tables of what upkeep learns and renews."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.models import Row, Utc, words


class FurnitureRow(Row, table=True):
    """A block, folded, that repeats across a publisher's pages: it is left out of what is read there."""

    __tablename__ = "furniture"
    host: str = words(key=True)
    block: str = words(key=True)
    pages: int
    learned_at: datetime = Field(sa_type=Utc)


class MadeByRow(Row, table=True):
    """By which rules a part of the archive was made; upkeep makes it anew when today's are others."""

    __tablename__ = "made_by"
    part: str = words(key=True)
    rules: str = words()


FURNITURE, MADE_BY = (Row.metadata.tables[name] for name in ("furniture", "made_by"))
