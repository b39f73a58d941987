"""What `Robots` keeps between runs stands in the archive."""

from __future__ import annotations

from functools import partial

from flows.writer import Writer
from storage.robots import Noted, note, noted


class Notebook:
    """Reads and writes on the writer's thread what hosts say in their robots.txt."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def read(self, origin: str) -> Noted | None:
        """Give what an origin said last; None where it was never asked."""
        return await self._writer.run(partial(noted, origin=origin))

    async def write(self, origin: str, said: Noted) -> None:
        """Keep what an origin says."""
        await self._writer.run(partial(note, origin=origin, said=said))
