"""The house: what every service of `cleanwire serve` shares, opened once for its whole life."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from sqlmodel import Session

from flows.intake.inbox import Inbox
from flows.keys import Keys
from flows.meters import Meters
from flows.settings import Settings
from flows.shift import Desk
from storage import Database

READERS = 4  # threads that read for the HTTP endpoint: as many sessions are open at once
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class House:
    """What services share: `wake` is set by whoever put something due into the ledger.

    `stopping` is set once, when the house is about to close: what never ends by itself ends then.
    `tracked` is set while Prefect's deployments poll, recheck and keep up; otherwise this process does.
    """

    settings: Settings
    database: Database
    desk: Desk
    keys: Keys
    inbox: Inbox
    meters: Meters
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tracked: asyncio.Event = field(default_factory=asyncio.Event)
    readers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(READERS, "reader"))

    async def read(self, work: Callable[[Session], T]) -> T:
        """Do `work` in a view of the archive on a reader's thread; what it gives needs no session."""
        return await asyncio.get_running_loop().run_in_executor(self.readers, self._look, work)

    def _look(self, work: Callable[[Session], T]) -> T:
        with self.database.read() as session:
            return work(session)


Service = Callable[[House], Awaitable[None]]
"""One thing that the house does as long as it stands: runs until it is cancelled, and then ends cleanly."""
