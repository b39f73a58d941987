"""How long a server may take: one clock over all hops of an exchange, which stands while it waits for us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager


class Deadline:
    """So many seconds for a server's answers; TimeoutError once they are spent."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._running: asyncio.Timeout | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the clock run for the length of the block."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._left) as self._running:
            try:
                yield
            finally:
                self._left = max((self._running.when() or 0.0) - loop.time(), 0.0)

    async def stand(self, until: Awaitable[None]) -> None:
        """Let the clock stand until something of our own is done."""
        loop, running = asyncio.get_running_loop(), self._running
        assert running is not None  # noqa: S101 - a clock stands only where it ran
        left = (running.when() or 0.0) - loop.time()
        running.reschedule(None)
        await until
        running.reschedule(loop.time() + left)
