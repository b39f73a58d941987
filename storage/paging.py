"""Cursors: where a page of a search ended, so that the next one neither repeats nor leaves out an article.

A page ends at a place in the order of time, and an article's place changes when its time of publication is
put right. So a cursor also names the last change of when its first page was read: what has moved since
stands, in the pages that follow, where it stood then.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Text, cast, func, or_, select
from sqlmodel import Session

from storage.changes import last_seq
from storage.models import ARTICLE, CHANGE, REVISION
from storage.places import PLACING, wanted_position

_NEWEST = re.compile(r"new-([0-9a-f]{1,12})-([0-9a-f]{1,12})")  # 48 bits: more than any place or number has
_BEST = re.compile(r"best((?:-[0-9a-f]{1,12}){0,1000})")

Row = Mapping[Any, Any]


class BadCursorError(ValueError):
    """The cursor is not one that a search gave; the message says so."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place below which the next page begins, as of change `seq`; ranked, the ids that have been seen."""

    below: int | None = None
    seq: int | None = None
    shown: tuple[int, ...] = ()


def read_cursor(cursor: str | None, *, ranked: bool) -> Cursor:
    """Read what cursor_after() wrote; raises BadCursorError."""
    if cursor is None:
        return Cursor()
    read = (_BEST if ranked else _NEWEST).fullmatch(cursor)
    if read is None:
        raise BadCursorError(f"{cursor[:40]!r} is no cursor of this search: begin again without it")
    if ranked:
        return Cursor(shown=tuple(int(number, 16) for number in read[1].split("-") if number))
    return Cursor(int(read[1], 16), int(read[2], 16))


def cursor_after(session: Session, rows: Sequence[Row], before: str | None, *, ranked: bool) -> str:
    """Write the cursor for the page after one that has just been read, whose own cursor was `before`."""
    seen = read_cursor(before, ranked=ranked)
    if ranked:
        return "best" + "".join(f"-{one:x}" for one in (*seen.shown, *(row["id"] for row in rows)))
    seq = last_seq(session) if seen.seq is None else seen.seq
    return f"new-{_place(rows[-1]):x}-{seq:x}"


def as_it_stood(
    session: Session, waves: Iterable[list[Row]], cursor: Cursor, size: int
) -> Iterator[list[Row]]:
    """Give the rows below the cursor as if no time of publication had been changed since its `seq`.

    `waves` are those that stand below it now. Of what has moved, articles that stood above are left out, and
    those that stood below come where they stood: who calls tells which of these match.
    """
    moved = {} if cursor.seq is None else _moved(session, cursor.seq)
    if cursor.below is None or not moved:
        yield from waves
        return
    below = sorted((place, key) for key, place in moved.items() if place < cursor.below)
    found = {row["id"]: row for row in _articles(session, [key for _, key in below])}
    back = ({**found[key], "place": place} for place, key in reversed(below))
    staying = (row for rows in waves for row in rows if row["id"] not in moved)
    merged = heapq.merge(staying, back, key=_place, reverse=True)
    while wave := list(islice(merged, size)):
        yield wave


def _place(row: Row) -> int:
    return int(row.get("place", row["position"]))


def _articles(session: Session, ids: Sequence[int]) -> Iterable[Row]:
    return session.connection().execute(select(ARTICLE).where(ARTICLE.c.id.in_(ids))).mappings()


def _moved(session: Session, since: int) -> dict[int, int]:
    """Return, by id, where articles stood at change `since` that got another time of publication later."""
    timed = or_(*(cast(CHANGE.c.fields, Text).contains(f'"{name}"') for name in sorted(PLACING)))
    first = select(CHANGE.c.article_id, func.min(CHANGE.c.version).label("version"))
    first = first.where(CHANGE.c.seq > since, CHANGE.c.kind.in_(["revised", "reparsed"]), timed)
    changed = first.group_by(CHANGE.c.article_id).subquery()
    same = (REVISION.c.article_id == changed.c.article_id, REVISION.c.version == changed.c.version - 1)
    query = select(ARTICLE.c.id, ARTICLE.c.first_seen_at, REVISION.c.content, REVISION.c.position)
    query = query.join(changed, changed.c.article_id == ARTICLE.c.id).join(REVISION, same[0] & same[1])
    return {row.id: _stood(row) for row in session.connection().execute(query)}


def _stood(row: Any) -> int:
    if row.position is not None:
        return int(row.position)
    told = row.content["published_at"]
    old = {
        "published_at": None if told is None else datetime.fromisoformat(told),
        "published_precision": row.content["published_precision"], "first_seen_at": row.first_seen_at,
    }  # fmt: skip
    return wanted_position(old, row.id)
