"""One request to a host at a time, never closer than the delay, however many workers run."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path

from tests.flows.conftest import Run, command, environment
from tests.flows.newsstand import Newsstand, newsstand
from tests.flows.test_kill import assert_whole

DELAY = 0.15
CLOCKS = 0.02  # seconds that a request may be on its way


def assert_polite(stand: Newsstand) -> None:
    """No two visits overlap, and each begins at least the delay after the one before."""
    visits = sorted(stand.visits, key=lambda visit: visit.began)
    for earlier, later in pairwise(visits):
        assert later.began >= earlier.ended - CLOCKS, (earlier, later)
        assert later.began - earlier.began >= DELAY - CLOCKS, (earlier, later)


def test_two_workers_ask_one_host_in_turn(database_url: str, tmp_path: Path) -> None:
    with newsstand(latency=0.05) as stand:
        env = environment(
            CLEANWIRE_DATABASE=database_url,
            CLEANWIRE_ALLOW_NETWORKS=stand.authority,
            CLEANWIRE_HOST_DELAY=str(DELAY),
        )
        pages = stand.addresses(12)
        workers = [
            subprocess.Popen(
                command("ingest", *some, "--json"), cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True
            )
            for some in (pages[:8], pages[4:])
        ]
        for worker in workers:
            out, _ = worker.communicate(timeout=60)
            assert worker.returncode == 0
            counts = json.loads(out)["counts"]
            assert set(counts) <= {"stored", "unchanged"}
        assert_polite(stand)
        assert_whole(database_url, len(pages))


def test_robots_txt_is_asked_first_and_once(cleanwire: Run) -> None:
    with newsstand() as stand:
        done = cleanwire(
            "ingest",
            *stand.addresses(2),
            "--json",
            CLEANWIRE_ALLOW_NETWORKS=stand.authority,
            CLEANWIRE_HOST_DELAY="0",
        )
        assert json.loads(done.stdout)["counts"] == {"stored": 2}
        paths = [visit.path for visit in stand.visits]
        assert paths[0] == "/robots.txt"
        assert sorted(paths[1:]) == ["/story/0", "/story/1"]
