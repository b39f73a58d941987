"""How fast one host may be asked."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from flows.clock import now


class Pace:
    """Lets one request to a host start every `delay` seconds, whoever asks."""

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

    def next_at(self) -> datetime:
        """Give the time before which no other worker may ask this host."""
        return now() + timedelta(seconds=max(self._next - asyncio.get_running_loop().time(), 0.0))
