"""A file that is there whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replaced(file: Path) -> Iterator[BinaryIO]:
    """Open a file for writing beside `file`, which takes its place when the block ends without an error.

    What a killed run left half-written is overwritten by the next; until the end the old file stays.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)  # it is there no more once it has taken its place
