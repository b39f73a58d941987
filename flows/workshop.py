"""Parses pages in processes of their own, so that a page that hangs or kills its parser costs only itself.

This module is both ends of the pipe: `Workshop` is the asking side; run as a program it is the parsing side,
which reads pickled pages on stdin and answers each with a draft or a verdict. Both ends are ours, so the
pickles are trusted.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import resource
import struct
import sys
from types import TracebackType
from typing import Self

from flows.errors import WorkFault
from parsers.model import Draft, NotAnArticle, Page

LENGTH = struct.Struct(">Q")
PARSE_DEADLINE = 20.0  # seconds of wall time for one page: a thousand times the usual
DATA_LIMIT = 256 * 2**20  # bytes of data one parser process may hold
START_DEADLINE = 60.0  # seconds for a process to import the parser
READY = b"\x01"


class PoisonError(Exception):
    """The page killed, hung or swelled its parser; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ParserProcess:
    """One process that parses one page at a time, started at its first page and again after a death."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def parse(self, page: Page) -> Draft | NotAnArticle:
        """Give the draft or the verdict; PoisonError when the process died or had to be killed."""
        answer = None
        try:
            process = self._process = self._process or await self._start()
            async with asyncio.timeout(PARSE_DEADLINE):
                answer = await self._exchange(process, page)
        except TimeoutError:
            raise PoisonError(f"its parser hung for {PARSE_DEADLINE:.0f} s and was stopped") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise PoisonError(f"its parser died ({await self._cause_of_death()})") from None
        finally:
            if answer is None:
                await self.close()  # no later page may get this one's answer
        return answer

    @staticmethod
    async def _exchange(process: asyncio.subprocess.Process, page: Page) -> Draft | NotAnArticle:
        """Send one page and read one answer."""
        assert process.stdin is not None  # noqa: S101 - asked for below, mypy cannot know
        assert process.stdout is not None  # noqa: S101 - the same
        frame = pickle.dumps(page)
        process.stdin.write(LENGTH.pack(len(frame)) + frame)
        await process.stdin.drain()
        (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        answer = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301 - our own process wrote it
        if isinstance(answer, str):
            raise PoisonError(answer)
        assert isinstance(answer, Draft | NotAnArticle)  # noqa: S101 - the other end is below
        return answer

    @staticmethod
    async def _start() -> asyncio.subprocess.Process:
        """Start a parser and wait until it is ready; -P keeps folders where the user stands out of it."""
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "flows.workshop",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            async with asyncio.timeout(START_DEADLINE):
                await process.stdout.readexactly(len(READY))
        except (asyncio.IncompleteReadError, TimeoutError):
            process.kill()
            await process.wait()
            raise WorkFault("the parser process does not start; is the installation whole?") from None
        return process

    async def _cause_of_death(self) -> str:
        """Reap the dead process and say how it ended."""
        process, self._process = self._process, None
        if process is None:
            return "it could not be started"
        code = await process.wait()
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    async def close(self) -> None:
        """Kill the process, if there is one, and wait until it is gone."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


class Workshop:
    """As many parser processes as cores; a page waits for a free one."""

    def __init__(self, size: int | None = None) -> None:
        self.size = size or os.cpu_count() or 1
        self._processes = [ParserProcess() for _ in range(self.size)]
        self._idle: asyncio.LifoQueue[ParserProcess] = asyncio.LifoQueue()
        for process in self._processes:
            self._idle.put_nowait(process)

    async def parse(self, page: Page) -> Draft | NotAnArticle:
        """Parse one page in a process of its own; PoisonError when it cost that process its life."""
        process = await self._idle.get()
        try:
            return await process.parse(page)
        finally:
            self._idle.put_nowait(process)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            await process.close()


def serve() -> None:
    """Answer every page on stdin until it closes: a pickled Draft, NotAnArticle or the reason as str."""
    from parsers import parse  # noqa: PLC0415 - only the parsing side pays for the parser

    source, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing a library prints may enter the answers
    answers.write(READY)
    answers.flush()
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_LIMIT, DATA_LIMIT))
    while header := source.read(LENGTH.size):
        page = pickle.loads(source.read(*LENGTH.unpack(header)))  # noqa: S301 - the asking side wrote it
        answer: Draft | NotAnArticle | str
        try:
            answer = parse(page)
        except NotAnArticle as verdict:
            answer = verdict.with_traceback(None)
        except MemoryError:
            answer = f"its parser needed more than {DATA_LIMIT // 2**20} MiB"
        frame = pickle.dumps(answer)
        answers.write(LENGTH.pack(len(frame)) + frame)
        answers.flush()


if __name__ == "__main__":
    serve()
