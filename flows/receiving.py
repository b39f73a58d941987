"""The inbox as a service: complete files and pushed pages are brought to their ends as soon as they come.

A file's page is known by the address where the file will rest, so that two files of one name are two pages;
its bytes lie on the desk's shelf meanwhile, for whoever claims it. Killed at any moment, the next start finds
in hand what was in hand, and does it again: the same bytes at the same address are no news.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, repeat

from sqlalchemy.exc import SQLAlchemyError
from watchfiles import awatch
from watchfiles._rust_notify import WatchfilesRustInternalError

from flows.clock import now
from flows.house import House
from flows.intake.archives import read_file
from flows.intake.errors import Unreadable
from flows.intake.inbox import STEADY, Inbox, Taken
from flows.intake.tries import begin, forget, got_on, tries
from flows.pipeline import named
from flows.report import FAULTS, SUCCESSES, Event
from flows.shift import Shift
from flows.spool import open_spool
from flows.targets import Batch, batches
from parsers.model import Page
from storage import DatabaseError, Link, discover
from storage.sources import keep_progress, progress

AT_ONCE = 4  # files worked side by side, and as many pushed pages: one large archive keeps nobody waiting
MOST_IN_HAND = 64
SWEEP = 5.0  # seconds between two looks where nothing tells of changes, as on a network's file system
AGAIN = 30.0  # seconds until what another process held in the way is tried again
REASONS_KEPT = 1000
NOT_THE_FILE = (asyncio.CancelledError, DatabaseError, SQLAlchemyError)  # what ends work on any file
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Verdict:
    """What a file came to: its own fault, what was left out, pages' ends by address, sources followed."""

    fault: str | None = None
    left_out: list[str] = field(default_factory=list)
    ends: dict[str, Event] = field(default_factory=dict)
    followed: int = 0

    @property
    def reason(self) -> str | None:
        """Why the file is to be put away as failed; None where it is done."""
        if self.fault is not None:
            return self.fault
        if self.followed or any(end.state in SUCCESSES for end in self.ends.values()):
            return None
        lines = self.left_out + [f"{end.state}: {end.reason}" for end in self.ends.values()]
        return "\n".join(lines[:REASONS_KEPT]) or "it holds no page"

    @property
    def notes(self) -> str:
        """What is to be said of a file that is done: which of its pages are not in; empty where all are."""
        ends = (end for end in self.ends.values() if end.state in FAULTS)
        lines = self.left_out + [f"{end.url}: {end.state}: {end.reason}" for end in ends]
        return "\n".join(lines[:REASONS_KEPT])


@dataclass(frozen=True, slots=True)
class Gates:
    """How many are worked side by side: files, pushed pages, and those on which work broke off."""

    files: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    pushed: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    alone: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))


async def receive(house: House) -> None:
    """Take in whatever comes to the inbox, and what was in hand when it was last left."""
    inbox, held, ended = house.inbox, set[Taken](), set[Taken]()
    await asyncio.to_thread(inbox.prepare)
    earlier = set(await asyncio.to_thread(inbox.in_hand))
    if not earlier:
        inbox.recovered.set()
    gates = Gates()
    async with asyncio.TaskGroup() as group:
        group.create_task(_listen(inbox))
        while True:
            inbox.ring.clear()
            held -= ended  # before the look at what is in hand: what ends meanwhile must not begin again
            ended.clear()
            files = sum(not one.pushed for one in held)
            waiting = await asyncio.to_thread(inbox.take, MOST_IN_HAND - files)
            for taken in await asyncio.to_thread(inbox.in_hand):
                if taken not in held:
                    held.add(taken)
                    task = group.create_task(_bring_in(house, taken, gates))
                    task.add_done_callback(partial(_let_go, inbox, ended, earlier, taken))
            with suppress(TimeoutError):
                async with asyncio.timeout(STEADY / 2 if waiting else SWEEP):
                    await inbox.ring.wait()


def _let_go(inbox: Inbox, ended: set[Taken], earlier: set[Taken], taken: Taken, _: object) -> None:
    """Make room for the next file."""
    ended.add(taken)
    earlier.discard(taken)
    if not earlier:
        inbox.recovered.set()
    inbox.ring.set()


async def _listen(inbox: Inbox) -> None:
    """Ring whenever the folder changes; where it cannot be watched, the sweeps have to do."""
    watched = True
    while watched:
        try:
            async for _ in awatch(inbox.folder, watch_filter=None, recursive=False, debounce=200):
                inbox.ring.set()
            watched = False  # the house is closing
        except* WatchfilesRustInternalError:  # it has no words for a file whose name is not UTF-8
            inbox.ring.set()
            await asyncio.sleep(STEADY / 2)
        except* OSError as faults:
            reason = faults.exceptions[0]
            log.warning("inbox: cannot be watched (%s); looked at every %g s instead", reason, SWEEP)
            watched = False


async def _bring_in(house: House, taken: Taken, gates: Gates) -> None:
    """Bring one file to its end and put it away; those on which work broke off before come one by one."""
    async with gates.alone if tries(taken.path) else gates.pushed if taken.pushed else gates.files:
        reason, notes = house.inbox.fault(taken), ""
        if reason is None:
            begin(taken.path)
            try:
                verdict = await _settled(house, taken)
            except NOT_THE_FILE:
                forget(taken.path)
                raise
            reason, notes = verdict.reason, verdict.notes
        if reason is None:
            if notes:
                log.warning("inbox: %s is not all in: %s", taken.path.name, _shown(taken, notes, 1))
            await asyncio.to_thread(house.inbox.finish, taken, _shown(taken, notes))
        else:
            log.warning("inbox: failed %s: %s", taken.path.name, _shown(taken, reason, 1))
            await asyncio.to_thread(house.inbox.fail, taken, _shown(taken, reason))


def _shown(taken: Taken, text: str, lines: int = REASONS_KEPT) -> str:
    """Give what is to be said of a file with the name by which people know it."""
    named = text.replace(str(taken.path), taken.path.name).replace(taken.path.as_uri(), taken.path.name)
    return "\n".join(named.split("\n")[:lines])


async def _settled(house: House, taken: Taken) -> Verdict:
    """Bring a file's pages to their ends, again if it was written to meanwhile."""
    while True:
        before = _looks(taken)
        verdict = await _read(house, taken)
        if before == _looks(taken):
            return verdict
        await asyncio.sleep(STEADY)


def _looks(taken: Taken) -> tuple[int, int] | None:
    """Give size and time of change; None where the file has gone."""
    try:
        looked = taken.path.lstat()
    except FileNotFoundError:
        return None
    return looked.st_size, looked.st_mtime_ns


async def _read(house: House, taken: Taken) -> Verdict:
    """Bring every page of a file to its end, batch by batch."""
    verdict, writer = Verdict(), house.desk.writer
    here, rest = taken.path.as_uri(), taken.rest.as_uri()
    starts = {} if taken.pushed else await writer.run(progress)
    most = house.settings.max_bytes
    found = batches([str(taken.path)], most, {here: starts[rest]} if rest in starts else {})
    while (batch := await asyncio.to_thread(_next, found, taken, most)) is not None:
        own = [fault.reason for fault in batch.faults if fault.url == str(taken.path)]
        verdict.fault = own[0] if own else verdict.fault
        verdict.left_out += [fault.reason for fault in batch.faults if fault.url != str(taken.path)]
        await _work(house, batch, verdict)
        got_on(taken.path)
        if batch.reached and not taken.pushed:
            reached = {rest: batch.reached[here]}
            await writer.run(partial(keep_progress, reached=reached, now=now()))
    return verdict


def _next(found: Iterator[Batch], taken: Taken, max_bytes: int) -> Batch | None:
    """Read the next batch, its files' pages under the addresses where they will rest; None at the end."""
    batch = next(found, None)
    if batch is None or taken.path == taken.rest:
        return batch
    moved = Batch(faults=list(batch.faults), reached=batch.reached)
    here = taken.path.as_uri()
    for link in batch.links:
        page = batch.bodies.get(link.url)
        if link.url.startswith(here):
            link = replace(link, url=taken.rest.as_uri() + link.url[len(here) :])  # noqa: PLW2901 - the same one
            page = _page(page, taken, link, moved, max_bytes)
        if page is not None:
            moved.links.append(link)
            moved.bodies[link.url] = page
    return moved


def _page(page: Page | None, taken: Taken, link: Link, moved: Batch, max_bytes: int) -> Page | None:
    """Give a file's page its address; where it cannot be read, that is the file's fault."""
    try:
        return replace(page or read_file(taken.path.as_uri(), max_bytes), url=link.url)
    except Unreadable as fault:
        moved.faults.append(Event(str(taken.path), "failed", fault.reason.removeprefix(f"{taken.path}: ")))
        return None


async def _work(house: House, batch: Batch, verdict: Verdict) -> None:
    """Bring a batch's pages to their ends here, and what they list into the ledger for the worker.

    What another worker claims first, it may fetch: such a page is made due again until it is done here.
    """

    def heard(event: Event) -> None:
        verdict.ends[event.url] = event
        house.desk.tell(event)

    desk = replace(house.desk, tell=heard)
    left = named(batch)
    house.desk.shelf.update(batch.bodies)
    pauses = chain([0.0, 0.0], repeat(AGAIN))
    try:
        while left:
            with open_spool() as listed:
                shift = Shift(desk, [link.url for link in left], batch.bodies, listed)
                await desk.writer.run(partial(discover, links=left, source=None, now=now(), again=True))
                await shift.run()
                verdict.followed += shift.followed
                if listed.number:
                    house.wake.set()
            left = [link for link in left if link.url not in verdict.ends]
            if left:
                await asyncio.sleep(next(pauses))
    finally:
        for url in batch.bodies:
            house.desk.shelf.pop(url, None)
