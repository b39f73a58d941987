"""One poll of one source: a conditional request, what it lists, and what sitemap indexes lead to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.intake.client import Client, fetch
from flows.intake.errors import IntakeError
from flows.intake.listing import Item, Listing, NotAListing
from flows.intake.reading import read_source
from flows.intake.validators import NotModified, Validators, validators
from parsers import Page
from storage.sources import Source

MOST_FILES = 50  # sitemaps read in one poll
DEEPEST = 3  # indexes of indexes
FULL_EVERY = timedelta(days=1)
FEEDS = frozenset({"rss", "atom", "rdf", "jsonfeed", "wordpress", "sitemap", "urls"})
Pause = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source answered in full: what it lists, its sitemaps read, and the validators to send next."""

    listing: Listing
    known: Validators


async def ask(client: Client, source: Source, now: datetime, pause: Pause) -> Answer | NotModified:
    """Ask a source once, on condition unless a full answer is a day old; raises as fetch, or NotAListing.

    `pause` is awaited before each further request that a sitemap index leads to.
    """
    page = await fetch(client, source.url, _known(source, now), packed=True)
    if isinstance(page, NotModified):
        return page
    listing = await _read(page, client.max_bytes)
    if listing.kind == "listing" and source.kind in FEEDS:
        raise NotAListing(f"a web page stands where the {source.kind} source was")
    return Answer(await _gathered(client, source.url, listing, pause), validators(page))


def _known(source: Source, now: datetime) -> Validators | None:
    """Send validators back unless the last full answer is old: some servers say 304 although they changed."""
    if source.changed_at is None or now - source.changed_at > FULL_EVERY:
        return None
    return Validators(source.etag, source.last_modified)


async def _read(page: Page, max_bytes: int) -> Listing:
    """Read a source off the event loop: a large sitemap takes a second."""
    return await asyncio.to_thread(read_source, page, max_bytes)


async def _gathered(client: Client, url: str, listing: Listing, pause: Pause) -> Listing:
    """Read what an index leads to, level by level, each file once, within caps; lost files are counted."""
    items = list(listing.items)
    seen, level, left_out = {url}, list(listing.more), listing.left_out
    for _ in range(DEEPEST):
        below: list[str] = []
        for child in level:
            if child in seen or len(seen) > MOST_FILES:
                left_out += child not in seen
                continue
            seen.add(child)
            await pause()
            found = await _child(client, child)
            items += found.items
            below += found.more
            left_out += found.left_out
        level = below
    return Listing(listing.kind, listing.title, tuple(_once(items)), (), left_out + len(level))


async def _child(client: Client, url: str) -> Listing:
    """Read one sitemap of an index; one that cannot be had counts as left out, and the others go on."""
    try:
        page = await fetch(client, url, packed=True)
        if isinstance(page, NotModified):
            return Listing("sitemap")
        return await _read(page, client.max_bytes)
    except (IntakeError, NotAListing):
        return Listing("sitemap", left_out=1)


def _once(items: list[Item]) -> list[Item]:
    """Keep the first item of each address."""
    return list({item.url: item for item in reversed(items)}.values())[::-1]
