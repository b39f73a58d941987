"""A file that is there whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE
from typing import BinaryIO

PATIENCE = 3.0  # seconds that whoever holds a file is waited for: a small one is written in less
NAP = 0.02


@contextmanager
def replaced(file: Path) -> Iterator[BinaryIO]:
    """Open a file for writing beside `file`, which takes its place when the block ends without an error.

    What a killed run left half-written is overwritten by the next; until the end the old file stays, and who
    might read it may read the new one. Where `file` is a link, what it leads to is replaced. OSError (EBUSY)
    where another program is at it.
    """
    file = file.resolve()
    part = file.with_name(f".{file.name}.part")
    done = False
    with _mine(part) as out:
        try:
            if file.is_file():
                os.fchmod(out.fileno(), S_IMODE(file.stat().st_mode))
            yield out
            out.flush()
            os.fsync(out.fileno())
            part.replace(file)
            done = True
        finally:
            if not done:
                part.unlink(missing_ok=True)


@contextmanager
def locked(path: Path, flags: int) -> Iterator[int]:
    """Open a file or folder that nobody else holds, as os.open() does; OSError (EBUSY) where one stays."""
    deadline = time.monotonic() + PATIENCE
    while True:
        handle = os.open(path, flags, 0o666)
        try:
            if _lock(handle) and _is_there(path, handle):
                yield handle
                return
        finally:
            os.close(handle)
        if time.monotonic() > deadline:
            raise OSError(errno.EBUSY, "another program is writing it now")
        time.sleep(NAP)


def _lock(handle: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _is_there(path: Path, handle: int) -> bool:
    """Tell whether the name still means what was opened: who had it before may have moved it away."""
    with suppress(FileNotFoundError):
        return path.stat().st_ino == os.fstat(handle).st_ino
    return False


@contextmanager
def _mine(part: Path) -> Iterator[BinaryIO]:
    with locked(part, os.O_RDWR | os.O_CREAT) as handle, os.fdopen(handle, "wb", closefd=False) as out:
        out.truncate(0)
        yield out
