"""Are the clusters of near copies what their texts make of them? Bands, members and the earliest of each.

What is wrong is found by sums and by bands that articles share, so that all but few texts are read but once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, func, select

from storage import clusters
from storage.band_models import BAND, BAND_NEW
from storage.membership import one_of
from storage.models import ARTICLE

T = TypeVar("T")

BATCH = 200  # articles or bands in memory at once
CLUSTERS = 20  # clusters, of up to 200 articles each
_LOW = 2**30 - 1
_IDS = 2**16 - 1
_PRIME = 1_000_003


def weight(article_id: int, mark: str | None) -> int:
    """Return a number for an article's bands: those of all articles add up to stored_weight()."""
    values = set(clusters.bands(mark))
    return sum(1 + (value & _LOW) * (article_id & _IDS) % _PRIME for value in values)


def stored_weight(connection: Connection) -> int:
    """Return the sum of weight() of all that the bands hold."""
    sums = (select(func.coalesce(func.sum(1 + _weighed(table)), 0)) for table in (BAND, BAND_NEW))
    return sum(int(connection.execute(query).scalar_one()) for query in sums)


def band_faults(connection: Connection) -> Iterator[str]:
    """Yield a line for each article that the bands of its text would not find, one for what is left over."""
    query = select(ARTICLE.c.id, ARTICLE.c.text).order_by(ARTICLE.c.id).limit(BATCH)
    last, lacking = -1, False
    while rows := connection.execute(query.where(ARTICLE.c.id > last)).all():
        last = rows[-1].id
        marks = clusters.near_hashes([row.text for row in rows])
        values = {row.id: clusters.bands(mark) for row, mark in zip(rows, marks, strict=True)}
        met = clusters.neighbours(connection, [*chain.from_iterable(values.values())])
        for key, mine in values.items():
            if any(key not in met[value] for value in mine):
                lacking = True
                yield f"article {key}: its near copies would not be found"
    if not lacking:
        yield "near copies: a band holds an article that has not its text"


def cluster_faults(connection: Connection) -> Iterator[str]:
    """Yield a line for each article that is in another cluster than its text and its time put it in."""
    yield from _members(connection)
    yield from _apart(connection)


def _weighed(table: Table) -> ColumnElement[int]:
    value: ColumnElement[int] = table.c.value.op("&")(_LOW) * table.c.article_id.op("&")(_IDS)
    return value % _PRIME


def _members(connection: Connection) -> Iterator[str]:
    """Hold the articles of each cluster against each other."""
    crowd = func.count()
    query = select(ARTICLE.c.cluster_id, crowd.label("size")).group_by(ARTICLE.c.cluster_id)
    found = connection.execute(query.having(crowd > 1).order_by(ARTICLE.c.cluster_id)).all()
    for group in _batches((row.cluster_id for row in found if row.size <= clusters.CROWD), CLUSTERS):
        columns = (ARTICLE.c[name] for name in ("id", "cluster_id", "published_at", "url", "text"))
        theirs = select(*columns).where(ARTICLE.c.cluster_id.in_(group)).order_by(ARTICLE.c.id)
        together: dict[int, list[Any]] = {key: [] for key in group}
        for row in connection.execute(theirs):
            together[row.cluster_id].append(row)
        for key, members in together.items():
            yield from _strangers(connection, key, members)


def _strangers(connection: Connection, key: int, members: Sequence[Any]) -> Iterator[str]:
    marks = clusters.near_hashes([row.text for row in members])
    of = {row.id: set(clusters.bands(mark)) for row, mark in zip(members, marks, strict=True)}
    pairs = ((one, other) for one, other in combinations(of, 2) if of[one] & of[other])
    near = clusters.near_pairs(connection, pairs)
    group = clusters.components([*near, *((one, one) for one in of)])
    largest = max(Counter(group.values()).items(), key=lambda one: (one[1], one[0] == group.get(key)))[0]
    for one in of:
        if group[one] != largest:
            yield f"article {one}: it is no near copy of the others of its cluster {key}"
    first = min((row for row in members if group[row.id] == largest), key=clusters.order).id
    if first != key and group.get(key) == largest:
        yield f"article {first}: it is the earliest of its cluster, which is named after {key}"


def _apart(connection: Connection) -> Iterator[str]:
    """Find near copies that are of two clusters."""
    told: set[tuple[int, int]] = set()
    for values in _batches(_shared(connection), BATCH):
        met = clusters.neighbours(connection, values)
        groups = [sorted(set(ids)) for ids in met.values() if len(ids) <= clusters.CROWD]
        of = _clusters_of(connection, {key for ids in groups for key in ids})
        pairs = {pair for ids in groups for pair in combinations(ids, 2) if set(pair) <= of.keys()}
        parted = {(one, other) for one, other in pairs - told if of[one] != of[other]}
        for one, other in clusters.near_pairs(connection, parted):
            told.add((one, other))
            yield f"article {other}: it is a near copy of article {one}, but of another cluster"


def _shared(connection: Connection) -> Iterator[int]:
    """Give the bands that several articles have."""
    once = (
        select(table.c.value).group_by(table.c.value).having(func.count() > 1).order_by(table.c.value)
        for table in (BAND, BAND_NEW)
    )  # fmt: skip
    both = select(BAND_NEW.c.value).join(BAND, BAND.c.value == BAND_NEW.c.value)
    streamed = {"yield_per": 1000}
    found = (connection.execute(query, execution_options=streamed).scalars() for query in (*once, both))
    return chain.from_iterable(found)


def _batches(found: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(found)
    while batch := list(islice(left, size)):
        yield batch


def _clusters_of(connection: Connection, ids: Iterable[int]) -> Mapping[int, int]:
    query = select(ARTICLE.c.id, ARTICLE.c.cluster_id).where(one_of(connection, ARTICLE.c.id, set(ids)))
    return {row.id: row.cluster_id for row in connection.execute(query)}
