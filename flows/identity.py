"""Names for workers, and whether one of this machine is still alive.

A worker's name is `machine:pid:started:number`. The machine is a hash of host name, boot and process
namespace, so that nobody judges a process that it cannot see.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import socket
from functools import cache
from pathlib import Path

_numbers = itertools.count(1)


def new_worker() -> str:
    """Give a name that no other worker has, on any machine."""
    return f"{this_process()}{next(_numbers)}"


def this_process() -> str:
    """Give what the names of all workers of this process begin with, and those of no other."""
    pid = os.getpid()
    return f"{_machine()}:{pid}:{_started(pid) or 0}:"


def dead(worker: str) -> bool:
    """Tell whether this worker ran on this machine and its process is gone; False when that is unknown."""
    machine, _, rest = worker.partition(":")
    pid, _, rest = rest.partition(":")
    started, _, _ = rest.partition(":")
    if machine != _machine() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    now_started = _started(int(pid))
    return now_started is not None and now_started != started


@cache
def _machine() -> str:
    """Hash what tells this machine, this boot and this process namespace from others."""
    parts = [socket.gethostname(), _text(Path("/proc/sys/kernel/random/boot_id"))]
    try:
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        parts.append("")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _started(pid: int) -> str | None:
    """Read a process's start time in clock ticks after boot (proc(5), stat, field 22); None without /proc."""
    after_name = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return after_name[19] if len(after_name) > 19 else None  # noqa: PLR2004 - field 22 counts pid and name too


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
