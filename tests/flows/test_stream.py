"""The change stream, the sources and the measures of a house that runs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from contract import Contract
from hostile import Server, answer
from prometheus_client.parser import text_string_to_metric_families

from tests.flows.conftest import Run
from tests.flows.serving import Served, served, until
from tests.flows.test_inbox import drop, story

EVENTS = {"Accept": "text/event-stream"}


class Follower:
    """Somebody who follows the changes until the stream ends."""

    def __init__(self, house: Served, **headers: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.ended: float | None = None
        self._url, self._headers = f"{house.url}/changes", EVENTS | headers
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def _follow(self) -> None:
        with httpx.stream("GET", self._url, headers=self._headers, trust_env=False, timeout=120) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            for event in _events(stream.iter_lines()):
                self.events.append(event)
        self.ended = time.monotonic()

    def join(self) -> None:
        self._thread.join(120)
        assert self.ended is not None


def _events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            event = json.loads(fields["data"])
            assert fields["id"] == str(event["seq"])
            yield event
            fields = {}


def measures(house: Served) -> dict[str, float]:
    text = httpx.get(f"{house.url}/metrics", trust_env=False).text
    return {
        sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_changes_are_followed_and_taken_up_again(tmp_path: Path, cleanwire: Run) -> None:
    with served(tmp_path) as house, house.client() as client:
        contract = Contract(client.get("/openapi.json").json())
        client.event_hooks["response"].append(contract.check)
        first = Follower(house)
        for number in range(3):
            drop(house, f"{number}.html", story(number))
        until(lambda: len(first.events) >= 3)
        seen = [event["seq"] for event in first.events]
        assert seen == list(range(1, len(seen) + 1))
        again = Follower(house, **{"Last-Event-ID": "1"})
        until(lambda: len(again.events) >= len(seen) - 1)
        assert again.events == first.events[1:]
        page = client.get("/changes", params={"since": 1, "limit": 1}).json()
        assert page["changes"] == [first.events[1]]
        assert page["last"] == 2
        assert page["newest"] == len(seen)
        for bad in ("-1", "x", "9" * 30):
            assert client.get("/changes", params={"since": bad}).status_code == 422
            assert client.get("/changes", headers={"Last-Event-ID": bad}).status_code == 422
        told = measures(house)
        assert told["cleanwire_pages_total[stored]"] == 3
        assert told["cleanwire_parse_seconds_count"] == 3
        assert told["cleanwire_changes"] == len(seen)
        (tmp_path / "3.html").write_text(story(3), encoding="utf-8")
        assert cleanwire("ingest", "3.html").returncode == 0
        told = measures(house)
        assert told["cleanwire_pages_total[stored]"] == 4, "another process's pages count too"
        assert told["cleanwire_parse_seconds_count"] == 3
        assert told["cleanwire_queue_depth"] == 0
        assert house.stop() == 0
        first.join()
        again.join()
        assert "Traceback" not in house.log


def test_sources_are_added_and_listed(tmp_path: Path, server: Server) -> None:
    item = "<item><title>Pier</title><link>/pier</link></item>"
    feed = f"<rss><channel><title>Harbour Post</title>{item}</channel></rss>"
    server.routes["/feed"] = answer(feed, content_type="application/xml")
    server.routes["/"] = answer('<html><link rel="alternate" type="application/rss+xml" href="/feed"></html>')
    env = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    with served(tmp_path, **env) as house, house.client() as client:
        contract = Contract(client.get("/openapi.json").json())
        client.event_hooks["response"].append(contract.check)
        for new in (True, False):
            added = client.post("/sources", json={"url": server.url("/")})
            assert added.status_code == 201
            assert [(one["kind"], one["url"], one["new"]) for one in added.json()] == [
                ("rss", server.url("/feed"), new)
            ]
        for bad in (server.url("/nowhere"), "http://10.0.0.1/", "mailto:x", "http://[", "\x00", "x" * 9000):
            refused = client.post("/sources", json={"url": bad})
            assert refused.status_code == 422, refused.text
        assert client.post("/sources", content=b"{" * 2_000_000).status_code == 413
        assert client.post("/sources", json={"url": "x"}, headers={"Authorization": ""}).status_code == 401
        (source,) = client.get("/sources").json()
        assert source["url"] == server.url("/feed")
        until(lambda: measures(house)["cleanwire_source_links[1]"] == 1)
        told = measures(house)
        assert told["cleanwire_source_failures[1]"] == 0
        assert told["cleanwire_fetch_seconds_count"] >= 1
        assert house.stop() == 0
        assert "Traceback" not in house.log
