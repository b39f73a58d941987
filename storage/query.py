"""What people ask the archive from Python: articles, their history, and the story of any address."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session

from storage.codec import article_values, kept_content
from storage.identity import address_key
from storage.models import ADDRESS, ARTICLE, ATTEMPT, LINK, REVISION, SOURCE
from storage.values import Article, Attempt, Revision, WhyStory

STREAMED = 200  # rows held in memory at a time


class Filters(TypedDict, total=False):
    """What articles() may be asked for; times are aware, `since` is inclusive and `until` is not."""

    source: int
    host: str
    author: str
    language: str
    since: datetime
    until: datetime
    limit: int


def articles(session: Session, **filters: Unpack[Filters]) -> Iterator[Article]:
    """Yield articles newest first, a few hundred in memory at a time."""
    left = filters.get("limit", sys.maxsize)
    query = _filtered(select(ARTICLE).order_by(ARTICLE.c.position.desc()), filters)
    page = query
    while left > 0:
        size = min(STREAMED, left)
        rows = session.connection().execute(page.limit(size)).mappings().all()
        yield from (_article(row) for row in rows)
        if len(rows) < size:
            return
        left -= size
        page = query.where(ARTICLE.c.position < rows[-1]["position"])


def article(session: Session, article_id: int) -> Article | None:
    """Return an article by its id, None when there is none."""
    row = session.connection().execute(select(ARTICLE).where(ARTICLE.c.id == article_id)).mappings().first()
    return None if row is None else _article(row)


def article_by_url(session: Session, url: str) -> Article | None:
    """Return the article that is known by this address, in any of its spellings."""
    query = select(ARTICLE).join(ADDRESS, ADDRESS.c.article_id == ARTICLE.c.id)
    row = session.connection().execute(query.where(ADDRESS.c.key == address_key(url))).mappings().first()
    return None if row is None else _article(row)


def history(session: Session, article_id: int) -> list[Revision]:
    """Return every version of an article, the first one first; empty when there is no such article."""
    connection = session.connection()
    current = connection.execute(select(ARTICLE).where(ARTICLE.c.id == article_id)).mappings().first()
    query = select(REVISION).where(REVISION.c.article_id == article_id).order_by(REVISION.c.version)
    return [_revision(row, current) for row in connection.execute(query).mappings()]


def why(session: Session, url: str) -> WhyStory | None:
    """Tell the whole story of a link, None when the ledger has never heard of it."""
    connection = session.connection()
    query = select(LINK, SOURCE.c.url.label("source_url")).outerjoin(SOURCE, SOURCE.c.id == LINK.c.source_id)
    link = connection.execute(query.where(LINK.c.url == url)).first()
    if link is None:
        return None
    tries = select(ATTEMPT).where(ATTEMPT.c.link_id == link.id).order_by(ATTEMPT.c.id)
    return WhyStory(
        url=link.url, state=link.state, reason=link.reason, host=link.host, source=link.source_url,
        discovered_at=link.discovered_at, due_at=link.due_at,
        attempts=tuple(_attempt(row) for row in connection.execute(tries)),
        article=None if link.article_id is None else article(session, link.article_id),
    )  # fmt: skip


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    when = ARTICLE.c.published_at
    seen = ARTICLE.c.first_seen_at
    tests: dict[str, Any] = {
        "source": ARTICLE.c.source_id.__eq__,
        "host": ARTICLE.c.host.__eq__,
        "language": ARTICLE.c.language.__eq__,
        "author": lambda name: ARTICLE.c.byline.icontains(name, autoescape=True),
        "since": lambda moment: _either(when >= moment, seen >= moment),
        "until": lambda moment: _either(when < moment, seen < moment),
    }
    for name, test in tests.items():
        if name in filters:
            query = query.where(test(filters[name]))  # type: ignore[literal-required]
    return query


def _either(published: ColumnElement[bool], seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """Judge by the time of publication, or, where the page tells none, by the time it was first seen."""
    return published | (ARTICLE.c.published_at.is_(None) & seen)


def _article(row: Mapping[Any, Any]) -> Article:
    return Article(**article_values(row))


def _revision(row: Mapping[Any, Any], current: Mapping[Any, Any] | None) -> Revision:
    values = dict(row)
    values["changed"] = tuple(row["changed"])
    if row["content"] is None and current is not None:
        values["content"] = kept_content(current)
    return Revision(**values)


def _attempt(row: Any) -> Attempt:
    return Attempt(
        at=row.at, worker=row.worker, state=row.state, reason=row.reason, status=row.status, url=row.url,
        snapshot_hash=row.snapshot_hash, article_id=row.article_id, version=row.version,
    )  # fmt: skip
