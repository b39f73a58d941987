"""The worker: a service that brings what is due in the ledger to its end, as soon as somebody rings."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from flows.house import House
from flows.pipeline import work_due

LOOK = 2.0  # seconds between two looks at the ledger when nobody rings: other processes put work there too
RECOVERY = 10.0  # seconds that what was left in the inbox is waited for: its pages are there, not on the web
SHIFTS = 16  # side by side, so that hosts with long queues do not keep what has just come waiting


async def work_ledger(house: House) -> None:
    """Work whatever is due, whenever `wake` is set or LOOK seconds have gone by."""
    with suppress(TimeoutError):
        async with asyncio.timeout(RECOVERY):
            await house.inbox.recovered.wait()
    free = asyncio.Semaphore(SHIFTS)
    async with asyncio.TaskGroup() as group:
        while True:
            await free.acquire()
            house.wake.clear()
            group.create_task(_shift(house, free))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await house.wake.wait()


async def _shift(house: House, free: asyncio.Semaphore) -> None:
    try:
        await work_due(house.desk)
    finally:
        free.release()
