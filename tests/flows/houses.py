"""A house in the test's own process, with nothing in it but what the test starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from flows.house import House, Service
from flows.intake.inbox import Inbox
from flows.keys import Keys
from flows.meters import Meters
from flows.pipeline import open_desk
from flows.settings import Settings
from storage import Database

SECONDS = 30.0  # a test that waits longer fails


@asynccontextmanager
async def house_of(database: Database, *allowed: str, **changed: object) -> AsyncIterator[House]:
    """Open a house that may connect to what is allowed."""
    settings = Settings(allow_networks=allowed, **{"host_delay": 0.0, **changed})  # type: ignore[arg-type]
    async with open_desk(database, settings, lambda _: None) as desk:
        inbox = Inbox(Path("nobody's inbox"), 1024)
        house = House(settings, database, desk, Keys(b"", None), inbox, Meters())
        try:
            yield house
        finally:
            house.readers.shutdown()


async def until(house: House, done: Callable[[], object], *services: Service) -> None:
    """Run services until something is so; the test fails when it is not within SECONDS."""
    tasks = [asyncio.ensure_future(_run(service, house)) for service in services]
    try:
        async with asyncio.timeout(SECONDS):
            while not done():
                assert not any(task.done() for task in tasks), [task for task in tasks if task.done()]
                await asyncio.sleep(0.01)
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _run(service: Service, house: House) -> None:
    await service(house)
