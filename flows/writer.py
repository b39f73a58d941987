"""The one writer: pages from every host wait here a moment, and go into the database many to a transaction.

A page's own rows are written together or not at all; what cannot be saved is set aside alone, and does not
take its neighbours along.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlmodel import Session

from flows.clock import now
from flows.report import Event
from parsers.model import Draft, Page
from storage import Claim, Database, DatabaseError, Outcome, Postponed, save_many, settle
from storage.hops import postpone

PAGES_A_TRANSACTION = 64
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finished:
    """A claim whose work is done: the page with its draft, or what it came to without one."""

    claim: Claim
    page: Page | None
    result: Draft | Outcome | Postponed


@dataclass(slots=True, eq=False)
class _Waiting:
    """One page's end on its way into the database, and what became of it."""

    finished: Finished
    event: Event | None = None
    error: Exception | None = None


class Writer:
    """Owns the one thread that writes to the database; used as a context.

    Whoever brings a page waits for its turn; the first in turn writes everything that is waiting, and the
    others find theirs done.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._waiting: list[_Waiting] = []
        self._turn = asyncio.Lock()

    async def run(self, work: Callable[[Session], T]) -> T:
        """Do `work` in one write transaction on the writer's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)

    async def put(self, finished: Finished) -> Event:
        """Write one page's end and give it back as an event once it is committed."""
        mine = _Waiting(finished)
        self._waiting.append(mine)
        async with self._turn:
            if mine.event is None and mine.error is None:
                batch, self._waiting = (
                    self._waiting[:PAGES_A_TRANSACTION],
                    self._waiting[PAGES_A_TRANSACTION:],
                )
                await self._commit(batch)
        if mine.error is not None:
            raise mine.error
        if mine.event is None:  # the one who was writing it was cancelled: so is the whole run
            raise asyncio.CancelledError
        return mine.event

    def _transact(self, work: Callable[[Session], T]) -> T:
        with self._database.write() as session:
            return work(session)

    async def _commit(self, batch: list[_Waiting]) -> None:
        """Write a batch in one transaction; where one page spoils it, each page in its own."""
        try:
            events = await self.run(lambda session: _write(session, [one.finished for one in batch]))
        except (IntegrityError, DataError, ValueError) as error:
            if len(batch) > 1:
                for one in batch:
                    await self._commit([one])
            else:
                batch[0].event = await self._set_aside(batch[0].finished, error)
        except (DatabaseError, SQLAlchemyError) as error:
            for one in batch:
                one.error = error
        else:
            for one, event in zip(batch, events, strict=True):
                one.event = event

    async def _set_aside(self, finished: Finished, error: Exception) -> Event:
        """Quarantine a page that the database will not take."""
        reason = f"the database would not take it: {str(error).splitlines()[0][:200]}"
        outcome = Outcome("quarantined", reason)
        one = Finished(finished.claim, None, outcome)
        return (await self.run(lambda session: _write(session, [one])))[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()


def _write(session: Session, batch: Sequence[Finished]) -> list[Event]:
    """Save or settle claims in this transaction; their events come in the same order."""
    at = now()
    drafts = [
        (one.claim, one.page, one.result)
        for one in batch
        if one.page is not None and isinstance(one.result, Draft)
    ]
    saved = iter(save_many(session, drafts, at) if drafts else ())
    events = []
    for one in batch:
        if isinstance(one.result, Outcome):
            events.append(_settled(session, one, one.result, at))
        elif isinstance(one.result, Postponed):
            postpone(session, one.claim, one.result, at)
            events.append(Event(one.claim.url, "due", one.result.reason))
        else:
            end = next(saved)
            events.append(Event(one.claim.url, end.state, end.reason, end.article_id, end.version))
    return events


def _settled(session: Session, one: Finished, outcome: Outcome, at: datetime) -> Event:
    """Settle a claim; where the page of an article is gone, that is its end rather than the failed try."""
    claim = one.claim
    gone = settle(session, claim, outcome, at, one.page)
    if gone is not None:
        return Event(claim.url, gone.state, gone.reason, gone.article_id, gone.version)
    return Event(claim.url, outcome.state, outcome.reason, comes_back=outcome.retry_at is not None)
