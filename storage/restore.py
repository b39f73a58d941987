"""The archive's own JSON Lines back into an archive (see lines.py for what a line holds)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from storage import clusters, fulltext, snapshots
from storage.band_models import BAND
from storage.changes import set_counters, take_turn
from storage.database import new_rows
from storage.ledger import enter_alone
from storage.line_rows import BadLineError, Record, read_lines
from storage.models import ADDRESS, ARTICLE, CHANGE, REVISION
from storage.places import place, wanted_position
from storage.restore_ledger import LedgerRestorer

BATCH = 200
RENUMBERED = (  # by way of numbers below nought, which none has that is still to be moved
    """UPDATE change SET seq = -n.place
    FROM (SELECT seq AS old, row_number() OVER (ORDER BY seq) AS place FROM change) AS n
    WHERE change.seq = n.old""",
    "UPDATE change SET seq = -seq",
)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many articles came in, and how many were left out because the archive has one at their address."""

    articles: int = 0
    known: int = 0


@dataclass(slots=True)
class _Restorer:
    """What one import carries along: the numbers given out, and whether those in the lines can be kept.

    `edited` says that some line's marks were not those of its text, so that its cluster may be another.
    """

    session: Session
    counters: dict[str, int]
    ledger: LedgerRestorer
    fresh: bool
    edited: bool = False


def import_lines(session: Session, lines: Iterable[str | bytes], now: datetime) -> Imported:
    """Bring in articles with their versions, changes, sources and links, in the session's one transaction.

    An archive that is empty becomes the same archive: ids and change numbers are kept. Where the lines are a
    part of one only, changes are numbered without holes and clusters made of those that are there. Into any
    other, articles come under new numbers, and those whose address is known are left out, so that doing it
    twice changes nothing. Links that lines tell nothing of (an earlier Cleanwire wrote them) are entered as
    found at `now`, by this import. Raises BadLineError, and then nothing has come in.
    """
    enter_alone(session)  # before the turn, as whoever enters links alone has that alone
    counters = take_turn(session)
    fresh = not any(counters.values())
    restorer = _Restorer(session, counters, LedgerRestorer(session, now, fresh=fresh), fresh)
    numbered = enumerate(lines, 1)
    articles = known = 0
    while batch := list(islice(numbered, BATCH)):
        records = read_lines(batch)
        new = list(_unknown(session, records))
        try:
            _bring_in(restorer, new)
        except IntegrityError:
            which = f"lines {batch[0][0]} to {batch[-1][0]}"
            raise BadLineError(f"{which}: one of them has an id or a change's number twice") from None
        articles += len(new)
        known += len(records) - len(new)
    if fresh:
        _close_ranks(restorer)
    set_counters(session, counters)
    snapshots.note_missing(session, snapshots.count_missing(session))  # lines bring none
    return Imported(articles, known)


def _close_ranks(restorer: _Restorer) -> None:
    """Make a whole archive of what may be a part of one, or have been edited."""
    connection = restorer.session.connection()
    count = connection.execute(select(func.count()).select_from(CHANGE)).scalar_one()
    is_part = count != restorer.counters["change"]
    if is_part:
        for statement in RENUMBERED:
            connection.execute(text(statement))
        restorer.counters["change"] = count
    if restorer.edited:
        clusters.rebuild(connection)
    elif is_part or _has_false_head(connection):
        clusters.regroup(connection)


def _has_false_head(connection: Connection) -> bool:
    """Tell whether a cluster is named after an article that is not there, of another, or not its earliest."""
    head = ARTICLE.alias()
    by_bytes = "C" if connection.dialect.name == "postgresql" else "BINARY"  # as clusters.order() compares
    mine, its = ARTICLE.c.published_at, head.c.published_at
    earlier = or_(
        and_(its.is_(None), mine.is_not(None)),
        mine < its,
        and_(mine.is_not_distinct_from(its), ARTICLE.c.url.collate(by_bytes) < head.c.url.collate(by_bytes)),
    )
    query = select(ARTICLE.c.id).outerjoin(head, head.c.id == ARTICLE.c.cluster_id)
    false = query.where(or_(head.c.id.is_(None), head.c.cluster_id != head.c.id, earlier))
    return connection.execute(false.limit(1)).first() is not None


def _unknown(session: Session, records: Sequence[Record]) -> Iterator[Record]:
    """Yield those that stand at an address the archive does not know, nor an earlier one of them had."""
    keys = [key for record in records for key in record.keys]
    query = select(ADDRESS.c.key).where(ADDRESS.c.key.in_(keys))
    taken = {bytes(key) for key in session.connection().execute(query).scalars()}
    for record in records:
        if not taken.intersection(record.keys):
            yield record
        taken.update(record.keys)


def _bring_in(restorer: _Restorer, records: Sequence[Record]) -> None:
    if not records:
        return
    rows = [_numbered(restorer, record) for record in records]
    connection = restorer.session.connection()
    place(connection, rows)
    connection.execute(ARTICLE.insert(), rows)
    fulltext.index(restorer.session, rows)
    addresses: list[dict[str, Any]] = []
    revisions: list[dict[str, Any]] = []
    superseded: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    for row, record in zip(rows, records, strict=True):
        owner = {"article_id": row["id"]}
        addresses += [{"key": key, **owner} for key in record.keys]
        superseded += [{**one, **owner} for one in record.revisions[:-1]]
        current = {**record.revisions[-1], **owner}
        del current["content"]  # the column stays null: JSON's own null is another value
        revisions.append(current)
        changes += [{**one, **owner, "seq": _seq(restorer, one)} for one in record.changes]
    for table, found in (
        (ADDRESS, addresses), (REVISION, revisions), (REVISION, superseded)
    ):  # fmt: skip
        if found:
            connection.execute(new_rows(restorer.session, table), found)
    connection.execute(CHANGE.insert(), changes)
    restorer.ledger.enter(rows, records)
    restorer.counters["article"] = max(restorer.counters["article"], restorer.ledger.highest)
    _cluster(restorer, rows)


def _numbered(restorer: _Restorer, record: Record) -> dict[str, Any]:
    """Give a row its id, its source and, in an archive that was not empty, a cluster of its own."""
    restorer.edited = restorer.edited or record.edited
    row = dict(record.row, source_id=restorer.ledger.source(record.source, record.row["source_id"]))
    if restorer.fresh:
        restorer.counters["article"] = max(restorer.counters["article"], row["id"])
        return row
    restorer.counters["article"] += 1
    number = restorer.counters["article"]
    return {**row, "id": number, "cluster_id": number, "position": wanted_position(row, number)}


def _seq(restorer: _Restorer, change: Mapping[str, Any]) -> int:
    last = restorer.counters["change"]
    restorer.counters["change"] = max(last, change["seq"]) if restorer.fresh else last + 1
    return int(change["seq"]) if restorer.fresh else last + 1


def _cluster(restorer: _Restorer, rows: Sequence[Mapping[str, Any]]) -> None:
    connection = restorer.session.connection()
    marks = {row["id"]: row["near_hash"] for row in rows}
    if not restorer.fresh:
        clusters.enter(connection, marks)
        return
    pairs = sorted((value, key) for key, mark in marks.items() for value in clusters.bands(mark))
    if pairs:
        connection.execute(BAND.insert(), [{"value": value, "article_id": key} for value, key in pairs])
