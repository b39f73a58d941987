"""The deployments on a real Prefect server, run by workers of one pool: declared, triggered, done."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefects import ask
from stock import stock

from flows import automations
from flows.deployments import plans
from flows.events import announce, articles_changed
from storage.announcing import ChangeRange
from tests.flows.conftest import environment
from tests.flows.serving import until

ROOT = Path(__file__).parents[2]
LONG = 120.0
POOL = ["--pool", "cleanwire", "--type", "process"]


def prefect(env: dict[str, str], *arguments: str) -> None:
    """Run Prefect's own command line in the checkout."""
    command = [sys.executable, "-P", "-m", "prefect", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def workers(env: dict[str, str], count: int, log: Path) -> Iterator[None]:
    """Let so many workers of the pool run for a while."""
    command = [sys.executable, "-P", "-m", "prefect", "worker", "start", *POOL, "--limit", "1"]
    with log.open("wb") as out:
        running = [
            subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out, start_new_session=True)
            for _ in range(count)
        ]
    try:
        yield
    finally:
        for worker in running:
            os.killpg(worker.pid, signal.SIGKILL)  # a worker that is asked to end waits for its runs
            worker.wait()


def said(trigger: Any) -> dict[str, Any]:
    """Give of an automation's trigger or a plan's what makes it fire."""
    return {"expect": sorted(trigger["expect"]), "match": trigger["match"]}


def installed(api: str) -> dict[str, str]:
    """Give when each automation that marks runs was written last."""
    found = ask(api, "/automations/filter", {})
    return {one["name"]: one["updated"] for one in found if one["name"].startswith("Cleanwire: mark")}


def test_a_pool_runs_what_is_declared_and_what_an_event_triggers(
    prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = f"sqlite:///{tmp_path / 'cleanwire.db'}"
    stock(database, 3)
    env = environment(
        PREFECT_API_URL=prefect_api, CLEANWIRE_DATABASE=database, DO_NOT_TRACK="1",
        PREFECT_HOME=str(tmp_path / "home"),
    )  # fmt: skip
    prefect(env, "--no-prompt", "work-pool", "create", "cleanwire", "--type", "process", "--overwrite")
    for file in ("deploy/prefect.yaml", "deploy/examples/prefect.yaml"):
        prefect(env, "--no-prompt", "deploy", "--all", "--prefect-file", file)

    for plan in plans(300.0):
        found = ask(prefect_api, f"/deployments/name/{plan.flow.name}/{plan.flow.name}")
        wanted = asyncio.run(plan.deployment())
        assert (found["entrypoint"], found["description"]) == (wanted.entrypoint, plan.says)
        assert (found["tags"], found["work_pool_name"]) == (["cleanwire"], "cleanwire")
        schedules = [one["schedule"] for one in found["schedules"]]
        assert [one.get("interval") or one["cron"] for one in schedules] == [
            one for one in (plan.every, plan.cron) if one is not None
        ]
        limit = found["global_concurrency_limit"]
        assert (limit and limit["limit"]) == wanted.concurrency_limit

    made = {one["name"]: one for one in ask(prefect_api, "/automations/filter", {})}
    (trigger,) = (one for plan in plans(300.0) for one in plan.triggers)
    declared = made[trigger.name]
    assert said(declared["trigger"]) == said(trigger.model_dump(mode="json"))
    assert declared["actions"][0]["parameters"] == trigger.parameters

    with temporary_settings({PREFECT_API_URL: prefect_api}):
        asyncio.run(automations.main())
        once = installed(prefect_api)
        assert sorted(once) == sorted(one.name for one in automations.automations())
        asyncio.run(automations.main())
    assert installed(prefect_api) == once, "an update would make the server forget which runs it watches"

    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    with workers(env, 2, tmp_path / "workers.log"):
        asyncio.run(announce([articles_changed(ChangeRange(1, 3, {"created": 3}, ()))]))
        named = {"name": {"like_": "digest of changes 1 to 3"}, "state": {"type": {"any_": ["COMPLETED"]}}}
        until(lambda: ask(prefect_api, "/flow_runs/filter", {"flow_runs": named}), LONG)
    (page,) = ask(prefect_api, "/artifacts/filter", {"artifacts": {"key": {"any_": ["digest"]}}})
    assert page["data"].count("- created: Council decides on pier") == 3
    (run,) = ask(prefect_api, "/flow_runs/filter", {"flow_runs": named})
    assert run["parameters"] == {"first": 1, "last": 3}
