"""The house as people start and stop it."""

from __future__ import annotations

import signal
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from hostile import Server, stalled

from tests.flows.conftest import Run
from tests.flows.serving import served, until


def test_it_says_where_it_is_answers_and_stops_cleanly(tmp_path: Path) -> None:
    with served(tmp_path) as house:
        text = "".join(house.printed)
        assert "127.0.0.1" in house.url
        assert str(tmp_path / "cleanwire.token") in text
        assert "sqlite:///cleanwire.db" in text
        assert stat.S_IMODE((tmp_path / "cleanwire.token").stat().st_mode) == 0o600
        for path in ("/healthz", "/readyz", "/health", "/openapi.json"):
            assert httpx.get(house.url + path, trust_env=False).status_code == 200
        assert house.token not in text
        assert house.stop(signal.SIGINT) == 0
        assert "stopping" in house.log
        assert "Traceback" not in house.log
        assert house.token not in house.log


def test_the_first_signal_bounds_what_is_under_way_and_the_second_ends_it(
    tmp_path: Path, server: Server
) -> None:
    server.routes["/"] = stalled(b"HTTP/1.1 200 OK\r\n")
    env = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_FETCH_DEADLINE": "3600"}
    for again, status in ((False, {0}), (True, {128 + signal.SIGTERM, 128 + signal.SIGINT})):
        before = len(server.requests)
        with served(tmp_path, **env) as house, ThreadPoolExecutor(1) as pool, house.client() as client:
            asked = pool.submit(client.post, "/sources", json={"url": server.url("/")})
            until(lambda before=before: len(server.requests) > before)
            house.process.send_signal(signal.SIGTERM)
            # Of another kind and at once: two alike may become one, and a house asked to stop is soon gone.
            assert (house.stop(signal.SIGINT) if again else house.process.wait(120)) in status
            assert "stopping" in house.log
            assert "Traceback" not in house.log
            assert asked.exception() if again else asked.result().status_code == 503


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        (["--host", "nowhere.invalid"], {}, "cannot listen"),
        (["--inbox", "file/inbox"], {}, "file/inbox: cannot be the inbox (Not a directory)"),
        ([], {"CLEANWIRE_LISTEN": "here"}, "CLEANWIRE_LISTEN"),
        ([], {"CLEANWIRE_TOKEN": "short"}, "CLEANWIRE_TOKEN"),
    ],
)
def test_what_cannot_be_served_is_one_line_and_status_2(
    cleanwire: Run, tmp_path: Path, arguments: list[str], env: dict[str, str], said: str
) -> None:
    (tmp_path / "file").touch()
    done = cleanwire("serve", "--port", "0", *arguments, **env)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "short" not in done.stderr


def test_what_another_house_has_is_one_line_and_status_2(cleanwire: Run, tmp_path: Path) -> None:
    with served(tmp_path) as house:
        port = house.url.rpartition(":")[2]
        same_port = cleanwire("serve", "--port", port)
        same_inbox = cleanwire("serve", "--port", "0")
    assert (same_port.returncode, same_inbox.returncode) == (2, 2)
    assert f"127.0.0.1:{port}: cannot listen there (Address already in use)" in same_port.stderr
    assert "another `cleanwire serve` has this inbox" in same_inbox.stderr
    assert same_port.stderr.count("\n") == same_inbox.stderr.count("\n") == 1
