"""The archive's own JSON Lines back into an archive (see lines.py for what a line holds)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from storage import clusters, fulltext
from storage.band_models import BAND
from storage.changes import set_counters, take_turn
from storage.database import new_rows
from storage.line_shape import Line
from storage.lines import SOURCE_FIELDS
from storage.models import ADDRESS, ARTICLE, CHANGE, REVISION, SOURCE
from storage.places import place, wanted_position
from storage.sources import new_id

BATCH = 200
RENUMBERED = (  # by way of numbers below nought, which none has that is still to be moved
    """UPDATE change SET seq = -n.place
    FROM (SELECT seq AS old, row_number() OVER (ORDER BY seq) AS place FROM change) AS n
    WHERE change.seq = n.old""",
    "UPDATE change SET seq = -seq",
)


class BadLineError(ValueError):
    """A line is none that Cleanwire wrote; the message has its number and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many articles came in, and how many were left out because the archive has one at their address."""

    articles: int = 0
    known: int = 0


@dataclass(slots=True)
class _Restorer:
    """What one import carries along: the numbers given out, and whether those in the lines can be kept."""

    session: Session
    counters: dict[str, int]
    fresh: bool
    sources: dict[str, int] = field(default_factory=dict)


def import_lines(session: Session, lines: Iterable[str | bytes]) -> Imported:
    """Bring in articles with their versions and changes, in the session's one transaction.

    An archive that is empty becomes the same archive: ids and change numbers are kept. Where the lines are a
    part of one only, changes are numbered without holes and clusters made of those that are there. Into any
    other, articles come under new numbers, and those whose address is known are left out, so that doing it
    twice changes nothing. Raises BadLineError, and then nothing has come in.
    """
    counters = take_turn(session)
    restorer = _Restorer(session, counters, fresh=not any(counters.values()))
    numbered = enumerate(lines, 1)
    articles = known = 0
    while batch := list(islice(numbered, BATCH)):
        records = [_read(number, line) for number, line in batch if line.strip()]
        new = list(_unknown(session, records))
        try:
            _bring_in(restorer, new)
        except IntegrityError:
            lines = f"lines {batch[0][0]} to {batch[-1][0]}"
            raise BadLineError(f"{lines}: one of them has an id or a change's number twice") from None
        articles += len(new)
        known += len(records) - len(new)
    if restorer.fresh:
        _close_ranks(restorer)
    set_counters(session, restorer.counters)
    return Imported(articles, known)


def _close_ranks(restorer: _Restorer) -> None:
    """Make a whole archive of what may be a part of one."""
    connection = restorer.session.connection()
    count = connection.execute(select(func.count()).select_from(CHANGE)).scalar_one()
    other = ARTICLE.alias()
    named = select(other.c.id).where(other.c.id == ARTICLE.c.cluster_id).exists()
    lost = connection.execute(select(ARTICLE.c.id).where(~named).limit(1)).first()
    if count == restorer.counters["change"] and lost is None:
        return
    for statement in RENUMBERED:
        connection.execute(text(statement))
    restorer.counters["change"] = count
    clusters.regroup(connection)


def _read(number: int, line: str | bytes) -> dict[str, Any]:
    try:
        return _fields(Line.model_validate_json(line, strict=True).model_dump())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where}: {first['msg']}" if where else first["msg"]
        raise BadLineError(f"line {number}: no line of `cleanwire export` ({reason[:200]})") from None


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a line's record into rows."""
    row = {column.name: record.get(column.name) for column in ARTICLE.columns}
    row["images"] = [{"url": "", **_sparse(image)} for image in record["images"]]
    row["blocks"] = [{"text": "", **_sparse(block)} for block in record["blocks"]]
    for name in ("published", "modified"):
        moment = row[f"{name}_at"]
        row[f"{name}_offset"] = None if moment is None else int(moment.utcoffset().total_seconds() // 60)
    return {
        "row": row, **{name: record[name] for name in ("source", "revisions", "changes")},
        "keys": [bytes.fromhex(key) for key in record["addresses"]],
    }  # fmt: skip


def _sparse(found: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is empty, as the archive does."""
    return {name: value for name, value in found.items() if value}


def _unknown(session: Session, records: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield those that stand at an address the archive does not know, nor an earlier one of them had."""
    keys = [key for record in records for key in record["keys"]]
    query = select(ADDRESS.c.key).where(ADDRESS.c.key.in_(keys))
    taken = {bytes(key) for key in session.connection().execute(query).scalars()}
    for record in records:
        if not taken.intersection(record["keys"]):
            yield record
        taken.update(record["keys"])


def _bring_in(restorer: _Restorer, records: Sequence[Mapping[str, Any]]) -> None:
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
        addresses += [{"key": key, **owner} for key in record["keys"]]
        for one in record["revisions"]:
            current = one["content"] is None  # then the column stays null: JSON's own null is another value
            (revisions if current else superseded).append({**one, **owner})
        changes += [{**one, **owner, "seq": _seq(restorer, one)} for one in record["changes"]]
    for one in revisions:
        del one["content"]
    for table, found in (
        (ADDRESS, addresses), (REVISION, revisions), (REVISION, superseded)
    ):  # fmt: skip
        if found:
            connection.execute(new_rows(restorer.session, table), found)
    connection.execute(CHANGE.insert(), changes)
    _cluster(restorer, rows)


def _numbered(restorer: _Restorer, record: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row its id, its source and, in an archive that was not empty, a cluster of its own."""
    row = dict(record["row"], source_id=_source(restorer, record["source"]))
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


def _source(restorer: _Restorer, found: Mapping[str, Any] | None) -> int | None:
    """Find an article's source by its URL; one that is not there is entered, but not polled."""
    if found is None:
        return None
    url = found["url"]
    if url not in restorer.sources:
        connection = restorer.session.connection()
        query = select(SOURCE.c.id).where(SOURCE.c.url == url)
        if (known := connection.execute(query).scalar()) is None:
            row = {name: found[name] for name in SOURCE_FIELDS}
            unused = {"active": False, "failures": 0, "links_found": 0, "attributes": {}}
            added = SOURCE.insert().values(
                **new_id(restorer.session), **row, **unused, added_at=func.current_timestamp()
            )
            known = connection.execute(added.returning(SOURCE.c.id)).scalar_one()
        restorer.sources[url] = int(known)
    return restorer.sources[url]


def _cluster(restorer: _Restorer, rows: Sequence[Mapping[str, Any]]) -> None:
    connection = restorer.session.connection()
    marks = {row["id"]: row["near_hash"] for row in rows}
    if not restorer.fresh:
        clusters.enter(connection, marks)
        return
    pairs = sorted((value, key) for key, mark in marks.items() for value in clusters.bands(mark))
    if pairs:
        connection.execute(BAND.insert(), [{"value": value, "article_id": key} for value, key in pairs])
