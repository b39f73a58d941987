"""Today's parser over yesterday's snapshots: which articles wait for it, and what becomes of a new reading.

An article remembers the parser that read it (`parser_version`) and when (`parsed_at`), so what is left to do
is found again after any interruption: what another parser has read, or today's before it was learned what is
furniture of that host. Only the current version is read anew: older ones stay as they were seen. An article
whose snapshot retention has let go keeps what was read of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, update
from sqlmodel import Session

from parsers import Draft, Page, parser_version
from parsers.furniture import strip
from storage import furniture, identity, snapshots
from storage.changes import take_turn
from storage.codec import compact_json, draft_columns, hints_from_json, kept_content
from storage.comparison import Verdict, compare
from storage.damage import Illegible
from storage.models import ARTICLE, ATTEMPT, LINK, SNAPSHOT
from storage.upkeep_models import FURNITURE
from storage.writer import Kept, Writer


@dataclass(frozen=True, slots=True)
class Waiting:
    """Articles that are to be read anew: `pages` of them with their snapshot, `lost` without it."""

    pages: int
    lost: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An article's current version with the page that it was read from, as that arrived.

    `damage` says why the page's bytes cannot be read, "" where they can.
    """

    article_id: int
    version: int
    snapshot_hash: str
    content: Mapping[str, Any]
    provenance: Mapping[str, Any]
    page: Page
    furniture: frozenset[str] = frozenset()
    damage: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A stored article read anew: how its fields differ; `draft` is None where nothing at all does."""

    article_id: int
    version: int
    snapshot_hash: str
    url: str
    differences: Mapping[str, Verdict]
    draft: Draft | None


@dataclass(frozen=True, slots=True)
class Applied:
    """What writing readings came to: new versions, articles that read the same, those that had moved on."""

    revised: int = 0
    same: int = 0
    moved_on: int = 0


def waiting(session: Session) -> Waiting:
    """Count the articles that are to be read anew."""
    has_page = select(SNAPSHOT.c.hash).where(SNAPSHOT.c.hash == ARTICLE.c.snapshot_hash).exists()
    unread = select(func.count()).select_from(ARTICLE).where(_is_unread())
    pages = session.connection().execute(unread.where(has_page)).scalar_one()
    return Waiting(pages, session.connection().execute(unread).scalar_one() - pages)


def unread_ids(session: Session, after: int, limit: int) -> list[int]:
    """Name the next articles above id `after` that have their snapshot and are to be read anew."""
    query = select(ARTICLE.c.id).join(SNAPSHOT, SNAPSHOT.c.hash == ARTICLE.c.snapshot_hash)
    query = query.where(_is_unread(), ARTICLE.c.id > after)
    return list(session.connection().execute(query.order_by(ARTICLE.c.id).limit(limit)).scalars())


def _is_unread() -> ColumnElement[bool]:
    since = and_(FURNITURE.c.host == ARTICLE.c.host, FURNITURE.c.learned_at > ARTICLE.c.parsed_at)
    return or_(ARTICLE.c.parser_version != parser_version(), select(FURNITURE.c.host).where(since).exists())


def stored_articles(session: Session, ids: Sequence[int]) -> list[Stored]:
    """Return these articles with their pages, in order; those whose snapshot is gone are left out."""
    query = select(ARTICLE, SNAPSHOT.c.content_type.label("content_type"))
    query = query.join(SNAPSHOT, SNAPSHOT.c.hash == ARTICLE.c.snapshot_hash).where(ARTICLE.c.id.in_(ids))
    rows = session.connection().execute(query.order_by(ARTICLE.c.id)).mappings().all()
    arrivals = _arrivals(session, [row["id"] for row in rows])
    learned = furniture.of_hosts(session, {row["host"] for row in rows})
    return [
        _stored(session, row, arrivals.get((row["id"], row["snapshot_hash"])), learned.get(row["host"]))
        for row in rows
    ]


def _arrivals(session: Session, article_ids: Sequence[int]) -> dict[tuple[int, str], Any]:
    """Find how each snapshot of these articles first arrived: its address, headers and hints."""
    query: Select[Any] = select(
        LINK.c.article_id, LINK.c.url.label("found_url"), LINK.c.hints,
        ATTEMPT.c.snapshot_hash, ATTEMPT.c.url, ATTEMPT.c.status, ATTEMPT.c.headers,
    ).join(ATTEMPT, ATTEMPT.c.link_id == LINK.c.id)  # fmt: skip
    query = query.where(LINK.c.article_id.in_(article_ids), ATTEMPT.c.snapshot_hash.is_not(None))
    rows = session.connection().execute(query.order_by(ATTEMPT.c.id.desc())) if article_ids else ()
    return {(row.article_id, row.snapshot_hash): row for row in rows}


def _stored(session: Session, row: Mapping[Any, Any], arrival: Any, learned: frozenset[str] | None) -> Stored:
    content, damage = b"", ""
    try:
        content = snapshots.content(session, row["snapshot_hash"]) or b""
    except Illegible as error:
        damage = str(error)
    known: dict[str, Any] = {} if arrival is None else {
        "url": arrival.url or arrival.found_url, "status": arrival.status,
        "headers": tuple((name, value) for name, value in arrival.headers or ()),
        "hints": hints_from_json(arrival.hints),
    }  # fmt: skip
    page = Page(**{
        "url": row["url"], "content": content, "content_type": row["content_type"],
        "fetched_at": row["fetched_at"], "original_url": row["original_url"], **known,
    })  # fmt: skip
    fields = (row["id"], row["version"], row["snapshot_hash"], kept_content(row), row["provenance"])
    return Stored(*fields, page, learned or frozenset(), damage)


def read_anew(stored: Stored, draft: Draft) -> Reading:
    """Compare what today's parser reads on a page with what is stored of it; pure."""
    draft = strip(draft, stored.furniture)
    columns = draft_columns(draft)
    after, provenance = json.loads(compact_json([kept_content(columns), columns["provenance"]]))
    differences = compare(stored.content, after)
    same = not differences and provenance == stored.provenance
    same = same and after["word_count"] == stored.content["word_count"]
    about = (stored.article_id, stored.version, stored.snapshot_hash, stored.page.url)
    return Reading(*about, differences, None if same else draft)


def apply(session: Session, readings: Sequence[Reading], now: datetime) -> Applied:
    """Write readings in the session's one transaction: a new version where fields differ, else its reader.

    An article that has got another version since it was read is left for the next run; so is no link touched.
    """
    writer = Writer(session, take_turn(session), now, parser_version())
    query = select(ARTICLE).where(ARTICLE.c.id.in_([reading.article_id for reading in readings]))
    rows = {row["id"]: dict(row) for row in session.connection().execute(query).mappings()}
    current = [one for one in readings if _is_current(one, rows.get(one.article_id))]
    revised = [one for one in current if one.differences]
    same = [one for one in current if not one.differences]
    for reading in revised:
        _revise(writer, Kept(rows[reading.article_id]), reading)
    _mark_read(session, same, now)
    writer.flush()
    writer.finish()
    return Applied(len(revised), len(same), len(readings) - len(current))


def _is_current(reading: Reading, row: Mapping[Any, Any] | None) -> bool:
    if row is None:
        return False
    return (row["version"], row["snapshot_hash"]) == (reading.version, reading.snapshot_hash)


def _revise(writer: Writer, kept: Kept, reading: Reading) -> None:
    assert reading.draft is not None  # noqa: S101 - it differs
    keys = identity.address_keys(reading.draft, reading.url, reading.url)
    writer.reparse(kept, reading.draft, list(reading.differences), keys)


def _mark_read(session: Session, same: Sequence[Reading], now: datetime) -> None:
    """Note which parser read these; what a reader cannot see of it (provenance) is renewed in place."""
    marks = {"parser_version": parser_version(), "parsed_at": now}
    statement = update(ARTICLE).where(ARTICLE.c.id == bindparam("key")).values(marks)
    if ids := [{"key": one.article_id} for one in same if one.draft is None]:
        session.connection().execute(statement, ids)
    columns: dict[str, Any] = {name: bindparam(name) for name in ("provenance", "word_count")}
    if rows := [_unseen(one.article_id, one.draft) for one in same if one.draft is not None]:
        session.connection().execute(statement.values(columns), rows)


def _unseen(article_id: int, draft: Draft) -> dict[str, Any]:
    columns = draft_columns(draft)
    return {"key": article_id, "provenance": columns["provenance"], "word_count": columns["word_count"]}
