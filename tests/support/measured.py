"""A command that is watched while it runs: what it printed, and the most memory its whole family used."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """How a command ended; `memory` is in bytes."""

    status: int
    output: str
    errors: str
    memory: int


def memory_of(pid: int) -> int:
    """Sum what a process and its children use, shared pages shared out, in bytes."""
    total = 0
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))) * 1024
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(memory_of(int(child)) for child in (task / "children").read_text().split())
    except (OSError, StopIteration):
        return total
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
            most = max(most, memory_of(process.pid))
            reader.join(0.05)
    return Run(process.returncode, *printed, most)
