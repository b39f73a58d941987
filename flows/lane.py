"""One host's turn: its pace, its robots.txt, its limit of requests at once, and when to leave it alone."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flows.clock import now
from flows.intake.errors import Refused, Unreachable
from flows.intake.robots import Robots, Rules
from flows.pace import Pace
from flows.settings import Settings

FILES_AT_ONCE = 16
MOST_FAILURES = 10  # in a row: then the rest of the host's pages are put off without asking
ALONE = timedelta(minutes=10)  # how long such a host is left alone


class Lane:
    """Pages of one host in hand, `pages` of them; files have a lane of their own, host "", without a pace."""

    def __init__(self, host: str, settings: Settings, robots: Robots) -> None:
        self.host = host
        self.gate = asyncio.Semaphore(settings.host_connections if host else FILES_AT_ONCE)
        self.pages = 0
        self._pace = Pace(settings.host_delay if host else 0.0)
        self._robots = robots
        self._asking = asyncio.Lock()
        self._rules: dict[str, Rules | Unreachable] = {}
        self._failures = 0
        self._alone_until = now()

    async def enter(self, url: str) -> None:
        """Wait for this page's turn; Refused if robots.txt forbids it, Unreachable if nobody may ask now."""
        rules = await self._rules_for(url)
        if isinstance(rules, Unreachable):
            raise rules
        if not rules.allow(url):
            raise Refused("robots.txt forbids it")
        if self._failures >= MOST_FAILURES:
            raise Unreachable(
                f"its host failed {self._failures} times in a row and is left alone for a while"
            )
        await self._pace.turn()

    async def _rules_for(self, url: str) -> Rules | Unreachable:
        """Ask for robots.txt once in this lane, in turn; a host that cannot be reached is not asked again."""
        parts = urlsplit(url)
        authority = f"{parts.scheme}://{parts.netloc}"
        async with self._asking:
            if authority not in self._rules:
                await self._pace.turn()
                try:
                    rules = await self._robots.rules(url)
                except Unreachable as fault:
                    self._rules[authority] = fault
                else:
                    self._rules[authority] = rules
                    self._pace.delay = max(self._pace.delay, rules.delay or 0.0)
                self._pace.done()
            return self._rules[authority]

    def answered(self) -> None:
        """Note that the host gave an answer."""
        self._pace.done()
        self._failures = 0

    def failed(self, wish: float | None) -> None:
        """Note that the host failed; `wish` is its Retry-After in seconds, if it sent one."""
        self._pace.done()
        self._failures += 1
        pause = timedelta(seconds=wish) if wish else ALONE if self._failures >= MOST_FAILURES else timedelta()
        self._alone_until = max(self._alone_until, now() + pause)

    def next_at(self) -> datetime:
        """Give the time before which no worker may ask this host."""
        return max(self._pace.next_at(), self._alone_until)
