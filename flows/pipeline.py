"""The work itself: claim -> fetch -> parse -> save, as plain async functions that know nothing of Prefect.

A batch of links is discovered into the ledger and claimed, whole hosts at a time, each under a lease that is
renewed while the work goes on. Each host's pages are taken in turn at its pace, hosts side by side; a page is
fetched (or read, when it is a file), parsed in a process that may die without harm, and handed to the one
writer, which saves many pages in a transaction, each with its snapshot, article, change and ledger state.
What another worker holds is waited for. Each page ends in one named state, and the report counts them.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from flows.clock import now
from flows.identity import dead, new_worker
from flows.intake.client import Client, open_client
from flows.pace import Pace
from flows.report import Event, Report
from flows.settings import Settings
from flows.stations import judge, obtain
from flows.targets import Batch, batches
from flows.workshop import Workshop
from flows.writer import Finished, Writer
from parsers.model import Page
from storage import Claim, Outcome
from storage.database import Database
from storage.ledger import (
    claim,
    discover,
    give_back,
    give_back_worker,
    leased_workers,
    next_claimable,
    release_host,
    renew,
)

PAGES_AT_ONCE = 64  # pages in hand at once: what bounds memory
FILES_AT_ONCE = 16
NAP = 0.2  # seconds between two looks at what another worker holds
Listener = Callable[[Event], None]


class Watch(Protocol):
    """Somebody who looks on while a run goes on."""

    def expect(self, pages: int) -> None:
        """Hear that so many pages more are to come."""

    def tell(self, event: Event) -> None:
        """Hear of one page's end."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the work needs, opened once for a run."""

    settings: Settings
    writer: Writer
    client: Client
    workshop: Workshop
    tell: Listener


@asynccontextmanager
async def open_desk(database: Database, settings: Settings, tell: Listener) -> AsyncIterator[Desk]:
    """Open writer, client and parser processes for a while; take back first what dead workers here held."""
    with Writer(database) as writer:
        for worker in await writer.run(leased_workers):
            if dead(worker):
                await writer.run(lambda session, worker=worker: give_back_worker(session, worker))
        async with open_client(settings) as client, Workshop() as workshop:
            yield Desk(settings, writer, client, workshop, tell)


async def work(desk: Desk, batch: Batch) -> Report:
    """Bring every page of a batch to its end, and report; known links are made due again."""
    started = time.monotonic()
    await desk.writer.run(lambda session: discover(session, batch.links, None, now=now(), again=True))
    shift = Shift(desk, [link.url for link in batch.links], batch.bodies)
    for fault in batch.faults:
        shift.report.add(fault)
        desk.tell(fault)
    await shift.run()
    shift.report.seconds = time.monotonic() - started
    return shift.report


async def work_due(desk: Desk) -> Report:
    """Bring everything in the ledger that is due now to its end, and report."""
    started = time.monotonic()
    shift = Shift(desk, None, {})
    await shift.run()
    shift.report.seconds = time.monotonic() - started
    return shift.report


class Shift:
    """One worker's walk through the ledger, until nothing that it may do is left."""

    def __init__(self, desk: Desk, among: Sequence[str] | None, bodies: Mapping[str, Page]) -> None:
        self.desk = desk
        self.report = Report()
        self._among = among
        self._bodies = bodies
        self._worker = new_worker()
        self._held: dict[int, Claim] = {}
        self._hosts: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Claim and work until nothing is left; what is still held when it breaks off is given back."""
        try:
            async with asyncio.TaskGroup() as group:
                keeper = group.create_task(self._keep())
                await self._rounds(group)
                keeper.cancel()
        finally:
            if self._held:
                held = list(self._held.values())
                await self.desk.writer.run(lambda session: give_back(session, held))

    async def _rounds(self, group: asyncio.TaskGroup) -> None:
        """Claim what there is room for; when there is nothing to claim, wait for a host or for others."""
        while True:
            claims = await self._claim()
            by_host = defaultdict(list)
            for one in claims:
                by_host[one.host].append(one)
            for host, pages in by_host.items():
                task = group.create_task(self._host(host, pages))
                self._hosts.add(task)
                task.add_done_callback(self._hosts.discard)
            if self._hosts and not claims:
                await asyncio.wait(self._hosts, return_when=asyncio.FIRST_COMPLETED)
            elif not claims and not await self._others_may_leave_something():
                return

    async def _claim(self) -> list[Claim]:
        """Claim as much as there is room for."""
        settings = self.desk.settings
        hosts = settings.hosts - len(self._hosts)
        pages = PAGES_AT_ONCE - len(self._held)
        if hosts <= 0 or pages <= 0:
            return []
        claims = await self.desk.writer.run(
            lambda session: claim(
                session, now(), hosts, pages, worker=self._worker, lease=settings.lease, among=self._among
            )
        )
        self._held.update((one.link_id, one) for one in claims)
        return claims

    async def _others_may_leave_something(self) -> bool:
        """Wait a moment for what another worker or a host's pause holds of this batch; False if nothing."""
        if self._among is None:
            return False
        among = self._among
        at = await self.desk.writer.run(lambda session: next_claimable(session, now(), among))
        if at is None:
            return False
        pause = (at - now()).total_seconds()
        if pause > self.desk.settings.lease:
            return False
        await asyncio.sleep(min(max(pause, 0.0), NAP))
        return True

    async def _keep(self) -> None:
        """Renew the lease of everything held, three times in its length."""
        lease = self.desk.settings.lease
        while True:
            await asyncio.sleep(lease / 3)
            held, until = list(self._held.values()), now() + timedelta(seconds=lease)
            if held:
                await self.desk.writer.run(
                    lambda session, held=held, until=until: renew(session, held, until)
                )

    async def _host(self, host: str, claims: Sequence[Claim]) -> None:
        """Work one host's pages at its pace, or files side by side, then let the host go."""
        settings = self.desk.settings
        pace = Pace(settings.host_delay if host else 0.0)
        gate = asyncio.Semaphore(settings.host_connections if host else FILES_AT_ONCE)
        try:
            async with asyncio.TaskGroup() as group:
                for one in claims:
                    group.create_task(self._page(one, pace, gate))
        finally:
            if host:
                next_at = pace.next_at()
                await self.desk.writer.run(lambda session: release_host(session, host, self._worker, next_at))

    async def _page(self, claimed: Claim, pace: Pace, gate: asyncio.Semaphore) -> None:
        """Bring one page to its end and tell of it."""
        async with gate:
            page: Page | Outcome | None = self._bodies.get(claimed.url)
            if page is None:
                await pace.turn()
                page = await obtain(claimed, self.desk.client, self.desk.settings.max_bytes)
            if isinstance(page, Outcome):
                finished = Finished(claimed, None, page)
            else:
                finished = Finished(claimed, page, await judge(claimed, page, self.desk.workshop))
            event = await self.desk.writer.put(finished)
        self._held.pop(claimed.link_id, None)
        self.report.add(event)
        self.desk.tell(event)


async def ingest_targets(
    database: Database, settings: Settings, targets: Sequence[str], watch: Watch
) -> Report:
    """Bring every page of the targets to its end, batch by batch, in this process, and report."""
    started, report = time.monotonic(), Report()
    async with open_desk(database, settings, watch.tell) as desk:
        for batch in batches(targets, settings.max_bytes):
            watch.expect(len(batch.links) + len(batch.faults))
            report.merge(await work(desk, batch))
    report.seconds = time.monotonic() - started
    return report
