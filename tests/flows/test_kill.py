"""Killed at any moment and run again: every page in one state, no article twice; two at once: the same."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import sqlalchemy as sa
from forkserver import Forked

from tests.flows.conftest import Run, command, environment, write_pages

PAGES = 400  # several batches, so that each kill finds one under way
KILLS = 4
NOWHERE = subprocess.DEVNULL


def one(url: str, query: str) -> int:
    """Ask the database for one number."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        number = connection.execute(sa.text(query)).scalar_one()
    engine.dispose()
    assert isinstance(number, int)
    return number


def settled(url: str) -> int:
    """Count the links that have reached an end."""
    try:
        return one(url, "select count(*) from link where state not in ('due', 'claimed')")
    except sa.exc.DatabaseError:
        return 0  # the table is not there yet


def assert_whole(url: str, pages: int) -> None:
    """Every page in one final state, one article each, each with its first revision and change."""
    assert one(url, "select count(*) from link") == pages
    assert settled(url) == pages
    assert one(url, "select count(*) from article") == pages
    assert one(url, "select count(distinct canonical_url) from article") == pages
    assert one(url, "select count(*) from revision") == pages
    assert one(url, "select count(*) from change where kind = 'created'") == pages
    assert one(url, "select count(*) from change where kind not in ('created', 'merged')") == 0
    assert one(url, "select count(*) from link where article_id is null") == 0


def test_killed_again_and_again_it_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path, cleanwire: Run
) -> None:
    write_pages(tmp_path / "pages", PAGES)
    env = environment(CLEANWIRE_DATABASE=database_url)
    for kill in range(KILLS):
        process = Forked(
            command("ingest", "pages"),
            cwd=tmp_path,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        goal = kill * PAGES // (KILLS + 1)
        deadline = time.monotonic() + 60
        while process.poll() is None and settled(database_url) <= goal and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = cleanwire("ingest", "pages", "--json", CLEANWIRE_DATABASE=database_url)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pages"] == PAGES
    assert_whole(database_url, PAGES)


def test_two_at_once_lose_and_double_nothing(database_url: str, tmp_path: Path) -> None:
    pages = 200
    write_pages(tmp_path / "pages", pages)
    env = environment(CLEANWIRE_DATABASE=database_url)
    both = [
        Forked(command("ingest", "pages", "--json"), cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        assert json.loads(out)["pages"] <= pages
    assert_whole(database_url, pages)


def test_interrupted_it_gives_back_what_it_held(database_url: str, tmp_path: Path) -> None:
    write_pages(tmp_path / "pages", PAGES)
    env = environment(CLEANWIRE_DATABASE=database_url)
    process = Forked(
        command("ingest", "pages"), cwd=tmp_path, env=env, stdout=NOWHERE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while process.poll() is None and settled(database_url) < 50 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert err.splitlines()[-1].startswith("cleanwire: stopped")
    assert "Traceback" not in err
    assert one(database_url, "select count(*) from link where state = 'claimed' or worker is not null") == 0
