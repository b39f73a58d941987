"""What people ask the archive from Python: articles, their history, and the story of any address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Unpack

from sqlalchemy import select
from sqlmodel import Session

from parsers.urls import normalise
from storage.codec import article_values, kept_content
from storage.grammar import Words, positive_words
from storage.identity import address_key
from storage.models import ADDRESS, ARTICLE, ATTEMPT, LINK, REVISION, SOURCE
from storage.paging import cursor_after
from storage.results import Filters, found_rows, search_for
from storage.snippets import Piece, snippet
from storage.values import Article, Attempt, Revision, WhyStory
from storage.wording import left_out

PAGE = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, and pieces of its title and text with the hits marked."""

    article: Article
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search; `cursor` is what to hand to `after` for the next page, None on the last one.

    `left_out` says, where more was typed than is looked for, that the rest was not.
    """

    hits: tuple[Hit, ...]
    cursor: str | None
    left_out: str | None = None


def articles(session: Session, words: str = "", **filters: Unpack[Filters]) -> Iterator[Article]:
    """Yield articles that match what was typed (see grammar.py) and the filters (see Filters).

    They stream: a few hundred are in memory at a time. The newest come first unless `ranked` is asked for.
    """
    return (_article(row) for row in found_rows(session, search_for(words, filters), filters))


def find(session: Session, words: str = "", **filters: Unpack[Filters]) -> Found:
    """Return one page (`limit` articles, 50 unless given) of what articles() would yield, with snippets.

    Pages that follow each other by cursor neither repeat nor leave out an article that was there from the
    start, whatever is stored in between. Raises BadCursorError for a cursor that no search gave.
    """
    filters.setdefault("limit", PAGE)
    search = search_for(words, filters)
    rows = list(found_rows(session, search, filters))
    wanted = positive_words(search.where)
    full = rows and len(rows) == filters["limit"]
    ranked = filters.get("ranked", False)
    return Found(
        hits=tuple(_hit(_article(row), wanted) for row in rows),
        cursor=cursor_after(session, rows, filters.get("after"), ranked=ranked) if full else None,
        left_out=left_out(search),
    )


def article(session: Session, article_id: int) -> Article | None:
    """Return an article by its id, None when there is none."""
    row = session.connection().execute(select(ARTICLE).where(ARTICLE.c.id == article_id)).mappings().first()
    return None if row is None else _article(row)


def article_by_url(session: Session, url: str) -> Article | None:
    """Return the article that is known by this address, in any of its spellings."""
    query = select(ARTICLE).join(ADDRESS, ADDRESS.c.article_id == ARTICLE.c.id)
    keys = [address_key(spelt) for spelt in dict.fromkeys((url, normalise(url)))]
    row = session.connection().execute(query.where(ADDRESS.c.key.in_(keys))).mappings().first()
    return None if row is None else _article(row)


def history(session: Session, article_id: int) -> list[Revision]:
    """Return every version of an article, the first one first; empty when there is no such article."""
    connection = session.connection()
    current = connection.execute(select(ARTICLE).where(ARTICLE.c.id == article_id)).mappings().first()
    query = select(REVISION).where(REVISION.c.article_id == article_id).order_by(REVISION.c.version)
    return [_revision(row, current) for row in connection.execute(query).mappings()]


def why(session: Session, url: str) -> WhyStory | None:
    """Tell a link's whole story, by any spelling or its article's address; None if it was never heard of."""
    connection = session.connection()
    query = select(LINK, SOURCE.c.url.label("source_url")).outerjoin(SOURCE, SOURCE.c.id == LINK.c.source_id)
    spelt = query.where(LINK.c.url.in_([url, normalise(url)])).order_by(LINK.c.url != url)
    link = connection.execute(spelt).first()
    if link is None:  # an article's own address may be another than the one it was asked for by
        known = query.join(ADDRESS, ADDRESS.c.article_id == LINK.c.article_id)
        of_article = known.where(ADDRESS.c.key == address_key(url)).order_by(LINK.c.id)
        link = connection.execute(of_article).first()
    if link is None:
        return None
    tries = select(ATTEMPT).where(ATTEMPT.c.link_id == link.id).order_by(ATTEMPT.c.id)
    return WhyStory(
        url=link.url, state=link.state, reason=link.reason, host=link.host, source=link.source_url,
        discovered_at=link.discovered_at, due_at=link.due_at,
        attempts=tuple(_attempt(row) for row in connection.execute(tries)),
        article=None if link.article_id is None else article(session, link.article_id),
    )  # fmt: skip


def _hit(found: Article, wanted: tuple[Words, ...]) -> Hit:
    return Hit(found, snippet(found.title, wanted, "title"), snippet(found.text, wanted))


def _article(row: Mapping[Any, Any]) -> Article:
    return Article(**article_values(row))


def _revision(row: Mapping[Any, Any], current: Mapping[Any, Any] | None) -> Revision:
    values = {name: value for name, value in row.items() if name != "position"}
    values["changed"] = tuple(row["changed"])
    if row["content"] is None and current is not None:
        values["content"] = kept_content(current)
    return Revision(**values)


def _attempt(row: Any) -> Attempt:
    return Attempt(
        at=row.at, worker=row.worker, state=row.state, reason=row.reason, status=row.status, url=row.url,
        snapshot_hash=row.snapshot_hash, article_id=row.article_id, version=row.version,
        fetched_at=row.fetched_at,
    )  # fmt: skip
