"""What an archive made of lines knows: sources with their settings, links, tries, what is due again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from parsers import Draft, Hints, Page
from storage import (
    Database,
    Link,
    Outcome,
    articles,
    claim,
    discover,
    open_database,
    release_host,
    save,
    settle,
    why,
)
from storage.export import export
from storage.integrity import faults
from storage.line_rows import BadLineError
from storage.models import ARTICLE, LINK
from storage.recheck import make_due
from storage.restore import Imported, import_lines
from storage.sources import NewSource, Source, add_sources, remove_source, sources

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEEDS = [
    NewSource("https://old.example/feed", "feed", "old.example"),
    NewSource(
        "https://b.example/map.xml", "sitemap", "b.example", "B", "de", {"folder": ["x"], "a": 1}, 30, 0
    ),
    NewSource("https://a.example/feed", "feed", "a.example", "A", poll_seconds=600),
    NewSource("https://c.example/list", "listing", "c.example", "C", keep_count=9, active=False),
]
WORDS = "the council of {0} met on {1} and decided that the {1} of {0} should be {0} again, or {1}, or none"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """A second archive, empty: SQLite, whatever the first one is."""
    second = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    yield second
    second.close()


def draft(url: str, title: str, text: str = "") -> Draft:
    told = text or " ".join(WORDS.format(title, f"{title}{number}") for number in range(9))
    host = url.split("/")[2]
    return Draft(url, title, told, host=host, word_count=len(told.split()), published_at=NOW - HOUR)


def visit(db: Database, link: Link, source: int | None, end: Draft | Outcome, now: datetime) -> None:
    """Find a link, ask for it, and end the try."""
    with db.write() as session:
        discover(session, [link], source, now=now, again=True)
        (held,) = claim(session, now, 1, 1, worker="w", lease=60, among=[link.url])
        if isinstance(end, Outcome):
            settle(session, held, end, now)
        else:
            headers = (("ETag", '"1"'), ("Content-Type", "text/html"))
            page = Page(link.url, end.text.encode(), "text/html", now, 200, headers)
            save(session, held, page, end, now)
        if link.host:
            release_host(session, link.host, "w", None)


def filled(db: Database) -> None:
    """Sources with a gap in their numbers; articles by many ways: tried again, copied, removed, a file."""
    with db.write() as session:
        add_sources(session, FEEDS, NOW)
        remove_source(session, FEEDS[0].url)
    a, b, c = (f"https://{name}.example/story" for name in "abc")
    hints = Hints(title="T", published="2026-11-23", authors=("Ann", "Bo"))
    visit(db, Link(a, "a.example", hints), 3, Outcome("failed", "503", NOW + HOUR, 503), NOW)
    visit(db, Link(a, "a.example", hints), 3, draft(a, "alpha"), NOW + HOUR)
    visit(db, Link(f"{a}?id=1", "a.example"), 2, replace(draft(a, "alpha"), canonical_url=a), NOW + HOUR)
    visit(db, Link(a, "a.example"), 3, draft(a, "alpha", f"{draft(a, 'alpha').text} Now."), NOW + 2 * HOUR)
    visit(db, Link(b, "b.example", original_url=f"{b}?utm_source=x"), 2, draft(b, "beta"), NOW)
    visit(db, Link(b, "b.example"), 2, Outcome("failed", "gone", None, 410, gone=True), NOW + HOUR)
    visit(db, Link(c, "c.example"), 4, draft(c, "alpha"), NOW)
    saved = Link("file:///pages/x.html", "")
    d = "https://d.example/x"
    visit(db, saved, None, replace(draft(d, "delta"), canonical_url=d), NOW)
    with db.write() as session:
        discover(session, [Link(c, "c.example")], 4, now=NOW + 9 * HOUR, again=True)
        claim(session, NOW + 9 * HOUR, 1, 1, worker="w", lease=60, among=[c])


def written(db: Database, file: Path) -> bytes:
    with db.read() as session:
        export(session, articles(session), file)
    return file.read_bytes()


def brought(db: Database, lines: bytes) -> Imported:
    with db.write() as session:
        return import_lines(session, lines.splitlines(), NOW)


def kept(db: Database) -> list[Source]:
    """The sources, without what their next poll finds out, and by how many links are here."""
    unknown: dict[str, Any] = {"due_at": None, "links": 0, "stored": 0}
    with db.read() as session:
        return [replace(one, **unknown) for one in sources(session)]


def again(db: Database) -> set[str]:
    """The addresses that are looked at again a day later."""
    with db.write() as session, session.begin_nested() as point:
        make_due(session, NOW + timedelta(days=1), budget=99)
        query = select(LINK.c.url).where(LINK.c.state == "due")
        found = set(session.connection().execute(query).scalars())
        point.rollback()
    return found


def test_lines_carry_sources_links_and_tries(db: Database, other: Database, tmp_path: Path) -> None:
    filled(db)
    lines = written(db, tmp_path / "1.jsonl")
    assert brought(other, lines) == Imported(4, 0)
    assert written(other, tmp_path / "2.jsonl") == lines
    assert kept(other) == kept(db)
    assert again(db) == {f"https://{name}.example/story" for name in "ab"}
    assert again(other) == again(db) | {"https://c.example/story"}, "nobody holds it there"
    with db.read() as before, other.read() as after:
        for (url,) in before.connection().execute(select(LINK.c.url).where(LINK.c.state != "claimed")):
            assert why(after, url) == why(before, url), url
        told = why(after, "http://www.a.example/story#top")
        assert told is not None
        assert (told.source, [one.state for one in told.attempts]) == (
            FEEDS[2].url, ["failed", "stored", "revised"],
        )  # fmt: skip
    assert list(faults(other)) == []
    with other.write() as session:
        add_sources(session, [NewSource("https://e.example/feed", "feed", "e.example")], NOW)
        assert [one.id for one in sources(session)] == [2, 3, 4, 5]
    assert brought(other, lines) == Imported(0, 4)


def test_lines_come_into_postgresql_and_out_again_the_same(
    db: Database, other: Database, tmp_path: Path
) -> None:
    filled(other)
    lines = written(other, tmp_path / "1.jsonl")
    assert brought(db, lines) == Imported(4, 0)
    assert written(db, tmp_path / "2.jsonl") == lines
    with db.write() as session:
        add_sources(session, [NewSource("https://e.example/feed", "feed", "e.example")], NOW)
        assert [one.id for one in sources(session)] == [2, 3, 4, 5]
    assert list(faults(db)) == []


def test_lines_of_an_earlier_release_tell_that_they_were_imported(
    db: Database, other: Database, tmp_path: Path
) -> None:
    filled(other)
    records = [json.loads(line) for line in written(other, tmp_path / "1.jsonl").splitlines()]
    for record in records:
        del record["links"]
        record.pop("other_sources", None)
        if record["source"]:
            record["source"] = {
                name: record["source"][name] for name in ("url", "kind", "name", "host", "language")
            }
    assert brought(db, "\n".join(map(json.dumps, records)).encode()) == Imported(4, 0)
    with db.read() as session:
        assert [(one.id, one.active) for one in sources(session)] == [(2, False), (3, False), (4, False)]
        for url in ("https://a.example/story", "file:///pages/x.html"):
            told = why(session, url)
            assert told is not None
            assert (told.state, told.reason) == ("stored", "brought in by import")
            (only,) = told.attempts
            assert (only.at, only.worker, only.article_id) == (
                NOW,
                "import",
                told.article and told.article.id,
            )
    assert again(db) == {f"https://{name}.example/story" for name in "abc"}
    assert list(faults(db)) == []


def test_a_link_that_led_to_nothing_here_has_its_article_by_import(
    db: Database, other: Database, tmp_path: Path
) -> None:
    filled(other)
    lost, waiting, here = (f"https://{name}.example/story" for name in "abz")
    visit(db, Link(lost, "a.example"), None, Outcome("failed", "403", None, 403), NOW - HOUR)
    visit(db, Link(here, "z.example"), None, draft(here, "zeta"), NOW)
    with db.write() as session:
        discover(session, [Link(waiting, "b.example")], None, now=NOW)
    assert brought(db, written(other, tmp_path / "1.jsonl")) == Imported(4, 0)
    assert list(faults(db)) == []
    with db.read() as session:
        found, waits = why(session, lost), why(session, waiting)
        assert found is not None
        assert waits is not None
        assert (found.state, found.article and found.article.url) == ("revised", lost)
        assert [one.reason for one in found.attempts][:2] == ["403", "503"]
        assert (waits.state, waits.article and waits.article.url) == ("due", waiting)
        assert {one.active for one in sources(session)} == {False}, "nobody asked for polls of these"
        numbers = set(session.connection().execute(select(ARTICLE.c.id)).scalars())
        assert {one.article_id for one in (*found.attempts, *waits.attempts)} <= {None, *numbers}


def test_what_follows_from_an_edited_text_is_worked_out_anew(
    db: Database, other: Database, tmp_path: Path
) -> None:
    """As after `sed`: the text of a copy and the date of another are others than the line's marks say."""
    filled(other)
    lines = written(other, tmp_path / "1.jsonl").decode()
    edited = re.sub(r"alpha(?=\d)", "omega", lines).replace("gamma", "alpha")
    edited = edited.replace((NOW - HOUR).isoformat(), (NOW - 90 * 24 * HOUR).isoformat(), 1)
    edited = re.sub(r'"near_hash":"[0-9a-f]{8}', '"near_hash":"00000000', edited)
    assert brought(db, edited.encode()) == Imported(4, 0)
    assert list(faults(db)) == []
    with db.read() as session:
        found = {one.url: one for one in articles(session)}
        assert found["https://a.example/story"].cluster_id == found["https://c.example/story"].cluster_id
        assert [one.title for one in articles(session, "omega1")] == ["alpha", "alpha"]
    for name, odd in (("content", {"title": "t"}), ("edit", "typo"), ("snapshot_hash", "00")):
        record = next(json.loads(line) for line in lines.splitlines() if '"status":"removed"' in line)
        record["revisions"] = [{**one, name: odd if one[name] else None} for one in record["revisions"]]
        with pytest.raises(BadLineError, match=r"^line 1: "):
            brought(db, json.dumps(record).encode())


def test_a_partly_exported_cluster_with_a_date_put_right_has_its_earliest(
    db: Database, other: Database, tmp_path: Path
) -> None:
    filled(other)
    late = (NOW - HOUR).isoformat()
    lines = []
    for line in written(other, tmp_path / "1.jsonl").decode().splitlines():
        record = json.loads(line)
        record["published_at"] = (NOW - 2 * HOUR).isoformat() if record["host"] == "c.example" else late
        lines.append(json.dumps(record))
    brought(db, "\n".join(lines).encode())
    with db.read() as session:
        found = {one.url: one for one in articles(session)}
    first = found["https://c.example/story"]
    assert {first.cluster_id, found["https://a.example/story"].cluster_id} == {first.id}


def test_a_number_that_another_source_has_here_is_not_taken_from_it(
    db: Database, other: Database, tmp_path: Path
) -> None:
    filled(other)
    with db.write() as session:
        own = [NewSource(f"https://own{number}.example/feed", "feed", "own.example") for number in range(3)]
        add_sources(session, own, NOW)
    brought(db, written(other, tmp_path / "1.jsonl"))
    with db.read() as session:
        assert [one.url for one in sources(session)][:3] == [one.url for one in own]
        numbers = {one.id: one.url for one in sources(session)}
        found = {one.host: numbers[one.source_id] for one in articles(session) if one.source_id}
    assert found == {"a.example": FEEDS[2].url, "b.example": FEEDS[1].url, "c.example": FEEDS[3].url}
    assert len(numbers) == 6
    assert list(faults(db)) == []
