"""Archives filled without the command line, and damaged or aged as a test needs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from parsers import Draft, Page, parse
from storage import Database, Link, claim, discover, open_database, save_many

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PAGE = """<!doctype html><html lang="en"><head><title>{title}</title>
<meta property="og:title" content="{title}">
<meta property="article:published_time" content="2026-11-20T08:30:00Z">
</head><body><article><h1>{title}</h1><p class="byline">By Mara Lindqvist</p>
<p>The harbour council voted on pier {number} late on Thursday, after a debate that lasted all evening.</p>
<p>Members said that plan {number} would cost less than feared, and that the work starts in spring.</p>
<p>Residents of the old quay had asked for a longer consultation, which was turned down by two votes.</p>
</article></body></html>"""


def page(number: int) -> Page:
    """A page with a story of its own."""
    title = f"Council decides on pier {number} after a long evening"
    content = PAGE.format(title=title, number=number).encode()
    return Page(f"https://harbour.example/pier-{number}", content, "text/html", NOW, 200)


def keep(db: Database, pages: Sequence[Page], drafts: Sequence[Draft], source: int | None = None) -> None:
    """Store pages with their drafts, all in one transaction."""
    urls = [one.url for one in pages]
    with db.write() as session:
        discover(session, [Link(url, "harbour.example") for url in urls], source, now=NOW, again=True)
        held = {one.url: one for one in claim(session, NOW, 1, 10_000, worker="w", lease=60, among=urls)}
        save_many(session, [(held[p.url], p, d) for p, d in zip(pages, drafts, strict=True)], NOW)


def stock(url: str, count: int, start: int = 0, read: Callable[[Page], Draft] = parse) -> None:
    """Fill the database at `url` with so many articles as `read` reads them, today's parser by default."""
    db = open_database(url)
    pages = [page(number) for number in range(start, start + count)]
    keep(db, pages, [read(one) for one in pages])
    db.close()


def run(url: str, statement: str) -> None:
    """Execute one statement."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def ask(url: str, query: str) -> Any:
    """Ask for one value."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(sa.text(query)).scalar()
    engine.dispose()
    return found
