"""A Prefect server on loopback for the tests that need a real one, and a way to ask it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

START_SECONDS = 120
BUSY_SECONDS = 240  # a machine of two cores that runs other tests beside a server


def free_port() -> int:
    """Find a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def ask(api: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask Prefect's API: GET, or POST with a body; again for a while where it is busy (503) or silent."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{api}{path}", data=data, headers={"Content-Type": "application/json"})  # noqa: S310 - loopback
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
                return json.loads(answer.read() or "null")
        except HTTPError as error:
            error.close()
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                raise
        except TimeoutError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.3)


@contextmanager
def serving(home: Path, **more: str) -> Iterator[str]:
    """Run a Prefect server with its state in a folder of its own, and give its API's address.

    `more` is put into its environment: another database, for instance.
    """
    port = free_port()
    env = os.environ | {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home}/prefect.db",
    }
    env |= more
    arguments = ["-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, *arguments], cwd=home, env=env, stdout=log, stderr=log, start_new_session=True
        )
    api, deadline = f"http://127.0.0.1:{port}/api", time.monotonic() + START_SECONDS
    try:
        while True:
            try:
                ask(api, "/health")
                break
            except (URLError, ConnectionError, TimeoutError):
                assert server.poll() is None, (
                    f"status {server.returncode}: {(home / 'server.log').read_text()}"
                )
                assert time.monotonic() < deadline, "the Prefect server did not start"
                time.sleep(0.3)
        yield api
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
