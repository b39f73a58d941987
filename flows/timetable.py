"""The clock: polls, rechecks and keeps up in this very process whenever Prefect does not see to it."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from flows.clock import now
from flows.house import House
from flows.polls import poll
from flows.rechecking import ask_again
from flows.upkeeping import keep_up
from storage.sources import any_due

LOOK = 2.0  # seconds between two looks at what is due
UPKEEP_EVERY = 86_400.0  # seconds
log = logging.getLogger(__name__)


async def keep_time(house: House) -> None:
    """Poll each source when it is due, recheck every `poll_every` seconds and keep up once a day.

    While `tracked` is set it only looks on: then Prefect's deployments do so.
    """
    clock = asyncio.get_running_loop().time
    recheck_at, upkeep_at = clock(), clock() + UPKEEP_EVERY
    while True:
        if house.tracked.is_set():
            recheck_at, upkeep_at = clock() + house.settings.poll_every, clock() + UPKEEP_EVERY
        else:
            await poll_due(house)
            if clock() >= recheck_at:
                recheck_at = clock() + house.settings.poll_every
                if await ask_again(house.desk):
                    house.wake.set()
            if clock() >= upkeep_at:
                upkeep_at = clock() + UPKEEP_EVERY
                log.info("upkeep: %s", await keep_up(house.database))
        await asyncio.sleep(LOOK)


async def poll_due(house: House) -> None:
    """Poll the sources that are due, and ring for the pages that they list."""
    if not await house.read(partial(any_due, now=now())):
        return
    polled = await poll(house.desk)
    for url, reason in polled.faults.items():
        log.warning("failed %s: %s", url, reason)
    if polled.links:
        house.wake.set()
