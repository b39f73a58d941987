"""Asking a few hosts outside the ledger's work, as politely as within: leased, and at their pace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from flows.clock import now
from flows.identity import new_worker
from flows.intake.errors import Refused, Unreachable
from flows.pace import Pace
from flows.settings import Settings
from parsers.urls import authority
from storage.database import Database
from storage.ledger import lease_host, release_host
from storage.sources import renew_hosts

NAP = 0.2  # seconds between two looks at a host that another worker holds


class Turns:
    """The hosts that one worker holds, each with its pace."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._worker = new_worker()
        self._paces: dict[str, Pace] = {}

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Hold a page's host, and wait until it may be asked; Unreachable where that is not soon."""
        try:
            host = authority(url)
        except ValueError:
            raise Refused("the address is not a URL") from None
        if host not in self._paces:
            await self._lease(host)
            self._paces[host] = Pace(self._settings.host_delay)
        async with self._paces[host].held():
            yield

    async def _lease(self, host: str) -> None:
        """Lease a host, waiting as long as a lease lasts for whoever holds it now."""
        last = now() + timedelta(seconds=self._settings.lease)
        while True:
            with self._database.write() as session:
                free_at = lease_host(session, host, now(), worker=self._worker, lease=self._settings.lease)
            if free_at is None:
                return
            if now() >= last or free_at > last + timedelta(seconds=self._settings.lease):
                raise Unreachable(
                    f"{host} rests, or another worker asks it, until {free_at:%F %T} UTC; try then"
                )
            await asyncio.sleep(NAP)

    async def keep(self) -> None:
        """Renew every lease, three times in its length, until it is cancelled."""
        while True:
            await asyncio.sleep(self._settings.lease / 3)
            with self._database.write() as session:
                renew_hosts(session, self._worker, now() + timedelta(seconds=self._settings.lease))

    def release(self) -> None:
        """Let every host go."""
        with self._database.write() as session:
            for host, pace in self._paces.items():
                release_host(session, host, self._worker, pace.next_at())


@asynccontextmanager
async def open_turns(database: Database, settings: Settings) -> AsyncIterator[Turns]:
    """Hold hosts for a while, as many as are asked, and let them go at the end."""
    turns = Turns(database, settings)
    keeper = asyncio.create_task(turns.keep())
    try:
        yield turns
    finally:
        keeper.cancel()
        turns.release()
