"""Room for bodies in hand: what bounds memory however many hosts send large pages at the same moment.

Each page holds a share of the room for as long as its body, or what was read from it, is in memory. A share
that would grow past what is left waits; one share may always grow, so that somebody comes to an end and
makes room for the others. Shares of usual size never wait: a large body that only drips in keeps nobody but
other large ones waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Room:
    """So many bytes for all shares together; for one of them as much more as it needs, for each `part`."""

    def __init__(self, size: int, part: int = 0) -> None:
        self._left, self._part = size, part
        self._favoured: Share | None = None
        self._waiting: list[asyncio.Event] = []

    @contextmanager
    def share(self) -> Iterator[Share]:
        """Lend a share, empty at first, which is given back at the end of the block."""
        lent = Share(self)
        try:
            yield lent
        finally:
            self._give(lent, -lent.size)

    async def hold(self, share: Share, size: int) -> None:
        """Let a share hold `size` bytes; it waits where that is more than is left."""
        while not self.has_room(share, size):
            turn = asyncio.Event()
            self._waiting.append(turn)
            await turn.wait()
        more = size - share.size
        if more > max(self._left, 0) and size > self._part:
            self._favoured = share
        self._give(share, more)

    def has_room(self, share: Share, size: int) -> bool:
        """Tell whether a share may hold `size` bytes now."""
        allowed = max(self._left, 0, self._part - share.size)
        return size - share.size <= allowed or self._favoured in {None, share}

    def _give(self, share: Share, more: int) -> None:
        """Count what a share grew or shrank by; where it shrank, let everybody who waits look again."""
        share.size += more
        self._left -= more
        if more < 0:
            if not share.size and self._favoured is share:
                self._favoured = None
            for turn in self._waiting:
                turn.set()
            self._waiting.clear()


class Share:
    """One page's part of the room: `size` is how many bytes it holds."""

    def __init__(self, room: Room) -> None:
        self.size = 0
        self._room = room

    async def hold(self, size: int) -> None:
        """Hold so many bytes from now on, more or fewer than before; wait for room where it takes more."""
        await self._room.hold(self, size)

    def has_room(self, size: int) -> bool:
        """Tell whether `hold` would not wait."""
        return self._room.has_room(self, size)
