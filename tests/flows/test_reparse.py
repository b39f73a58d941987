"""`cleanwire reparse` as people use it: told first, then written; killed at any point and run again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from forkserver import Forked
from stock import NOW, ask, keep, page, run, stock

from parsers import Draft, Page, parse
from storage import open_database
from tests.flows.conftest import Run, command, environment

PAGES = 150  # two batches


def read_of_old(one: Page) -> Draft:
    """Read a page as a parser that found no authors, and made of the third page what it was not."""
    draft = replace(parse(one), authors=(), byline=None)
    third = one.url.endswith("pier-2")
    return replace(draft, text=draft.text * 3, section="Harbour") if third else draft


def age(url: str, count: int) -> None:
    """Make an archive that another parser has read."""
    stock(url, count, read=read_of_old)
    run(url, "UPDATE article SET parser_version = 'old'")


def written(url: str) -> int:
    found = ask(url, "SELECT count(*) FROM revision WHERE edit = 'reparsed'")
    assert isinstance(found, int)
    return found


def test_it_tells_field_by_field_and_then_writes_once(database_url: str, cleanwire: Run) -> None:
    age(database_url, 3)
    env = {"CLEANWIRE_DATABASE": database_url}
    told = "3 articles read anew: 0 the same, 3 differ\n  authors: 3 filled\n  byline: 3 filled\n"
    told += "  section: 1 lost\n  text shorter by a third: 1\n"
    dry = cleanwire("reparse", "--dry-run", **env)
    assert (dry.returncode, dry.stdout) == (0, f"{told}nothing was written (--dry-run)\n"), dry.stderr
    assert written(database_url) == 0
    done = cleanwire("reparse", **env)
    assert (done.returncode, done.stdout) == (0, f"{told}3 new versions written\n"), done.stderr
    again = json.loads(cleanwire("reparse", "--json", **env).stdout)
    assert (again["pages"], again["written"]) == (0, 0)
    assert written(database_url) == 3
    assert ask(database_url, "SELECT count(*) FROM attempt") == 3
    assert cleanwire("upkeep", "--check", **env).returncode == 0


def test_what_today_is_no_article_is_named_and_stays(tmp_path: Path, cleanwire: Run) -> None:
    url = f"sqlite:///{tmp_path / 'cleanwire.db'}"
    db = open_database(url)
    login = Page(
        "https://harbour.example/login", b"<form><input type=password></form>", "text/html", NOW, 200
    )
    lost = page(1)
    drafts = [
        Draft(url=one.url, title="Kept as it was", text="Read by a parser of old.") for one in (login, lost)
    ]
    keep(db, [login, lost], drafts)
    db.close()
    run(url, "UPDATE article SET parser_version = 'old'")
    run(url, "DELETE FROM snapshot WHERE hash = (SELECT snapshot_hash FROM article WHERE id = 2)")
    done = cleanwire("reparse", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert (report["pages"], report["refused"], report["no_snapshot"], report["written"]) == (1, 1, 1, 0)
    assert report["problems"][0]["url"] == "https://harbour.example/login"
    assert "no article to today's parser: 1, kept as they are" in done.stderr
    assert "article 1: https://harbour.example/login: no article" in done.stderr
    assert ask(url, "SELECT count(*) FROM article WHERE title = 'Kept as it was'") == 2


def test_killed_at_any_point_the_next_run_carries_on(
    database_url: str, tmp_path: Path, cleanwire: Run
) -> None:
    age(database_url, PAGES)
    counts = []
    for goal in (None, "told", 0):
        process = Forked(
            command("reparse"), cwd=tmp_path, env=environment(CLEANWIRE_DATABASE=database_url),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        deadline = time.monotonic() + 60
        if goal is None:
            time.sleep(2.5)  # it is starting, or comparing
        else:
            process.stdout.readline()
        while (
            goal == 0 and process.poll() is None and not written(database_url) and time.monotonic() < deadline
        ):
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        counts.append(written(database_url))
        assert counts[-1] % 50 == 0, "a batch is written whole or not at all"
    done = json.loads(cleanwire("reparse", "--json", CLEANWIRE_DATABASE=database_url).stdout)
    assert done["pages"] == PAGES - counts[-1]
    assert written(database_url) == PAGES
    assert ask(database_url, "SELECT count(*) FROM article WHERE version = 2") == PAGES
    check = cleanwire("upkeep", "--check", CLEANWIRE_DATABASE=database_url)
    assert (check.returncode, check.stdout) == (0, "")


def test_the_work_needs_no_network_and_no_prefect() -> None:
    program = "import sys, flows.commands.reparsing; print({'httpx', 'prefect'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
