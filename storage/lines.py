"""The archive's own JSON Lines: an article a line, with its versions, its changes and its addresses.

A line is the article's fields as presets.own() writes them, plus `revisions` (content null for the current
one), `changes`, `addresses` (keys, see identity.py) and `source`: enough to make the same archive of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any, BinaryIO

from sqlalchemy import Table, select
from sqlmodel import Session

from storage.codec import compact_json
from storage.models import ADDRESS, ARTICLE, CHANGE, REVISION, SOURCE
from storage.presets import PRESETS, Preset, own
from storage.values import Article

BATCH = 200
SOURCE_FIELDS = ("url", "kind", "name", "host", "language")


def write_lines(session: Session, articles: Iterable[Article], out: BinaryIO) -> int:
    """Write articles with their whole history and return how many, two hundred in memory at a time."""
    count = 0
    left = iter(articles)
    while group := list(islice(left, BATCH)):
        out.writelines(compact_json(record).encode() + b"\n" for record in _records(session, group))
        count += len(group)
    return count


def write_preset(articles: Iterable[Article], out: BinaryIO, preset: Preset) -> int:
    """Write articles in the form of another tool, one a line, and return how many."""
    count = 0
    for article in articles:
        out.write(compact_json(PRESETS[preset](article)).encode() + b"\n")
        count += 1
    return count


def _records(session: Session, group: Sequence[Article]) -> Iterator[dict[str, Any]]:
    ids = [article.id for article in group]
    revisions = _by_article(session, REVISION, ids, ("version",))
    changes = _by_article(session, CHANGE, ids, ("seq",))
    addresses = _by_article(session, ADDRESS, ids, ("key",))
    sources = _sources(session, {article.source_id for article in group} - {None})
    found = session.connection().execute(
        select(ARTICLE.c.id, ARTICLE.c.position).where(ARTICLE.c.id.in_(ids))
    )
    positions = {key: position for key, position in found}  # noqa: C416 - mypy reads it
    for article in group:
        yield {
            **own(article),
            "position": positions[article.id],
            "source": sources.get(article.source_id),
            "addresses": [row["key"].hex() for row in addresses.get(article.id, ())],
            "revisions": [_written(row) for row in revisions.get(article.id, ())],
            "changes": [_written(row) for row in changes.get(article.id, ())],
        }


def _by_article(
    session: Session, table: Table, ids: Sequence[int], order: Sequence[str]
) -> dict[int, list[Any]]:
    query = select(table).where(table.c.article_id.in_(ids)).order_by(table.c.article_id, *order)
    rows = session.connection().execute(query).mappings()
    return {key: list(found) for key, found in groupby(rows, key=lambda row: int(row["article_id"]))}


def _sources(session: Session, ids: Iterable[int | None]) -> dict[int | None, dict[str, Any]]:
    query = select(SOURCE).where(SOURCE.c.id.in_(list(ids)))
    rows = session.connection().execute(query).mappings()
    return {row["id"]: {name: row[name] for name in SOURCE_FIELDS} for row in rows}


def _written(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
        if name != "article_id"
    }
