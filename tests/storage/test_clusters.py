"""Near copies, on both databases: the same articles in any order of arrival give the same clusters."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from parsers import Draft, Page
from storage import Database, Link, articles, changes, claim, discover, history, last_seq, save_many
from storage.band_models import BAND, BAND_NEW
from storage.changes import take_turn
from storage.clusters import BANDS, near_hash, rebuild
from storage.models import ARTICLE
from storage.writer import Kept, Writer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_words = random.Random(7)  # noqa: S311 - made-up words, the same every time
WIRE = [f"w{_words.randrange(9999)}" for _ in range(400)]


def copy(site: str, hours: int, start: int = 0, stop: int = 400, extra: int = 0) -> tuple[Page, Draft]:
    """A site's copy of the wire story: cut, or with words of its own, and published some hours on."""
    own = [f"{site}{number}" for number in range(extra)]
    url = f"https://{site}.example/story"
    text = " ".join(WIRE[start:stop] + own)
    draft = Draft(
        url=url, title=f"Seen by {site}", text=text, host=f"{site}.example", word_count=len(text.split()),
        published_at=NOW + timedelta(hours=hours),
    )  # fmt: skip
    return Page(url, text.encode()), draft


STORIES = {
    "first": copy("first", 0),
    "later": copy("later", 5, stop=360),
    "longer": copy("longer", 2, extra=60),
    "late": copy("late", 9, start=70, extra=25),
    "other": copy("other", 1, stop=20, extra=400),
    "short": copy("short", 1, stop=12),
}


def stored(db: Database, pages: list[tuple[Page, Draft]], *, batch: int) -> None:
    for start in range(0, len(pages), batch):
        part = {page.url: (page, draft) for page, draft in pages[start : start + batch]}
        with db.write() as session:
            discover(session, [Link(url, url.split("/")[2]) for url in part], None, now=NOW, again=True)
            held = claim(session, NOW, 99, 99, worker="w", lease=60, among=part)
            save_many(session, [(one, *part[one.url]) for one in held], NOW)


def clusters(db: Database) -> dict[str, str]:
    """Each article's host and the host of the earliest of its cluster."""
    with db.read() as session:
        found = list(articles(session))
    hosts = {one.id: one.host.split(".")[0] for one in found}
    return {hosts[one.id]: hosts[one.cluster_id] for one in found}


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_arrival_gives_the_same_clusters(db: Database, seed: int) -> None:
    pages = list(STORIES.values())
    random.Random(seed).shuffle(pages)  # noqa: S311 - an order, the same every time
    stored(db, pages, batch=1 + seed % 4)
    assert clusters(db) == {
        "first": "first", "later": "first", "longer": "first", "late": "first",
        "other": "other", "short": "short",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_near_copies_are_found_wherever_their_bands_stand(
    db: Database, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With each article one half of all values moves from the small index into the large one."""
    for name, value in {"MOVING": 1, "SLICES": 2, "SLICE": 2**63}.items():
        monkeypatch.setattr(f"storage.clusters.{name}", value)
    pages = list(STORIES.values())
    random.Random(seed).shuffle(pages)  # noqa: S311 - an order, the same every time
    stored(db, pages, batch=1)
    assert clusters(db)["late"] == clusters(db)["later"] == clusters(db)["longer"] == "first"
    with db.read() as session:
        waiting, settled = (
            session.connection().execute(select(func.count()).select_from(table)).scalar_one()
            for table in (BAND_NEW, BAND)
        )
    assert settled > waiting
    assert settled + waiting == 5 * BANDS, "each value of the five that are long enough stands in one of them"


def test_an_earlier_copy_that_arrives_later_becomes_the_first_and_the_stream_says_so(db: Database) -> None:
    stored(db, [STORIES["later"], STORIES["longer"], STORIES["first"]], batch=1)
    with db.read() as session:
        told = [(one.kind, one.article_id) for one in changes(session)]
    assert told == [
        ("created", 1), ("created", 2), ("merged", 1), ("created", 3), ("merged", 1), ("merged", 2),
    ]  # fmt: skip


def test_a_copy_rewritten_leaves_its_cluster_and_the_rest_falls_together_anew(db: Database) -> None:
    stored(db, [STORIES["first"], STORIES["later"], STORIES["longer"]], batch=3)
    stored(db, [copy("first", 0, stop=10, extra=500)], batch=1)
    assert clusters(db) == {"first": "first", "later": "longer", "longer": "longer"}
    with db.read() as session:
        assert [one.edit for one in history(session, 1)] == ["first", "substantive"]


def told(db: Database, since: int) -> list[tuple[str, int]]:
    with db.read() as session:
        return [(one.kind, one.article_id) for one in changes(session, since)]


def test_a_date_put_right_marks_another_as_the_earliest_and_the_stream_says_so(db: Database) -> None:
    stored(db, [STORIES["first"], STORIES["longer"], STORIES["later"]], batch=1)
    page, draft = copy("first", 30)
    stored(db, [(replace(page, content=page.content + b" "), draft)], batch=1)
    assert clusters(db) == {"first": "longer", "later": "longer", "longer": "longer"}
    assert told(db, 3) == [("revised", 1), ("merged", 1), ("merged", 2), ("merged", 3)]


def test_an_edit_within_a_cluster_is_no_merger(db: Database) -> None:
    stored(db, [STORIES["first"], STORIES["longer"], STORIES["later"]], batch=1)
    for extra in (7, 9):
        stored(db, [copy("later", 5, stop=360, extra=extra)], batch=1)
    assert clusters(db) == {"first": "first", "later": "first", "longer": "first"}
    assert told(db, 3) == [("revised", 3), ("revised", 3)]


@pytest.mark.parametrize("names", [("first", "later"), ("later", "first")])
def test_of_undated_copies_the_order_of_arrival_marks_none(db: Database, names: tuple[str, str]) -> None:
    pages = [STORIES[name] for name in names]
    stored(db, [(page, replace(draft, published_at=None)) for page, draft in pages], batch=1)
    assert clusters(db) == {"first": "first", "later": "first"}


def test_clusters_made_anew_are_the_same(db: Database) -> None:
    stored(db, list(STORIES.values()), batch=2)
    before = clusters(db)
    with db.write() as session:
        rebuild(session.connection())
    assert clusters(db) == before


def test_a_copy_that_is_read_otherwise_leaves_its_cluster_too(db: Database) -> None:
    stored(db, [STORIES["first"], STORIES["later"]], batch=2)
    page, _ = STORIES["later"]
    _, otherwise = copy("later", 5, stop=5, extra=300)
    with db.write() as session:
        row = dict(
            session.connection().execute(ARTICLE.select().where(ARTICLE.c.url == page.url)).mappings().one()
        )
        writer = Writer(session, take_turn(session), NOW, "9.9")
        writer.reparse(Kept(row), otherwise, ["text"], [])
        writer.flush()
        writer.finish()
    assert clusters(db) == {"first": "first", "later": "later"}
    with db.read() as session:
        assert last_seq(session) == len(list(changes(session, limit=1))) + len(
            list(changes(session, since=1))
        )
        assert list(changes(session, since=last_seq(session))) == []


def test_case_and_typography_make_no_difference() -> None:
    plain = " ".join(WIRE).replace("w1", "l'eau ")
    assert near_hash(plain.upper().replace("'", "\u2019")) == near_hash(plain.replace("'", " "))
    assert near_hash("too short to say") is None
    assert near_hash("") is None
