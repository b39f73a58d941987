"""What operators copy is valid by its own tool or schema, and names things that are there."""

from __future__ import annotations

import configparser
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from prefect import Flow

from flows.cli import app
from flows.settings import Settings
from tests.support.lock import canonical, wanted

DEPLOY = Path(__file__).parents[2] / "deploy"
KUBERNETES = sorted(
    set((DEPLOY / "kubernetes").glob("*.yaml")) - {DEPLOY / "kubernetes" / "kustomization.yaml"}
)
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMMANDS = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
COMMANDS |= {
    one.name or one.callback.__name__
    for group in app.registered_groups
    if group.typer_instance
    for one in group.typer_instance.registered_commands
    if one.callback
}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def documents() -> list[dict[str, Any]]:
    """Give every object of the Kubernetes manifests."""
    return [one for path in KUBERNETES for one in yaml.safe_load_all(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("name", ["prefect.yaml", "examples/prefect.yaml"])
def test_every_deployment_names_a_flow_and_no_database(name: str) -> None:
    for deployment in read(DEPLOY / name)["deployments"]:
        where, _, flow = deployment["entrypoint"].replace(".py:", ".").replace("/", ".").rpartition(".")
        assert isinstance(getattr(importlib.import_module(where), flow), Flow)
        assert "database" not in deployment.get("parameters", {})
        assert "cleanwire" in deployment["tags"]


def test_scheduled_runs_never_overlap() -> None:
    for deployment in read(DEPLOY / "prefect.yaml")["deployments"]:
        if deployment.get("schedules"):
            assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}


def test_the_compose_file_is_one() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [*command, DEPLOY / "compose.yaml"], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout
    for service in read(DEPLOY / "compose.yaml")["services"].values():
        if service.get("command", [""])[0] == "cleanwire":
            assert service["command"][1] in COMMANDS


def test_kubernetes_manifests_are_valid_and_all_applied() -> None:
    found = documents()
    for one in found:
        kubernetes_validate.validate(one, "1.33", strict=True)
    listed = read(DEPLOY / "kubernetes" / "kustomization.yaml")["resources"]
    assert sorted(listed) == [path.name for path in KUBERNETES]
    for one in found:
        template = one.get("spec", {}).get("template", {}).get("spec", {})
        for container in template.get("containers", ()):
            if container["image"] == "cleanwire":
                assert template["securityContext"]["runAsNonRoot"]
                assert "memory" in container["resources"]["limits"]


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="Kubernetes' own tool is not installed")
def test_kubectl_puts_the_manifests_together() -> None:
    command = ["kubectl", "kustomize", DEPLOY / "kubernetes"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    built = [one for one in yaml.safe_load_all(done.stdout) if one]
    assert len(built) >= len(documents())
    assert {one["metadata"].get("namespace") for one in built if one["kind"] != "Namespace"} == {"cleanwire"}


def test_the_linter_of_docker_files_finds_nothing() -> None:
    program = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [program, DEPLOY / "Dockerfile"], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_kubernetes_names_what_is_there() -> None:
    maps = {one["metadata"]["name"] for one in documents() if one["kind"] == "ConfigMap"}
    text = "".join(path.read_text(encoding="utf-8") for path in KUBERNETES)
    assert set(re.findall(r"configMap(?:Ref)?: \{ name: ([\w-]+) \}", text)) <= maps
    labels = {one["metadata"]["name"] for one in documents() if one["kind"] in {"Deployment", "StatefulSet"}}
    selected = {one["spec"]["selector"]["app"] for one in documents() if one["kind"] == "Service"}
    assert selected <= labels


def test_settings_of_the_manifests_are_settings() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in [DEPLOY / "compose.yaml", *KUBERNETES])
    named = {name.lower() for name in re.findall(r"CLEANWIRE_([A-Z_]+)", text)}
    assert {"database", "token", "user_agent"} <= named <= set(Settings.model_fields)


@pytest.mark.parametrize("unit", [one for one in UNITS if one.suffix == ".service"], ids=lambda one: one.name)
def test_a_unit_runs_a_command_that_there_is(unit: Path) -> None:
    read_unit = configparser.ConfigParser(interpolation=None, strict=False)
    read_unit.read(unit, encoding="utf-8")
    program, command = read_unit["Service"]["ExecStart"].split()
    assert program.endswith("/bin/cleanwire")
    assert command in COMMANDS


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd's own tool is not installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        here = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(encoding="utf-8"))
        (tmp_path / unit.name).write_text(here.replace("User=cleanwire", "User=root"), encoding="utf-8")
    copies = [tmp_path / unit.name for unit in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", *copies], capture_output=True, text=True, timeout=120, check=False  # noqa: S607
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) not in done.stderr


def test_the_image_is_locked_and_needs_no_root() -> None:
    lock = (DEPLOY / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)(?= \\\n +--hash=sha256:[0-9a-f]{64})", lock))
    assert len(locked) == lock.count("=="), "each has its version and its hashes"
    for one in wanted():
        assert one.specifier.contains(locked[canonical(one.name)]), one
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^USER (\d+)", text)[-1] != "0"
    assert "--require-hashes --requirement requirements.lock" in text
    assert re.search(r"(?m)^HEALTHCHECK .*\\\n.*healthz", text)
    allowed = (DEPLOY.parent / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for names in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", text):
        for name in names.split():
            assert (DEPLOY.parent / name).exists()
            assert f"!{name}" in allowed
