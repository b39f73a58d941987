"""One worker's walk through the ledger, until nothing that it may do is left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from flows.clock import now
from flows.intake.client import Client
from flows.intake.errors import PoisonError
from flows.intake.links import link_of
from flows.intake.listing import Item, NotAListing
from flows.intake.reading import is_source
from flows.intake.robots import Robots
from flows.intake.room import Share
from flows.lane import Lane
from flows.lanes import Lanes
from flows.report import Event, Report
from flows.settings import Settings
from flows.spool import Spool
from flows.stations import judge, obtain
from flows.workshop import Workshop
from flows.writer import Finished, Writer
from parsers.model import Page
from storage import (
    Claim,
    Link,
    Outcome,
    Postponed,
    claim,
    discover,
    give_back,
    next_claimable,
    renew,
)
from storage.ledger import due_elsewhere, ends, name_waiting, open_among
from storage.sources import renew_hosts

PAGES_AT_ONCE = 64  # pages in hand at once
MOST_FILES = 50  # sitemaps of one index that are read
NAP = 0.2  # seconds between two looks at what another worker holds
Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the work needs, opened once for a run; `tell` hears of every page's end.

    `shelf` holds pages that were handed in, by address: whoever claims such a link takes them from there.
    `yielded` says, by host, until when no source of it is asked: its pages have their turn.
    """

    settings: Settings
    writer: Writer
    client: Client
    robots: Robots
    workshop: Workshop
    tell: Listener
    shelf: dict[str, Page] = field(default_factory=dict)
    yielded: dict[str, datetime] = field(default_factory=dict)


class Shift:
    """Claims what is due, `among` some addresses or all, and works it; `bodies` are pages that are here.

    A link may say that it is followed where it turns out to be a source: what that lists is entered in the
    ledger, and what of it is not settled put into `listed`, if there is one. `followed` counts such sources.
    """

    def __init__(
        self,
        desk: Desk,
        among: Sequence[str] | None = None,
        bodies: Mapping[str, Page] | None = None,
        listed: Spool | None = None,
    ) -> None:
        self.report = Report()
        self._desk = desk
        self._among = among
        self._bodies = bodies or {}
        self._at_hand = among is not None and all(url in self._bodies for url in among)
        self.followed = 0
        self._listed = listed
        self._lanes = Lanes(desk.settings, desk.writer, desk.robots)
        self._worker = self._lanes.worker
        self._held: dict[int, Claim] = {}
        self._ended: set[str] = set()
        self._progress = asyncio.Event()

    async def run(self) -> None:
        """Claim and work until nothing is left; what is held when it breaks off, hosts too, is given back."""
        try:
            async with asyncio.TaskGroup() as group:
                keeper = group.create_task(self._keep())
                await self._rounds(group)
                keeper.cancel()
        finally:
            if self._held:
                held = list(self._held.values())
                await self._desk.writer.run(lambda session: give_back(session, held))
            await self._lanes.close()
        await self._count_the_rest()

    def tell(self, event: Event) -> None:
        """Count one page's end, and pass it on to who looks on."""
        self.report.add(event)
        if self._among is not None:
            self._ended.add(event.url)
        self._desk.tell(event)

    async def _rounds(self, group: asyncio.TaskGroup) -> None:
        """Claim what there is room for; when there is nothing to claim, wait for a page or for others.

        An empty claim says that nothing is left only where nothing was held: else no host more may be held.
        """
        while True:
            held = len(self._held)
            async with self._lanes.changing:
                claims = await self._claim()
                for one in claims:
                    lane = self._lanes.enter("" if self._at_hand else one.host)
                    group.create_task(self._page(one, lane))
            room_again = PAGES_AT_ONCE // 2 if claims else held * 3 // 4
            while len(self._held) > room_again:
                self._progress.clear()
                await self._progress.wait()
            if not claims and not held and not await self._others_may_leave_something():
                return

    async def _claim(self) -> list[Claim]:
        """Claim as much as there is room for."""
        settings, writer = self._desk.settings, self._desk.writer
        hosts = settings.hosts - self._lanes.hosts
        pages = PAGES_AT_ONCE - len(self._held)
        if pages <= 0:
            return []
        wanted = partial(claim, among=self._among, at_hand=self._at_hand)
        claims = await writer.run(
            lambda session: wanted(session, now(), hosts, pages, worker=self._worker, lease=settings.lease)
        )
        self._held.update((one.link_id, one) for one in claims)
        return claims

    async def _others_may_leave_something(self) -> bool:
        """Wait a moment for what another worker or a host's pause holds of this batch; False if nothing."""
        if self._among is None:
            return False
        among = self._among
        at = await self._desk.writer.run(lambda session: next_claimable(session, among))
        pause = (at - now()).total_seconds() if at is not None else None
        if pause is None or pause > self._desk.settings.lease:
            return False
        await asyncio.sleep(min(max(pause, 0.0), NAP))
        return True

    async def _keep(self) -> None:
        """Renew the lease of everything held, three times in its length."""
        lease = self._desk.settings.lease
        while True:
            await asyncio.sleep(lease / 3)
            await self._desk.writer.run(self._renew)

    def _renew(self, session: Session) -> None:
        until = now() + timedelta(seconds=self._desk.settings.lease)
        renew(session, list(self._held.values()), until)
        renew_hosts(session, self._worker, until)

    async def _page(self, claimed: Claim, lane: Lane) -> None:
        """Bring one page to its end and tell of it; the last page of a host lets the host go."""
        async with lane.gate:
            with self._desk.client.room.share() as share:
                event = await self._desk.writer.put(await self._finish(claimed, lane, share))
        await self._lanes.leave(lane)
        self._held.pop(claimed.link_id, None)
        if event.state != "due":
            self.tell(event)
        self._progress.set()

    async def _finish(self, claimed: Claim, lane: Lane, share: Share) -> Finished:
        """Get one page and parse it."""
        page: Page | Outcome | Postponed | None = self._bodies.get(claimed.url) or self._desk.shelf.get(
            claimed.url
        )
        if page is None:
            page = await obtain(claimed, lane, self._desk.client, share)
        if isinstance(page, Outcome | Postponed):
            return Finished(claimed, None, page)
        if claimed.follow and not self._is_archived(claimed) and is_source(page):
            return Finished(claimed, None, await self._list(page, claimed.follow - 1))
        return Finished(claimed, page, await judge(claimed, page, self._desk.workshop))

    def _is_archived(self, claimed: Claim) -> bool:
        """Tell whether a page of the web came in an archive: what it listed long ago is no news."""
        return bool(claimed.host) and claimed.url in self._bodies

    async def _list(self, page: Page, follow: int) -> Outcome:
        """Take in what a page lists that turned out to be a source rather than an article."""
        try:
            async with self._desk.workshop.reading(page, self._desk.settings.max_bytes) as reading:
                described = reading.listing.described(reading.number)
                if not follow:
                    return Outcome("refused", f"no article but {described}; nested too deep to be followed")
                async for items in reading.portions:
                    await self._take(items, follow)
                further = reading.listing.more
                await self._take([Item(url) for url in further[:MOST_FILES]], follow)
                if len(further) > MOST_FILES:
                    described += f"; the {MOST_FILES} that changed last are read, {len(further) - MOST_FILES}"
                    described += " are not: `cleanwire sources add` comes to them poll by poll"
        except NotAListing as fault:
            return Outcome("refused", f"no article, and a source that cannot be read: {fault.reason}")
        except PoisonError as error:
            return Outcome("quarantined", f"a source that {error.reason}")
        self.followed += 1
        return Outcome("refused", f"no article but {described}")

    async def _take(self, items: Sequence[Item], follow: int) -> None:
        """Enter a portion of what a source lists."""
        links = [replace(link_of(item.url, item.hints), follow=follow) for item in items]
        due = await self._desk.writer.run(partial(_enter, links, self._worker))
        if self._listed is not None:
            self._listed.add(due)

    async def _count_the_rest(self) -> None:
        """Name what waits for its host; report what others made of this batch, or what is left for later."""
        await self._desk.writer.run(lambda session: name_waiting(session, now(), self._among))
        if self._among is None:
            self.report.left = await self._desk.writer.run(lambda session: due_elsewhere(session, now()))
        rest = [url for url in self._among or () if url not in self._ended]
        if rest:
            found = await self._desk.writer.run(lambda session: ends(session, rest))
            for url, state, reason, due in found:
                self.report.add_of_others(Event(url, state, reason, comes_back=due is not None))


def _enter(links: Sequence[Link], worker: str, session: Session) -> list[str]:
    """Enter what was listed, and give the addresses that are due or that others have in hand."""
    discover(session, links, None, now=now())
    return open_among(session, [link.url for link in links], now(), worker)
