"""Runs a command that ends when whoever started it ends, however that came about.

`python -P -m flows.leash COMMAND...`: standard input is the leash, a pipe whose other end the starter holds
and never writes to. Once that end is closed, by its owner or by its owner's death, the command is asked to
end (SIGTERM); what is left of it and of its children after GRACE seconds is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

GRACE = 10.0  # seconds between asking and killing


def hold(command: list[str]) -> int:
    """Run the command until it ends or the leash is let go, and give its exit status."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our starter's
    threading.Thread(target=_end_with_the_starter, args=(child,), daemon=True).start()
    try:
        return child.wait()
    finally:
        _signal(child, signal.SIGKILL)  # what it started and did not end itself


def _end_with_the_starter(child: subprocess.Popen[bytes]) -> None:
    """Wait until the other end of standard input is gone, then end the command."""
    os.read(sys.stdin.fileno(), 1)
    _signal(child, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        child.wait(GRACE)
        return
    _signal(child, signal.SIGKILL)


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to the command's process group, if there is still anybody in it."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


if __name__ == "__main__":
    sys.exit(hold(sys.argv[1:]))
