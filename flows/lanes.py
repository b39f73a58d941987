"""The hosts that one worker holds: each has its lane here and its lease in the ledger, while it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from sqlmodel import Session

from flows.clock import now
from flows.identity import new_worker
from flows.intake.errors import Unreachable
from flows.intake.robots import Robots
from flows.lane import Lane
from flows.settings import Settings
from flows.writer import Writer
from parsers.urls import authority, normalise
from storage.ledger import lease_host, release_host

TRIES = 20  # to lease a host that a redirect leads to; nobody waits longer while holding another
NAP = 0.2  # seconds between two tries


class Lanes:
    """One worker's lanes; `changing` is held between a claim and its lane, lest the host be let go there."""

    def __init__(self, settings: Settings, writer: Writer, robots: Robots) -> None:
        self.worker = new_worker()
        self.changing = asyncio.Lock()
        self._settings, self._writer, self._robots = settings, writer, robots
        self._lanes: dict[str, Lane] = {}

    @property
    def hosts(self) -> int:
        """How many hosts are held."""
        return len(self._lanes.keys() - {""})

    def enter(self, host: str) -> Lane:
        """Count one page more in the lane of a host that is leased; whoever enters leaves."""
        if host not in self._lanes:
            self._lanes[host] = Lane(host, self._settings, self._robots, self.visit)
        lane = self._lanes[host]
        lane.pages += 1
        return lane

    async def leave(self, lane: Lane) -> datetime:
        """Count one page less; the last one lets the host go. Gives when it may be asked again."""
        async with self.changing:
            lane.pages -= 1
            at = lane.next_at()
            if not lane.pages and lane.host:
                del self._lanes[lane.host]
                await self._writer.run(lambda session: release_host(session, lane.host, self.worker, at))
            return at

    async def close(self) -> None:
        """Let every host go that is still held: where work broke off, nobody waits for the lease's end."""
        left = {lane.host: lane.next_at() for lane in self._lanes.values() if lane.host}
        self._lanes.clear()
        if left:
            await self._writer.run(lambda session: _release(session, self.worker, left))

    @asynccontextmanager
    async def visit(self, url: str) -> AsyncIterator[None]:
        """Hold a turn for one request to an address's host; Unreachable where another worker keeps it."""
        async with self._lane_of(url) as lane, lane.request():
            yield

    @asynccontextmanager
    async def strange(self, url: str) -> AsyncIterator[None]:
        """Hold a turn as `visit` does, at a host that nobody named: as its robots.txt has it, or Refused."""
        async with self._lane_of(url) as lane, lane.turn(url):
            yield

    @asynccontextmanager
    async def _lane_of(self, url: str) -> AsyncIterator[Lane]:
        """Be in the lane of an address's host for a while."""
        lane = await self._guest(authority(normalise(url)))
        try:
            yield lane
        finally:
            await self.leave(lane)

    async def _guest(self, host: str) -> Lane:
        """Enter a host's lane, leasing the host where it is not held yet."""
        for _ in range(TRIES):
            async with self.changing:
                if host in self._lanes or await self._lease(host):
                    return self.enter(host)
            await asyncio.sleep(NAP)
        raise Unreachable(f"a redirect leads to {host}, which another worker is asking")

    async def _lease(self, host: str) -> bool:
        """Lease a host; False where another worker has it, or it may not be asked yet."""
        lease, worker = self._settings.lease, self.worker
        free_at = await self._writer.run(
            lambda session: lease_host(session, host, now(), worker=worker, lease=lease)
        )
        return free_at is None


def _release(session: Session, worker: str, hosts: Mapping[str, datetime]) -> None:
    """Let hosts go, each left alone until its time."""
    for host, at in hosts.items():
        release_host(session, host, worker, at)
