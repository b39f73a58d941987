"""A child on the leash ends with its starter, whatever it thinks of that, and takes its children along."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from flows import leash

STUBBORN = """import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(f"{child.pid}")
time.sleep(600)
"""


def alive(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def until_gone(*pids: int) -> None:
    deadline = time.monotonic() + 30
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_starter_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    starter = f"""import subprocess, sys, time
held = "import sys, flows.leash as leash; leash.GRACE = 0.2; sys.exit(leash.hold(sys.argv[1:]))"
command = [sys.executable, "-P", "-c", held, sys.executable, "-c", {STUBBORN!r}, {str(note)!r}]
subprocess.Popen(command, stdin=subprocess.PIPE)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", starter]) as process:
        deadline = time.monotonic() + 30
        while not note.exists() or not note.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        grandchild = int(note.read_text())
        group = os.getpgid(grandchild)
        assert alive(grandchild)
        process.send_signal(signal.SIGKILL)
    until_gone(grandchild, group)


def test_it_ends_as_its_command_ends() -> None:
    command = [sys.executable, "-P", "-m", leash.__name__, sys.executable, "-c", "import sys; sys.exit(7)"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.wait(120) == 7
