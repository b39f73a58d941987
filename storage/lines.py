"""The archive's own JSON Lines: an article a line, with its versions, its changes, its addresses and links.

A line is the article's fields as presets.own() writes them, plus `revisions` (content null for the current
one), `changes`, `addresses` (keys, see identity.py), `source` with its settings, `links` (every link that led
to the article, with its state and its `tries`) and `other_sources` (of links that another source found):
enough to make the same archive of them, and to answer `why` there. An archive that is made of lines writes
the same lines again, byte by byte. Not in them are the pages' bytes with their headers (see warc.py; headers
of every look at a page would be most of a line), links that led to no article, sources without any, and what
workers hold: a claimed link is written as it will be given back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any, BinaryIO

from sqlalchemy import Table, select
from sqlmodel import Session

from storage.codec import compact_json
from storage.membership import one_of
from storage.models import ADDRESS, ARTICLE, ATTEMPT, CHANGE, LINK, REVISION, SOURCE
from storage.presets import PRESETS, Preset, own
from storage.values import Article

BATCH = 200
SOURCE_FIELDS = (
    "id", "url", "kind", "name", "host", "language", "active", "poll_seconds", "added_at", "links_found",
    "keep_days", "keep_count", "attributes",
)  # fmt: skip
LINK_FIELDS = (
    "url", "original_url", "source_id", "state", "reason", "hints", "discovered_at", "due_at", "checked_at",
    "attempts", "etag", "last_modified", "snapshot_hash", "location", "hops", "follow",
)  # fmt: skip
_NOT_TOLD = ("article_id", "position")  # where a version stood is for cursors, which are none elsewhere
REVISION_FIELDS, CHANGE_FIELDS = (
    [column.name for column in table.columns if column.name not in _NOT_TOLD] for table in (REVISION, CHANGE)
)
TRY_FIELDS = (
    "at", "worker", "state", "reason", "url", "status", "snapshot_hash", "article_id", "version",
    "fetched_at",
)  # fmt: skip
Rows = Mapping[int, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the archive knows of a few articles beside their fields: rows by article, tries by link."""

    positions: Mapping[int, int]
    revisions: Rows
    changes: Rows
    addresses: Rows
    links: Rows
    tries: Rows
    sources: Mapping[int, dict[str, Any]]


def write_lines(session: Session, articles: Iterable[Article], out: BinaryIO) -> int:
    """Write articles with their whole history and return how many, two hundred in memory at a time."""
    count = 0
    left = iter(articles)
    while group := list(islice(left, BATCH)):
        beside = _beside(session, group)
        out.writelines(compact_json(_record(article, beside)).encode() + b"\n" for article in group)
        count += len(group)
    return count


def write_preset(articles: Iterable[Article], out: BinaryIO, preset: Preset) -> int:
    """Write articles in the form of another tool, one a line, and return how many."""
    count = 0
    for article in articles:
        out.write(compact_json(PRESETS[preset](article)).encode() + b"\n")
        count += 1
    return count


def _beside(session: Session, group: Sequence[Article]) -> _Beside:
    """Read what belongs to a few articles, a query a table."""
    ids = [article.id for article in group]
    links = _grouped(session, LINK, "article_id", ids, "id")
    found = [link for rows in links.values() for link in rows]
    wanted = {one.source_id for one in (*group, *found)} - {None}
    places = session.connection().execute(
        select(ARTICLE.c.id, ARTICLE.c.position).where(ARTICLE.c.id.in_(ids))
    )
    return _Beside(
        positions={key: position for key, position in places},  # noqa: C416 - mypy reads it
        revisions=_grouped(session, REVISION, "article_id", ids, "version"),
        changes=_grouped(session, CHANGE, "article_id", ids, "seq"),
        addresses=_grouped(session, ADDRESS, "article_id", ids, "key"),
        links=links,
        tries=_grouped(session, ATTEMPT, "link_id", [link.id for link in found], "id"),
        sources=_sources(session, [key for key in wanted if key is not None]),
    )


def _grouped(session: Session, table: Table, by: str, keys: Sequence[int], order: str) -> Rows:
    query = select(table).where(one_of(session.connection(), table.c[by], keys))
    rows = session.connection().execute(query.order_by(table.c[by], table.c[order]))
    return {key: list(found) for key, found in groupby(rows, key=lambda row: int(getattr(row, by)))}


def _sources(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    query = select(SOURCE).where(one_of(session.connection(), SOURCE.c.id, ids))
    return {row.id: _fields(row, SOURCE_FIELDS) for row in session.connection().execute(query)}


def _record(article: Article, beside: _Beside) -> dict[str, Any]:
    links = beside.links.get(article.id, ())
    others = sorted({link.source_id for link in links} - {None, article.source_id})
    record = own(article)
    record |= {
        "provenance": _in_order(record["provenance"]),
        "position": beside.positions[article.id],
        "source": beside.sources.get(article.source_id or 0),
        "addresses": [row.key.hex() for row in beside.addresses.get(article.id, ())],
        "revisions": [_fields(row, REVISION_FIELDS) for row in beside.revisions.get(article.id, ())],
        "changes": [_fields(row, CHANGE_FIELDS) for row in beside.changes.get(article.id, ())],
        "links": [_link(link, beside.tries.get(link.id, ())) for link in links],
    }
    return record | {"other_sources": [beside.sources[key] for key in others]} if others else record


def _link(link: Any, tries: Sequence[Any]) -> dict[str, Any]:
    """Write a link, without what is not told of it; a claimed one as it is given back to the ledger."""
    told = _fields(link, LINK_FIELDS)
    if link.state == "claimed":
        told |= {"state": "due", "due_at": told["discovered_at"], "attempts": max(0, link.attempts - 1)}
    return _sparse(told) | {"tries": [_sparse(_fields(one, TRY_FIELDS)) for one in tries]}


def _sparse(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}


def _fields(row: Any, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, datetime) else _in_order(value)
        for name, value in values.items()
    }


def _in_order(value: Any) -> Any:
    """Put the names of JSON objects in order: PostgreSQL has its own, SQLite keeps theirs."""
    if isinstance(value, dict):
        return {name: _in_order(value[name]) for name in sorted(value)}
    return [_in_order(item) for item in value] if isinstance(value, list) else value
