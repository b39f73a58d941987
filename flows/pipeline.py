"""The work itself: claim -> fetch -> parse -> save, as plain async functions that know nothing of Prefect.

A batch of links is discovered into the ledger and claimed, whole hosts at a time, each under a lease that is
renewed while the work goes on. Each host's pages are taken in turn at its pace, hosts side by side; a page is
fetched (or read, when it is a file), parsed in a process that may die without harm, and handed to the one
writer, which saves many pages in a transaction, each with its snapshot, article, change and ledger state.
What another worker holds is waited for. Each page ends in one named state, and the report counts them.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import Protocol

from sqlmodel import Session

from flows.clock import now
from flows.frugal import collect_seldom, give_back_what_is_freed
from flows.identity import dead
from flows.intake.client import open_client
from flows.intake.files import address_of
from flows.intake.links import asked_for
from flows.intake.robots import Robots
from flows.notebook import Notebook
from flows.report import Event, Report
from flows.settings import Settings
from flows.shift import Desk, Listener, Shift
from flows.spool import open_spool
from flows.targets import Batch, batches
from flows.workshop import Workshop
from flows.writer import Writer
from parsers import Page
from storage import Database, Link, discover, give_back_worker, leased_workers
from storage.sources import keep_progress, progress
from storage.turned_away import TurnedAway, turn_away


class Watch(Protocol):
    """Somebody who looks on while a run goes on."""

    def expect(self, pages: int) -> None:
        """Hear that so many pages more are to come."""

    def tell(self, event: Event) -> None:
        """Hear of one page's end."""


@asynccontextmanager
async def open_desk(database: Database, settings: Settings, tell: Listener) -> AsyncIterator[Desk]:
    """Open writer, client and parser processes for a while; take back first what dead workers here held."""
    give_back_what_is_freed()
    collect_seldom()
    with Writer(database) as writer:
        await writer.run(_take_back)
        async with open_client(settings) as client, Workshop() as workshop:
            yield Desk(settings, writer, client, Robots(client, Notebook(writer)), workshop, tell)


def _take_back(session: Session) -> None:
    """Make due again what workers of this machine held when they died."""
    for worker in leased_workers(session):
        if dead(worker):
            give_back_worker(session, worker)


async def work(desk: Desk, batch: Batch) -> Report:
    """Bring every page of a batch to its end, and report; known links are made due again.

    What turns out to be a feed, a sitemap or a list is followed: the pages it lists that are not stored yet
    are brought to their ends as well.
    """
    started, report = time.monotonic(), Report(passed_over=sum(batch.passed_over.values()))
    links = named(batch)
    await desk.writer.run(lambda session: discover(session, links, None, now=now(), again=True))
    await remember(desk.writer, batch.faults)
    for fault in batch.faults:
        report.add(fault)
        desk.tell(fault)
    with ExitStack() as spools:
        portions: Iterable[list[str]] = [[link.url for link in links]]
        bodies: Mapping[str, Page] = batch.bodies
        while portions:
            listed = spools.enter_context(open_spool())
            for urls in portions:
                shift = Shift(desk, urls, bodies, listed)
                await shift.run()
                report.merge(shift.report)
            portions, bodies = listed.portions() if listed.number else (), {}
    await desk.writer.run(partial(keep_progress, reached=batch.reached, now=now()))
    report.seconds = time.monotonic() - started
    return report


async def remember(writer: Writer, faults: Sequence[Event]) -> None:
    """Let the ledger know of targets that never became a page to fetch or read."""
    if ends := [TurnedAway(address_of(one.url), one.state, one.reason) for one in faults]:
        await writer.run(lambda session: turn_away(session, ends, now()))


def named(batch: Batch) -> list[Link]:
    """Give a batch's links as those that somebody named, save pages of the web that came in an archive."""
    at_hand = batch.bodies
    return [link if link.host and link.url in at_hand else asked_for(link) for link in batch.links]


async def work_due(desk: Desk) -> Report:
    """Bring everything in the ledger that is due now to its end, and report."""
    started = time.monotonic()
    shift = Shift(desk)
    await shift.run()
    shift.report.seconds = time.monotonic() - started
    return shift.report


async def ingest_targets(
    database: Database, settings: Settings, targets: Sequence[str], watch: Watch
) -> Report:
    """Bring every page of the targets to its end, batch by batch, in this process, and report."""
    started, report = time.monotonic(), Report()
    async with open_desk(database, settings, watch.tell) as desk:
        starts = await desk.writer.run(progress)
        for batch in batches(targets, settings.max_bytes, starts):
            watch.expect(len(batch.links) + len(batch.faults))
            report.merge(await work(desk, batch))
    report.seconds = time.monotonic() - started
    return report
