"""The tables by which near copies are found (see clusters.py)."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field

from storage.models import LONG, Row


class BandRow(Row, table=True):
    """What near copies share: six values of each article's MinHash (see clusters.py)."""

    __tablename__ = "band"
    value: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    article_id: int = Field(primary_key=True, sa_type=LONG)


class BandNewRow(Row, table=True):
    """The same of the articles that came last: they move into `band` bit by bit."""

    __tablename__ = "band_new"
    value: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    article_id: int = Field(primary_key=True, sa_type=LONG)


BAND, BAND_NEW = (Row.metadata.tables[name] for name in ("band", "band_new"))
