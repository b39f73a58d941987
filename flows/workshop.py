"""Parses pages in processes of their own, so that a page that hangs or kills its parser costs only itself.

This is the asking side; `flows.nursery` is the program on the other. One nursery loads the parser and forks
a worker whenever one is wanted: at first, and again after a death. Large bodies go through one at a time,
each to a worker that ends with it, so that what they need is never needed twice.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from flows.clock import unheard
from flows.errors import WorkFault
from flows.intake.errors import PoisonError
from flows.intake.listing import Item, Listing, NotAListing
from flows.intake.reading import read_source
from flows.intake.sitemaps import GZIP
from flows.nursery import LENGTH, LENGTHS, LONGEST_ORDER, READY, Job
from parsers.model import Draft, NotAnArticle, Page

PARSE_DEADLINE = 20.0  # seconds of wall time for one answer: a thousand times the usual
START_DEADLINE = 60.0  # seconds for the nursery to import the parser
SMALL = 2**16  # bytes: such sources need no process of their own
LARGE = 2**20  # bytes: such bodies are parsed one at a time
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_MMAP_THRESHOLD_": f"{2**20}"}
PIECE = 2**18  # bytes of a body that are on their way at once


@dataclass(frozen=True, slots=True)
class Reading:
    """A source that is being read: its listing without items, how many there are, and they in portions."""

    listing: Listing
    number: int
    portions: AsyncIterator[Sequence[Item]]


class Nursery:
    """The process that forks workers; started when the first is wanted, and again should it be gone."""

    def __init__(self) -> None:
        self._orders: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def fork(self, theirs: socket.socket) -> int:
        """Start a worker on that end of a pair of sockets and give its process id; else WorkFault."""
        async with self._turn:
            for _ in range(2):
                if self._orders is None:
                    self._orders = await self._start()
                if answer := await self._told(b"fork", [theirs.fileno()]):
                    return int(answer)
        raise WorkFault("no parser process starts; is there memory left for one?")

    async def end_of(self, worker: int) -> int | None:
        """Wait until a worker is gone and say how it ended; None where its nursery is gone as well."""
        async with self._turn:
            if self._orders is None:
                return None
            answer = await self._told(str(worker).encode(), [])
        return int(answer) if answer else None

    async def _told(self, order: bytes, files: Sequence[int]) -> bytes:
        """Give an order and what it came to; nothing where the nursery is gone.

        Where none was read, another nursery gets the next order: it would take this one's answer for its own.
        """
        assert self._orders is not None  # noqa: S101 - who gives an order has started the process
        answer = b""
        try:
            with suppress(ConnectionError):
                socket.send_fds(self._orders, [order], files)
                answer = await asyncio.get_running_loop().sock_recv(self._orders, LONGEST_ORDER)
        finally:
            if not answer:
                await self.close()
        return answer

    async def _start(self) -> socket.socket:
        """Start the nursery and wait until it is ready; -P keeps folders where the user stands out of it."""
        await self.close()  # what is left of a start that was broken off
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        with theirs, ExitStack() as undo:
            undo.enter_context(ours)
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "flows.nursery", str(theirs.fileno()),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
                env=os.environ | ENVIRONMENT,
                start_new_session=True,
            )  # fmt: skip
            theirs.close()
            greeting = b""
            with suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(START_DEADLINE):
                    greeting = await asyncio.get_running_loop().sock_recv(ours, LONGEST_ORDER)
            if greeting != READY:
                await self.close()
                raise WorkFault("the parser process does not start; is the installation whole?")
            undo.pop_all()
        return ours

    async def close(self) -> None:
        """Stop the process, if there is one, and wait until it is gone."""
        if self._orders is not None:
            self._orders.close()
            self._orders = None
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()


class Worker:
    """One process that does one job at a time, started at its first job and again after its end."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._pid: int | None = None
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def ask(self, job: Job) -> Any:
        """Do a job and give its first answer; PoisonError when the process died or had to be killed.

        Whoever does not ask for `more` until the last closes the worker, so that no later job gets the rest.
        """
        if self._pid is None:
            await self._start()  # however long that takes, it is no fault of the page
        async with self._guarded():
            await self._send(job)
            return await self._receive()

    async def more(self) -> Any:
        """Give the next answer; PoisonError as `ask` does."""
        async with self._guarded():
            return await self._receive()

    @asynccontextmanager
    async def _guarded(self) -> AsyncIterator[None]:
        """Turn a process that hangs or dies into what it says of the page."""
        try:
            async with asyncio.timeout(PARSE_DEADLINE):
                yield
        except TimeoutError:
            raise PoisonError(f"its parser hung for {PARSE_DEADLINE:.0f} s and was stopped") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise PoisonError(f"its parser died ({await self._cause_of_death()})") from None

    async def _start(self) -> None:
        """Have a process forked and speak to it over a pair of sockets."""
        ours, theirs = socket.socketpair()
        with theirs, ExitStack() as undo:
            undo.enter_context(ours)
            pid = await self._nursery.fork(theirs)
            undo.pop_all()
        self._reader, self._writer = await asyncio.open_unix_connection(sock=ours)
        self._pid = pid  # not before: who closes a worker that has one closes its connection

    async def _send(self, job: Job) -> None:
        """Send a job, the page's bytes in pieces behind it: they are never copied whole."""
        content = memoryview(job.page.content)
        frame = pickle.dumps(replace(job, page=replace(job.page, content=b"")))
        self._writer.write(LENGTHS.pack(len(frame), len(content)) + frame)
        for start in range(0, len(content), PIECE):
            self._writer.write(content[start : start + PIECE])
            await self._writer.drain()

    async def _receive(self) -> Any:
        """Read one answer."""
        (size,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
        answer = pickle.loads(await self._reader.readexactly(size))  # noqa: S301 - our own process wrote it
        if isinstance(answer, str):
            raise PoisonError(answer)
        return answer

    async def _cause_of_death(self) -> str:
        """Say how the dead process ended."""
        code = await self.close(signal.SIG_DFL)
        if code is None:
            return "with the process that started it"
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    async def close(self, how: int = signal.SIGKILL) -> int | None:
        """End the process, if there is one, wait until it is gone, and say how it ended."""
        pid, self._pid = self._pid, None
        if pid is None:
            return None
        self._writer.transport.abort()
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        return await self._nursery.end_of(pid)


class Workshop:
    """As many workers as cores; a page waits for a free one; `took` hears how many seconds a parse took."""

    def __init__(self, size: int | None = None) -> None:
        self.size = size or os.cpu_count() or 1
        self.took: Callable[[float], None] = unheard
        self._nursery = Nursery()
        self._workers = [Worker(self._nursery) for _ in range(self.size)]
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._large = asyncio.Lock()
        for worker in reversed(self._workers):
            self._idle.put_nowait(worker)

    async def parse(self, page: Page) -> Draft | NotAnArticle:
        """Parse one page in a process of its own; PoisonError when it cost that process its life."""
        async with self._worker(page) as worker:
            began = time.monotonic()
            answer = await worker.ask(Job(page))
            self.took(time.monotonic() - began)
            assert isinstance(answer, Draft | NotAnArticle)  # noqa: S101 - the other end is ours
        return answer

    @asynccontextmanager
    async def reading(self, page: Page, max_bytes: int) -> AsyncIterator[Reading]:
        """Read a page as a source; raises NotAListing, and PoisonError as `parse`.

        Small ones are read in a thread here: they can neither swell nor take long.
        """
        if len(page.content) <= SMALL and not page.content.startswith(GZIP):
            listing = await asyncio.to_thread(read_source, page, max_bytes)
            yield Reading(replace(listing, items=()), len(listing.items), _once(listing.items))
            return
        async with self._worker(page) as worker:
            answer = await worker.ask(Job(page, max_bytes))
            if isinstance(answer, NotAListing):
                raise answer
            listing, left = answer

            async def portions() -> AsyncIterator[Sequence[Item]]:
                nonlocal left
                while left:
                    portion = await worker.more()
                    left -= len(portion)
                    yield portion

            yield Reading(listing, left, portions())
            if left:
                await worker.close()

    @asynccontextmanager
    async def _worker(self, page: Page) -> AsyncIterator[Worker]:
        """Lend a worker; one that was broken off, or that had a large page, is closed after it."""
        if len(page.content) > LARGE or page.content.startswith(GZIP):
            async with self._large, self._lent() as worker:
                try:
                    yield worker
                finally:
                    await worker.close()
            return
        async with self._lent() as worker:
            whole = False
            try:
                yield worker
                whole = True
            finally:
                if not whole:
                    await worker.close()

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[Worker]:
        """Wait for an idle worker."""
        worker = await self._idle.get()
        try:
            yield worker
        finally:
            self._idle.put_nowait(worker)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            await worker.close()
        await self._nursery.close()


async def _once(items: Sequence[Item]) -> AsyncIterator[Sequence[Item]]:
    """Give all items in one portion."""
    yield items
