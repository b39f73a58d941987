"""Prefect's bus: told in ranges, once, and again when it is back; nothing without an API."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hostile import Server, answer
from stock import NOW, keep, page

from flows import announcing, bell
from flows.bell import tell_bus
from flows.clock import now
from parsers import Draft
from storage import Database
from storage.receivers import delivering_workers
from storage.sources import NewSource, Polled, add_sources, settle_poll
from tests.flows.houses import house_of, until


def store(db: Database, *numbers: int) -> None:
    drafts = [Draft(url=page(n).url, title=f"{n}", text=f"On {n}.", host="h.example") for n in numbers]
    keep(db, [page(n) for n in numbers], drafts, 1)


def settle(db: Database, error: str | None) -> None:
    with db.write() as session:
        settle_poll(session, 1, Polled(None, error=error), 0, now())


def telling(db: Database, server: Server, count: int) -> None:
    """Run the service until Prefect's API has been asked so many times, and what it took is written down."""

    def done() -> bool:
        with db.read() as session:
            return len(server.requests) >= count and not delivering_workers(session)

    async def main() -> None:
        async with house_of(db) as house:
            await until(house, done, tell_bus)

    asyncio.run(main())


def events(server: Server) -> list[dict[str, Any]]:
    return [event for one in server.requests for event in json.loads(one.body)]


@pytest.fixture(autouse=True)
def _bus(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "BUS_LOOK", 0.02)
    monkeypatch.setattr(announcing, "PAUSE", 0.05)
    monkeypatch.setattr(announcing, "SECONDS", 0.2)  # who is broken off holds its lease no longer
    monkeypatch.setenv("PREFECT_API_URL", server.url("/api"))
    server.routes["/api/events"] = answer(status=204)


def test_the_bus_hears_of_ranges_and_of_sources_that_turn(db: Database, server: Server) -> None:
    with db.write() as session:
        add_sources(session, [NewSource("https://a.example/rss?token=x1", "rss", "a.example")], NOW)
    settle(db, "503")
    telling(db, server, 1)
    store(db, 1, 2)
    telling(db, server, 2)
    settle(db, "503 again")
    settle(db, None)
    server.routes["/api/events"] = answer(status=503)
    telling(db, server, 4)
    server.routes["/api/events"] = answer(status=204)
    telling(db, server, 5)
    failing, changed, *recovered = events(server)
    assert [failing["event"], changed["event"]] == ["cleanwire.source.failing", "cleanwire.articles.changed"]
    assert failing["resource"]["prefect.resource.id"] == "cleanwire.source.1"
    assert (failing["payload"]["failures"], failing["payload"]["error"]) == (1, "503")
    assert "x1" not in json.dumps(events(server))
    assert changed["payload"] == {"first": 1, "last": 2, "count": 2, "kinds": {"created": 2}}
    assert [one["prefect.resource.id"] for one in changed["related"]] == ["cleanwire.source.1"]
    assert {one["event"] for one in recovered} == {"cleanwire.source.recovered"}
    assert len(recovered) == 3, "told until it was taken"
    assert len({one["id"] for one in recovered}) == 1


def test_the_api_is_asked_as_it_wants_to_be(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, db: Database
) -> None:
    monkeypatch.delenv("PREFECT_API_URL")
    profile = (
        f'[profiles.mine]\nPREFECT_API_URL = "{server.url("/api/")}"\nPREFECT_API_AUTH_STRING = "me:word"'
    )
    (tmp_path / "profiles.toml").write_text(f'active = "mine"\n{profile}\n')
    monkeypatch.setenv("PREFECT_PROFILES_PATH", str(tmp_path / "profiles.toml"))
    with db.write() as session:
        add_sources(session, [NewSource("https://a.example/rss", "rss", "a.example")], NOW)
    settle(db, "503")
    telling(db, server, 1)
    word = server.requests[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(word) == b"me:word"
    monkeypatch.setenv("PREFECT_API_KEY", "pnu_key")
    settle(db, None)
    telling(db, server, 2)
    assert server.requests[1].headers["authorization"] == "Bearer pnu_key"


def test_without_an_api_nothing_is_told_and_nothing_fails(
    db: Database, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    asyncio.run(announcing.tell_now(db))
    with db.write() as session:
        add_sources(session, [NewSource("https://a.example/rss", "rss", "a.example")], NOW)
    settle(db, "503")
    asyncio.run(announcing.tell_now(db))
    monkeypatch.delenv("PREFECT_API_URL")
    monkeypatch.setenv("PREFECT_HOME", "no-prefect-here")
    asyncio.run(announcing.tell_now(db))
    assert len(server.requests) == 0
    monkeypatch.setenv("PREFECT_API_URL", server.url("/api"))
    telling(db, server, 1)
    assert events(server)[0]["event"] == "cleanwire.source.failing"
