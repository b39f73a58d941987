"""robots.txt (RFC 9309): asked once an authority and day, and kept to."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from flows.intake.client import Client, Terms, Turn, at_once, fetch
from flows.intake.errors import Encoded, Gone, Refused, Unreachable
from flows.intake.listing import address
from flows.intake.validators import NotModified, Validators, validators
from parsers import Page

AGENT = "Cleanwire"
MOST_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB are read
LONGEST_DELAY = 30.0
FRESH = 24 * 3600.0
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


@dataclass(slots=True)
class _Kept:
    """An authority's rules as last read."""

    rules: Rules
    until: float
    known: Validators


@dataclass(slots=True)
class Robots:
    """The rules of every authority met, each asked for once however many pages wait for it."""

    client: Client
    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def rules(self, url: str, turn: Turn = at_once) -> Rules:
        """Give the rules for a page's authority; Unreachable where they cannot be had yet.

        Where they have to be asked for, each request is made within its `turn`, as `fetch` says.
        """
        parts = urlsplit(url)
        authority = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        async with self._locks.setdefault(authority, asyncio.Lock()):
            kept = self._kept.get(authority)
            if kept is None or kept.until <= self.clock():
                self._kept[authority] = kept = await self._ask(f"{authority}/robots.txt", kept, turn)
            return kept.rules

    async def _ask(self, url: str, kept: _Kept | None, turn: Turn) -> _Kept:
        """Fetch robots.txt: 4xx allows all; 5xx, silence and what cannot be decoded allow nothing yet."""
        until = self.clock() + FRESH
        try:
            known = kept.known if kept else None
            answer = await fetch(self.client, url, known, most=MOST_BYTES, terms=Terms(turn))
        except Encoded as fault:
            raise Unreachable(f"robots.txt: {fault.reason}") from None
        except (Gone, Refused):
            return _Kept(Rules(), until, Validators())
        except Unreachable as fault:
            raise Unreachable(f"robots.txt: {fault.reason}", fault.retry_after, fault.status) from None
        if isinstance(answer, NotModified):
            return _Kept(kept.rules if kept else Rules(), until, kept.known if kept else Validators())
        return _Kept(read_rules(answer), until, validators(answer))


def read_rules(page: Page) -> Rules:
    """Read robots.txt, the whole lines of its first MOST_BYTES; a line that is no rule is passed over."""
    content = page.content
    if len(content) > MOST_BYTES:
        content = content[: content.rfind(b"\n", 0, MOST_BYTES) + 1]
    parsed = Protego.parse(content.decode("utf-8-sig", "replace").replace("\0", ""))
    found = (
        address(sitemap, page.url) for sitemap, _ in zip(parsed.sitemaps, range(MOST_SITEMAPS), strict=False)
    )
    return Rules(_sane(parsed.crawl_delay(AGENT)), tuple(dict.fromkeys(filter(None, found))), parsed)


def _sane(delay: float | None) -> float | None:
    """Take a Crawl-delay of 0 to LONGEST_DELAY seconds; longer ones are cut, senseless ones dropped."""
    if delay is None or not math.isfinite(delay) or delay < 0:
        return None
    return min(delay, LONGEST_DELAY)
