"""One process that does it all: the house is opened, its services run side by side until somebody stops it.

A service that fails with a known fault is told in the log and started again after a pause; a fault that
nobody foresaw ends the process, and whoever started it starts it again. At the first signal the HTTP endpoint
answers what is under way, then the services end and give back what they hold; a second one ends at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError

from flows.bell import ring, tell_bus
from flows.desk.http import answer_requests
from flows.errors import WorkFault
from flows.house import House, Service
from flows.intake.errors import IntakeError
from flows.intake.inbox import Inbox
from flows.keys import Keys
from flows.meters import Meters
from flows.orchestra import orchestra
from flows.pipeline import open_desk
from flows.receiving import receive
from flows.report import Event
from flows.settings import Settings
from flows.subscribing import keep_subscribed
from flows.timetable import keep_time
from flows.worker import work_ledger
from storage import Database, DatabaseError
from storage.gauges import now_at

SERVICES: tuple[Service, ...] = (
    work_ledger, receive, keep_time, orchestra, ring, tell_bus, keep_subscribed,
)  # fmt: skip
KNOWN = (DatabaseError, SQLAlchemyError, OSError, IntakeError, WorkFault)
PAUSE = 5.0  # seconds before a service that failed is started again
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Doors:
    """What has to be had before a house can open: whoever finds one shut is told at once."""

    database: Database
    keys: Keys
    inbox: Inbox
    listener: socket.socket


async def serve(settings: Settings, doors: Doors, ready: Callable[[], None]) -> None:
    """Keep house until SIGINT or SIGTERM; `ready` is called once every service has been started."""
    async with _open_house(settings, doors) as house:
        _stop_on_signals(house.stopping)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(supervise(service, house)) for service in SERVICES]
            ready()
            await answer_requests(house, doors.listener)
            for task in tasks:
                task.cancel()


@asynccontextmanager
async def _open_house(settings: Settings, doors: Doors) -> AsyncIterator[House]:
    """Open everything that the services share."""
    with doors.database.read() as session:
        meters = Meters(now_at(session))

    def tell(event: Event) -> None:
        meters.tell(event)
        log.info("%s %s%s", event.state, event.url, f": {event.reason}" if event.reason else "")

    async with open_desk(doors.database, settings, tell) as opened:
        opened.workshop.took = meters.parse.observe
        desk = replace(opened, client=replace(opened.client, took=meters.fetch.observe))
        house = House(settings, doors.database, desk, doors.keys, doors.inbox, meters)
        try:
            yield house
        finally:
            house.readers.shutdown(wait=False, cancel_futures=True)


async def supervise(service: Service, house: House) -> None:
    """Run a service; after a known fault, its own or of tasks in it, log that and run it again."""
    name = getattr(service, "__name__", repr(service))
    while True:
        try:
            await service(house)
        except KNOWN as fault:
            log.warning("%s: %s; again in %g s", name, fault, PAUSE)
        except ExceptionGroup as group:
            if group.split(KNOWN)[1] is not None:
                raise
            log.warning("%s: %s; again in %g s", name, _first(group), PAUSE)
        else:
            return
        await asyncio.sleep(PAUSE)


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """Give the first fault of tasks side by side."""
    first: Exception = group
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    return first


def _stop_on_signals(stopping: asyncio.Event) -> None:
    """Let the first SIGINT or SIGTERM stop the house, and a second one end the process at once."""
    loop = asyncio.get_running_loop()

    def stop(number: int) -> None:
        if stopping.is_set():
            os._exit(128 + number)
        log.info("stopping; what is in hand is finished or given back (once more to end at once)")
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
