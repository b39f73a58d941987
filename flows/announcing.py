"""Telling Prefect's bus what changed, in ranges, whenever an API is configured and answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from flows.clock import now
from flows.events import SECONDS, BusDown, announce, articles_changed, source_turned
from flows.house import House
from flows.identity import new_worker
from flows.settings import prefect_api
from storage import Database
from storage.announcing import announced, bus_has_news, lease_bus, next_range, source_turns
from storage.receivers import Held, put_off, release_receiver

LOOK = 5.0  # seconds between two events of a range: an automation takes as long again
PAUSE = 15.0  # seconds that a bus which is down is left alone
log = logging.getLogger(__name__)
T = TypeVar("T")


async def tell_bus(house: House) -> None:
    """Tell the bus what is new every five seconds, as long as a Prefect API is configured."""
    while True:
        await tell_now(house.database)
        await asyncio.sleep(LOOK)


async def tell_now(database: Database) -> None:
    """Tell the bus what it has not heard of; without a Prefect API nothing, and no fault of it gets out."""
    if prefect_api() is None or not await asyncio.to_thread(_read, database, _has_news):
        return
    held = await asyncio.to_thread(_write, database, _lease)
    if held is None:
        return
    try:
        await _tell(database, held)
    finally:
        await asyncio.to_thread(_write, database, partial(release_receiver, held=held))


async def _tell(database: Database, held: Held) -> None:
    """Tell one range and the sources that turned, and write down that the bus has heard."""
    told = await asyncio.to_thread(_read, database, partial(next_range, held=held))
    turns = await asyncio.to_thread(_read, database, source_turns)
    events = [source_turned(turn) for turn in turns] + ([articles_changed(told)] if told else [])
    try:
        await announce(events)
    except BusDown as fault:
        later = partial(
            put_off, receiver_id=held.id, error=str(fault), retry_at=now() + timedelta(seconds=PAUSE)
        )
        await asyncio.to_thread(_write, database, later)
        log.warning("events wait: %s", fault)
    else:
        heard = partial(announced, held=held, told=told, turns=turns, now=now())
        await asyncio.to_thread(_write, database, heard)


def _has_news(session: Session) -> bool:
    return bus_has_news(session, now())


def _lease(session: Session) -> Held | None:
    until = now() + timedelta(seconds=3 * SECONDS)
    return lease_bus(session, now(), worker=new_worker(), until=until)


def _read(database: Database, work: Callable[[Session], T]) -> T:
    with database.read() as session:
        return work(session)


def _write(database: Database, work: Callable[[Session], T]) -> T:
    with database.write() as session:
        return work(session)
