"""The clock of the house: the archive, not Prefect's word, says whether the news is fetched."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hostile import Server, answer, running, stalled
from sqlalchemy import update

from flows import polls, timetable, worker
from flows.clock import now
from flows.timetable import keep_time
from flows.worker import work_ledger
from parsers.urls import authority
from storage import Database, Link, counts, discover
from storage.models import HOST
from storage.sources import NewSource, add_sources, any_late
from tests.flows.conftest import PAGE
from tests.flows.houses import house_of, until

FEED = "<rss><channel><item><link>/pier-{0}</link></item></channel></rss>"
HOUR = timedelta(hours=1)


def keep(db: Database, server: Server, path: str, ago: timedelta) -> None:
    """Keep a source that has been due for so long."""
    server.routes[path] = answer(FEED.format(path[1:]), content_type="application/xml")
    with db.write() as session:
        add_sources(session, [NewSource(server.url(path), "rss", server.netloc)], now() - ago)


def ends(db: Database) -> dict[str, int]:
    with db.read() as session:
        return counts(session, None)


def test_sources_that_prefect_lets_wait_are_polled_here(
    db: Database, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(timetable, "LOOK", 0.02)
    keep(db, server, "/in-time", timedelta(seconds=200))

    def asked() -> set[str]:
        return {one.path for one in server.requests} - {"/robots.txt"}

    async def main() -> None:
        async with house_of(db, server.netloc, poll_every=100.0) as house:
            house.tracked.set()
            looks = 0

            def looked() -> bool:
                nonlocal looks
                looks += 1
                return looks > 30

            clock = asyncio.create_task(keep_time(house))
            await until(house, looked)
            assert not asked(), "Prefect sees to what is due"
            keep(db, server, "/late", HOUR)
            await until(house, lambda: asked() == {"/in-time", "/late"})
            keep(db, server, "/new", timedelta())
            await until(house, lambda: "/new" in asked())
            clock.cancel()
            await asyncio.gather(clock, return_exceptions=True)

    asyncio.run(main())
    (said,) = (one.getMessage() for one in caplog.records if "Prefect" in one.getMessage())
    assert "due for 300 s and more: what is due is done here" in said


def test_a_source_whose_host_rests_is_not_late(db: Database, server: Server) -> None:
    keep(db, server, "/feed", HOUR)
    for column, ago, late in (
        ("next_at", -HOUR, False),
        ("lease_until", -HOUR, False),
        ("next_at", HOUR, True),
    ):
        with db.write() as session:
            session.connection().execute(
                update(HOST).values({"next_at": None, "lease_until": None, column: now() - ago})
            )
        with db.read() as session:
            assert any_late(session, now() - HOUR / 2) == late


def test_a_slow_host_holds_up_no_other_source(
    db: Database, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timetable, "LOOK", 0.02)

    async def main() -> None:
        with running(hosts=1) as slow:
            slow.routes["/robots.txt"] = stalled(b"HTTP/1.1 200 OK\r\n")
            address = slow.on(0, "/feed")
            with db.write() as session:
                add_sources(session, [NewSource(address, "rss", authority(address))], now())
            async with house_of(db, "127.0.0.0/8") as house:
                clock = asyncio.create_task(keep_time(house))
                await until(house, slow.paths)
                keep(db, server, "/feed", timedelta())
                await until(house, lambda: "/feed" in server.paths())
                clock.cancel()
                await asyncio.gather(clock, return_exceptions=True)

    asyncio.run(main())


def test_a_host_with_many_sources_gives_its_pages_their_turn(
    db: Database, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, value in (
        (timetable, "LOOK", 0.02), (worker, "LOOK", 0.02), (worker, "RECOVERY", 0.0),
        (polls, "TURN", timedelta(0)), (polls, "BREATH", 0.5),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)
    asked: set[str] = set()
    feeds = [f"/feed-{number}" for number in range(40)]
    for path in feeds:
        keep(db, server, path, HOUR)
    story = "Council decides on the pier after a long evening"
    server.routes["/story"] = answer(PAGE.format(title=story, slug="story", number=1))

    async def main() -> None:
        async with house_of(db, server.netloc) as house:
            clock = asyncio.create_task(keep_time(house))
            await until(house, lambda: "/feed-0" in server.paths())
            with db.write() as session:
                discover(session, [Link(server.url("/story"), server.netloc)], None, now=now())
            await until(house, lambda: ends(db).get("stored"), work_ledger)
            asked.update(server.paths())
            clock.cancel()
            await asyncio.gather(clock, return_exceptions=True)

    asyncio.run(main())
    assert set(feeds) - asked, "the page did not have to wait for all of them"
