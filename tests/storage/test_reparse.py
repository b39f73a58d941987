"""Yesterday's snapshots read anew: what differs, what is written of it, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from parsers import Draft, Hints, Origin, Page
from storage import (
    Database,
    Link,
    Outcome,
    article,
    article_by_url,
    articles,
    changes,
    claim,
    discover,
    history,
    save,
    settle,
    why,
)
from storage.comparison import Tally, compare
from storage.integrity import faults
from storage.reparse import Applied, Stored, Waiting, apply, read_anew, stored_articles, unread_ids, waiting

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TEXT = "The council met on Monday and decided on the harbour."


def keep(db: Database, url: str, **fields: object) -> Draft:
    """Store one article as another parser has read it."""
    host = url.split("/")[2]
    draft = Draft(url=url, title="Council meets", text=TEXT, host=host, word_count=10)
    draft = replace(draft, **fields)  # type: ignore[arg-type]
    page = Page(url, f"<p>{url}</p>".encode(), "text/html; charset=utf-8", NOW, 200, (("X-Via", "a"),))
    with db.write() as session:
        discover(session, [Link(url, host, Hints(title="Hinted"))], None, now=NOW, again=True)
        (held,) = claim(session, NOW, 1, 1, worker="w", lease=60, among=[url])
        save(session, held, page, draft, NOW)
        for table in ("article", "revision"):
            session.connection().execute(sa.text(f"UPDATE {table} SET parser_version = 'old'"))  # noqa: S608
    return draft


def unread(db: Database, after: int = 0) -> list[Stored]:
    with db.read() as session:
        return stored_articles(session, unread_ids(session, after, 100))


def reparse(db: Database, draft: Draft, number: int = 0) -> Applied:
    """Write `draft` as what today's parser reads on the first waiting page."""
    reading = read_anew(unread(db)[number], draft)
    with db.write() as session:
        return apply(session, [reading], LATER)


def test_a_page_comes_back_as_it_arrived(db: Database) -> None:
    keep(db, "https://a.example/1")
    (stored,) = unread(db)
    assert stored.page == Page(
        "https://a.example/1", b"<p>https://a.example/1</p>", "text/html; charset=utf-8", NOW, 200,
        (("X-Via", "a"),), "https://a.example/1", Hints(title="Hinted"),
    )  # fmt: skip


def test_what_differs_becomes_a_version_and_the_ledger_stays(db: Database) -> None:
    url = "https://a.example/1"
    draft = keep(db, url)
    with db.read() as session:
        before = why(session, url)
    new = replace(draft, authors=("Mara Lindqvist",), text=TEXT.replace("harbour", "lighthouse"))
    new = replace(new, canonical_url="https://a.example/canonical")
    assert reparse(db, new) == Applied(revised=1)
    with db.read() as session:
        now = article(session, 1)
        first, second = history(session, 1)
        story = why(session, url)
        assert [found.id for found in articles(session, words="lighthouse")] == [1]
        assert not list(articles(session, words="harbour"))
        assert article_by_url(session, "https://a.example/canonical") == now
        assert [(one.kind, one.version) for one in changes(session)] == [("created", 1), ("reparsed", 2)]
    assert now is not None
    assert (now.version, now.authors, now.last_checked_at, now.parsed_at) == (
        2,
        ("Mara Lindqvist",),
        NOW,
        LATER,
    )
    assert (second.edit, second.changed) == ("reparsed", ("text", "canonical_url", "authors"))
    assert second.reason == "reparsed: text, canonical_url, authors"
    assert first.content["text"] == TEXT
    assert first.parser_version != second.parser_version
    assert first.snapshot_hash == second.snapshot_hash
    assert story is not None
    assert before is not None
    assert replace(story, article=None) == replace(before, article=None)
    assert not unread(db)
    assert not list(faults(db))


def test_the_same_reading_makes_no_version_and_is_not_read_again(db: Database) -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    draft = keep(db, "https://a.example/1", published_at=datetime(2026, 11, 20, 8, tzinfo=zone), subtitle="")
    assert reparse(db, draft) == Applied(same=1)
    with db.read() as session:
        assert len(history(session, 1)) == 1
        assert waiting(session) == Waiting(0, 0)


def test_where_a_value_came_from_is_renewed_without_a_version(db: Database) -> None:
    draft = keep(db, "https://a.example/1")
    origin = Origin("new-rule", "h1", "Council meets")
    assert reparse(db, replace(draft, provenance={"title": origin}, word_count=11)) == Applied(same=1)
    with db.read() as session:
        found = article(session, 1)
    assert found is not None
    assert (found.provenance, found.word_count, found.version) == ({"title": origin}, 11, 1)


def test_what_neither_database_can_hold_is_no_difference(db: Database) -> None:
    draft = keep(db, "https://a.example/1", authors=("Ma\0ra",), provenance={"title": Origin("r", "p", "\0")})
    assert reparse(db, draft) == Applied(same=1)


def test_an_article_that_moved_on_is_left_for_the_next_run(db: Database) -> None:
    draft = keep(db, "https://a.example/1")
    reading = read_anew(unread(db)[0], replace(draft, title="Read anew"))
    with db.write() as session:
        discover(session, [Link("https://a.example/1", "a.example")], None, now=NOW, again=True)
        (held,) = claim(session, NOW, 1, 1, worker="w", lease=60)
        save(session, held, Page(held.url, b"other"), replace(draft, title="Fetched anew"), NOW)
    with db.write() as session:
        assert apply(session, [reading, replace(reading, article_id=77)], LATER) == Applied(moved_on=2)
    with db.read() as session:
        found = article(session, 1)
    assert found is not None
    assert found.title == "Fetched anew"


def test_a_removed_article_stays_removed(db: Database) -> None:
    draft = keep(db, "https://a.example/1")
    with db.write() as session:
        discover(session, [Link(draft.url, "a.example")], None, now=NOW, again=True)
        (held,) = claim(session, NOW, 1, 1, worker="w", lease=60)
        settle(session, held, Outcome("failed", "gone", status=410, gone=True), NOW)
    assert reparse(db, replace(draft, title="Read anew")) == Applied(revised=1)
    with db.read() as session:
        found = article(session, 1)
        edits = [one.edit for one in history(session, 1)]
    assert found is not None
    assert (found.status, found.title, edits) == ("removed", "Read anew", ["first", "removed", "reparsed"])


def test_batches_go_by_number_and_miss_only_what_has_no_snapshot(db: Database) -> None:
    for number in range(3):
        keep(db, f"https://a.example/{number}", text=f"Story {number}")
    with db.write() as session:
        session.connection().execute(
            sa.text("DELETE FROM snapshot WHERE hash = (SELECT snapshot_hash FROM article WHERE id = 2)")
        )
    with db.read() as session:
        assert waiting(session) == Waiting(pages=2, lost=1)
        assert unread_ids(session, 0, 1) == [1]
    assert [one.article_id for one in unread(db, after=1)] == [3]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (None, ["A"], "filled"),
        (["A"], [], "lost"),
        (["A"], ["B"], "changed"),
        ([], None, None),
        ("", None, None),
        (None, False, "filled"),
        (False, None, "lost"),
    ],
)
def test_a_field_is_filled_lost_or_changed(before: object, after: object, verdict: str | None) -> None:
    assert compare({"tags": before}, {"tags": after}) == ({"tags": verdict} if verdict else {})


@pytest.mark.parametrize(
    ("length", "verdict"),
    [(60, "shorter by a third"), (67, "changed"), (133, "changed"), (134, "longer by a third")],
)
def test_a_text_is_measured_in_thirds(length: int, verdict: str) -> None:
    assert compare({"text": "a" * 100}, {"text": "b" * length}) == {"text": verdict}


def test_a_tally_reads_as_people_would_say_it() -> None:
    one, other = Tally(), Tally()
    one.add({"authors": "filled", "text": "shorter by a third"})
    other.add({"authors": "lost", "text": "changed"})
    other.add({"authors": "filled", "kicker": "longer by a third"})
    one.merge(other)
    assert list(one.lines()) == [
        "authors: 2 filled, 1 lost", "kicker longer by a third: 1", "text: 1 changed; shorter by a third: 1",
    ]  # fmt: skip
    assert one.as_json()["authors"] == {"filled": 2, "lost": 1}
