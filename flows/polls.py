"""Polling the sources that are due: plain async functions that enter what is new into the ledger.

A source's host is leased like any other work, so that a poll and a page are never asked of one host at the
same time, by whichever worker; sources of one host are asked in turn at its delay, hosts side by side.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from flows.clock import now
from flows.intake.discovery import find_sources
from flows.intake.entries import UNKNOWN_KIND
from flows.intake.errors import IntakeError, Unreachable
from flows.intake.links import link_of
from flows.intake.listing import Item, NotAListing
from flows.intake.polling import Heard, Tools, hear
from flows.keeping import found_sources
from flows.lane import Lane
from flows.lanes import Lanes
from flows.pipeline import Watch, open_desk, work_due
from flows.report import Report
from flows.settings import Settings
from flows.shift import Desk
from storage import Database
from storage.files import SourceFile, files_of, keep_files
from storage.ledger import discover
from storage.sources import (
    NewSource,
    Polled,
    Source,
    add_sources,
    claim_sources,
    renew_hosts,
    rested_at,
    settle_poll,
    sources,
)

NAP = 0.2  # seconds between two looks at a host that is not free
TURN = timedelta(seconds=2)  # that a host's sources may keep it from whoever wants its pages
BREATH = 2.5  # seconds for which such a host is free: a worker looks for its pages every two
INTERVAL = 900  # seconds between two polls of a source that says nothing else
FIRST_PAUSE = 300.0  # seconds after a first failure; doubled each time
LONGEST_PAUSE = 86400.0


@dataclass(slots=True)
class PollReport:
    """What a round of polls came to: sources asked, those unchanged, new links, and faults by address.

    `warnings` tell, by address, which sources answered but for files that have failed for long.
    """

    polled: int = 0
    unchanged: int = 0
    links: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say in one line what the round did."""
        unchanged = f" ({self.unchanged} unchanged)" if self.unchanged else ""
        failed = f", {len(self.faults)} failed" if self.faults else ""
        return f"sources asked: {self.polled}{unchanged}{failed}; new links: {self.links}"


async def poll(desk: Desk, named: Collection[int] | None = None, after: datetime | None = None) -> PollReport:
    """Poll every source that is due and whose host nobody else asks now, and report.

    `named` are the numbers of sources to be polled instead, due or not; one whose host is not free soon has
    failed. With `after`, only what became due later: the rest is in the hands of a round that goes on.
    It ends when the hosts that were asked may be asked again, so that what they listed can be fetched. A host
    with many sources is let go now and then, since pages are wanted of it too.
    """
    round_ = _Round(desk, named, after)
    while held := await round_.claim():
        await _ask(round_, held, asyncio.Semaphore(desk.settings.hosts))
        rest = max((round_.rested_at - now()).total_seconds(), 0.0)
        await asyncio.sleep(rest + (BREATH if round_.cut else 0.0))
        if named is not None:
            break
    return round_.report


async def _ask(round_: _Round, held: Sequence[Source], gate: asyncio.Semaphore) -> None:
    """Ask the sources that are held, hosts side by side."""
    by_host: dict[str, list[Source]] = defaultdict(list)
    for source in held:
        by_host[source.host].append(source)
    async with asyncio.TaskGroup() as keeping:
        keeper = keeping.create_task(round_.keep())
        async with asyncio.TaskGroup() as group:
            for lane, some in [(round_.enter(host), some) for host, some in by_host.items()]:
                group.create_task(round_.host(lane, some, gate))
        keeper.cancel()


async def poll_and_work(
    database: Database, settings: Settings, watch: Watch, named: Collection[int] | None = None
) -> tuple[PollReport, Report]:
    """Poll what is due or named, then bring every page that is due to its end, what was just found too."""
    async with open_desk(database, settings, watch.tell) as desk:
        polled = await poll(desk, named)
        watch.expect(polled.links)
        return polled, await work_due(desk)


class _Round:
    """One worker's round through the due sources."""

    def __init__(self, desk: Desk, named: Collection[int] | None, after: datetime | None) -> None:
        self.report = PollReport()
        self._named = named
        self.rested_at = self._began = now()
        self._due = (after, self._began)
        self.cut = False  # whether a host was let go before all its sources were asked
        self._writer, self._settings, self._client = desk.writer, desk.settings, desk.client
        self._workshop, self._yielded = desk.workshop, desk.yielded
        self._lanes = Lanes(desk.settings, desk.writer, desk.robots)

    def enter(self, host: str) -> Lane:
        """Take a host that was claimed into hand."""
        return self._lanes.enter(host)

    async def claim(self) -> list[Source]:
        """Lease the hosts of what is due or named; waits for as long as a host's pause where they rest."""
        self.cut = False
        held: dict[int, Source] = {}
        last = now() + timedelta(seconds=self._settings.host_delay + NAP)
        if self._named is None:
            return await self._claim_due(last)
        while len(held) < len(self._named) and now() <= last:
            held |= {one.id: one for one in await self._writer.run(self._claim)}
            await asyncio.sleep(NAP if len(held) < len(self._named) else 0.0)
        await self._writer.run(partial(self._name_the_rest, set(self._named) - held.keys()))
        return list(held.values())

    async def _claim_due(self, last: datetime) -> list[Source]:
        while not (held := await self._writer.run(self._claim)) and now() <= last:
            at = await self._writer.run(partial(rested_at, due=self._due, by=last))
            if at is None:
                break
            await asyncio.sleep(max((at - now()).total_seconds(), 0.0) + NAP / 10)
        return held

    def _claim(self, session: Session) -> list[Source]:
        """Claim what was due when the round began, so that it comes to an end."""
        worker, lease = self._lanes.worker, self._settings.lease
        return claim_sources(session, now(), worker=worker, lease=lease, among=self._named, due=self._due)

    def _name_the_rest(self, numbers: Collection[int], session: Session) -> None:
        """Report the sources whose hosts could not be had."""
        busy = "its host rests or is asked by another worker; try again later"
        self.report.faults |= {one.url: busy for one in sources(session) if one.id in numbers}

    async def keep(self) -> None:
        """Renew the lease of every host held, three times in its length."""
        lease = self._settings.lease
        while True:
            await asyncio.sleep(lease / 3)
            until = now() + timedelta(seconds=lease)
            await self._writer.run(partial(renew_hosts, worker=self._lanes.worker, until=until))

    async def host(self, lane: Lane, some: Sequence[Source], gate: asyncio.Semaphore) -> None:
        """Poll one host's sources in turn at its pace, then let the host go; one that rests is not asked."""
        try:
            async with gate:
                await self._ask_in_turn(lane, some)
        finally:
            at = await self._lanes.leave(lane)
            if not lane.rests:
                self.rested_at = max(self.rested_at, at)

    async def _ask_in_turn(self, lane: Lane, some: Sequence[Source]) -> None:
        """Ask a host's sources until its pages are to have their turn; none while they have it."""
        if self._named is None and now() < self._yielded.get(lane.host, self._began):
            self.cut = True
            return
        last = now() + TURN
        for place, source in enumerate(some):
            if place and self._named is None and now() > last:
                self._yielded[lane.host] = lane.next_at() + timedelta(seconds=BREATH)
                self.cut = True
                return
            if lane.rests:
                return
            await self.source(source, lane)

    async def source(self, source: Source, lane: Lane) -> None:
        """Poll one source and write down what came of it.

        What it lists is entered as it is read; that the source was read stands behind it, so that a poll
        that breaks off loses nothing.
        """
        new: list[int] = []
        others: list[NewSource] = []
        files: Sequence[SourceFile] | None = None
        try:
            if source.kind == UNKNOWN_KIND:
                polled, others = await self._find(source)
            else:
                heard = await self._hear(source, new)
                polled, files = _read(source, heard), heard.files
        except (IntakeError, NotAListing) as fault:
            if isinstance(fault, Unreachable):
                lane.failed(fault)
            polled = _failed(source, fault)
            self.report.faults[source.url] = fault.reason
        else:
            self.report.polled += 1
        await self._writer.run(partial(_settle, source.id, polled, sum(new), others, files))
        self.report.links += sum(new)

    async def _hear(self, source: Source, new: list[int]) -> Heard:
        """Ask a source what it lists now, and enter it; `new` gathers how many links are."""

        async def take(items: Sequence[Item]) -> None:
            links = [link_of(item.url, item.hints) for item in items]
            new.append(await self._writer.run(lambda session: discover(session, links, source.id, now=now())))

        tools = Tools(self._client, self._workshop.reading, self._lanes.visit, self._lanes.strange, take)
        known = await self._writer.run(partial(files_of, source=source.id))
        heard = await hear(tools, source, known, now())
        self.report.unchanged += heard.answer.listing is None
        if heard.fault:
            self.report.faults[source.url] = heard.fault
        elif heard.warning:
            self.report.warnings[source.url] = heard.warning
        return heard

    async def _find(self, source: Source) -> tuple[Polled, list[NewSource]]:
        """Find out what an imported address is: what is found is kept beside it and polled next."""
        found = await find_sources(self._client, source.url, self._lanes.visit)
        itself = next((one for one in found if one.url == source.url), None)
        others = found_sources(one for one in found if one is not itself)
        return Polled(now(), kind=itself.kind if itself else "home", active=itself is not None), others


def _settle(
    source: int,
    polled: Polled,
    new: int,
    others: Sequence[NewSource],
    files: Sequence[SourceFile] | None,
    session: Session,
) -> None:
    """Write down a poll's end, how many links were new, the sources it found, and an index's files."""
    add_sources(session, others, now())
    settle_poll(session, source, polled, new, now())
    if files is not None:
        keep_files(session, source, files)


def _next(source: Source) -> datetime:
    """Say when a source that answered is asked again."""
    return now() + timedelta(seconds=source.poll_seconds or INTERVAL)


def _read(source: Source, heard: Heard) -> Polled:
    """Write down an answer: validators, what the source turned out to be, what of it could not be had."""
    listing, known = heard.answer.listing, heard.answer.known
    if listing is None:
        return Polled(_next(source), lost=heard.lost)
    return Polled(
        due_at=_next(source),
        lost=heard.lost,
        full=True,
        etag=known.etag,
        last_modified=known.last_modified,
        kind=listing.kind,
        name=None if source.name else listing.title,
        hub=listing.hub,
        topic=listing.topic,
    )


def _failed(source: Source, fault: IntakeError | NotAListing) -> Polled:
    """Put a source off: by the server's wish or twice as long each time, with jitter."""
    pause = min(FIRST_PAUSE * 2 ** min(source.failures, 20), LONGEST_PAUSE)
    pause *= random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not a secret
    wish = fault.retry_after if isinstance(fault, Unreachable) else None
    return Polled(now() + timedelta(seconds=max(pause, wish or 0.0)), error=fault.reason)
