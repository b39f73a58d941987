"""What a search may ask for, and the rows it finds: filters, pages, cursors."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypedDict

from sqlalchemy import select
from sqlmodel import Session

from storage.clusters import order
from storage.grammar import Facet, FieldName, Node, Search, both, in_field, parse_search
from storage.models import ARTICLE
from storage.paging import Cursor, as_it_stood, read_cursor
from storage.search import Finder, finder

STREAMED = 200  # rows held in memory at a time
WIDEST = 3_200  # places looked at in one go while none lies within the bounds of time
MOST_RANKED = 1_000  # whoever reads on wants another order
NOTHING = Facet("host", "")  # no article has it

Row = Mapping[Any, Any]


class Filters(TypedDict, total=False):
    """What may be asked besides the words; times are aware, `since` is inclusive and `until` is not.

    `source` is an id or a name, `host` includes its subdomains, `language` its regions (en: en-GB too).
    `ranked` puts the most relevant first (1,000 at most), else the newest are first; `one_per_cluster` gives
    of several near copies that match only the one published first. `after` is the cursor of the page before;
    `now` is what relative times in the words are reckoned from, the clock's time unless given.
    """

    source: int | str
    host: str
    author: str
    language: str
    section: str
    since: datetime
    until: datetime
    limit: int
    ranked: bool
    one_per_cluster: bool
    after: str
    now: datetime


def search_for(words: str, filters: Filters) -> Search:
    """Join the words that were typed and the filters into one search.

    TypeError for a filter that there is not, ValueError for a time without an offset.
    """
    if unknown := sorted(filters.keys() - Filters.__annotations__.keys()):
        raise TypeError(f"{unknown[0]}: no such filter; there are {', '.join(Filters.__annotations__)}")
    for name in ("since", "until", "now"):
        moment = filters.get(name)
        if isinstance(moment, datetime) and moment.tzinfo is None:
            raise ValueError(f"{name} {moment}: give it an offset, such as tzinfo=datetime.UTC")
    typed = parse_search(words, filters.get("now") or datetime.now(UTC))
    where = both([typed.where, *_named(filters)])
    since = [moment for moment in (typed.since, filters.get("since")) if moment is not None]
    until = [moment for moment in (typed.until, filters.get("until")) if moment is not None]
    return Search(where, max(since, default=None), min(until, default=None), typed.whole)


def found_rows(session: Session, search: Search, filters: Filters) -> Iterator[Row]:
    """Yield rows of `article` in the order asked for, a few hundred in memory at a time."""
    if filters.get("limit", 0) < 0:
        raise ValueError(f"limit {filters['limit']}: ask for none or more")
    made = finder(session, search)
    made.read_ahead()
    seen = read_cursor(filters.get("after"), ranked=filters.get("ranked", False))
    walk = _best if filters.get("ranked") else _newest
    waves = walk(made, seen, max(1, min(STREAMED, filters.get("limit", STREAMED))))
    if filters.get("one_per_cluster"):
        waves = (_first_of_clusters(made, rows) for rows in waves)
    return islice((row for rows in waves for row in rows), filters.get("limit", sys.maxsize))


def _named(filters: Filters) -> list[Node]:
    asked: dict[FieldName, object] = {
        "author": filters.get("author"),
        "section": filters.get("section"),
        "source": filters.get("source"),
        "host": filters.get("host"),
        "lang": filters.get("language"),
    }
    return [in_field(kind, str(value)) or NOTHING for kind, value in asked.items() if value is not None]


def _newest(made: Finder, seen: Cursor, size: int) -> Iterator[list[Row]]:
    for rows in as_it_stood(made.session, _walked(made, seen.below, size), seen, size):
        back = [row["position"] for row in rows if "place" in row]
        matching = set(made.exactly(sorted(made.matching(back)))) if back else set()
        yield [row for row in rows if "place" not in row or row["position"] in matching]


def _walked(made: Finder, below: int | None, size: int) -> Iterator[list[Row]]:
    wave = size
    while positions := made.newest(below, wave):
        within = made.exactly(positions)
        yield from (_rows(made, within[start : start + size]) for start in range(0, len(within), size))
        if len(positions) < wave:
            return
        below = positions[-1]
        wave = size if within else min(2 * wave, WIDEST)


def _best(made: Finder, seen: Cursor, size: int) -> Iterator[list[Row]]:
    shown = set(seen.shown)
    ordered = made.best()
    left = MOST_RANKED - len(shown)
    while left > 0 and (positions := list(islice(ordered, size))):
        rows = [row for row in _rows(made, positions) if row["id"] not in shown][:left]
        left -= len(rows)
        yield rows


def _rows(made: Finder, positions: Sequence[int]) -> list[Row]:
    """Fetch articles by position, in that order, leaving out those that do not match after all."""
    query = select(ARTICLE).where(ARTICLE.c.position.in_(positions), *made.exact())
    found = {row["position"]: row for row in made.session.connection().execute(query).mappings()}
    return [found[position] for position in positions if position in found]


def _first_of_clusters(made: Finder, rows: Sequence[Row]) -> list[Row]:
    """Leave out rows that have a near copy, published before them, that matches too."""
    clusters = {row["cluster_id"] for row in rows}
    columns = (ARTICLE.c.position, ARTICLE.c.cluster_id, ARTICLE.c.published_at, ARTICLE.c.url)
    query = select(*columns).where(ARTICLE.c.cluster_id.in_(clusters), *made.exact())
    members: dict[int, list[Any]] = {}
    for row in made.session.connection().execute(query):
        members.setdefault(row.cluster_id, []).append(row)
    crowded = [row.position for found in members.values() if len(found) > 1 for row in found]
    matching = made.matching(crowded) if crowded else set()
    first = {
        cluster: min(found, key=lambda one: (one.position not in matching, order(one))).position
        for cluster, found in members.items()
    }
    return [row for row in rows if first[row["cluster_id"]] == row["position"]]
