"""With a Prefect API configured, the command line's run is a flow run there."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from hostile import Server, answer
from stock import run as run_statement
from stock import stock

from tests.flows.conftest import PAGE, Run, write_pages

START_SECONDS = 120


def free_port() -> int:
    """Find a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def ask(api: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask Prefect's API: GET, or POST with a body."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{api}{path}", data=data, headers={"Content-Type": "application/json"})  # noqa: S310 - loopback
    with urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
        return json.loads(answer.read())


@pytest.fixture(scope="module")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a Prefect server of its own on loopback and give its API's address."""
    home, port = tmp_path_factory.mktemp("prefect"), free_port()
    env = os.environ | {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home}/prefect.db",
    }
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
            except (URLError, ConnectionError):
                assert server.poll() is None, (home / "server.log").read_text()
                assert time.monotonic() < deadline, "the Prefect server did not start"
                time.sleep(0.3)
        yield api
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def test_ingest_shows_as_a_flow_run_with_batches_and_a_report(
    prefect_api: str, cleanwire: Run, tmp_path: Path
) -> None:
    write_pages(tmp_path / "pages", 250)
    env = {"PREFECT_API_URL": prefect_api, "PREFECT_HOME": str(tmp_path / "home"), "DO_NOT_TRACK": "1"}
    done = cleanwire("ingest", "pages", "--json", **env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"] == {"stored": 250}
    (run,) = ask(prefect_api, "/flow_runs/filter", {})
    assert run["state_type"] == "COMPLETED"
    assert "pages" in run["name"]
    assert "cleanwire.db" not in json.dumps(run["parameters"]), "a database URL may hold a password"
    deadline = time.monotonic() + 30
    while len(tasks := ask(prefect_api, "/task_runs/filter", {})) < 2 and time.monotonic() < deadline:
        time.sleep(0.3)
    assert sorted(task["name"] for task in tasks) == ["batch 1: 200 pages", "batch 2: 50 pages"]
    artifacts = {one["type"]: one["data"] for one in ask(prefect_api, "/artifacts/filter", {})}
    assert "| stored | 250 |" in artifacts["markdown"]
    (row,) = json.loads(artifacts["table"])
    assert (row["outcome"], row["pages"]) == ("stored", 250)


def test_poll_shows_as_a_flow_run_with_its_report(prefect_api: str, cleanwire: Run, server: Server) -> None:
    feed = "<rss><channel><item><link>/pier</link></item></channel></rss>"
    server.routes["/feed"] = answer(feed, content_type="application/xml")
    server.routes["/pier"] = answer(PAGE.format(title="Council decides on the pier", slug="pier", number=1))
    allowed = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    cleanwire("sources", "add", server.url("/feed"), **allowed)
    done = cleanwire("poll", "--json", PREFECT_API_URL=prefect_api, DO_NOT_TRACK="1", **allowed)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pages"]["counts"] == {"stored": 1}
    (flow,) = ask(prefect_api, "/flows/filter", {"flows": {"name": {"any_": ["poll"]}}})
    (run,) = ask(prefect_api, "/flow_runs/filter", {"flows": {"id": {"any_": [flow["id"]]}}})
    assert run["state_type"] == "COMPLETED"
    assert "cleanwire.db" not in json.dumps(run["parameters"])
    artifacts = ask(prefect_api, "/artifacts/filter", {"artifacts": {"key": {"any_": ["poll-report"]}}})
    assert "sources asked: 1; new links: 1" in artifacts[0]["data"]


def test_reparse_and_upkeep_show_as_flow_runs(prefect_api: str, cleanwire: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cleanwire.db'}"
    stock(url, 3)
    run_statement(url, "UPDATE article SET parser_version = 'old'")
    env = {"PREFECT_API_URL": prefect_api, "DO_NOT_TRACK": "1"}
    done = cleanwire("reparse", "--json", **env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["same"] == 3
    assert json.loads(cleanwire("upkeep", "--json", **env).stdout)["snapshots"] == 0
    wanted = {"flows": {"name": {"any_": ["reparse", "upkeep"]}}}
    runs = ask(prefect_api, "/flow_runs/filter", wanted)
    assert [run["state_type"] for run in runs] == ["COMPLETED", "COMPLETED"]
    assert all("cleanwire.db" not in json.dumps(run["parameters"]) for run in runs)
