"""Where articles stand in the order of time: a number of their own, the newest the highest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.membership import one_of
from storage.models import ARTICLE

EPOCH = datetime(1800, 1, 1, tzinfo=UTC)  # a paper of 1850 has its place; so has one of the year 2300
SLOTS = 1024  # how many articles may share a second before they spill into the next
DAY = 86_400
PLACING = frozenset({"published_at", "published_precision"})  # fields whose change moves an article


def wanted_position(row: Mapping[str, Any], article_id: int) -> int:
    """Return where an article belongs in the order of time: its second, and a slot within it.

    Where the page tells only the day, articles are spread over that day in the order of their arrival.
    Times before 1800 and after 2344 stand at the ends.
    """
    moment = row["published_at"] or row["first_seen_at"]
    seconds = int((moment - EPOCH).total_seconds())
    if row["published_at"] and row["published_precision"] == "day":
        seconds += article_id % DAY
    return max(0, min(seconds, 2**34)) * SLOTS + article_id % SLOTS


def stands_in_time(row: Mapping[str, Any]) -> bool:
    """Tell whether a row's position is of its time: up to a day and an hour on, as where the day is told."""
    moment = row["published_at"] or row["first_seen_at"]
    seconds = max(0, min(int((moment - EPOCH).total_seconds()), 2**34))
    return bool(0 <= row["position"] // SLOTS - seconds <= DAY + 3_600)


def place(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Give every row the first free position at or after the one it wants."""
    taken: set[int] = set()
    for row in rows:
        while row["position"] in taken:
            row["position"] += 1
        taken.add(row["position"])
    while clashes := _clashes(connection, rows):
        for row in rows:
            if row["position"] in clashes:
                taken.discard(row["position"])
                while row["position"] in taken or row["position"] in clashes:
                    row["position"] += 1
                taken.add(row["position"])


def _clashes(connection: Connection, rows: list[dict[str, Any]]) -> set[int]:
    owners = {row["position"]: row["id"] for row in rows}
    among = one_of(connection, ARTICLE.c.position, owners)
    query = select(ARTICLE.c.position, ARTICLE.c.id).where(among)
    found: Iterable[Any] = connection.execute(query) if owners else []
    return {position for position, owner in found if owners[position] != owner}
