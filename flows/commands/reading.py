"""Commands that only read: `query`, `show` and `why`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.clock import now
from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_csv, print_json, print_json_lines, print_json_list
from flows.errors import UsageFault, WorkFault
from flows.intake.files import path_of
from flows.screen import show_article, show_articles, show_why
from flows.stories import shown
from storage import Filters, articles
from storage import article as find_article
from storage import why as find_why
from storage.grammar import moment as read_moment

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
    limit: int | None


def show(number: int, db: str | None, *, as_json: bool) -> None:
    """Print one article; WorkFault when there is none of that number."""
    with opened(settings_for(db).database) as database, database.read() as session:
        found = find_article(session, number)
        if found is None:
            raise WorkFault(f"{number}: no article has this id; `cleanwire query` lists them")
        print_json(found) if as_json else show_article(found)


def why(url: str, db: str | None, *, as_json: bool) -> None:
    """Print a link's story; WorkFault when the ledger has never seen it."""
    path = path_of(url) if url.startswith("file://") else Path(url)
    address = path.resolve().as_uri() if url.startswith("file://") or ":" not in url or path.exists() else url
    with opened(settings_for(db).database) as database, database.read() as session:
        story = find_why(session, address)
        if story is None:
            raise WorkFault(f"{url}: never seen; `cleanwire ingest` takes it in")
        print_json(shown(story)) if as_json else show_why(shown(story))


def query(wanted: Wanted, form: str, db: str | None) -> None:
    """Print the articles that are wanted, newest first."""
    with opened(settings_for(db).database) as database, database.read() as session:
        found = articles(session, wanted.words, **filters_of(wanted))
        if form == "json":
            print_json_list(found)
        elif form == "jsonl":
            print_json_lines(found)
        elif form == "csv":
            print_csv(found, CSV_FIELDS)
        else:
            show_articles(found)


def filters_of(wanted: Wanted) -> Filters:
    """Turn what people typed into what articles() takes; UsageFault names a time that is none."""
    filters: Filters = {"now": now()}
    if wanted.limit is not None:
        filters["limit"] = wanted.limit
    if wanted.source:
        filters["source"] = wanted.source
    if wanted.host:
        filters["host"] = wanted.host
    if wanted.author:
        filters["author"] = wanted.author
    if wanted.language:
        filters["language"] = wanted.language
    if wanted.since:
        filters["since"] = moment(wanted.since, "--since")
    if wanted.until:
        filters["until"] = moment(wanted.until, "--until")
    return filters


def moment(text: str, option: str) -> datetime:
    """Read a time as people type it (see storage.grammar.moment): 2026-11-23, 7d, yesterday."""
    at = read_moment(text, now())
    if at is None:
        raise UsageFault(f"{option} {text!r}: give a date (2026-11-23), a time or an age (7d, 12h)")
    return at
