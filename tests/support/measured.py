"""A command that is watched while it runs: what it printed, and the most memory its whole family used."""

from __future__ import annotations

import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """How a command ended; `memory` is in bytes."""

    status: int
    output: str
    errors: str
    memory: int


def own(pid: int) -> int:
    """Read what one process uses, shared pages shared out, in bytes; 0 once it is gone."""
    with suppress(OSError, StopIteration):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))) * 1024
    return 0


def children(pid: int) -> list[int]:
    """List a process's children."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def memory_of(pid: int) -> int:
    """Sum what a process and all below it use, in bytes."""
    return own(pid) + sum(memory_of(child) for child in children(pid))


def family_of(pid: int) -> int:
    """Sum what a command and its family use; a child that has yet to become its own program is still it."""
    total = own(pid)
    for child in children(pid):
        with suppress(OSError):
            if Path(f"/proc/{child}/cmdline").read_bytes() != Path(f"/proc/{pid}/cmdline").read_bytes():
                total += memory_of(child)
    return total


def watched(command: list[str], folder: Path, env: dict[str, str]) -> Run:
    """Run a command to its end and look at its memory all the while."""
    with subprocess.Popen(
        command, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        printed: list[str] = []
        reader = threading.Thread(target=lambda: printed.extend(process.communicate()))
        reader.start()
        most = 0
        while reader.is_alive():
            most = max(most, family_of(process.pid))
            reader.join(0.05)
    return Run(process.returncode, *printed, most)
