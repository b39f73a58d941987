"""How fast one host may be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from flows.clock import now


class Pace:
    """Lets a request to a host start `delay` seconds after the last one began, and after the last one ended.

    Both, because the host counts from when a request reaches it, which is later than when it was begun here.
    """

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self._lock = asyncio.Lock()
        self._next = 0.0

    async def turn(self) -> None:
        """Wait until the next request may start."""
        loop = asyncio.get_running_loop()
        async with self._lock:
            wait = self._next - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            self._next = loop.time() + self.delay

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Wait for a request's turn, and note its end."""
        await self.turn()
        try:
            yield
        finally:
            self.done()

    def done(self) -> None:
        """Note that a request has ended."""
        self._next = max(self._next, asyncio.get_running_loop().time() + self.delay)

    def next_at(self) -> datetime:
        """Give the time before which no other worker may ask this host."""
        return now() + timedelta(seconds=max(self._next - asyncio.get_running_loop().time(), 0.0))
