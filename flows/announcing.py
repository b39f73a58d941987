"""Telling Prefect's bus what changed, in ranges, whenever an API is configured and answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from flows.clock import now
from flows.events import SECONDS, BusDown, announce, articles_changed, source_turned
from flows.identity import new_worker
from flows.settings import prefect_api
from storage import Database
from storage.announcing import announced, bus_has_news, lease_bus, next_range, source_turns
from storage.receivers import Held, put_off, release_receiver

PAUSE = 15.0  # seconds that a bus which is down is left alone
T = TypeVar("T")


@asynccontextmanager
async def telling(database: Database) -> AsyncIterator[None]:
    """Tell the bus afterwards what the work in this block has changed, whether or not a house stands."""
    await tell_now(database)
    yield
    await tell_now(database)


async def tell_now(database: Database) -> str | None:
    """Tell the bus what it has not heard of, as long as an API is configured; gives why it did not hear."""
    if prefect_api() is None or not await asyncio.to_thread(_read, database, _has_news):
        return None
    held = await asyncio.to_thread(_write, database, _lease)
    if held is None:
        return None
    try:
        return await _tell(database, held)
    finally:
        await asyncio.to_thread(_write, database, partial(release_receiver, held=held))


async def _tell(database: Database, held: Held) -> str | None:
    """Tell one range and the sources that turned, and write down that the bus has heard, or why not."""
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
        return str(fault)
    heard = partial(announced, held=held, told=told, turns=turns, now=now())
    await asyncio.to_thread(_write, database, heard)
    return None


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
