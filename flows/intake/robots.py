"""robots.txt (RFC 9309): asked once an authority and day, and kept to."""

from __future__ import annotations

import asyncio
import gc
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from flows.clock import now
from flows.intake.client import Client, Terms, Turn, at_once, fetch
from flows.intake.errors import Encoded, Gone, Refused, Unreachable
from flows.intake.listing import address
from flows.intake.validators import NotModified, Validators, validators
from parsers import Page
from storage.robots import Noted

AGENT = "Cleanwire"
MOST_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB are read
LONGEST_DELAY = 30.0
FRESH = timedelta(days=1)
MOST_KEPT = 500  # origins whose rules are at hand
MOST_ROOM = 24 * 2**20  # bytes that all of those but the newest may take, as `_room` reckons
RULE_BYTES, STAR_BYTES = 450, 1100  # of memory that a line and a wildcard take once they are read
LARGE = 2**20  # bytes of such memory: then rules are read beside the loop, one origin's at a time
GARBAGE = 16 * 2**20  # bytes of such memory that may wait for the collector
MOST_SITEMAPS = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """What one authority asks of us: which pages, how long between two (`delay`, seconds), its sitemaps."""

    delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    _parsed: Protego | None = None

    def allow(self, url: str) -> bool:
        """Tell whether the page may be fetched."""
        return self._parsed is None or bool(self._parsed.can_fetch(url, AGENT))


class Notes(Protocol):
    """Where what origins say is kept between runs."""

    async def read(self, origin: str) -> Noted | None: ...  # noqa: D102
    async def write(self, origin: str, said: Noted) -> None: ...  # noqa: D102


@dataclass(slots=True)
class Robots:
    """The rules of every origin met, each asked for once a day however many pages wait for it."""

    client: Client
    notes: Notes | None = None
    clock: Callable[[], datetime] = now
    _kept: dict[str, tuple[Noted, Rules]] = field(default_factory=dict)
    _rooms: dict[str, int] = field(default_factory=dict)
    _garbage: int = 0
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def rules(self, url: str, turn: Turn = at_once) -> Rules:
        """Give the rules for a page's origin; Unreachable where they cannot be had yet.

        Where they have to be asked for, each request is made within its `turn`, as `fetch` says.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        async with self._locks.setdefault(origin, asyncio.Lock()):
            known = self._kept.get(origin)
            said, rules = known or await self._noted(origin)
            if said is None or said.asked_at + FRESH <= self.clock():
                said = await self._ask(f"{origin}/robots.txt", said, turn)
                rules = await self._read(origin, said)
                if self.notes is not None:
                    await self.notes.write(origin, said)
            if known is None or said is not known[0]:
                self._keep(origin, said, rules)
            return rules

    async def _noted(self, origin: str) -> tuple[Noted | None, Rules]:
        """Look up what an origin said in an earlier run."""
        said = None if self.notes is None else await self.notes.read(origin)
        return said, await self._read(origin, said) if said else Rules()

    async def _read(self, origin: str, said: Noted) -> Rules:
        """Read what an origin said; where it said nothing, all is allowed."""
        page = Page(f"{origin}/robots.txt", said.content)
        if _room(said.content) <= LARGE:
            return read_rules(page) if said.content else Rules()
        async with self._reading:
            return await asyncio.to_thread(read_rules, page)

    def _keep(self, origin: str, said: Noted, rules: Rules) -> None:
        """Have the rules at hand; where there is no room the largest go, but never the newest.

        So whoever writes much of them has them read again and again, and nobody else.
        """
        self._kept.pop(origin, None)
        self._garbage += self._rooms.pop(origin, 0)
        while len(self._kept) >= MOST_KEPT or sum(self._rooms.values()) > MOST_ROOM:
            largest = max(self._rooms, key=lambda other: self._rooms[other])
            self._garbage += self._rooms.pop(largest)
            del self._kept[largest]
            self._locks.pop(largest, None)
        if self._garbage > GARBAGE:
            gc.collect()  # Protego's rules know their parser and it knows them
            self._garbage = 0
        self._kept[origin], self._rooms[origin] = (said, rules), _room(said.content)

    async def _ask(self, url: str, before: Noted | None, turn: Turn) -> Noted:
        """Fetch robots.txt: 4xx allows all; 5xx, silence and what cannot be decoded allow nothing yet."""
        at = self.clock()
        known = Validators(before.etag, before.last_modified) if before else None
        try:
            answer = await fetch(self.client, url, known, most=MOST_BYTES, terms=Terms(turn))
        except Encoded as fault:
            raise Unreachable(f"robots.txt: {fault.reason}") from None
        except (Gone, Refused):
            return Noted(at)
        except Unreachable as fault:
            raise Unreachable(f"robots.txt: {fault.reason}", fault.retry_after, fault.status) from None
        if isinstance(answer, NotModified):
            return replace(before, asked_at=at) if before else Noted(at)
        fresh = validators(answer)
        return Noted(at, whole_lines(answer.content), fresh.etag, fresh.last_modified)


def _room(content: bytes) -> int:
    """Reckon how many bytes of memory a robots.txt takes with its rules."""
    return len(content) + RULE_BYTES * content.count(b"\n") + STAR_BYTES * content.count(b"*")


def whole_lines(content: bytes) -> bytes:
    """Give the whole lines of a robots.txt's first MOST_BYTES."""
    return content if len(content) <= MOST_BYTES else content[: content.rfind(b"\n", 0, MOST_BYTES) + 1]


def read_rules(page: Page) -> Rules:
    """Read robots.txt, the whole lines of its first MOST_BYTES; a line that is no rule is passed over."""
    parsed = Protego.parse(whole_lines(page.content).decode("utf-8-sig", "replace").replace("\0", ""))
    found = (
        address(sitemap, page.url) for sitemap, _ in zip(parsed.sitemaps, range(MOST_SITEMAPS), strict=False)
    )
    return Rules(_sane(parsed.crawl_delay(AGENT)), tuple(dict.fromkeys(filter(None, found))), parsed)


def _sane(delay: float | None) -> float | None:
    """Take a Crawl-delay of 0 to LONGEST_DELAY seconds; longer ones are cut, senseless ones dropped."""
    if delay is None or not math.isfinite(delay) or delay < 0:
        return None
    return min(delay, LONGEST_DELAY)
