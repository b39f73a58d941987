"""The command line in rough hands: closed pipes, full disks, odd terminals, odd names, huge numbers."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from forkserver import completed

from tests.flows.conftest import PAGE, Run, command, environment, write_pages

STORY = PAGE.format(title="Ferry line returns after four years", slug="ferry", number=7)


def shell(line: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which `cleanwire` stands for the command line."""
    script = f'cleanwire() {{ {" ".join(command())} "$@"; }}; set -o pipefail; {line}'
    return subprocess.run(
        ["bash", "-c", script],  # noqa: S607 - whichever bash the machine has
        cwd=cwd,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of forty articles in cleanwire.db, which no test changes."""
    folder = tmp_path_factory.mktemp("archive")
    write_pages(folder / "pages", 40)
    assert completed(command("ingest", "pages"), folder, environment()).returncode == 0
    return folder


def test_a_reader_that_has_gone_is_no_error_and_a_full_disk_is_one_line(archive: Path) -> None:
    for line in (
        "cleanwire query --limit 40 --format jsonl | head -1",
        "cleanwire show 1 | head -1",
        "cleanwire query | :",
    ):
        done = shell(line, archive)
        assert (done.returncode, done.stderr) == (0, ""), line
    done = shell("cleanwire query > /dev/full", archive)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "No space left" in done.stderr


@pytest.mark.parametrize("line", ["cleanwire parse - <&-", "cleanwire ingest - <&-"])
def test_a_closed_standard_input_is_named(line: str, tmp_path: Path) -> None:
    done = shell(line, tmp_path)
    assert done.returncode == 1
    assert "standard input" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_cannot_show_a_letter_loses_no_json(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(STORY.replace("Ferry", "渡し船"), encoding="utf-8")
    done = shell(
        "cleanwire parse page.html; cleanwire ingest page.html; cleanwire query",
        tmp_path,
        PYTHONIOENCODING=encoding,
    )
    assert done.returncode == 0, done.stderr
    first, _ = json.JSONDecoder().raw_decode(done.stdout)
    assert first["title"].startswith("渡し船")


def test_one_file_is_one_link_by_whichever_path(cleanwire: Run, tmp_path: Path) -> None:
    folder = tmp_path / "odd" / "deep"
    folder.mkdir(parents=True)
    (folder / "a:b.html").write_text(STORY, encoding="utf-8")
    done = cleanwire("ingest", "odd", "odd/../odd/deep", "--json")
    assert json.loads(done.stdout)["counts"] == {"stored": 1}
    for spelling in ("odd/deep/a:b.html", "odd/deep/../deep/a:b.html", (folder / "a:b.html").as_uri()):
        assert json.loads(cleanwire("why", spelling, "--json").stdout)["state"] == "stored", spelling
    assert json.loads(cleanwire("ingest", (folder / "a:b.html").as_uri(), "--json").stdout)["pages"] == 1


def test_a_folder_that_holds_the_archive_itself_is_ingested(cleanwire: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(STORY, encoding="utf-8")
    for state in ("stored", "unchanged"):
        done = cleanwire("ingest", ".", "--json")
        assert done.returncode == 0, done.stdout
        assert json.loads(done.stdout)["counts"] == {state: 1}


@pytest.mark.parametrize(
    "arguments",
    [["ingest", ""], ["ingest", "x.html", "--db", ""], ["show", "9" * 30], ["query", "--limit", "9" * 30]],
)
def test_what_cannot_be_meant_is_wrong_usage(arguments: list[str], cleanwire: Run) -> None:
    done = cleanwire(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_no_password_is_echoed_whatever_is_asked_about_its_address(cleanwire: Run) -> None:
    address = "http://bob:hunter2@127.0.0.1:1/none?token=hunter2"
    asked = (["ingest", "bob:hunter2@127.0.0.1/foo", address], ["why", address], ["why", address, "--json"])
    for arguments in asked:
        done = cleanwire(*arguments)
        assert "***@127.0.0.1" in done.stdout + done.stderr
        assert "hunter2" not in done.stdout + done.stderr


def test_a_damaged_archive_is_one_line(archive: Path, cleanwire: Run, tmp_path: Path) -> None:
    shutil.copytree(archive / "pages", tmp_path / "pages")
    file, whole = tmp_path / "cleanwire.db", (archive / "cleanwire.db").read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    for arguments in (["query"], ["why", "pages/page-0001.html"], ["ingest", "pages"]):
        done = cleanwire(*arguments)
        assert done.returncode in {1, 2}
        assert "Traceback" not in done.stderr
        assert "cleanwire.db" in done.stderr


def test_a_prefect_that_does_not_answer_is_one_line(cleanwire: Run, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(STORY, encoding="utf-8")
    done = cleanwire("ingest", "page.html", PREFECT_API_URL="http://127.0.0.1:1/api", DO_NOT_TRACK="1")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "PREFECT_API_URL" in done.stderr.splitlines()[-1]


def test_parsing_an_address_needs_no_database_library(tmp_path: Path) -> None:
    program = [*command()[:1], "-X", "importtime", *command("parse", "http://127.0.0.1:1/x")[1:]]
    done = subprocess.run(
        program, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    imported = {
        line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "import time:" in line
    }
    assert "httpx" in imported
    assert not imported & {"prefect", "sqlmodel", "sqlalchemy"}
