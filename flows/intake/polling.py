"""One poll of one source: a conditional request, what it lists, and what sitemap indexes lead to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flows.intake.client import Client, Terms, Turn, fetch
from flows.intake.errors import IntakeError
from flows.intake.listing import Item, Listing, NotAListing
from flows.intake.validators import NotModified, Validators, validators
from parsers import Page
from parsers.dates import parse_date
from storage.sources import Source

MOST_FILES = 50  # sitemaps read in one poll
DEEPEST = 3  # indexes of indexes
FULL_EVERY = timedelta(days=1)
DOUBT = timedelta(days=2)  # a day that a file names, in whichever zone, and the day it lasts
FEEDS = frozenset({"rss", "atom", "rdf", "jsonfeed", "wordpress", "sitemap", "urls"})


class Reading(Protocol):
    """A source that is being read: see `flows.workshop.Reading`."""

    @property
    def listing(self) -> Listing: ...  # noqa: D102
    @property
    def portions(self) -> AsyncIterator[Sequence[Item]]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Tools:
    """What a poll works with: the client, who reads sources, in whose turn each request is made.

    `take` is handed what is listed, portion by portion.
    """

    client: Client
    read: Callable[[Page, int], AbstractAsyncContextManager[Reading]]
    turn: Turn
    take: Callable[[Sequence[Item]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source answered in full: what it is, without items, and the validators to send next."""

    listing: Listing
    known: Validators


async def ask(tools: Tools, source: Source, now: datetime) -> Answer | NotModified:
    """Ask a source once, on condition unless a full answer is a day old.

    Raises as fetch does, NotAListing, or as `tools.read` does.
    """
    with tools.client.room.share() as share:
        page = await fetch(
            tools.client, source.url, _known(source, now), packed=True, terms=Terms(tools.turn, share)
        )
        if isinstance(page, NotModified):
            return page
        listing = await _read(tools, page, source.kind)
    known = validators(page)
    del page
    if listing.kind != "wordpress" or source.changed_at is None:  # what is new stands on the first page
        await _follow(tools, source.url, listing, _since(source, now))
    return Answer(listing, known)


def _since(source: Source, now: datetime) -> datetime | None:
    """Say since when a file of an index must have changed to be read; None, once a day, for all of them."""
    if source.polled_at is None or source.polled_at.date() < now.date():
        return None
    return source.changed_at


def _known(source: Source, now: datetime) -> Validators | None:
    """Send validators back unless the last full answer is old: some servers say 304 although they changed."""
    if source.changed_at is None or now - source.changed_at > FULL_EVERY:
        return None
    return Validators(source.etag, source.last_modified)


async def _read(tools: Tools, page: Page, kind: str) -> Listing:
    """Read a source and hand on what it lists; NotAListing where a web page stands in its place."""
    async with tools.read(page, tools.client.max_bytes) as reading:
        if reading.listing.kind == "listing" and kind in FEEDS:
            raise NotAListing(f"a web page stands where the {kind} source was")
        async for items in reading.portions:
            await tools.take(items)
    return reading.listing


def _changed(listing: Listing, since: datetime | None) -> list[str]:
    """Give what an index leads to but for what it says is as it was then, give or take a day for its zone."""
    if since is None or not listing.dated:
        return list(listing.more)
    dates = ((child, parse_date(said or "")) for child, said in zip(listing.more, listing.dated, strict=True))
    return [child for child, moment in dates if moment is None or moment.at + DOUBT > since]


async def _follow(tools: Tools, url: str, listing: Listing, since: datetime | None) -> None:
    """Read what of an index has changed since then, level by level, each file once, within caps."""
    seen, level = {url}, _changed(listing, since)
    for _ in range(DEEPEST):
        below: list[str] = []
        for child in level:
            if child not in seen and len(seen) <= MOST_FILES:
                seen.add(child)
                below += _changed(await _child(tools, child), since)
        level = below


async def _child(tools: Tools, url: str) -> Listing:
    """Read one sitemap of an index; one that cannot be had leads to nothing."""
    try:
        with tools.client.room.share() as share:
            page = await fetch(tools.client, url, packed=True, terms=Terms(tools.turn, share))
            if not isinstance(page, NotModified):
                return await _read(tools, page, "sitemap")
    except (IntakeError, NotAListing):
        pass
    return Listing("sitemap")
