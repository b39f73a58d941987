"""What goes wrong around the archive: many at once, killed, no room left, the server gone in mid-run."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from small_disk import enlarge, on_small_disk
from sqlalchemy import event, text

from parsers import Draft, Page
from storage import (
    Database,
    Link,
    Unavailable,
    claim,
    counts,
    discover,
    give_back_worker,
    leased_workers,
    open_database,
    save_many,
)
from storage import database as database_module

SAVER = Path(__file__).parents[1] / "support" / "saver.py"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CROWD = int(os.environ.get("CROWD", "600"))  # pages that four writers save at once: 20000 keep them a minute
TALLY = """
SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM revision), (SELECT count(*) FROM change),
       (SELECT count(*) FROM link WHERE state = 'stored'), (SELECT count(*) FROM attempt),
       (SELECT count(*) FROM snapshot), (SELECT count(DISTINCT article_id) FROM address),
       (SELECT coalesce(max(seq), 0) FROM change),
       (SELECT value FROM counter WHERE name = 'change'), (SELECT value FROM counter WHERE name = 'article')
"""


def saver(url: str, worker: str, pages: int, batch: int) -> subprocess.Popen[str]:
    """Start a worker; its first line says that it has opened the database."""
    command = [sys.executable, str(SAVER), url, worker, str(pages), str(batch)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def tally(db: Database) -> tuple[int, ...]:
    """Count what a page leaves in each table; all ten numbers are one where each page is whole."""
    with db.read() as session:
        return tuple(session.connection().execute(text(TALLY)).one())


def stored_urls(db: Database) -> set[str]:
    with db.read() as session:
        return set(
            session.connection().execute(text("SELECT url FROM link WHERE state = 'stored'")).scalars()
        )


def finish(db: Database, pages: int) -> None:
    """Take over from the dead and save what is left, as the next run does."""
    with db.write() as session:
        for worker in leased_workers(session):
            give_back_worker(session, worker)
    with closing_process(
        saver(db.engine.url.render_as_string(hide_password=False), "next", pages, 50)
    ) as last:
        assert last.wait(120) == 0, last.communicate()[1]


class closing_process:  # noqa: N801 - reads like contextlib.closing
    """Kill a process at the end of the block, whatever happens in it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def __enter__(self) -> subprocess.Popen[str]:
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.mark.parametrize("acknowledged", [0, 1, 4])
def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_the_next_run_ends_it(
    db: Database, database_url: str, acknowledged: int
) -> None:
    said: set[str] = set()
    with closing_process(saver(database_url, "first", 120, 7)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for _ in range(acknowledged):
            said |= set(process.stdout.readline().strip().split(","))
        time.sleep(0.004 * acknowledged)
        process.kill()
        said |= {url for line in process.stdout for url in line.strip().split(",") if line.endswith("\n")}
    assert said <= stored_urls(db)
    assert len(set(tally(db))) == 1
    finish(db, 120)
    assert set(tally(db)) == {120}


def test_four_writers_and_two_readers_lose_nothing_and_see_no_half_page(
    db: Database, database_url: str
) -> None:
    pages, seen, wrong = CROWD, [0], []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            numbers = tally(db)
            seen.append(numbers[0])
            wrong.extend([numbers] if len(set(numbers)) != 1 else [])

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    writers = [saver(database_url, f"w{number}", pages, 8) for number in range(4)]
    outputs = [writer.communicate(timeout=90 + pages / 5) for writer in writers]
    done.set()
    for reader in readers:
        reader.join()
    assert [errors for _, errors in outputs] == [""] * 4
    said = [url for output, _ in outputs for line in output.split()[1:] for url in line.split(",")]
    assert (len(said), len(set(said)), wrong) == (pages, pages, [])
    assert set(tally(db)) == {pages}
    assert any(0 < number < pages for number in seen)


def test_a_reader_of_the_stream_never_misses_a_change(db: Database, database_url: str) -> None:
    pages, met = 300, []
    writers = [saver(database_url, f"w{number}", pages, 9) for number in range(2)]
    query = text("SELECT seq FROM change WHERE seq > :last ORDER BY seq")
    while len(met) < pages:
        with db.read() as session:
            met += session.connection().execute(query, {"last": met[-1] if met else 0}).scalars()
        assert all(writer.poll() in {None, 0} for writer in writers)
    for writer in writers:
        writer.communicate(timeout=120)
    assert met == list(range(1, pages + 1))


@pytest.fixture
def full(db: Database) -> Iterator[Any]:
    """A switch that leaves the database without room: SQLite's own limit, or a small disk for PostgreSQL.

    Where no disk can be mounted, a trigger raises the error that PostgreSQL raises then.
    """
    if db.dialect == "sqlite":
        yield partial(limited, db)
        return
    with ExitStack() as stack:
        disks: list[Path | None] = []

        def switch(*, on: bool) -> None:
            if on:
                disks.append(stack.enter_context(on_small_disk(db)))
            if disks[0] is not None:
                enlarge(disks[0], 512 if on else 65_536)
            else:
                with db.write() as session:
                    session.connection().execute(text(FULL if on else "DROP TRIGGER no_room ON article"))

        yield switch


def limited(db: Database, *, on: bool) -> None:
    (event.listen if on else event.remove)(db.engine, "connect", to_what_is_used)
    db.engine.dispose()


def to_what_is_used(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA max_page_count=1")  # SQLite raises it to what is used already


FULL = """
CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON article EXECUTE FUNCTION no_room();
"""


def big_pages(db: Database, number: int) -> list[Any]:
    urls = [f"https://a.example/{count}" for count in range(number)]
    with db.write() as session:
        discover(session, [Link(url, "a.example") for url in urls], None, now=NOW, again=True)
        held = claim(session, NOW, 9, 999, worker="w", lease=60)
    texts = [" ".join(f"{one.url[-3:]}{count}" for count in range(9000)) for one in held]
    return [
        (one, Page(one.url, body.encode()), Draft(url=one.url, title=one.url, text=body, host="a.example"))
        for one, body in zip(held, texts, strict=True)
    ]


def test_no_room_left_is_one_clear_line_and_nothing_half_written(db: Database, full: Any) -> None:
    items = big_pages(db, 30)
    full(on=True)
    with (
        pytest.raises(Unavailable, match=r"(full|No space left on device)\. Nothing was half-written"),
        db.write() as one,
    ):
        save_many(one, items, NOW)
    assert set(tally(db)) == {0}
    full(on=False)
    with db.write() as session:
        assert {saved.state for saved in save_many(session, items, NOW)} == {"stored"}
    assert set(tally(db)) == {30}


def test_a_server_that_goes_away_in_mid_run_costs_the_open_transaction_only(db: Database) -> None:
    items = big_pages(db, 3)
    with pytest.raises(Unavailable, match="run the command again"):
        save_and_lose_the_server(db, items)
    with db.write() as session:
        assert counts(session, None) == {"claimed": 3}
        save_many(session, items, NOW)
    assert set(tally(db)) == {3}


def save_and_lose_the_server(db: Database, items: list[Any]) -> None:
    """Save, with every connection cut in the middle: PostgreSQL's by force, SQLite by an interrupt."""
    with db.write() as session:
        save_many(session, items[:1], NOW)
        if db.dialect == "sqlite":
            session.connection().connection.driver_connection.set_progress_handler(lambda: 1, 1)
        else:
            cut_connections(db)
        save_many(session, items[1:], NOW)


def cut_connections(db: Database) -> None:
    with db.write() as other:
        gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        other.connection().execute(text(f"{gone} AND datname = current_database()"))


def test_a_database_that_another_process_holds_for_long_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
    file = tmp_path / "archive.db"
    database = open_database(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with (
            pytest.raises(Unavailable, match="another process writes to it for long"),
            database.write() as one,
        ):
            one.connection()
    database.close()
