"""`cleanwire serve` in a subprocess on loopback, for the tests of the house."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from forkserver import Forked

from tests.flows.conftest import command, environment


@dataclass(slots=True)
class Served:
    """A house that runs: its endpoint, its folder, the token for writing and what it has printed."""

    process: subprocess.Popen[str]
    url: str
    folder: Path
    printed: list[str]

    @property
    def token(self) -> str:
        return next(self.folder.glob("*.token")).read_text().strip()

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    def client(self, token: str | None = None) -> httpx.Client:
        """Open a client that bears the token for writing, or another."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=120)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and give the exit status."""
        self.process.send_signal(number)
        return self.process.wait(120)


@contextmanager
def served(folder: Path, *arguments: str, **env: str) -> Iterator[Served]:
    """Run the house in a folder for a while; it is killed if the test has not stopped it."""
    with (folder / "serve.log").open("a", encoding="utf-8") as log:
        process = Forked(
            command("serve", "--port", "0", *arguments),
            cwd=folder,
            env=environment(**env),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        assert first.startswith("HTTP endpoint: "), (folder / "serve.log").read_text(encoding="utf-8")
        printed = [first, *(process.stdout.readline() for _ in range(4))]
        yield Served(process, first.split()[2], folder, printed)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def until(done: Callable[[], object], seconds: float = 120.0, every: float = 0.05) -> None:
    """Wait until something is so; the test fails when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not so within {seconds:g} s"
        time.sleep(every)
