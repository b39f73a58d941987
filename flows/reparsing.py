"""Today's parser over yesterday's snapshots, with no network: compared whole, told, and only then written.

Readings that were compared wait in a temporary file, so that memory stays small and no page is parsed twice
in a run. Each batch is written in one transaction that also notes the parser: whatever stops a run, the next
one finds what is left.
"""

from __future__ import annotations

import asyncio
import pickle
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import IO, TypeVar

from sqlmodel import Session

from flows.clock import now
from flows.intake.errors import PoisonError
from flows.workshop import Workshop
from flows.writer import Writer
from parsers.model import NotAnArticle
from storage import Database
from storage.comparison import Tally
from storage.reparse import Applied, Reading, Stored, apply, read_anew, stored_articles, unread_ids, waiting

PAGES_A_BATCH = 100  # pages in memory at once, and articles in one transaction
PROBLEMS_KEPT = 1000  # a report names so many
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """An article whose page today's parser does not read: it stays as it was read before."""

    article_id: int
    url: str
    reason: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """A batch that was read anew: how each article differs, and those that today's parser does not read."""

    readings: list[Reading]
    problems: list[Problem]


@dataclass(slots=True)
class ReparseReport:
    """What today's parser makes of the articles that another has read, and how much of it was written."""

    pages: int = 0
    no_snapshot: int = 0
    same: int = 0
    differing: int = 0
    fields: Tally = field(default_factory=Tally)
    problems: list[Problem] = field(default_factory=list)
    refused: int = 0
    failed: int = 0
    written: int = 0
    moved_on: int = 0

    def add(self, compared: Compared) -> None:
        """Count a batch that was compared."""
        readings, problems = compared.readings, compared.problems
        self.pages += len(readings) + len(problems)
        for reading in readings:
            self.fields.add(reading.differences)
            self.differing += bool(reading.differences)
            self.same += not reading.differences
        self.failed += sum(one.failed for one in problems)
        self.refused += sum(not one.failed for one in problems)
        self.problems += problems[: PROBLEMS_KEPT - len(self.problems)]

    def applied(self, done: Applied) -> None:
        """Count a batch that was written."""
        self.written += done.revised
        self.moved_on += done.moved_on

    def lines(self) -> Iterator[str]:
        """Tell people what was compared: the sums, then one line a field."""
        yield f"{self.pages} articles read anew: {self.same} the same, {self.differing} differ"
        yield from (f"  {line}" for line in self.fields.lines())
        if self.refused:
            yield f"  no article to today's parser: {self.refused}, kept as they are"
        if self.failed:
            yield f"  broke today's parser or cannot be read: {self.failed}, kept as they are"
        if self.no_snapshot:
            yield f"  without a snapshot: {self.no_snapshot}, kept as they are"

    def table(self) -> list[dict[str, object]]:
        """Give a row for each field that differs: its name, and how many articles differ in which way."""
        return [{"field": name, **found} for name, found in self.fields.as_json().items()]

    def as_json(self) -> dict[str, object]:
        """Give the report as JSON-able values."""
        return {
            "pages": self.pages, "same": self.same, "differing": self.differing,
            "fields": self.fields.as_json(), "refused": self.refused, "failed": self.failed,
            "no_snapshot": self.no_snapshot, "written": self.written, "moved_on": self.moved_on,
            "problems": [
                {"article": one.article_id, "url": one.url, "reason": one.reason} for one in self.problems
            ],
        }  # fmt: skip


class Reparse:
    """One run: `next_batch` and `compare` until there is no more, then `compared` and `write`.

    Where batches are compared elsewhere, `keep` takes what comes back, in order.
    """

    def __init__(self, database: Database, writer: Writer, workshop: Workshop, spool: IO[bytes]) -> None:
        self.report = ReparseReport()
        self._database, self._writer, self._workshop, self._spool = database, writer, workshop, spool
        self._after = 0

    async def count(self) -> int:
        """Say how many articles wait for today's parser with their snapshot at hand."""
        found = await asyncio.to_thread(self._read, waiting)
        self.report.no_snapshot = found.lost
        return found.pages

    async def next_batch(self, limit: int = PAGES_A_BATCH) -> list[int]:
        """Give the ids of the next articles to compare; empty when all have been."""
        ids = await asyncio.to_thread(self._read, partial(unread_ids, after=self._after, limit=limit))
        self._after = ids[-1] if ids else self._after
        return ids

    async def compare(self, ids: Sequence[int]) -> None:
        """Parse a batch's pages anew and set aside how each differs; nothing is written to the archive."""
        self.keep(await compare(self._database, self._workshop, ids))

    def keep(self, compared: Compared) -> None:
        """Set aside and count a batch that was compared."""
        pickle.dump(compared.readings, self._spool)
        self.report.add(compared)

    def compared(self) -> Iterator[list[Reading]]:
        """Give back the batches that were compared, in order."""
        self._spool.seek(0)
        while self._spool.peek(1):  # type: ignore[attr-defined]
            yield pickle.load(self._spool)  # noqa: S301 - written above, in a file without a name

    async def write(self, batch: Sequence[Reading]) -> None:
        """Write a batch that was compared, in one transaction."""
        self.report.applied(await self._writer.run(partial(apply, readings=batch, now=now())))

    def _read(self, ask: Callable[[Session], T]) -> T:
        with self._database.read() as session:
            return ask(session)


async def compare(database: Database, workshop: Workshop, ids: Sequence[int]) -> Compared:
    """Read these articles' pages anew and tell how each differs from what is stored of it."""
    batch = await asyncio.to_thread(_stored, database, ids)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_parse(workshop, stored)) for stored in batch]
    ends = [task.result() for task in tasks]
    readings = [end for end in ends if isinstance(end, Reading)]
    return Compared(readings, [end for end in ends if isinstance(end, Problem)])


def _stored(database: Database, ids: Sequence[int]) -> list[Stored]:
    with database.read() as session:
        return stored_articles(session, ids)


async def _parse(workshop: Workshop, stored: Stored) -> Reading | Problem:
    if stored.damage:
        return Problem(stored.article_id, stored.page.url, stored.damage, failed=True)
    try:
        answer = await workshop.parse(stored.page)
    except PoisonError as error:
        return Problem(stored.article_id, stored.page.url, error.reason, failed=True)
    if isinstance(answer, NotAnArticle):
        return Problem(stored.article_id, stored.page.url, f"no article: {answer}")
    return read_anew(stored, answer)


@asynccontextmanager
async def open_reparse(database: Database) -> AsyncIterator[Reparse]:
    """Start the writer and the parser processes for a run."""
    with Writer(database) as writer, tempfile.TemporaryFile() as spool:
        async with Workshop() as workshop:
            yield Reparse(database, writer, workshop, spool)
