"""The clock: polls, rechecks and keeps up in this very process whenever Prefect does not see to it."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial

from flows.clock import now
from flows.house import House
from flows.polls import poll
from flows.rechecking import ask_again
from flows.upkeeping import keep_up
from storage.sources import any_late

LOOK = 2.0  # seconds between two looks at what is due
ROUNDS = 3  # of Prefect's that a source may wait for
ROUNDS_AT_ONCE = 4  # of polls made here
DAY = 86_400.0  # seconds
LATE = "Prefect answers, but sources have been due for %.0f s and more: what is due is done here for a day"
log = logging.getLogger(__name__)


async def keep_time(house: House) -> None:
    """Poll each source when it is due, recheck every `poll_every` seconds and keep up once a day.

    While `tracked` is set it only looks on: then Prefect's deployments do so. The archive says whether they
    do: where sources stay overdue for ROUNDS, it all is done here until Prefect has been away or for a day.
    """
    async with asyncio.TaskGroup() as group:
        await _tick(house, group)


async def _tick(house: House, rounds: asyncio.TaskGroup) -> None:
    """Do what is due, again and again; rounds of polls go on beside it, lest a slow host hold up the rest."""
    clock = asyncio.get_running_loop().time
    recheck_at, upkeep_at, distrust_until = clock(), clock() + DAY, 0.0
    begun: list[datetime] = []
    while True:
        if not house.tracked.is_set():
            distrust_until = 0.0
        elif clock() >= distrust_until and await _are_late(house):
            log.warning(LATE, ROUNDS * house.settings.poll_every)
            recheck_at, distrust_until = clock(), clock() + DAY
        if house.tracked.is_set() and clock() >= distrust_until:
            recheck_at, upkeep_at = clock() + house.settings.poll_every, clock() + DAY
        else:
            if len(begun) < ROUNDS_AT_ONCE:
                task = rounds.create_task(poll_due(house, max(begun, default=None)))
                begun.append(at := now())
                task.add_done_callback(partial(_ended, begun, at))
            if clock() >= recheck_at:
                recheck_at = clock() + house.settings.poll_every
                if await ask_again(house.desk):
                    house.wake.set()
            if clock() >= upkeep_at:
                upkeep_at = clock() + DAY
                log.info("upkeep: %s", await keep_up(house.database))
        await asyncio.sleep(LOOK)


def _ended(begun: list[datetime], at: datetime, _: object) -> None:
    """Forget a round that has come to its end."""
    begun.remove(at)


async def _are_late(house: House) -> bool:
    """Tell whether sources have waited for ROUNDS although nothing kept anybody from asking them."""
    since = now() - timedelta(seconds=ROUNDS * house.settings.poll_every)
    return await house.read(partial(any_late, since=since))


async def poll_due(house: House, after: datetime | None) -> None:
    """Poll the sources that became due `after` then and whose hosts are free, and ring for their pages."""
    if not await house.read(partial(any_late, since=now(), after=after)):
        return
    polled = await poll(house.desk, after=after)
    for url, reason in polled.faults.items():
        log.warning("failed %s: %s", url, reason)
    for url, reason in polled.warnings.items():
        log.warning("%s: %s", url, reason)
    if polled.links:
        house.wake.set()
