"""`cleanwire recheck` as typed: what changed, what did not, what is gone, and what is new go their ways."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from hostile import Server, answer, conditional

from tests.flows.conftest import PAGE, Run


def story(number: int, more: str = "") -> str:
    """A page that was published just now."""
    title = f"Council decides on pier {number} after a long evening"
    page = PAGE.format(title=title, slug=f"pier-{number}", number=number)
    page = page.replace("2026-11-20T08:30:00+02:00", datetime.now(UTC).isoformat())
    return page.replace("</article>", f"<p>{more}</p></article>")


def statuses(folder: Path) -> dict[str, tuple[str, int]]:
    """Give each article's status and version by its path."""
    with sqlite3.connect(folder / "cleanwire.db") as connection:
        rows = connection.execute("SELECT url, status, version FROM article").fetchall()
    connection.close()
    return {url.rpartition("/")[2]: (status, version) for url, status, version in rows}


def an_hour_passes(folder: Path) -> None:
    """Turn the clock of the archive back."""
    with sqlite3.connect(folder / "cleanwire.db") as connection:
        connection.execute("UPDATE link SET checked_at = datetime('now', '-1 hour') || '.000000'")
        connection.execute("UPDATE article SET last_checked_at = '2020-01-01 00:00:00.000000'")
    connection.close()


def test_what_may_have_changed_is_looked_at_again(cleanwire: Run, server: Server, tmp_path: Path) -> None:
    opened = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    for number in range(3):
        server.routes[f"/pier-{number}"] = conditional(story(number), f'"v{number}"')
    first = cleanwire("ingest", *(server.url(f"/pier-{number}") for number in range(3)), **opened)
    assert first.returncode == 0, first.stderr
    at_once = json.loads(cleanwire("recheck", "--json", **opened).stdout)
    assert at_once["rechecked"] == 0, "what was just read is left alone"
    an_hour_passes(tmp_path)
    added = "The decision was appealed on Friday, and the appeal will be heard before the month is over."
    server.routes["/pier-1"] = answer(story(1, added))
    server.routes["/pier-2"] = answer(status=410)
    none = json.loads(cleanwire("recheck", "--json", CLEANWIRE_RECHECK_BUDGET="0", **opened).stdout)
    assert none["rechecked"] == 0
    done = cleanwire("recheck", "--json", **opened)
    report = json.loads(done.stdout)
    assert report["rechecked"] == 3, done.stderr
    assert report["pages"]["counts"] == {"revised": 1, "unchanged": 1, "removed": 1}
    assert [one["state"] for one in report["pages"]["problems"]] == ["removed"]
    assert done.returncode == 0, "that a page is gone is found out, and no work that failed"
    assert statuses(tmp_path) == {"pier-0": ("live", 1), "pier-1": ("live", 2), "pier-2": ("removed", 2)}
    with sqlite3.connect(tmp_path / "cleanwire.db") as connection:
        query = "SELECT count(*) FROM article WHERE last_checked_at > '2021'"
        assert connection.execute(query).fetchone() == (3,)
    connection.close()
    server.routes["/busy"] = answer(status=503)
    named = [server.url(path) for path in ("/pier-2", "/never", "/busy")]
    told = cleanwire("ingest", *named, **opened)
    assert (told.returncode, "gone: the article keeps" in told.stdout) == (1, True), told.stdout
    assert "could not be had; 1 of them tried again later" in told.stdout
    assert f"removed {named[0]}: " in told.stderr
    told = cleanwire("ingest", named[1], **opened)
    assert ("could not be had" in told.stdout, "tried again" in told.stdout) == (True, False)
    an_hour_passes(tmp_path)
    server.routes["/pier-2"] = conditional(story(2), '"v2"')
    assert json.loads(cleanwire("recheck", "--json", **opened).stdout)["rechecked"] == 3
    assert statuses(tmp_path)["pier-2"] == ("live", 3)
    assert "restored     the page is back" in cleanwire("history", "3").stdout


def test_an_import_gets_its_raw_pages_back_as_they_are_fetched_again(cleanwire: Run, server: Server) -> None:
    opened = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    server.routes["/pier"] = answer(story(1))
    other = ("--db", "sqlite:///other.db")
    assert cleanwire("ingest", server.url("/pier"), **opened).returncode == 0
    assert cleanwire("export", "all.jsonl").returncode == 0
    assert cleanwire("import", "all.jsonl", *other).returncode == 0
    again = cleanwire("ingest", server.url("/pier"), "--json", *other, **opened)
    assert json.loads(again.stdout)["counts"] == {"unchanged": 1}
    assert json.loads(cleanwire("health", "--json", *other).stdout)["snapshots"] == 1
    written = cleanwire("export", "all.warc.gz", *other)
    assert "1 written" in written.stdout + written.stderr
