"""What operators copy names things that are there."""

from __future__ import annotations

import configparser
import importlib
from pathlib import Path

import yaml
from prefect import Flow

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_every_deployment_names_a_flow_and_no_database() -> None:
    manifest = yaml.safe_load((DEPLOY / "prefect.yaml").read_text(encoding="utf-8"))
    assert {deployment["name"] for deployment in manifest["deployments"]} == {"poll", "ingest"}
    for deployment in manifest["deployments"]:
        module, _, name = deployment["entrypoint"].rpartition(".")
        assert isinstance(getattr(importlib.import_module(module), name), Flow)
        assert "database" not in deployment.get("parameters", {})


def test_scheduled_runs_never_overlap() -> None:
    manifest = yaml.safe_load((DEPLOY / "prefect.yaml").read_text(encoding="utf-8"))
    for deployment in manifest["deployments"]:
        if deployment.get("schedules"):
            assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}


def test_the_timer_runs_a_command_that_there_is() -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.read(DEPLOY / "systemd" / "cleanwire-poll.service", encoding="utf-8")
    program, command = unit["Service"]["ExecStart"].split()
    assert program.endswith("/bin/cleanwire")
    from flows.cli import app  # noqa: PLC0415 - the other tests need no command line

    assert command in {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
