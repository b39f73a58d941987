"""Receivers, watches and what they are told, as people use them: the command line and `serve`."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hostile import Server, answer, stalled
from typer.testing import CliRunner

from flows.cli import app
from flows.errors import UsageFault, WorkFault
from storage import open_database
from tests.flows.conftest import Run, write_pages
from tests.flows.serving import served, until


def told(server: Server, path: str) -> list[int]:
    bodies = [json.loads(one.body)["data"] for one in server.requests if one.path == path]
    return sorted({change["seq"] for body in bodies for change in body["changes"]})


class Typed(NamedTuple):
    """What a command printed, or the fault it ended with."""

    stdout: str
    fault: BaseException | None


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Typed]:
    """Run a command in this process, which is quicker than a process of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CLEANWIRE_DATABASE", raising=False)

    def run(*arguments: str) -> Typed:
        done = CliRunner().invoke(app, arguments)
        return Typed(done.stdout, done.exception)

    return run


def test_receivers_and_watches_are_kept_and_secrets_shown_once(
    cleanwire: Run, typed: Callable[..., Typed], tmp_path: Path
) -> None:
    hook, other = "https://user:word@hooks.example/in", "https://other.example/in"
    added = cleanwire("webhooks", "add", hook)
    assert added.returncode == 0, added.stderr
    secret = added.stdout.split("secret: ")[1].split()[0]
    assert secret.startswith("whsec_")
    assert "word" not in added.stdout
    again = json.loads(typed("webhooks", "add", hook, "--json").stdout)
    assert (again["id"], again["secret"]) == (1, None)
    watch = typed("watch", "add", "minister budget OR levy", "--webhook", hook)
    assert "watch 1: minister AND (budget OR levy)\n" in watch.stdout
    assert "secret: " not in watch.stdout
    (tmp_path / "secret").write_text(secret + "\n")
    made = typed("webhooks", "add", other, "--secret-file", "secret")
    assert secret not in made.stdout
    assert typed("webhooks", "add", other, "--secret-file", "secret").fault is None, "a secret may change"
    third = typed("watch", "add", "levy", "--webhook", "http://third.example/", "--json")
    assert json.loads(third.stdout)["understood"] == "levy"
    listed = typed("webhooks", "list").stdout + typed("watch", "list").stdout
    listed += typed("webhooks", "list", "--json").stdout + typed("health", "--json").stdout
    typed("export", "all.jsonl")
    assert "changes + 1 watch" in listed
    assert secret not in listed + (tmp_path / "all.jsonl").read_text()
    assert "word" not in listed
    assert max(map(len, typed("webhooks", "list").stdout.splitlines())) <= 80
    refused = typed("webhooks", "remove", "1")
    assert "watches tell it (1)" in str(refused.fault)
    for arguments in (["watch", "remove", "1"], ["webhooks", "remove", other], ["watch", "remove", "2"]):
        assert typed(*arguments).fault is None
    assert [one["id"] for one in json.loads(typed("webhooks", "list", "--json").stdout)] == [1]
    assert "no dead letters" in typed("webhooks", "dead").stdout


def test_what_cannot_be_kept_is_one_line(typed: Callable[..., Typed], tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'cleanwire.db'}").close()
    (tmp_path / "short").write_text("whsec_c2hvcnQ=")
    (tmp_path / "junk").write_bytes(b"\xff\xfe")
    for arguments, kind, said in [
        (["webhooks", "add", "ftp://a.example/"], UsageFault, "only http and https"),
        (["webhooks", "add", "not an address"], UsageFault, "give an address such as"),
        (["webhooks", "add", f"https://a.example/{'x' * 2000}"], UsageFault, "2000 characters"),
        (["webhooks", "add", "https://a.example/", "--secret-file", "nowhere"], UsageFault, "check the path"),
        (["webhooks", "add", "https://a.example/", "--secret-file", "short"], UsageFault, "24 to 64 bytes"),
        (["webhooks", "add", "https://a.example/", "--secret-file", "junk"], UsageFault, "junk"),
        (["webhooks", "remove", "9"], WorkFault, "no such receiver"),
        (["webhooks", "replay", "9"], WorkFault, "no such dead letter"),
        (["watch", "remove", "9"], WorkFault, "no such watch"),
        (["watch", "add", "(((", "--webhook", "https://a.example/"], UsageFault, "looks for nothing"),
        (["watch", "add", "", "--webhook", "https://a.example/"], UsageFault, "looks for nothing"),
        (["watch", "add", "y" * 4001, "--webhook", "https://a.example/"], UsageFault, "4,000 characters"),
    ]:
        done = typed(*arguments)
        assert type(done.fault) is kind
        assert said in str(done.fault)
        assert "c2hvcnQ" not in str(done.fault)
        assert "\n" not in str(done.fault)


def test_killed_while_it_delivers_it_loses_nothing(cleanwire: Run, tmp_path: Path, server: Server) -> None:
    allowed = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc}
    server.routes |= {"/hook": stalled(b""), "/watch": answer()}
    cleanwire("webhooks", "add", server.url("/hook"))
    cleanwire("watch", "add", "council AND pier", "--webhook", server.url("/watch"))
    write_pages(tmp_path / "pages", 3)
    with served(tmp_path, **allowed) as house:
        assert cleanwire("ingest", "pages").returncode == 0
        until(lambda: {"/hook", "/watch"} <= set(server.paths()))
        house.process.kill()
    server.routes["/hook"] = answer()
    before = server.paths().count("/hook")
    with served(tmp_path, **allowed) as house:
        # A fourth may say that they are near copies, where the first page was not the first that was read.
        until(lambda: server.paths().count("/hook") > before and told(server, "/hook")[:3] == [1, 2, 3])
        assert house.stop(signal.SIGTERM) == 0
        assert "Traceback" not in house.log
    messages = [one.headers["webhook-id"] for one in server.requests if one.path == "/hook"]
    assert messages[0] in messages[1:], "what was under way is sent again under its id"
    matches = [json.loads(one.body)["data"]["matches"] for one in server.requests if one.path == "/watch"]
    assert sorted(match["article"]["id"] for some in matches for match in some) == [1, 2, 3]
    receiver = json.loads(cleanwire("webhooks", "list", "--json").stdout)[0]
    assert (receiver["behind"], receiver["seq"]) == (0, told(server, "/hook")[-1])
