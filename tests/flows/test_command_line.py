"""The command line as people use it: in a subprocess, with good input and bad."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from storage import open_database
from tests.flows.conftest import PAGE, Run, command, environment, write_pages

SAMPLES = Path(__file__).parents[2] / "flows" / "samples"
STORY = PAGE.format(title="Ferry line returns after four years", slug="ferry", number=7)


def test_a_second_ingest_stores_nothing_twice_and_says_so(cleanwire: Run, tmp_path: Path) -> None:
    write_pages(tmp_path / "pages", 5)
    first = cleanwire("ingest", "pages")
    assert first.returncode == 0, first.stderr
    assert "no Prefect API" in first.stderr
    (tmp_path / "pages" / ".draft.html").write_text("<p>not yet</p>")
    second = cleanwire("ingest", "pages")
    assert "files passed over (hidden, linked or no pages): 1" in second.stdout.replace("\n", " ")
    assert "0 stored" in second.stdout
    assert "5 were there already" in second.stdout
    found = json.loads(cleanwire("query", "--json").stdout)
    assert len(found) == 5
    assert {article["version"] for article in found} == {1}


def test_the_samples_end_as_their_names_say(cleanwire: Run) -> None:
    report = json.loads(cleanwire("ingest", str(SAMPLES), "--json").stdout)
    refused = {Path(problem["url"]).name for problem in report["problems"] if problem["state"] == "refused"}
    assert refused == {
        "consent-page.html",
        "listing-page.html",
        "login-page.html",
        "search-results.html",
        "tag-page.html",
    }
    assert report["counts"]["stored"] + report["counts"].get("duplicate", 0) == report["pages"] - len(refused)


def test_standard_input_is_a_page(cleanwire: Run) -> None:
    done = cleanwire("ingest", "-", "--json", stdin=STORY)
    assert json.loads(done.stdout)["counts"] == {"stored": 1}, done.stderr


def test_parse_prints_one_json_object_with_provenance(cleanwire: Run) -> None:
    done = cleanwire("parse", "-", stdin=STORY)
    article = json.loads(done.stdout)
    assert article["title"] == "Ferry line returns after four years"
    assert article["published_at"] == "2026-11-20T08:30:00+02:00"
    assert article["authors"] == ["Mara Lindqvist"]
    assert set(article["provenance"]) >= {"title", "published_at", "authors"}


def test_parse_has_four_formats(cleanwire: Run) -> None:
    assert cleanwire("parse", "-", "--format", "markdown", stdin=STORY).stdout.startswith(
        "# Ferry line returns"
    )
    assert "<h1>Ferry line returns" in cleanwire("parse", "-", "--format", "html", stdin=STORY).stdout
    text = cleanwire("parse", "-", "--format", "text", stdin=STORY).stdout
    assert "The harbour council voted" in text
    assert "Back to top" not in text


def test_explain_shows_each_block_and_field_with_what_decided(cleanwire: Run, tmp_path: Path) -> None:
    page = STORY.replace("</article>", "<p>Show More</p></article>")
    explained = json.loads(cleanwire("explain", "-", "--json", stdin=page).stdout)
    kept = {block["text"]: block["kept"] for block in explained["blocks"]}
    assert any(text.startswith("The harbour council voted") and kept[text] for text in kept)
    assert not any(kept[text] for text in kept if text in {"Show More", "Back to top"})
    assert explained["fields"]["title"]["candidates"]
    shown = cleanwire("explain", "-", stdin=page).stdout
    assert "The harbour council voted" in shown
    assert max(map(len, shown.splitlines())) <= 80
    cleanwire("explain", "-", "--html", "why.html", stdin=page)
    assert "<del>" in (tmp_path / "why.html").read_text(encoding="utf-8")


def test_query_show_and_why_tell_of_a_stored_page(cleanwire: Run, tmp_path: Path) -> None:
    (tmp_path / "ferry.html").write_text(STORY, encoding="utf-8")
    cleanwire("ingest", "ferry.html")
    (found,) = json.loads(cleanwire("query", "--json").stdout)
    assert found["url"] == found["canonical_url"] == "https://harbour-post.example/ferry"
    table = cleanwire("query", "ferry").stdout
    assert "Ferry line returns" in table
    assert max(map(len, table.splitlines())) <= 80
    shown = cleanwire("show", str(found["id"])).stdout
    assert "The harbour council voted" in shown
    assert "Back to top" not in shown
    story = json.loads(cleanwire("why", "ferry.html", "--json").stdout)
    assert story["state"] == "stored"
    assert [attempt["state"] for attempt in story["attempts"]] == ["stored"]
    lines = cleanwire("query", "--format", "csv").stdout.splitlines()
    assert lines[0].startswith("id,published_at,host,title")
    assert len(lines) == 2
    many = cleanwire("query", " OR ".join(f"x{number}" for number in range(256)) + " OR ferry")
    assert "256 words and phrases" in many.stderr
    assert "what goes beyond was not looked for" in many.stderr


def test_every_bad_target_is_one_line_and_the_others_go_on(cleanwire: Run, tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text(STORY, encoding="utf-8")
    (tmp_path / "empty.html").write_bytes(b"")
    (tmp_path / "binary.html").write_bytes(bytes(range(256)) * 40)
    bad = ["empty.html", "binary.html", "missing.html", "ftp://example.com/x", "http://nowhere.invalid/x"]
    done = cleanwire("ingest", *bad, "good.html", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["counts"]["stored"] == 1
    assert report["counts"]["failed"] == len(bad)
    for name in bad:
        assert any(name in problem["url"] for problem in report["problems"]), name
    assert "Traceback" not in done.stderr
    cleanwire("ingest", "ftp://example.com/x", "good.html", "--json")
    for name, rule in (("ftp://example.com/x", "not an http"), ("missing.html", "no such file")):
        story = json.loads(cleanwire("why", name, "--json").stdout)
        assert (story["state"], rule in story["reason"]) == ("failed", True), story
    (tmp_path / "missing.html").write_text(STORY.replace("Ferry", "Boat"), encoding="utf-8")
    assert json.loads(cleanwire("ingest", "missing.html", "--json").stdout)["counts"] == {"revised": 1}
    story = json.loads(cleanwire("why", "missing.html", "--json").stdout)
    assert [one["state"] == "failed" for one in story["attempts"]] == [True, False]
    nothing = cleanwire("why", " ")
    assert (nothing.returncode, "an empty URL: name an address" in nothing.stderr) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest"],
        ["ingest", "x.html", "--db", "sqlite:////nowhere/at/all/x.db"],
        ["query", "--db", "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"],
        ["query", "--db", "not a url"],
        ["query", "--limit", "0"],
        ["query", "--since", "whenever"],
        ["show", "one"],
        ["no-such-command"],
    ],
)
def test_wrong_usage_is_status_2_without_a_traceback(arguments: list[str], cleanwire: Run) -> None:
    done = cleanwire(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr
    assert done.stdout == "" or "Usage" in done.stdout


@pytest.mark.parametrize("setting", [{"CLEANWIRE_LEASE": "soon"}, {"CLEANWIRE_ALLOW_NETWORKS": "everything"}])
def test_a_bad_setting_is_named(setting: dict[str, str], cleanwire: Run) -> None:
    done = cleanwire("ingest", "x.html", **setting)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert next(iter(setting)) in line


def test_a_newer_schema_is_refused_in_one_line(cleanwire: Run, tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text(STORY, encoding="utf-8")
    cleanwire("ingest", "good.html")
    import sqlite3  # noqa: PLC0415 - only here

    with sqlite3.connect(tmp_path / "cleanwire.db") as database:
        database.execute("update alembic_version set version_num = '9999'")
    done = cleanwire("query")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "newer" in line


def test_what_is_unknown_is_said(cleanwire: Run, tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text(STORY, encoding="utf-8")
    cleanwire("ingest", "good.html")
    for arguments in (["show", "999"], ["why", "https://example.com/never"], ["parse", "missing.html"]):
        done = cleanwire(*arguments)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1


def test_every_command_has_help_with_an_example(cleanwire: Run) -> None:
    for name in ("ingest", "parse", "explain", "query", "show", "why"):
        done = cleanwire(name, "--help")
        assert done.returncode == 0
        assert "Example" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (["parse", "good.html"], ("prefect", "sqlmodel", "sqlalchemy")),
        (["query"], ("prefect",)),
        (["sources", "list"], ("prefect", "httpx", "bs4")),
        (["ingest", "good.html"], ("prefect",)),
    ],
)
def test_a_command_imports_only_what_it_needs(
    arguments: list[str], forbidden: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "good.html").write_text(STORY, encoding="utf-8")
    open_database(f"sqlite:///{tmp_path / 'cleanwire.db'}").close()
    program = [*command()[:1], "-X", "importtime", *command(*arguments)[1:]]
    done = subprocess.run(
        program, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=120, check=True
    )
    imported = {
        line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "import time:" in line
    }
    assert "flows.cli" in imported or "typer" in imported
    assert not imported & set(forbidden)
