"""With a Prefect API configured, the command line's run is a flow run there."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hostile import Server, answer
from prefects import ask
from stock import run as run_statement
from stock import stock

from flows.announcing import tell_now
from flows.clock import now
from flows.reparsing import open_reparse
from parsers import parse
from storage import articles, open_database
from storage.export import export
from storage.sources import NewSource, Polled, add_sources, progress, settle_poll
from tests.flows.conftest import PAGE, Run, write_pages
from tests.flows.serving import until


@pytest.fixture
def dask() -> Iterator[str]:
    """Run a Dask cluster of two workers and give its scheduler's address."""
    program = Path(__file__).parents[1] / "support" / "daskcluster.py"
    with subprocess.Popen(
        [sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as cluster:
        assert cluster.stdout is not None
        assert cluster.stdin is not None
        yield cluster.stdout.readline().strip()
        cluster.stdin.close()


async def reparse_here(url: str) -> dict[str, object]:
    """Reparse without Prefect, in this process, and give the report."""
    with closing(open_database(url)) as database:
        async with open_reparse(database) as run:
            while batch := await run.next_batch():
                await run.compare(batch)
            for readings in run.compared():
                await run.write(readings)
            return run.report.as_json()


def rows(url: str) -> list[Any]:
    """Give everything that a reparse writes, but for the times at which it did."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = [
            [row._asdict() for row in connection.execute(sa.text(f"SELECT * FROM {name} ORDER BY 1, 2"))]  # noqa: S608 - ours
            for name in ("article", "revision", "change", "band", "address", "counter")
        ]
    engine.dispose()
    times = ("parsed_at", "seen_at", "at")
    return [[{key: row[key] for key in row if key not in times} for row in table] for table in found]


def test_ingest_shows_as_a_flow_run_with_batches_and_a_report(
    prefect_api: str, cleanwire: Run, tmp_path: Path
) -> None:
    write_pages(tmp_path / "pages", 250)
    env = {"PREFECT_API_URL": prefect_api, "PREFECT_HOME": str(tmp_path / "home"), "DO_NOT_TRACK": "1"}
    done = cleanwire("ingest", "pages", "--json", **env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"] == {"stored": 250}
    (run,) = ask(prefect_api, "/flow_runs/filter", {"flow_runs": {"name": {"any_": ["ingest pages"]}}})
    assert run["state_type"] == "COMPLETED"
    assert run["tags"] == ["cleanwire"], "the automations know it by that"
    assert "cleanwire.db" not in json.dumps(run["parameters"]), "a database URL may hold a password"
    deadline = time.monotonic() + 30
    wanted = {"flow_runs": {"id": {"any_": [run["id"]]}}}
    while len(tasks := ask(prefect_api, "/task_runs/filter", wanted)) < 2 and time.monotonic() < deadline:
        time.sleep(0.3)
    assert sorted(task["name"] for task in tasks) == ["batch 1: 200 pages", "batch 2: 50 pages"]
    artifacts = {one["type"]: one["data"] for one in ask(prefect_api, "/artifacts/filter", wanted)}
    assert "| stored | 250 |" in artifacts["markdown"]
    (row,) = json.loads(artifacts["table"])
    assert (row["outcome"], row["pages"]) == ("stored", 250)


def test_poll_shows_as_a_flow_run_with_its_report(prefect_api: str, cleanwire: Run, server: Server) -> None:
    feed = "<rss><channel><item><link>/pier</link></item></channel></rss>"
    server.routes["/feed"] = answer(feed, content_type="application/xml")
    server.routes["/pier"] = answer(PAGE.format(title="Council decides on the pier", slug="pier", number=1))
    allowed = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    cleanwire("sources", "add", server.url("/feed"), **allowed)
    done = cleanwire("poll", "--json", PREFECT_API_URL=prefect_api, DO_NOT_TRACK="1", **allowed)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pages"]["counts"] == {"stored": 1}
    (run,) = ask(prefect_api, "/flow_runs/filter", {"flow_runs": {"name": {"like_": "poll what is due"}}})
    assert run["state_type"] == "COMPLETED"
    assert "cleanwire.db" not in json.dumps(run["parameters"])
    artifacts = ask(prefect_api, "/artifacts/filter", {"artifacts": {"key": {"any_": ["poll-report"]}}})
    assert "sources asked: 1; new links: 1" in artifacts[0]["data"]


def test_reparse_and_upkeep_show_as_flow_runs(prefect_api: str, cleanwire: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cleanwire.db'}"
    stock(url, 3)
    run_statement(url, "UPDATE article SET parser_version = 'old'")
    env = {"PREFECT_API_URL": prefect_api, "DO_NOT_TRACK": "1"}
    done = cleanwire("reparse", "--json", **env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["same"] == 3
    assert json.loads(cleanwire("upkeep", "--json", **env).stdout)["snapshots"] == 0
    wanted = {"flows": {"name": {"any_": ["reparse", "upkeep"]}}}
    runs = ask(prefect_api, "/flow_runs/filter", wanted)
    assert {run["state_type"] for run in runs} == {"COMPLETED"}
    assert all("cleanwire.db" not in json.dumps(run["parameters"]) for run in runs)


def test_on_dask_reparse_and_archives_come_to_the_same(
    prefect_api: str, dask: str, cleanwire: Run, tmp_path: Path
) -> None:
    here, there = (f"sqlite:///{tmp_path / name}.db" for name in ("here", "there"))
    stock(here, 260, read=lambda page: replace(parse(page), authors=(), section="Harbour"))
    run_statement(here, "UPDATE article SET parser_version = 'old'")
    shutil.copy(tmp_path / "here.db", tmp_path / "there.db")
    env = {"PREFECT_API_URL": prefect_api, "DO_NOT_TRACK": "1", "CLEANWIRE_DASK_SCHEDULER": dask}
    told = asyncio.run(reparse_here(here))
    done = cleanwire("reparse", "--json", "--db", there, **env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == told
    assert told["written"] == 260
    assert rows(there) == rows(here)
    with closing(open_database(here)) as database, database.read() as session:
        assert export(session, articles(session), tmp_path / "pages.warc.gz") == 260
    copy = f"sqlite:///{tmp_path / 'copy.db'}"
    read = cleanwire("ingest", "pages.warc.gz", "--json", "--db", copy, **env)
    assert json.loads(read.stdout)["counts"] == {"stored": 260}, read.stderr
    with closing(open_database(copy)) as database, database.read() as session:
        assert progress(session) == {}, "the archive was read to its end"
    named = ask(prefect_api, "/task_runs/filter", {"task_runs": {"name": {"like_": "there"}}})
    assert sorted(one["name"] for one in named) == [
        "batch of 200 pages there", "batch of 60 pages there",
        "compare 10 pages there", "compare 250 pages there",
    ]  # fmt: skip


def test_a_cluster_without_prefect_is_one_line(cleanwire: Run) -> None:
    done = cleanwire("reparse", CLEANWIRE_DASK_SCHEDULER="tcp://127.0.0.1:1")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "PREFECT_API_URL" in done.stderr


def test_changes_and_sources_that_turn_are_events_on_prefects_bus(
    prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'told.db'}"
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    stock(url, 1)
    database = open_database(url)
    asyncio.run(tell_now(database))
    stock(url, 2, start=1)
    with database.write() as session:
        add_sources(session, [NewSource("https://a.example/rss", "rss", "a.example", "Gazette")], now())
        settle_poll(session, 1, Polled(None, error="503"), 0, now())
    asyncio.run(tell_now(database))
    database.close()

    def told() -> dict[str, Any]:
        names = ["cleanwire.articles.changed", "cleanwire.source.failing"]
        found = ask(prefect_api, "/events/filter", {"filter": {"event": {"name": names}}})["events"]
        return {one["event"]: one for one in found if one["payload"].get("last", 3) == 3}

    until(lambda: len(told()) == 2)
    changed, failing = told()["cleanwire.articles.changed"], told()["cleanwire.source.failing"]
    assert changed["payload"] == {"first": 2, "last": 3, "count": 2, "kinds": {"created": 2}}
    assert changed["resource"]["prefect.resource.id"] == "cleanwire.archive"
    assert failing["resource"]["prefect.resource.name"] == "Gazette"
    assert failing["payload"]["error"] == "503"
