"""`cleanwire upkeep`, `backup`, `health` and `sources keep` as people use them."""

from __future__ import annotations

import json
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url
from stock import NOW, ask, keep, page, run, stock

from flows.backups import dump_command
from flows.clock import now
from flows.commands.faring import health as show_health
from parsers import parse
from storage import open_database
from storage.sources import NewSource, add_sources
from tests.flows.conftest import Run

SAMPLE = str(Path(__file__).parents[2] / "flows" / "samples" / "short-story.html")


def test_retention_lets_pages_go_and_keeps_articles(database_url: str, cleanwire: Run) -> None:
    db = open_database(database_url)
    with db.write() as session:
        add_sources(session, [NewSource("https://harbour.example/feed", "rss", "harbour.example")], NOW)
    pages = [page(number) for number in range(3)]
    keep(db, pages, [parse(one) for one in pages], source=1)
    db.close()
    env = {"CLEANWIRE_DATABASE": database_url}
    kept = cleanwire(
        "sources", "keep", "https://harbour.example/feed", "--days", "3650", "--count", "1", **env
    )
    assert "kept 3650 days and the newest 1" in kept.stdout
    report = json.loads(cleanwire("upkeep", "--json", **env).stdout)
    assert report["snapshots"] == 2
    assert ask(database_url, "SELECT count(*) FROM snapshot") == 1
    assert ask(database_url, "SELECT count(*) FROM article") == 3
    assert cleanwire("upkeep", "--check", **env).returncode == 0
    assert "for ever" in cleanwire("sources", "keep", "1", **env).stdout
    missing = cleanwire("sources", "keep", "9", **env)
    assert (missing.returncode, missing.stderr) == (
        1, "cleanwire: 9: no such source; `cleanwire sources list` shows them\n",
    )  # fmt: skip


def test_a_check_names_each_fault_on_a_line(database_url: str, cleanwire: Run) -> None:
    stock(database_url, 2)
    whole = cleanwire("upkeep", "--check", CLEANWIRE_DATABASE=database_url)
    assert (whole.returncode, whole.stdout, whole.stderr) == (0, "", "the archive is whole\n")
    run(database_url, "DELETE FROM address")
    run(database_url, "UPDATE counter SET value = 1 WHERE name = 'change'")
    found = cleanwire("upkeep", "--check", CLEANWIRE_DATABASE=database_url)
    lines = [
        "counter change: it stands at 1, behind 2",
        "article 1: no address leads to it",
        "article 2: no address leads to it",
        "article 1: one of its addresses leads to nothing",
        "article 2: one of its addresses leads to nothing",
    ]
    assert (found.returncode, found.stdout.splitlines(), found.stderr) == (1, lines, "5 faults\n")
    told = cleanwire("upkeep", "--check", "--json", CLEANWIRE_DATABASE=database_url)
    assert (told.returncode, json.loads(told.stdout)) == (1, {"faults": lines})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("damage", "args", "said"),
    [
        ("UPDATE article SET published_at = 'garbage'", ["query"], "'garbage' is no time"),
        ("UPDATE article SET authors = 'oops'", ["show", "1"], "'oops' is no JSON"),
        ("DELETE FROM counter WHERE name = 'article'", ["ingest", SAMPLE], "table counter is missing"),
    ],
)
def test_a_value_that_cannot_be_read_is_told_in_a_line(
    database_url: str, cleanwire: Run, damage: str, args: list[str], said: str
) -> None:
    stock(database_url, 1)
    run(database_url, damage)
    failed = cleanwire(*args, CLEANWIRE_DATABASE=database_url)
    assert failed.returncode == 1
    assert failed.stderr.endswith(f"{said}; `cleanwire upkeep --check` names the row\n")
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_page_stops_no_other(database_url: str, cleanwire: Run, tmp_path: Path) -> None:
    stock(database_url, 2)
    run(database_url, "UPDATE article SET parser_version = '0'")
    run(database_url, "UPDATE snapshot SET content = X'00' WHERE hash = (SELECT min(hash) FROM snapshot)")
    anew = cleanwire("reparse", "--json", CLEANWIRE_DATABASE=database_url)
    assert (anew.returncode, json.loads(anew.stdout)["failed"]) == (1, 1)
    assert ask(database_url, "SELECT count(*) FROM article WHERE parser_version = '0'") == 1
    out = tmp_path / "pages.warc.gz"
    failed = cleanwire("export", str(out), CLEANWIRE_DATABASE=database_url)
    assert (failed.returncode, out.exists()) == (1, False)
    assert "cannot be unpacked; `cleanwire upkeep --check` names the row" in failed.stderr


def test_only_what_brings_something_in_makes_an_archive(cleanwire: Run, tmp_path: Path) -> None:
    typo, old = tmp_path / "typo.db", tmp_path / "articles.jsonl"
    old.write_text("kept", encoding="utf-8")
    commands = (
        "backup articles.jsonl", "export articles.jsonl", "upkeep", "upkeep --check", "reparse", "recheck",
        "poll", "query moon", "show 1", "history 1", "diff 1", "why https://a.example/", "changes", "health",
        "sources list", "sources export out.opml", "sources remove 1", "watch list", "webhooks list",
    )  # fmt: skip
    for command in commands:
        failed = cleanwire(*command.split(), CLEANWIRE_DATABASE=f"sqlite:///{typo}")
        assert failed.returncode == 2, command
        assert f"sqlite:///{typo}: there is no archive here: check the name" in failed.stderr
    default = cleanwire("query")
    assert default.returncode == 2
    assert "sqlite:///cleanwire.db: there is no archive here" in default.stderr
    assert "`cleanwire ingest` makes one" in default.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["articles.jsonl"]
    assert old.read_text(encoding="utf-8") == "kept"


def test_what_copies_reports_as_json_too(cleanwire: Run, tmp_path: Path) -> None:
    stock(f"sqlite:///{tmp_path / 'cleanwire.db'}", 2)
    copied = json.loads(cleanwire("backup", "copy.db", "--json").stdout)
    assert copied == {"file": "copy.db", "bytes": (tmp_path / "copy.db").stat().st_size}
    written = json.loads(cleanwire("export", "all.jsonl", "--json").stdout)
    assert written == {"file": "all.jsonl", "written": 2}
    streamed = cleanwire("export", "-", "--json")
    assert [json.loads(line)["id"] for line in streamed.stdout.splitlines()] == [2, 1]
    assert streamed.stderr == "-: 2 written\n"


def restored(database_url: str, file: Path, request: pytest.FixtureRequest) -> str:
    """Bring a backup back, in the way the README says, and give its URL."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{file}"
    empty: str = request.getfixturevalue("empty_postgres")
    programs: Path = request.getfixturevalue("programs")
    name = make_url(empty).set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run([programs / "pg_restore", "--no-owner", f"--dbname={name}", file], check=True)
    return empty


def test_a_backup_taken_while_others_write_is_whole(
    database_url: str, tmp_path: Path, cleanwire: Run, programs: Path, request: pytest.FixtureRequest
) -> None:
    stock(database_url, 50)
    file = tmp_path / "copy"
    file.write_text("yesterday's", encoding="utf-8")
    done = threading.Event()

    def write() -> None:
        db = open_database(database_url)
        number = 1000
        while not done.is_set():
            keep(db, [page(number)], [parse(page(number))])
            number += 1
        db.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backup = cleanwire("backup", str(file), CLEANWIRE_DATABASE=database_url, PATH=str(programs))
    finally:
        done.set()
        writer.join()
    assert backup.returncode == 0, backup.stderr
    assert backup.stdout.startswith(f"{file}: ")
    url = restored(database_url, file, request)
    assert ask(url, "SELECT count(*) FROM article") >= 50
    check = cleanwire("upkeep", "--check", CLEANWIRE_DATABASE=url)
    assert (check.returncode, check.stdout) == (0, "")
    stock(url, 1, start=5000)  # and it goes on living
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".copy")] == []


def test_a_backup_that_cannot_be_made_leaves_the_old_one(tmp_path: Path, cleanwire: Run) -> None:
    open_database(f"sqlite:///{tmp_path / 'cleanwire.db'}").close()
    itself = cleanwire("backup", "cleanwire.db")
    assert (itself.returncode, itself.stderr) == (
        2, "cleanwire: cleanwire.db: that is the database itself; name another file\n",
    )  # fmt: skip
    nowhere = cleanwire("backup", "nowhere/copy.db")
    assert (nowhere.returncode, nowhere.stderr) == (
        2, "cleanwire: nowhere/copy.db: name a file in a folder that exists\n",
    )  # fmt: skip
    (tmp_path / "copy.db").write_text("in use", encoding="utf-8")
    (tmp_path / "copy.db-wal").touch()
    used = cleanwire("backup", "copy.db")
    assert used.returncode == 2
    assert "a program has it open (copy.db-wal)" in used.stderr
    assert (tmp_path / "copy.db").read_text(encoding="utf-8") == "in use"


def test_without_pg_dump_it_says_what_to_install(empty_postgres: str, cleanwire: Run, tmp_path: Path) -> None:
    open_database(empty_postgres).close()
    done = cleanwire("backup", "copy", CLEANWIRE_DATABASE=empty_postgres, PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("cleanwire: pg_dump is not on PATH: install PostgreSQL's client programs")
    script = tmp_path / "pg_dump"
    script.write_text('#!/bin/sh\necho "$@ server version mismatch" >&2\nexit 1\n', encoding="utf-8")
    script.chmod(0o755)
    done = cleanwire("backup", "copy", CLEANWIRE_DATABASE=empty_postgres, PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.endswith("server version mismatch\n")
    assert not (tmp_path / "copy").exists()


def test_a_password_is_not_among_the_arguments(tmp_path: Path) -> None:
    url = make_url("postgresql+psycopg://ann:s3cret@db.example/news?password=other&sslmode=require")
    arguments, secret = dump_command("pg_dump", url, tmp_path / "copy")
    assert "--dbname=postgresql://ann@db.example/news?sslmode=require" in arguments
    assert secret == {"PGPASSWORD": "other"}


def test_health_is_told_on_a_few_lines_or_as_json(database_url: str, cleanwire: Run) -> None:
    stock(database_url, 2)
    run(database_url, "UPDATE link SET state = 'failed', reason = 'timed out' WHERE id = 1")
    db = open_database(database_url)
    with db.write() as session:
        add_sources(session, [NewSource("https://harbour.example/feed", "rss", "harbour.example")], NOW)
    db.close()
    run(database_url, "UPDATE source SET failures = 3, last_error = '503'")
    env = {"CLEANWIRE_DATABASE": database_url}
    told = cleanwire("health", **env)
    assert told.returncode == 0
    assert "links      failed 1, stored 1\n" in told.stdout
    assert "source 1 https://harbour.example/feed: failed 3 times in a row: 503\n" in told.stdout
    assert "host harbour.example: 1 links failing: timed out\n" in told.stdout
    found = json.loads(cleanwire("health", "--json", **env).stdout)
    assert (found["articles"], found["links"]) == (2, {"failed": 1, "stored": 1})
    assert found["newest_article_at"] == NOW.isoformat()
    assert found["failing_hosts"][0]["last_error"] == "timed out"


@pytest.mark.parametrize(
    ("age", "words"), [(timedelta(0), "0 min"), (timedelta(hours=5), "5 h"), (timedelta(days=3), "3 days")]
)
def test_an_age_is_told_in_its_own_unit(
    age: timedelta, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'cleanwire.db'}"
    stock(url, 1)
    seen = now() - age - timedelta(seconds=1)
    run(url, f"UPDATE revision SET seen_at = '{seen:%Y-%m-%d %H:%M:%S.%f}'")  # noqa: S608
    show_health(url, as_json=False)
    assert f"the newest came {words} ago" in capsys.readouterr().out
