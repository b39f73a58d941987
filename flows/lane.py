"""One host's turn: its pace, its robots.txt, its limit of requests at once, and when to leave it alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flows.clock import now
from flows.intake.client import Turn
from flows.intake.errors import Elsewhere, IntakeError, Refused, Unreachable
from flows.intake.robots import Robots, Rules
from flows.pace import Pace
from flows.settings import Settings
from parsers.urls import authority, normalise

FILES_AT_ONCE = 16
MOST_FAILURES = 10  # in a row: then the rest of the host's pages are put off without asking
ALONE = timedelta(minutes=10)  # how long such a host is left alone
TOO_MANY_REQUESTS = 429
REST = timedelta(minutes=1)  # after such an answer that does not say how long


class Resting(IntakeError):  # noqa: N818 - reads as what the host is doing
    """The host asked to be left alone until then."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"its host rests until {until:%Y-%m-%d %H:%M:%S} UTC")
        self.until = until


class Lane:
    """Pages of one host in hand, `pages` of them; files have a lane of their own, host "", without a pace.

    Pages go through `gate`; each request is made within its `turn`, whose locks are never held while another
    host's is waited for. `guest` gives turns on other hosts, which this one's robots.txt may lead to.
    """

    def __init__(self, host: str, settings: Settings, robots: Robots, guest: Turn) -> None:
        self.host = host
        self.pages = 0
        at_once = settings.host_connections if host else FILES_AT_ONCE
        self.gate = asyncio.Semaphore(at_once)
        self._slots = asyncio.Semaphore(at_once)
        self._pace = Pace(settings.host_delay if host else 0.0)
        self._robots, self._guest = robots, guest
        self._asking = asyncio.Lock()
        self._shut: dict[str, Unreachable] = {}
        self._failures = 0
        self._alone_until = now()

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait for this page's turn and hold it for one request.

        Raises Refused if robots.txt forbids it, Elsewhere if another host is to be asked, Unreachable or
        Resting if nobody may ask now.
        """
        if authority(normalise(url)) != self.host:
            raise Elsewhere(url)
        self._judge()
        if not (await self._rules_for(url)).allow(url):
            raise Refused("robots.txt forbids it")
        async with self.request():
            self._judge()  # while this page waited, another's answer may have said so
            yield

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Wait until the host may be asked once more, and hold the turn for one request."""
        async with self._slots, self._pace.held():
            yield

    def _judge(self) -> None:
        """Raise where the host is to be left alone."""
        if self._failures >= MOST_FAILURES:
            raise Unreachable(
                f"its host failed {self._failures} times in a row and is left alone for a while"
            )
        if self.rests:
            raise Resting(self._alone_until)

    async def _rules_for(self, url: str) -> Rules:
        """Ask for robots.txt, in turn; what it says is kept by `Robots` alone, which bounds what that takes.

        Raises Unreachable, and says so of an origin ever after, where it cannot be had.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._asking:
            if fault := self._shut.get(origin):
                raise fault
            try:
                rules = await self._robots.rules(url, self._on_the_way)
            except Unreachable as fault:
                self._shut[origin] = fault
                self._rest(fault)
                raise
            self._pace.delay = max(self._pace.delay, rules.delay or 0.0)
            return rules

    @asynccontextmanager
    async def _on_the_way(self, url: str) -> AsyncIterator[None]:
        """Hold a turn for a request for robots.txt, here or where it leads."""
        async with self.request() if authority(normalise(url)) == self.host else self._guest(url):
            yield

    @property
    def rests(self) -> bool:
        """Whether the host asked to be left alone for now."""
        return self._alone_until > now()

    def answered(self) -> None:
        """Note that the host gave an answer."""
        self._failures = 0

    def failed(self, fault: Unreachable) -> None:
        """Note that the host failed, and whether it asked to be left alone."""
        self._failures += 1
        self._rest(fault)

    def _rest(self, fault: Unreachable) -> None:
        """Leave the host alone as long as it wishes, or as long as its failures tell."""
        pause = timedelta(seconds=fault.retry_after or 0.0)
        if not pause and fault.status == TOO_MANY_REQUESTS:
            pause = REST
        if not pause and self._failures >= MOST_FAILURES:
            pause = ALONE
        self._alone_until = max(self._alone_until, now() + pause)

    def next_at(self) -> datetime:
        """Give the time before which no worker may ask this host."""
        return max(self._pace.next_at(), self._alone_until)
