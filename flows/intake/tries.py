"""How often work on a file was begun and never ended: counted on the disk, so that a killed process counts.

The count of NAME is the size in bytes of `.NAME.tries` beside it: one byte more is one write.
"""

from __future__ import annotations

from pathlib import Path

SUFFIX = ".tries"
MOST = 3  # beginnings without an end; then the file itself is what ends the process


def tries(path: Path) -> int:
    """Say how many times work on a file was begun since it last got on."""
    try:
        return _beside(path).stat().st_size
    except FileNotFoundError:
        return 0


def begin(path: Path) -> None:
    """Count one more beginning; OSError where that cannot be written down."""
    with _beside(path).open("ab") as count:
        count.write(b".")


def got_on(path: Path) -> None:
    """Forget all beginnings but this one: the file has been read some way."""
    _beside(path).write_bytes(b".")


def forget(path: Path) -> None:
    """Forget every beginning: the work has ended, or was given up for a reason that is not the file's."""
    _beside(path).unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}{SUFFIX}")
