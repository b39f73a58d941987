"""`cleanwire serve` with a Prefect server of its own: one story, since each server costs seconds to start."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from hostile import Server, answer
from prefects import ask

from flows.automations import HEARTBEAT
from flows.runs import TAG
from tests.flows.conftest import PAGE, Run
from tests.flows.serving import Served, served, until
from tests.flows.test_leash import alive, until_gone

LONG = 300.0  # seconds for what waits for Prefect on a busy machine
SELDOM = 0.5  # seconds between two questions to its server, which has other work


def titles(folder: Path) -> set[str]:
    """Give the paths of the articles that are stored."""
    with closing(sqlite3.connect(folder / "cleanwire.db")) as connection:
        return {url.rpartition("/")[2] for (url,) in connection.execute("SELECT url FROM article")}


def poll_now(folder: Path) -> None:
    """Make the sources due, as time would."""
    with closing(sqlite3.connect(folder / "cleanwire.db", timeout=120)) as connection, connection:
        connection.execute("UPDATE source SET due_at = strftime('%Y-%m-%d %H:%M:%f000', 'now')")


def publish(server: Server, *numbers: int) -> None:
    """Publish these stories, and list them in the feed."""
    for number in numbers:
        title = f"Council decides on pier {number} after a long evening"
        page = PAGE.format(title=title, slug=f"pier-{number}", number=number)
        server.routes[f"/pier-{number}"] = answer(page)
    items = "".join(f"<item><link>/pier-{number}</link></item>" for number in numbers)
    feed = f"<rss><channel>{items}</channel></rss>"
    server.routes["/feed"] = answer(feed, content_type="application/xml")


def answers(house: Served, times: int) -> str:
    """Wait until Prefect has answered so many times, and give its API's address."""
    found: list[str] = []

    def told() -> bool:
        found[:] = re.findall(r"Prefect answers at (\S+);", house.log)
        return len(found) == times

    until(told, LONG)
    return f"{found[-1]}/api"


def children(pid: int) -> list[int]:
    """Give every process below this one."""
    pids = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pids[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, left = [], [pid]
    while left:
        parent = left.pop()
        below = [one for one, above in pids.items() if above == parent]
        found += below
        left += below
    return found


def running(pid: int, words: str) -> int:
    """Give the child that runs this command itself, not its leash."""
    lines = {one: Path(f"/proc/{one}/cmdline").read_text().replace("\0", " ") for one in children(pid)}
    (found,) = (one for one, line in lines.items() if words in line and "flows.leash" not in line)
    return found


def runs(api: str, **flow_runs: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(api, "/flow_runs/filter", {"flow_runs": flow_runs})
    return found


def completed(api: str, name: str) -> Callable[[], bool]:
    """Ask whether a run of that name has come to its end."""
    state = {"state": {"type": {"any_": ["COMPLETED"]}}, "name": {"like_": name}}
    return lambda: bool(runs(api, **state))


def scheduled(api: str, name: str) -> bool:
    """Tell whether runs of a deployment are to come by its schedule."""
    to_come = {"state": {"type": {"any_": ["SCHEDULED"]}}}
    return bool(
        ask(api, "/flow_runs/filter", {"deployments": {"name": {"any_": [name]}}, "flow_runs": to_come})
    )


def run_now(api: str, name: str) -> None:
    """Ask for a run, since nobody waits for the next that is scheduled."""
    deployment = ask(api, f"/deployments/name/{name}/{name}")["id"]
    ask(api, f"/deployments/{deployment}/create_flow_run", {})


def heartbeats(api: str) -> list[Any]:
    """Give the heartbeats by which the automations know whose process is gone."""
    wanted = {"event": {"name": [HEARTBEAT]}, "related": {"id": [f"prefect.tag.{TAG}"]}}
    found: list[Any] = ask(api, "/events/filter", {"filter": wanted})["events"]
    return found


def test_prefect_beside_the_house(server: Server, tmp_path: Path, cleanwire: Run) -> None:
    opened = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    prefect = {"CLEANWIRE_PREFECT": "auto", "CLEANWIRE_PREFECT_PORT": "0", "CLEANWIRE_POLL_EVERY": "3600"}
    publish(server, 1)
    server.routes["/asked"] = answer(PAGE.format(title="Asked for by an event", slug="asked", number=77))
    cleanwire("sources", "add", server.url("/feed"), **opened)
    with served(tmp_path, **opened, **prefect) as house:
        until(lambda: titles(tmp_path) == {"pier-1"}, LONG)
        assert "Prefect answers" not in house.log, "nobody waits for Prefect"
        api = answers(house, 1)
        assert house.printed[-1] == f"Prefect's UI:  {api.removesuffix('/api')}\n", "known at the start"

        foreign = Request(f"{api}/version", headers={"Origin": "http://elsewhere.example"})  # noqa: S310 - loopback
        with urlopen(foreign, timeout=120) as response:  # noqa: S310 - the same
            assert "access-control-allow-origin" not in response.headers, "no page in a browser starts runs"
        asked = {"targets": [server.url("/asked")]}
        event = {"event": "cleanwire.page.requested", "payload": asked}
        resource = {"resource": {"prefect.resource.id": "cleanwire.page.requested"}}
        occurred = {"id": "5f2f62a4-7a0e-4f0a-9c1c-0c5f0a6b7d11", "occurred": "2026-11-23T12:00:00Z"}
        ask(api, "/events", [event | resource | occurred])

        publish(server, 1, 2)
        poll_now(tmp_path)
        for name in ("poll", "recheck"):
            until(lambda name=name: scheduled(api, name), LONG, SELDOM)
            run_now(api, name)
        until(lambda: {"asked", "pier-2"} <= titles(tmp_path), LONG)
        until(completed(api, "poll what is due"), LONG, SELDOM)
        until(completed(api, "look again"), LONG, SELDOM)
        until(lambda: heartbeats(api), LONG, SELDOM)

        os.kill(running(house.process.pid, "prefect server start"), signal.SIGKILL)
        until(lambda: "What is due is done here until it is back" in house.log, LONG)
        publish(server, 1, 2, 3)
        poll_now(tmp_path)
        until(lambda: "pier-3" in titles(tmp_path), LONG)
        answers(house, 2)

        below = children(house.process.pid)
        assert sum(alive(one) for one in below) >= 4
        house.process.kill()
        started = time.monotonic()
        until_gone(*below)
        assert house.process.wait() == -signal.SIGKILL
        assert time.monotonic() - started < 60
    assert "Traceback" not in house.log
