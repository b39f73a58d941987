"""Young articles are looked at often, old ones seldom, few at a time, and never before new pages."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from stock import keep, page

from parsers import Draft, Page
from storage import (
    Claim,
    Database,
    Link,
    Outcome,
    article,
    articles,
    claim,
    discover,
    history,
    release_host,
    save_many,
    settle,
)
from storage.models import ARTICLE, LINK
from storage.recheck import REASON, interval, make_due

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ages = st.timedeltas(-DAY, 400 * DAY)


@given(ages, ages)
def test_an_older_article_is_never_looked_at_more_often(one: timedelta, other: timedelta) -> None:
    younger, older = (interval(age) for age in sorted((one, other)))
    assert older is None or (younger is not None and younger <= older)


@given(ages)
def test_the_interval_is_a_small_part_of_a_grown_articles_age(age: timedelta) -> None:
    pause = interval(age)
    assert (pause is None) == (age >= 30 * DAY)
    if pause is not None and age >= 3 * HOUR:
        assert pause <= age * 0.43  # 3 d at the age of a week


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (MINUTE, 15 * MINUTE), (3 * HOUR - MINUTE, 15 * MINUTE), (3 * HOUR, HOUR), (DAY, 3 * HOUR),
        (7 * DAY, 3 * DAY), (30 * DAY - MINUTE, 3 * DAY), (30 * DAY, None),
    ],
)  # fmt: skip
def test_the_interval_grows_with_age(age: timedelta, pause: timedelta | None) -> None:
    assert interval(age) == pause


def stocked(db: Database, hosts: dict[str, int]) -> list[int]:
    """Store so many articles of each host and give their ids."""
    urls = [f"https://{host}/{number}" for host, pages in hosts.items() for number in range(pages)]
    with db.write() as session:
        discover(session, [Link(url, url.split("/")[2]) for url in urls], None, now=NOW)
        held = claim(session, NOW, len(hosts), 10_000, worker="w", lease=60)
        saved = save_many(session, [(one, *read(one)) for one in held], NOW)
        for host in hosts:
            release_host(session, host, "w", None)
    return [one.article_id for one in saved]


def read(held: Claim) -> tuple[Page, Draft]:
    """A page of that address, and what a parser would make of it."""
    text = f"The council of {held.url} met on Monday."
    draft = Draft(url=held.url, title=f"About {held.url}", text=text, host=held.host)
    return Page(held.url, text.encode(), "text/html", NOW, 200), draft


def age(db: Database, number: int, old: timedelta, checked: timedelta, *, told: bool = True) -> None:
    """Make an article so old, last looked at so long ago; `told` says whether its page gives a date."""
    published = NOW - old if told else None
    position = int((NOW - old - datetime(1800, 1, 1, tzinfo=UTC)).total_seconds()) * 1024 + number
    with db.write() as session:
        values = {"published_at": published, "position": position, "first_seen_at": NOW - old}
        session.connection().execute(update(ARTICLE).where(ARTICLE.c.id == number).values(values))
        looked = update(LINK).where(LINK.c.article_id == number).values(checked_at=NOW - checked)
        session.connection().execute(looked)


def due(db: Database) -> set[int]:
    """Give the articles whose links are due to be looked at again."""
    with db.read() as session:
        query = LINK.select().where(LINK.c.state == "due", LINK.c.reason == REASON)
        return {row.article_id for row in session.connection().execute(query)}


def test_the_database_chooses_what_the_interval_says(db: Database) -> None:
    hand = random.Random(7)  # noqa: S311 - the same articles every time
    ids = stocked(db, {"a.example": 60, "b.example": 60})
    expected = set()
    for number in ids:
        old = hand.choice([HOUR, DAY, 7 * DAY, 40 * DAY]) * hand.random()
        checked = min(old, timedelta(days=4)) * hand.random()
        age(db, number, old, checked, told=hand.random() < 0.7)
        pause = interval(old)
        if pause is not None and checked >= pause:
            expected.add(number)
    assert 20 < len(expected) < 100
    with db.write() as session:
        assert make_due(session, NOW, budget=1000) == len(expected)
    assert due(db) == expected
    with db.write() as session:
        assert make_due(session, NOW, budget=1000) == 0, "what waits already is not asked for twice"


def test_a_date_to_come_tells_nothing(db: Database) -> None:
    (number,) = stocked(db, {"a.example": 1})
    age(db, number, -9 * DAY, HOUR)
    with db.write() as session:
        first_seen = update(ARTICLE).values(first_seen_at=NOW - 2 * HOUR)
        session.connection().execute(first_seen)
        assert make_due(session, NOW, budget=9) == 1


def test_each_host_has_a_budget_that_what_still_waits_counts_against(db: Database) -> None:
    ids = stocked(db, {"big.example": 30, "small.example": 2})
    for number in ids:
        age(db, number, number * MINUTE, HOUR)
    with db.write() as session:
        assert make_due(session, NOW, budget=5) == 7
        assert make_due(session, NOW, budget=5) == 0
    youngest = set(sorted(ids[:30])[:5])
    assert due(db) == youngest | set(ids[30:])
    with db.write() as session:
        held = claim(session, NOW, 9, 3, worker="w", lease=60)
        for one in held:
            settle(session, one, Outcome("unchanged", "304"), NOW)
        assert make_due(session, NOW, budget=5) == sum(one.host == "big.example" for one in held)
        assert make_due(session, NOW, budget=0) == 0


def test_an_article_known_by_two_addresses_is_looked_at_by_the_first(db: Database) -> None:
    stock = [page(1)]
    draft = Draft(url=stock[0].url, title="Once", text="word " * 80, host="harbour.example", word_count=80)
    keep(db, stock, [draft])
    copy = Page("https://harbour.example/copy", stock[0].content, "text/html", NOW, 200)
    keep(db, [copy], [draft])
    later = NOW + HOUR
    with db.write() as session:
        session.connection().execute(update(LINK).values(state="unchanged"))
        assert make_due(session, later, budget=9) == 1
        assert make_due(session, later, budget=9) == 0


def test_new_pages_are_claimed_before_those_looked_at_again(db: Database) -> None:
    for number in stocked(db, {"a.example": 20, "b.example": 20}):
        age(db, number, HOUR, HOUR)
    later = NOW + HOUR
    with db.write() as session:
        assert make_due(session, NOW, budget=20) == 40
        new = [Link("https://a.example/new", "a.example"), Link("https://z.example/new", "z.example")]
        discover(session, new, None, now=later)
        assert {one.url for one in claim(session, later, 2, 2, worker="w", lease=60)} == {
            "https://a.example/new",
            "https://z.example/new",
        }


def test_a_page_that_is_gone_is_looked_at_again_and_may_come_back(db: Database) -> None:
    (number,) = stocked(db, {"a.example": 1})
    url = "https://a.example/0"
    later = NOW + HOUR

    def again(at: datetime) -> Claim:
        with db.write() as session:
            assert make_due(session, at, budget=1) == 1
            (held,) = claim(session, at, 1, 1, worker="w", lease=60)
        assert held.url == url
        return held

    held = again(later)
    with db.write() as session:
        settle(session, held, Outcome("failed", "404", status=404, gone=True), later)
        release_host(session, "a.example", "w", None)
    with db.read() as session:
        found = article(session, number)
    assert found is not None
    assert (found.status, found.last_checked_at) == ("removed", later)
    held = again(later + HOUR)
    assert (held.etag, held.last_modified, held.snapshot_hash) == (None, None, None)
    with db.write() as session:
        save_many(session, [(held, *read(held))], later + HOUR)
    with db.read() as session:
        found = article(session, number)
        assert found is not None
        assert found.status == "live"
        assert [one.edit for one in history(session, number)][:2] == ["first", "removed"]


@pytest.mark.parametrize(("gone", "status"), [("amp", "live"), ("0", "removed")])
def test_an_article_is_gone_with_its_own_address_and_with_no_copys(
    db: Database, gone: str, status: str
) -> None:
    own, amp = "https://a.example/0", "https://a.example/amp"

    def worked(url: str, hours: int, outcome: Outcome | None = None) -> None:
        at = NOW + hours * HOUR
        with db.write() as session:
            discover(session, [Link(url, "a.example")], None, now=at, again=True)
            (held,) = claim(session, at, 1, 1, worker="w", lease=60, among=[url])
            if outcome is None:
                page, draft = read(replace(held, url=own))
                page = replace(page, url=url, content=page.content + url.encode())
                save_many(session, [(held, page, replace(draft, url=url, canonical_url=own))], at)
            else:
                assert held.snapshot_hash is not None
                settle(session, held, outcome, at)
            release_host(session, "a.example", "w", None)

    worked(own, 0)
    worked(amp, 1)
    worked(f"https://a.example/{gone}", 2, Outcome("failed", "404", status=404, gone=True))
    with db.read() as session:
        assert [(one.id, one.status) for one in articles(session)] == [(1, status)]
        links = session.connection().execute(LINK.select().order_by(LINK.c.id)).all()
    assert [row.snapshot_hash is None for row in links] == [gone == "0", True], "what is to be read anew"
    worked(own, 3)
    with db.read() as session:
        assert [one.status for one in articles(session)] == ["live"]


def test_an_unchanged_page_is_an_article_seen_today(db: Database) -> None:
    (number,) = stocked(db, {"a.example": 1})
    later = NOW + HOUR
    with db.write() as session:
        make_due(session, later, budget=1)
        (held,) = claim(session, later, 1, 1, worker="w", lease=60)
        settle(session, held, Outcome("unchanged", "304"), later)
    with db.read() as session:
        found = article(session, number)
    assert found is not None
    assert (found.version, found.last_checked_at) == (1, later)
