"""One poll of one source: a conditional request, what it lists, and what sitemap indexes lead to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from flows.intake.client import Client, Terms, Turn, fetch
from flows.intake.indexes import Answer, Index
from flows.intake.listing import Item, Listing, NotAListing
from flows.intake.validators import NotModified, Validators, validators
from flows.logs import masked
from parsers import Page
from parsers.urls import authority, normalise
from storage.files import SourceFile
from storage.sources import Source

FULL_EVERY = timedelta(days=1)
MOST_FAULTS = 3  # of a file in a row; then it is warned of, and what it belongs to has not failed
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

    `strange` gives turns at hosts that nobody here named, as their robots.txt has it. `take` is handed what
    is listed, portion by portion.
    """

    client: Client
    read: Callable[[Page, int], AbstractAsyncContextManager[Reading]]
    turn: Turn
    strange: Turn
    take: Callable[[Sequence[Item]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a source answered, and what is to be remembered of the files that it leads to.

    `failed` are those of them that were asked now and could not be had.
    """

    answer: Answer
    files: tuple[SourceFile, ...]
    failed: tuple[SourceFile, ...]

    @property
    def lost(self) -> str | None:
        """What of it could not be had or read and why; None where there was all."""
        return _told([one for one in self.files if one.error]) or self._cut

    @property
    def fault(self) -> str | None:
        """What of it failed now and has not failed for long; None for nothing."""
        return _told([one for one in self.failed if one.failures <= MOST_FAULTS]) or self._cut

    @property
    def warning(self) -> str | None:
        """What of it has failed for long and did so again; None for nothing."""
        return _told([one for one in self.failed if one.failures > MOST_FAULTS])

    @property
    def _cut(self) -> str | None:
        return self.answer.listing.cut if self.answer.listing else None


def _told(owed: Sequence[SourceFile]) -> str | None:
    """Name the first of the files that could not be had, how many there are, and when it is asked again."""
    if not owed:
        return None
    more = f" (and {len(owed) - 1} files more)" if len(owed) > 1 else ""
    first = owed[0]
    when = f"from {first.due_at:%Y-%m-%d %H:%M} UTC on" if first.failures > 1 else "at the next poll"
    return f"{masked(first.url)}: {first.error}{more}; asked again {when}"


async def hear(tools: Tools, source: Source, files: Sequence[SourceFile], now: datetime) -> Heard:
    """Ask a source once, and what it leads to, each on condition unless its full answer is a day old.

    `files` are those that are remembered of it. Raises as fetch does, NotAListing, or as `tools.read` does.
    """
    fresh = source.changed_at is not None and now - source.changed_at <= FULL_EVERY

    def turn(url: str) -> AbstractAsyncContextManager[None]:
        return (tools.turn if authority(normalise(url)) == source.host else tools.strange)(url)

    async def ask(url: str, known: Validators) -> Answer:
        return await _ask(replace(tools, turn=turn), url, known if fresh else Validators(), "sitemap")

    # Some servers say 304 although they changed: now and then they are asked without condition.
    last = Validators(source.etag, source.last_modified) if fresh else Validators()
    answer = await _ask(tools, source.url, last, source.kind)
    kind = answer.listing.kind if answer.listing else source.kind
    is_read_before = kind == "wordpress" and source.changed_at is not None  # what is new is on page one
    index = Index(source.url, files, _since(source, now), now, ask)
    await index.follow(None if is_read_before else answer.listing)
    kept = tuple(one for one in index.kept() if kind != "wordpress" or one.error)
    return Heard(answer, kept, tuple(index.failed()))


def _since(source: Source, now: datetime) -> datetime | None:
    """Say since when a file of an index must have changed to be read; None, once a day, for all of them."""
    if source.polled_at is None or source.polled_at.date() < now.date():
        return None
    return source.changed_at


async def _ask(tools: Tools, url: str, known: Validators, kind: str) -> Answer:
    """Ask for one file of a source, and hand on what it lists."""
    with tools.client.room.share() as share:
        page = await fetch(tools.client, url, known, packed=True, terms=Terms(tools.turn, share))
        if isinstance(page, NotModified):
            return Answer(None, known)
        return Answer(await _read(tools, page, kind), validators(page))


async def _read(tools: Tools, page: Page, kind: str) -> Listing:
    """Read a source and hand on what it lists; NotAListing where a web page stands in its place."""
    async with tools.read(page, tools.client.max_bytes) as reading:
        if reading.listing.kind == "listing" and kind in FEEDS:
            raise NotAListing(f"a web page stands where the {kind} source was")
        async for items in reading.portions:
            await tools.take(items)
    return reading.listing
