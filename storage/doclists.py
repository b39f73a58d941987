"""How long the lists of SQLite's word index are, and those read ahead that a search will want much of.

FTS5 keeps the articles of a word as pages in a row, which `fulltext_data` holds in the order of their numbers
and `fulltext_idx` by the words that they begin with (SQLite's fts5_index.c, "%_data" and "%_idx"). A search
that a filter narrows looks at a page here and a page there of each word's list. Where they come from the
disk, one such page costs what a dozen in a row do, which the system reads ahead: so of a list much of which
is wanted all of it is read first, in its order. Nothing that is found depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from storage.fulltext import PREFIXES, facet
from storage.grammar import Both, Either, Facet, Node, Words
from storage.matching import is_filter
from storage.models import ARTICLE

ON_A_PAGE = 350  # articles, about
NARROW = 4_000  # articles that pass the filters: with more, the page of results is full before a list ends
WORTH = 5  # so many pages in a row are read for one that is wanted
FEWEST = 16  # pages of a list that is worth it
MOST = 9_000  # pages that find room beside the rest in SQLite's cache
MOST_WORDS = 12
_SPANS = """WITH RECURSIVE segment (id) AS (SELECT min(segid) FROM fulltext_idx UNION ALL
    SELECT (SELECT min(segid) FROM fulltext_idx WHERE segid > segment.id) FROM segment WHERE id IS NOT NULL)
    SELECT (id << 37) + (SELECT pgno >> 1 FROM fulltext_idx WHERE segid = id AND term <= ?1
    ORDER BY term DESC LIMIT 1) AS low, coalesce((id << 37) + (SELECT pgno >> 1 FROM fulltext_idx
    WHERE segid = id AND term > ?1 ORDER BY term LIMIT 1), (SELECT max(d.id) FROM fulltext_data d
    WHERE d.id BETWEEN segment.id << 37 AND (segment.id << 37) + (1 << 31) - 1)) AS high
    FROM segment WHERE id IS NOT NULL"""
_MAIN = b"0"  # stands before a word of the index itself

Spans = Mapping[str, Sequence[tuple[int, int]]]


def survey(connection: Connection, where: Node) -> Spans:
    """Find the pages of each word and filter of a search for words that filters narrow; {} for any other."""
    filters, words = list(_filters(where)), list(_words(where))
    wanted = dict.fromkeys([*(facet(one.field, one.value) for one in filters), *words][:MOST_WORDS])
    return {token: _spans(connection, token) for token in wanted} if filters and words else {}


def sizes(spans: Spans) -> dict[str, int]:
    """Tell how many pages each list has."""
    return {token: sum(high - low for low, high in found) for token, found in spans.items()}


def read_ahead(connection: Connection, where: Node, spans: Spans, share: float) -> None:
    """Read the lists that a search will want much of; it looks at this share of the archive's time."""
    pages = sizes(spans)
    total = connection.execute(select(func.max(ARTICLE.c.id))).scalar() or 1
    passing = total * share
    for part in _parts(where):
        if is_filter(part):
            passing *= _articles(part, pages) / total
    left = MOST if passing <= NARROW else 0
    for word in sorted((word for word in _words(where) if word in pages), key=pages.__getitem__):
        if FEWEST <= pages[word] <= min(left, WORTH * passing):
            left -= pages[word]
            _read(connection, spans[word])
        passing *= min(1.0, pages[word] * ON_A_PAGE / total)


def _articles(part: Node, pages: Mapping[str, int]) -> float:
    """Estimate how many articles pass a filter."""
    match part:
        case Facet(kind, value):
            return (pages.get(facet(kind, value), 0) + 0.5) * ON_A_PAGE
        case Either(parts):
            return sum(_articles(one, pages) for one in parts)
        case _:
            return 0


def _parts(where: Node) -> tuple[Node, ...]:
    return where.parts if isinstance(where, Both) else (where,)


def _filters(where: Node) -> Iterator[Facet]:
    for part in _parts(where):
        if isinstance(part, Facet):
            yield part
        elif is_filter(part) and isinstance(part, Either):
            yield from (one for one in part.parts if isinstance(one, Facet))


def _words(where: Node) -> Iterable[str]:
    """List the words of the index that every match has."""
    found = [part for part in _parts(where) if isinstance(part, Words)]
    return dict.fromkeys(PREFIXES.get(part.field or "", "") + word for part in found for word in part.tokens)


def _spans(connection: Connection, token: str) -> list[tuple[int, int]]:
    rows: Iterable[Any] = connection.exec_driver_sql(_SPANS, (_MAIN + token.encode(),))
    return [(row.low, row.high) for row in rows if row.low is not None]


def _read(connection: Connection, spans: Sequence[tuple[int, int]]) -> None:
    for low, high in spans:
        query = "SELECT count(block) FROM fulltext_data WHERE id BETWEEN ? AND ?"
        connection.exec_driver_sql(query, (low, high)).scalar()
