"""The whole story of a house: news arrives, is stored and told, and a kill changes nothing.

The runs that Prefect's UI shows are in test_orchestra.py, which has a server of its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from hostile import Request, Server, answer

from tests.flows.conftest import Run
from tests.flows.serving import Served, served, until
from tests.flows.test_orchestra import poll_now, publish, titles


def is_signed(request: Request, secret: str) -> bool:
    """Verify a message as the Standard Webhooks specification says, by a computation of our own."""
    heads = request.headers
    signed = f"{heads['webhook-id']}.{heads['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mark = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{mark}" in heads["webhook-signature"].split()


def matched(server: Server) -> set[int]:
    """Give the articles that the watch's receiver has heard of."""
    bodies = [json.loads(one.body)["data"] for one in server.requests if one.path == "/hook"]
    return {match["article"]["id"] for body in bodies for match in body["matches"]}


def followed(house: Served, number: int) -> list[int]:
    """Follow the changes from the first on, as `curl -N` does, until there were so many."""
    seen: list[int] = []
    headers = {"Accept": "text/event-stream"}
    with house.client() as client, client.stream("GET", "/changes?since=0", headers=headers) as stream:
        for line in stream.iter_lines():
            if line.startswith("id:"):
                seen.append(int(line.removeprefix("id:")))
            if len(seen) == number:
                break
    return seen


def rows(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(folder / "cleanwire.db")) as connection:
        (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own names
        return int(found)


def test_news_comes_by_itself_is_told_and_outlives_a_kill(
    server: Server, tmp_path: Path, cleanwire: Run
) -> None:
    opened = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    server.routes["/hook"] = answer()
    publish(server, 1)
    with served(tmp_path, **opened) as house:
        watch = cleanwire("watch", "add", "council AND pier", "--webhook", server.url("/hook"), **opened)
        secret = watch.stdout.split("secret: ")[1].split()[0]
        assert cleanwire("sources", "add", server.url("/feed"), **opened).returncode == 0
        until(lambda: titles(tmp_path) == {"pier-1"})
        publish(server, 1, 2, 3)
        poll_now(tmp_path)
        until(lambda: matched(server) == {1, 2, 3})
        assert followed(house, 3) == [1, 2, 3]
        publish(server, *range(1, 41))
        poll_now(tmp_path)
        until(lambda: len(titles(tmp_path)) > 3)
        house.process.kill()
    with served(tmp_path, **opened) as house:
        poll_now(tmp_path)
        until(lambda: len(titles(tmp_path)) == 40)
        until(lambda: matched(server) == set(range(1, 41)))
        assert followed(house, 40) == list(range(1, 41))
        assert house.stop() == 0
        assert "Traceback" not in house.log
    assert [rows(tmp_path, table) for table in ("article", "revision", "change")] == [40, 40, 40]
    assert all(is_signed(one, secret) for one in server.requests if one.path == "/hook")
    assert cleanwire("upkeep", "--check").returncode == 0
