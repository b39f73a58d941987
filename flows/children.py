"""Processes that `cleanwire serve` starts beside itself and that never outlive it."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from flows.errors import WorkFault

STOP_SECONDS = 20.0  # after which a child that was let go is killed: its leash gives it half of that


@asynccontextmanager
async def leashed(
    module: Sequence[str], environment: Mapping[str, str], log: Path, *, answers: bool = False
) -> AsyncIterator[Process]:
    """Run `python -m MODULE...` for a while, with what it prints in a file of its own.

    With `answers` its standard output is a pipe. The child is gone when the block ends, and when this process
    is killed. WorkFault when its log cannot be written.
    """
    command = (sys.executable, "-P", "-m", "flows.leash", sys.executable, "-P", "-m", *module)
    try:
        out = _open_log(log)
    except OSError as error:
        raise WorkFault(f"{log}: {error.strerror or error}") from None
    with out:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdin=PIPE, stdout=PIPE if answers else out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        await _let_go(process)


def _open_log(path: Path) -> BinaryIO:
    """Open a file that only its owner reads, since what children print may tell of anything."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path.open("wb")


async def _let_go(process: Process) -> None:
    """Let go of the leash and wait until the child is gone."""
    assert process.stdin is not None  # noqa: S101 - asked for above
    process.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
