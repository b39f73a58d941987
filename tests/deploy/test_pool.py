"""A cluster in processes: what is declared, two workers of one pool, one of them killed, then an event."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from hostile import Handler, Request, Server, answer, running
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefects import ask

from flows import automations
from flows.deployments import plans
from tests.deploy.conftest import Cluster, service
from tests.flows.conftest import PAGE, environment
from tests.flows.serving import until
from tests.flows.test_orchestra import SELDOM, children

ROOT = Path(__file__).parents[2]
LONG = 180.0
HOSTS, STORIES = 3, 5
LEASE = 8  # seconds that what a killed worker held is waited for


@pytest.fixture(scope="module")
def env(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of the workers; the deployments are installed as compose.yaml says, and the example."""
    found = environment(
        PREFECT_API_URL=cluster.api, CLEANWIRE_DATABASE=cluster.archive, DO_NOT_TRACK="1",
        PREFECT_HOME=str(tmp_path_factory.mktemp("home")), PYTHONSAFEPATH="1",
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    )  # fmt: skip
    install = service("install")["command"]
    example = "prefect --no-prompt deploy --all --prefect-file deploy/examples/prefect.yaml"
    for command in (install, ["sh", "-ec", example]):
        done = subprocess.run(
            command, cwd=ROOT, env=found, capture_output=True, text=True, timeout=LONG, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return found


@contextmanager
def workers(env: dict[str, str], count: int, log: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Let so many workers of the pool run for a while, each a run at a time."""
    *command, limit, _ = service("worker")["command"]
    assert limit == "--limit"
    with log.open("wb") as out:
        running = [
            subprocess.Popen([*command, limit, "1"], cwd=ROOT, env=env, stdout=out, stderr=out)
            for _ in range(count)
        ]
    try:
        yield running
    finally:
        for worker in running:
            kill(worker)


def kill(worker: subprocess.Popen[bytes]) -> None:
    """Kill a worker and its run, as a machine does that loses its power."""
    below = [] if worker.poll() is not None else children(worker.pid)
    for pid in (worker.pid, *below) if below else ():
        os.kill(pid, signal.SIGKILL)
    worker.kill()
    worker.wait()


def said(trigger: Any) -> dict[str, Any]:
    """Give of an automation's trigger or a plan's what makes it fire."""
    return {"expect": sorted(trigger["expect"]), "match": trigger["match"]}


def installed(api: str) -> dict[str, str]:
    """Give when each automation that marks runs was written last."""
    found = ask(api, "/automations/filter", {})
    return {one["name"]: one["updated"] for one in found if one["name"].startswith("Cleanwire: mark")}


def test_what_is_declared_is_what_serve_would_run(cluster: Cluster, env: dict[str, str]) -> None:
    assert env["PREFECT_API_URL"] == cluster.api
    for plan in plans(300.0):
        found = ask(cluster.api, f"/deployments/name/{plan.flow.name}/{plan.flow.name}")
        wanted = asyncio.run(plan.deployment())
        assert (found["entrypoint"], found["description"]) == (wanted.entrypoint, plan.says)
        assert (found["tags"], found["work_pool_name"]) == (["cleanwire"], "cleanwire")
        schedules = [one["schedule"] for one in found["schedules"]]
        assert [one.get("interval") or one["cron"] for one in schedules] == [
            one for one in (plan.every, plan.cron) if one is not None
        ]
        limit = found["global_concurrency_limit"]
        assert (limit and limit["limit"]) == wanted.concurrency_limit

    made = {one["name"]: one for one in ask(cluster.api, "/automations/filter", {})}
    (trigger,) = (one for plan in plans(300.0) for one in plan.triggers)
    declared = made[trigger.name]
    assert said(declared["trigger"]) == said(trigger.model_dump(mode="json"))
    assert declared["actions"][0]["parameters"] == trigger.parameters

    once = installed(cluster.api)
    assert sorted(once) == sorted(one.name for one in automations.automations())
    with temporary_settings({PREFECT_API_URL: cluster.api}):
        asyncio.run(automations.main())
    assert installed(cluster.api) == once, "an update would make the server forget which runs it watches"


def held(gate: threading.Event, then: Handler) -> Handler:
    """Answer as soon as the gate is open."""

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        while not gate.is_set():  # noqa: ASYNC110 - the test opens it from another thread
            await asyncio.sleep(0.02)
        await then(request, writer)

    return handler


def publish(server: Server, gate: threading.Event) -> list[str]:
    """Put a feed on every host, which waits for the gate, and its stories; gives the feeds' addresses."""
    for host in range(HOSTS):
        stories = [f"/{host}-{number}" for number in range(STORIES)]
        for path in stories:
            title = f"Council decides on pier {path[1:]} after a long evening"
            page = PAGE.format(title=title, slug=f"pier{path}", number=path[1:])
            server.routes[path] = answer(
                page.replace("https://harbour-post.example/pier/", server.on(host, "/"))
            )
        items = "".join(f"<item><link>{path}</link></item>" for path in stories)
        feed = answer(f"<rss><channel>{items}</channel></rss>", content_type="application/xml")
        server.routes[f"/feed-{host}"] = held(gate, feed)
    return [server.on(host, f"/feed-{host}") for host in range(HOSTS)]


def feeds_asked(server: Server) -> set[str]:
    return {path for path in server.paths() if path.startswith("/feed")}


def completed(api: str, name: str) -> list[dict[str, Any]]:
    """Give the runs of that name which have come to their end; none of all may have failed."""
    ended = {"name": {"like_": name}, "state": {"type": {"any_": ["COMPLETED"]}}}
    failed = {"state": {"type": {"any_": ["FAILED"]}}}
    found: list[dict[str, Any]]
    found, faults = (ask(api, "/flow_runs/filter", {"flow_runs": one}) for one in (ended, failed))
    assert not faults, [(one["name"], one["state"]["message"]) for one in faults]
    return found


def test_two_workers_share_the_work_and_one_does_what_the_other_was_killed_in(
    cluster: Cluster, env: dict[str, str], tmp_path: Path
) -> None:
    gate = threading.Event()
    with running(HOSTS) as server:
        targets = publish(server, gate)
        opened = {
            "CLEANWIRE_ALLOW_NETWORKS": "127.0.0.0/8", "CLEANWIRE_HOST_DELAY": "0", "CLEANWIRE_HOSTS": "1",
            "CLEANWIRE_LEASE": str(LEASE), "CLEANWIRE_FETCH_DEADLINE": "3600",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
        }  # fmt: skip
        deployment = ask(cluster.api, "/deployments/name/ingest/ingest")["id"]
        for _ in range(2):
            ask(
                cluster.api,
                f"/deployments/{deployment}/create_flow_run",
                {"parameters": {"targets": targets}},
            )
        with workers(env | opened, 2, tmp_path / "workers.log") as (one, _):
            until(lambda: len(feeds_asked(server)) == 2 or one.poll() is not None, LONG)
            assert one.poll() is None, (tmp_path / "workers.log").read_text()
            kill(one)
            gate.set()
            until(lambda: completed(cluster.api, "ingest %"), LONG, SELDOM)
            until(lambda: completed(cluster.api, "digest of changes 1 to %"), LONG, SELDOM)
        assert server.most_at_once == 1
        stories = Counter(path for path in server.paths() if path in server.routes and "feed" not in path)
    wanted = HOSTS * STORIES
    assert (len(stories), set(stories.values())) == (wanted, {1})
    with psycopg.connect(f"{cluster.postgres}/archive") as archive:
        stored = archive.execute("SELECT count(*), count(DISTINCT url), max(version) FROM article").fetchone()
    assert stored == (wanted, wanted, 1)
    (page,) = ask(cluster.api, "/artifacts/filter", {"artifacts": {"key": {"any_": ["digest"]}}})
    assert page["data"].count("- created: Council decides on pier") == wanted


def test_prefect_keeps_its_state_in_postgresql_and_its_messages_in_redis(
    cluster: Cluster, env: dict[str, str]
) -> None:
    assert env["PREFECT_API_URL"] == cluster.api
    with psycopg.connect(f"{cluster.postgres}/prefect") as database:
        names = {name for (name,) in database.execute("SELECT name FROM deployment")}
    assert names == {plan.flow.name for plan in plans(300.0)} | {"digest"}
    with closing(redis.Redis(port=cluster.redis)) as messages:
        assert messages.xlen("events")
