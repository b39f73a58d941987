"""`cleanwire serve` where the Prefect server that is named does not answer: it says so and does the work."""

from __future__ import annotations

import asyncio
import fcntl
import json
from pathlib import Path

import httpx
import pytest
from hostile import Handler, Server, answer
from prefects import free_port

from flows.orchestra import is_of, orchestra, planned, start_command
from flows.settings import Settings
from storage import Database
from tests.flows.conftest import PAGE, Run
from tests.flows.houses import house_of
from tests.flows.houses import until as until_in_house
from tests.flows.serving import served, until
from tests.flows.test_orchestra import titles


def test_a_named_server_that_is_away_is_told_once_and_not_waited_for(
    server: Server, tmp_path: Path, cleanwire: Run
) -> None:
    opened = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    server.routes["/pier-1"] = answer(PAGE.format(title="Council decides", slug="pier-1", number=1))
    feed = "<rss><channel><item><link>/pier-1</link></item></channel></rss>"
    server.routes["/feed"] = answer(feed, content_type="application/xml")
    cleanwire("sources", "add", server.url("/feed"), **opened)
    away = f"http://127.0.0.1:{free_port()}/api"
    with served(tmp_path, CLEANWIRE_PREFECT="auto", PREFECT_API_URL=away, **opened) as house:
        assert house.printed[-1] == f"Prefect's UI:  {away.removesuffix('/api')}\n"
        until(lambda: "pier-1" in titles(tmp_path))
        assert house.stop() == 0
        assert house.log.count("no server answers at") == 1
        assert "Traceback" not in house.log


def test_a_server_of_another_house_at_our_port_is_not_taken_for_ours(server: Server, tmp_path: Path) -> None:
    api = server.url("/api")

    async def is_ours(answering: Handler) -> bool:
        server.routes["/api/admin/settings"] = answering
        async with httpx.AsyncClient(trust_env=False) as client:
            return await is_of(client, api, tmp_path)

    kind = {"content_type": "application/json"}
    assert asyncio.run(is_ours(answer(json.dumps({"home": str(tmp_path)}), **kind)))
    assert asyncio.run(is_ours(answer("a password, please", 401)))
    for foreign in (
        answer(json.dumps({"home": f"{tmp_path}-2"}), **kind), answer("[]", **kind), answer("no JSON"),
    ):  # fmt: skip
        assert not asyncio.run(is_ours(foreign))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_houses_do_not_share_the_state_of_one_server(
    db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with house_of(db, prefect="auto", prefect_home=tmp_path, prefect_port=0) as house:
            await until_in_house(house, lambda: "another `cleanwire serve` has" in caplog.text, orchestra)

    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _, ui = planned(Settings(prefect="auto", prefect_home=tmp_path))
        assert ui.startswith("none: another `cleanwire serve` has")
        asyncio.run(main())
    assert not (tmp_path / "server.log").exists()


@pytest.mark.parametrize(("host", "meant"), [("127.0.0.1", "127.0.0.1"), ("[::1]", "::1")])
def test_a_server_of_our_own_is_started_where_its_api_is(host: str, meant: str) -> None:
    assert start_command(f"http://{host}:4200/api")[3:] == ["--host", meant, "--port", "4200"]
