"""The bell: a service that tells receivers of webhooks what changed, each in order and at least once.

Every receiver is leased and served by a task of its own, so that one's trouble holds up none of the others,
and no two processes deliver to one at a time. What a message says and what it is called are fixed before it
is first sent (storage/deliveries.py); it is sent again until it is acknowledged, less and less often, and
becomes a dead letter after TRIES.
"""

from __future__ import annotations

import asyncio
import logging
import random
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from flows.announcing import tell_now
from flows.clock import now
from flows.house import House
from flows.identity import dead, new_worker
from flows.intake.answers import named
from flows.intake.errors import GONE, IntakeError
from flows.intake.posting import Posted, post
from flows.logs import origin
from flows.signing import signed
from storage.deliveries import (
    Delivery,
    delivered,
    disable_receiver,
    enter,
    gather,
    next_delivery,
    not_delivered,
)
from storage.receivers import (
    Held,
    anything_due,
    delivering_workers,
    free_receivers,
    lease_receivers,
    release_receiver,
    renew_receiver,
)

LOOK = 0.5  # seconds between two looks at the stream
BUS_LOOK = 5.0  # seconds between two events of a range: an automation takes as long again
AT_ONCE = 32  # receivers served side by side
STEPS = 50  # that a receiver has before others that wait get their turn
SECONDS = 15.0  # for a receiver's whole answer
TRIES = 12
FIRST_PAUSE, FACTOR, LONGEST_PAUSE = 5.0, 3.0, 6 * 3600.0  # seconds: twelve tries within about a day
log = logging.getLogger(__name__)


async def ring(house: House) -> None:
    """Deliver what is new, two looks a second."""
    await house.desk.writer.run(_take_back)
    worker, gate, turns = new_worker(), asyncio.Semaphore(AT_ONCE), dict[int, asyncio.Task[None]]()
    try:
        async with asyncio.TaskGroup() as group:
            while True:
                for held in await _lease(house, worker):
                    before = turns.get(held.id)
                    if before is None or before.done():  # else it waits at the gate, its lease at an end
                        turns[held.id] = group.create_task(_turn(house, held, gate))
                await asyncio.sleep(LOOK)
    finally:
        await house.desk.writer.run(partial(free_receivers, workers=[worker]))


def _take_back(session: Session) -> None:
    """Free the receivers that workers of this machine held when they died."""
    free_receivers(session, [worker for worker in delivering_workers(session) if dead(worker)])


async def _lease(house: House, worker: str) -> list[Held]:
    """Lease what is due."""
    if not await house.read(lambda session: anything_due(session, now())):
        return []
    return await house.desk.writer.run(
        lambda session: lease_receivers(session, now(), worker=worker, until=_until(house))
    )


def _until(house: House) -> datetime:
    """Say how long a lease lasts: a post never outlives it."""
    return now() + timedelta(seconds=max(house.settings.lease, 2 * SECONDS))


async def _turn(house: House, held: Held, gate: asyncio.Semaphore) -> None:
    """Serve one receiver for a while, then let it go."""
    try:
        async with gate:
            for _ in range(STEPS):
                renewed = partial(renew_receiver, held=held, until=_until(house))
                if not (await house.desk.writer.run(renewed) and await _step(house, held)):
                    return
    finally:
        await house.desk.writer.run(partial(release_receiver, held=held))


async def _step(house: House, held: Held) -> bool:
    """Send the message that waits, else make the next ones; False when there is no more to do now."""
    waiting = await house.read(partial(next_delivery, held=held))
    if waiting is not None:
        return await _send(house, held, waiting)
    gathered = await house.read(lambda session: gather(session, held, now()))
    if gathered is None:
        return False
    return await house.desk.writer.run(lambda session: enter(session, held, gathered, now()))


async def _send(house: House, held: Held, delivery: Delivery) -> bool:
    """Send a message and write down what came of it; True when the receiver took it."""
    body = delivery.body.encode()
    headers = {"content-type": "application/json"}
    headers |= signed(held.secret, delivery.message_id, int(now().timestamp()), body)
    wish = None
    try:
        posted = await post(house.desk.client, held.url, body, headers, SECONDS)
    except IntakeError as fault:
        error = fault.reason
    else:
        if posted.accepted:
            await house.desk.writer.run(lambda session: delivered(session, held, delivery, now()))
            return True
        error, wish = _said(posted), posted.retry_after
        if posted.status == GONE:
            await house.desk.writer.run(lambda session: disable_receiver(session, held, error, now()))
            log.warning("receiver %s: %s; it is told nothing more until it is added again", who(held), error)
            return False
    await _put_off(house, held, delivery, (error, wish))
    return False


def _said(posted: Posted) -> str:
    """Say how a receiver answered that did not accept."""
    redirect = "; redirects are not followed: add the address that is meant" if posted.location else ""
    return f"the receiver answered {named(posted.status)}{redirect}"


async def _put_off(house: House, held: Held, delivery: Delivery, fault: tuple[str, float | None]) -> None:
    """Try again later: by the receiver's wish or three times as long each time, with jitter; or give up."""
    error, wish = fault
    pause = min(FIRST_PAUSE * FACTOR ** min(delivery.attempts, TRIES), LONGEST_PAUSE)
    pause *= random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not a secret
    retry_at = now() + timedelta(seconds=max(pause, wish or 0.0))
    dead_at = now() if delivery.attempts + 1 >= TRIES else None
    await house.desk.writer.run(
        lambda session: not_delivered(session, delivery, error, retry_at, dead_at=dead_at)
    )
    given_up = f"; message {delivery.message_id} is a dead letter now" if dead_at else ""
    log.warning("receiver %s: %s%s", who(held), error, given_up)


def who(held: Held) -> str:
    """Name a receiver in a log, where the path of its address has no business."""
    return f"{held.id} ({origin(held.url)})"


async def tell_bus(house: House) -> None:
    """Tell the bus what is new every five seconds, as long as a Prefect API is configured."""
    said = None
    while True:
        fault = await tell_now(house.database)
        if fault is not None and fault != said:
            log.warning("events wait: %s", fault)
        said = fault or said
        await asyncio.sleep(BUS_LOOK)
