"""Commands that only read: `query`, `show` and `why`."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from flows.clock import now
from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_csv, print_json, print_json_lines, print_json_list
from flows.errors import UsageFault, WorkFault
from flows.intake.files import address_of
from flows.narrowing import Narrowing, NotATime, filters_of
from flows.screen import show_article, show_hits, show_why
from flows.stories import shown
from storage import Article, Filters, articles, find
from storage import article as find_article
from storage import why as find_why
from storage.grammar import parse_search
from storage.paging import BadCursorError
from storage.wording import left_out

LONGEST_PAGE = 1_000  # articles that are held in memory at a time
CSV_FIELDS = ("id", "published_at", "host", "title", "authors", "language", "section", "word_count", "url")


def show(number: int, db: str | None, *, as_json: bool) -> None:
    """Print one article; WorkFault when there is none of that number."""
    with opened(settings_for(db).database) as database, database.read() as session:
        found = find_article(session, number)
        if found is None:
            raise WorkFault(f"{number}: no article has this id; `cleanwire query` lists them")
        print_json(found) if as_json else show_article(found)


def why(url: str, db: str | None, *, as_json: bool) -> None:
    """Print a link's story; WorkFault when the ledger has never seen it."""
    if not url.strip():
        raise UsageFault("an empty URL: name an address or a file that was taken in")
    with opened(settings_for(db).database) as database, database.read() as session:
        story = find_why(session, address_of(url))
        if story is None:
            raise WorkFault(f"{url}: never seen; `cleanwire ingest` takes it in")
        print_json(shown(story)) if as_json else show_why(shown(story))


def query(words: str, by: Narrowing, limit: int, form: str, db: str | None) -> None:
    """Print the articles that are wanted, newest first, at most `limit`; on stderr the cursor of a page.

    More than a thousand are printed as they come, without a cursor.
    """
    wanted = filters(by, limit)
    say_left_out(words)
    with opened(settings_for(db).database) as database, database.read() as session:
        try:
            if form != "table" and limit > LONGEST_PAGE:
                _print(articles(session, words, **wanted), form)
                return
            page = find(session, words, **wanted)
        except BadCursorError as error:
            raise UsageFault(f"--after {error}") from None
    if form == "table":
        show_hits(page.hits, with_snippets=bool(words.strip()))
    else:
        _print((hit.article for hit in page.hits), form)
    if page.cursor is not None:
        print(f"more: the same with --after {page.cursor}", file=sys.stderr)


def say_left_out(words: str) -> None:
    """Say on stderr where more was typed than is looked for."""
    if said := left_out(parse_search(words, now())):
        print(f"cleanwire: {said}", file=sys.stderr)


def _print(found: Iterable[Article], form: str) -> None:
    if form == "json":
        print_json_list(found)
    elif form == "jsonl":
        print_json_lines(found)
    else:
        print_csv(found, CSV_FIELDS)


def filters(by: Narrowing, limit: int | None) -> Filters:
    """Turn what people typed into what articles() takes; UsageFault names a time that is none."""
    try:
        wanted = filters_of(by)
    except NotATime as fault:
        raise UsageFault(f"--{fault.name} {getattr(by, fault.name)!r}: {fault}") from None
    if limit is not None:
        wanted["limit"] = limit
    return wanted
