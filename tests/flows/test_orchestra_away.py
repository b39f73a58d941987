"""`cleanwire serve` where the Prefect server that is named does not answer: it says so and does the work."""

from __future__ import annotations

from pathlib import Path

from hostile import Server, answer
from prefects import free_port

from tests.flows.conftest import PAGE, Run
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
        until(lambda: "pier-1" in titles(tmp_path), 60)
        assert house.stop() == 0
        assert house.log.count("no server answers at") == 1
        assert "Traceback" not in house.log
