"""Commands that only read: `query`, `show` and `why`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.commands.opening import opened, settings_for
from flows.commands.output import print_json
from flows.errors import WorkFault
from flows.screen import show_article, show_why
from storage.query import article as find_article
from storage.query import why as find_why

CSV_FIELDS = ("id", "published_at", "host", "title", "authors", "language", "section", "word_count", "url")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query asks for; times as people type them."""

    words: str
    source: str | None
    host: str | None
    author: str | None
    language: str | None
    since: str | None
    until: str | None
    limit: int


def show(number: int, db: str | None, *, as_json: bool) -> None:
    """Print one article; WorkFault when there is none of that number."""
    with opened(settings_for(db).database) as database, database.read() as session:
        found = find_article(session, number)
        if found is None:
            raise WorkFault(f"{number}: no article has this id; `cleanwire query` lists them")
        print_json(found) if as_json else show_article(found)


def why(url: str, db: str | None, *, as_json: bool) -> None:
    """Print a link's story; WorkFault when the ledger has never seen it."""
    address = url if ":" in url else Path(url).absolute().as_uri()
    with opened(settings_for(db).database) as database, database.read() as session:
        story = find_why(session, address)
        if story is None:
            raise WorkFault(f"{url}: never seen; `cleanwire ingest` takes it in")
        print_json(story) if as_json else show_why(story)
