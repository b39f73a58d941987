"""A page's walk through the archive, on both databases: found, claimed, saved, asked after."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import stock
from sqlalchemy import text as sql

from parsers import Block, Draft, Hints, Image, Origin, Page
from storage import (
    Claim,
    Database,
    Link,
    Outcome,
    article,
    article_by_url,
    articles,
    changes,
    claim,
    counts,
    dataframe,
    digest,
    discover,
    give_back,
    give_back_worker,
    history,
    leased_workers,
    release_host,
    renew,
    save,
    save_many,
    settle,
    snapshot_content,
    why,
)
from storage.integrity import faults
from storage.sources import NewSource, add_sources

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KOLKATA = timezone(timedelta(hours=5, minutes=30))


def claimed(db: Database, *urls: str, worker: str = "w1") -> list[Claim]:
    """Enter links and claim them; the host is what stands after the two slashes."""
    links = [Link(url, url.split("/")[2]) for url in urls]
    with db.write() as session:
        discover(session, links, None, now=NOW, again=True)
        found = claim(session, NOW, 100, 1000, worker=worker, lease=120, among=urls)
    return sorted(found, key=lambda one: urls.index(one.url))


def drafted(held: Claim, text: str = "The council met on Monday.", **fields: object) -> tuple[Page, Draft]:
    """A page and the draft that a parser would make of it."""
    draft = Draft(url=held.url, title="Council meets", text=text, host=held.host)
    draft = replace(draft, **fields)  # type: ignore[arg-type]
    page = Page(held.url, f"<p>{draft.title}{text}{fields}</p>".encode(), "text/html", NOW, 200)
    return page, draft


def test_an_article_comes_back_as_it_went_in(db: Database) -> None:
    (held,) = claimed(db, "https://a.example/1")
    page, draft = drafted(
        held,
        subtitle="A\0 long night",
        authors=("Ann Lee", "Bo Ek"),
        published_at=datetime(2026, 11, 22, 9, 30, tzinfo=KOLKATA),
        published_precision="second",
        tags=("budget",),
        images=(Image("https://a.example/i.jpg", caption="The hall"),),
        blocks=(Block("heading", "Late", level=2), Block("list", "x y", items=("x", "y"), ordered=True)),
        is_free=False,
        provenance={"title": Origin("jsonld", "headline", "Council meets \ud800")},
    )
    with db.write() as session:
        saved = save(session, held, page, draft, NOW)
    assert (saved.state, saved.reason, saved.version) == ("stored", "first version", 1)
    with db.read() as session:
        found = article(session, saved.article_id)
        assert found is not None
        assert [one.id for one in articles(session)] == [found.id]
        assert snapshot_content(session, found.snapshot_hash) == page.content
        assert article_by_url(session, "http://www.a.example/1/?utm_source=x#top") == found
    assert found.published_at == draft.published_at
    assert found.published_at.utcoffset() == timedelta(hours=5, minutes=30)
    assert (found.subtitle, found.authors, found.blocks) == ("A long night", draft.authors, draft.blocks)
    assert (found.images, found.is_free, found.fetched_at) == (draft.images, False, NOW)
    assert found.provenance["title"].raw == "Council meets ?"


def test_a_second_discovery_is_nothing_new_and_a_settled_link_stays_settled(db: Database) -> None:
    links = [Link(f"https://a.example/{n}", "a.example", Hints(title="Hint")) for n in range(3)]
    with db.write() as session:
        assert discover(session, [*links, links[0]], None, now=NOW) == 3
        assert discover(session, links, None, now=NOW) == 0
        held = claim(session, NOW, 1, 1, worker="w", lease=9)
        assert held[0].hints == Hints(title="Hint")
        settle(session, held[0], Outcome("refused", "robots.txt"), NOW)
    with db.write() as session:
        assert len(claim(session, NOW, 1, 10, worker="w", lease=9)) == 2
        assert counts(session, None) == {"claimed": 2, "refused": 1}
        assert counts(session, [held[0].url, "https://nowhere.example/"]) == {"refused": 1}


def test_an_address_may_be_longer_than_any_index_likes(db: Database) -> None:
    url = "https://a.example/" + "long/" * 2000
    with db.write() as session:
        assert discover(session, [Link(url, "a.example")], None, now=NOW) == 1
        assert discover(session, [Link(url, "a.example")], None, now=NOW) == 0
        assert [one.url for one in claim(session, NOW, 9, 9, worker="w", lease=9, among=[url])] == [url]


def test_a_host_is_leased_whole_and_left_alone_until_its_next_time(db: Database) -> None:
    links = [Link(f"https://a.example/{n}", "a.example") for n in range(4)]
    with db.write() as session:
        discover(session, links, None, now=NOW)
        first = claim(session, NOW, 5, 2, worker="w1", lease=60)
    with db.write() as session:
        assert claim(session, NOW, 5, 5, worker="w2", lease=60) == []
        assert leased_workers(session) == ["w1"]
        assert len(claim(session, NOW, 5, 1, worker="w1", lease=60)) == 1
        give_back(session, first)
        release_host(session, "a.example", "w1", NOW + timedelta(seconds=5))
        assert claim(session, NOW, 5, 5, worker="w2", lease=60) == []
        later = claim(session, NOW + timedelta(seconds=5), 5, 5, worker="w2", lease=60)
    assert len(later) == 3
    assert {one.attempt for one in later} == {1}


def test_pages_at_hand_are_claimed_whoever_holds_their_host(db: Database) -> None:
    links = [Link(f"https://a.example/{n}", "a.example") for n in range(4)]
    urls = [link.url for link in links]
    with db.write() as session:
        discover(session, links, None, now=NOW)
        claim(session, NOW, 5, 2, worker="w1", lease=60)
    with db.write() as session:
        assert claim(session, NOW, 5, 5, worker="w2", lease=60, among=urls) == []
        held = claim(session, NOW, 5, 5, worker="w2", lease=60, among=urls, at_hand=True)
        assert [one.url for one in held] == urls[2:]
        release_host(session, "a.example", "w2", NOW + timedelta(days=1))  # not its own: w1 goes on
        give_back(session, held)
        assert len(claim(session, NOW, 5, 5, worker="w1", lease=60)) == 2


def test_files_are_claimed_one_by_one(db: Database) -> None:
    with db.write() as session:
        discover(session, [Link(f"file:///{n}.html", "") for n in range(4)], None, now=NOW)
        assert len(claim(session, NOW, 1, 2, worker="w1", lease=60)) == 2
        assert len(claim(session, NOW, 1, 9, worker="w2", lease=60)) == 2
        assert claim(session, NOW, 1, 9, worker="w2", lease=60) == []


@pytest.mark.parametrize("ending", ["lease", "given back"])
def test_a_dead_workers_links_come_back(db: Database, ending: str) -> None:
    held = claimed(db, "https://a.example/1", "https://b.example/1")
    soon = NOW + timedelta(seconds=121)
    with db.write() as session:
        renew(session, held[:1], soon + timedelta(seconds=1))
        if ending == "lease":
            again = claim(session, soon, 9, 9, worker="w2", lease=60)
            assert [(one.url, one.attempt) for one in again] == [("https://b.example/1", 2)]
        else:
            assert give_back_worker(session, "w1") == 2
            assert [one.attempt for one in claim(session, NOW, 9, 9, worker="w2", lease=60)] == [1, 1]


def test_a_failure_is_tried_again_at_its_time_and_told_by_why(db: Database) -> None:
    (held,) = claimed(db, "https://a.example/1")
    with db.write() as session:
        settle(session, held, Outcome("failed", "503", NOW + timedelta(hours=1), 503), NOW)
        release_host(session, "a.example", "w1", None)
        assert claim(session, NOW, 9, 9, worker="w1", lease=60) == []
        (second,) = claim(session, NOW + timedelta(hours=1), 9, 9, worker="w2", lease=60)
        settle(session, held, Outcome("refused", "late news of a lost lease"), NOW)
        page, draft = drafted(second)
        save(session, second, page, draft, NOW + timedelta(hours=1))
        story = why(session, held.url)
    assert story is not None
    assert story.article is not None
    assert (story.state, story.reason, second.attempt) == ("stored", "first version", 2)
    assert [(one.state, one.reason, one.status) for one in story.attempts] == [
        ("failed", "503", 503),
        ("stored", "first version", 200),
    ]
    with db.read() as session:
        assert why(session, "https://never.example/") is None


def test_an_edit_makes_a_version_and_the_same_page_none(db: Database) -> None:
    texts = ["The councl met on Monday.", "The council met on Monday.", "The council met on Monday."]
    states = []
    for text in texts:
        (held,) = claimed(db, "https://a.example/1")
        with db.write() as session:
            saved = save(session, held, *drafted(held, text), NOW)
            settle(session, held, Outcome("failed", "too late"), NOW)
        states.append((saved.state, saved.version, saved.reason))
    assert states == [
        ("stored", 1, "first version"),
        ("revised", 2, "typo: text"),
        ("unchanged", 2, "same bytes"),
    ]
    with db.read() as session:
        versions = history(session, saved.article_id)
        assert [change.kind for change in changes(session)] == ["created", "revised"]
        assert [change.seq for change in changes(session, since=1)] == [2]
    assert [one.content["text"] for one in versions] == texts[:2]
    assert [one.edit for one in versions] == ["first", "typo"]


def test_a_page_that_is_gone_is_removed_and_keeps_its_text(db: Database) -> None:
    urls = ["https://a.example/1"] * 4
    for number, gone in enumerate([False, True, True, False]):
        (held,) = claimed(db, urls[number])
        with db.write() as session:
            if gone:
                settle(session, held, Outcome("failed", "410", status=410, gone=True), NOW)
            else:
                saved = save(session, held, *drafted(held), NOW)
        with db.read() as session:
            found = next(articles(session))
            assert (found.status, found.text) == ("removed" if gone else "live", "The council met on Monday.")
    assert (saved.state, saved.version) == ("revised", 3)
    with db.read() as session:
        assert [one.edit for one in history(session, saved.article_id)] == ["first", "removed", "restored"]
        assert [one.kind for one in changes(session)] == ["created", "removed", "revised"]


def test_one_article_across_its_addresses(db: Database) -> None:
    urls = ["https://a.example/1", "https://amp.a.example/1", "https://a.example/copy", "https://b.example/1"]
    text = "word " * 60
    held = claimed(db, *urls)
    items = [(one, *drafted(one, text, word_count=60)) for one in held]
    items[1] = (held[1], *drafted(held[1], text + "amp", canonical_url="https://a.example/1", word_count=61))
    with db.write() as session:
        saved = save_many(session, items, NOW)
    assert [one.state for one in saved] == ["stored", "duplicate", "duplicate", "stored"]
    assert [one.article_id for one in saved] == [1, 1, 1, 2]
    with db.read() as session:
        assert [one.kind for one in changes(session)] == ["created", "created"]
        assert len(list(articles(session))) == 2


COPIES = ["https://amp.a.example/1", "https://a.example/1/amp", "https://a.example/1?outputType=amp"]


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_read_first_gives_way_to_the_articles_own_page_and_makes_no_version_again(
    db: Database, copy: str
) -> None:
    own = "https://a.example/1"
    told = [" ".join([*["word"] * 60, *ending]) for ending in ([], ["ended"], ["other"], ["mended"])]
    seen = []
    for number, (url, text) in enumerate(zip([copy, own, copy, own], told, strict=True)):
        (held,) = claimed(db, url)
        with db.write() as session:
            page, draft = drafted(held, text, canonical_url=own, word_count=60)
            saved = save(session, held, page, draft, NOW + timedelta(hours=number))
            seen.append((saved.state, saved.version))
    assert seen == [("stored", 1), ("revised", 2), ("unchanged", 2), ("revised", 3)]
    with db.read() as session:
        versions = history(session, saved.article_id)
        assert [one.edit for one in versions] == ["first", "canonical", "substantive"]
        assert versions[1].reason == "read at its own address, before from a copy: text"
        found = article_by_url(session, copy)
    assert found is not None
    assert (found.id, found.url) == (1, own)


def test_a_story_keeps_its_address_whoever_claims_it_and_in_whatever_order_they_come(db: Database) -> None:
    outcomes = []
    for number, order in enumerate(itertools.permutations(["story", "wrong", "page-2"])):
        host = f"{number}.example"
        for name in order:
            (held,) = claimed(db, f"https://{host}/{name}")
            own = f"https://{host}/story"
            text = f"All about {name}. " * 30
            with db.write() as session:
                save(
                    session, held, *drafted(held, text, title=f"On {name}", canonical_url=own, host=host), NOW
                )
        with db.read() as session:
            told = sorted((one.title, one.version, one.url) for one in articles(session, host=host))
            at_home = article_by_url(session, f"https://{host}/story")
        assert at_home is not None
        outcomes.append(
            (at_home.title, [(title, version, url.replace(host, "")) for title, version, url in told])
        )
    assert {len(told) for _, told in outcomes} == {3}
    assert [one for one in outcomes if one != outcomes[0]] == []
    assert outcomes[0][0] == "On story"


@pytest.mark.parametrize("batch", [1, 3])
def test_copies_that_go_different_ways_are_articles_of_their_own_then(db: Database, batch: int) -> None:
    urls = [f"https://a.example/{name}" for name in ("one", "two", "three")]
    body = " ".join(f"word{number}" for number in range(90))
    said = []
    for ending in (None, None, "Edition", "Edition", "Later", None):
        held = claimed(db, *urls)
        texts = [f"{body} {ending} {one.url[-3:]}" if ending else body for one in held]
        items = [(one, *drafted(one, text, word_count=90)) for one, text in zip(held, texts, strict=True)]
        for start in range(0, 3, batch):
            with db.write() as session:
                saved = save_many(session, items[start : start + batch], NOW)
                said += [(one.state, one.article_id, one.version) for one in saved]
    assert said[:6] == [("stored", 1, 1), *[("duplicate", 1, 1)] * 2, *[("unchanged", 1, 1)] * 3]
    assert said[6:9] == [("revised", 1, 2), ("stored", 2, 1), ("stored", 3, 1)]
    assert said[9:12] == [("unchanged", 1, 2), ("unchanged", 2, 1), ("unchanged", 3, 1)]
    assert said[12:15] == [("revised", 1, 3), ("revised", 2, 2), ("revised", 3, 2)]
    assert said[15:18] == [("revised", 1, 4), ("revised", 2, 3), ("revised", 3, 3)]
    with db.read() as session:
        assert {one.cluster_id for one in articles(session)} == {1}
        assert [found and found.id for found in (article_by_url(session, url) for url in urls)] == [1, 2, 3]
    assert list(faults(db)) == []


def test_a_copy_that_lags_behind_or_is_filed_elsewhere_makes_no_version(db: Database) -> None:
    own, copy = "https://a.example/news/1", "https://a.example/sport/1"
    body = " ".join(f"word{number}" for number in range(90))
    told = [(own, body, "News"), (copy, body, "Sport"), (own, f"{body} more", "News"), (copy, body, "Sport"),
            (copy, f"{body} more", "Sport"), (own, f"{body} more", "News")]  # fmt: skip
    seen = []
    for url, text, section in told:
        (held,) = claimed(db, url)
        with db.write() as session:
            one = save(session, held, *drafted(held, text, word_count=90, section=section), NOW)
        seen.append((one.state, one.article_id, one.version))
    assert seen == [
        ("stored", 1, 1), ("duplicate", 1, 1), ("revised", 1, 2), ("unchanged", 1, 2), ("unchanged", 1, 2),
        ("unchanged", 1, 2),
    ]  # fmt: skip
    with db.write() as session:
        (gone,) = claimed(db, own)
        settle(session, gone, Outcome("failed", "404", status=404, gone=True), NOW)
        release_host(session, "a.example", "w1", None)
    (held,) = claimed(db, copy)
    with db.write() as session:
        one = save(session, held, *drafted(held, f"{body} more, moved", word_count=90), NOW)
    assert (one.state, one.article_id) == ("revised", 1), "where its own page is gone, a copy takes its place"
    with db.read() as session:
        assert [one.edit for one in history(session, 1)] == ["first", "substantive", "removed", "restored"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_who_enter_the_same_links_in_another_order_do_not_lock_each_other_out(db: Database) -> None:
    links = [Link(f"https://a.example/{name}", "a.example") for name in ("one", "two")]
    waiting = sql(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    claimed(db, "https://a.example/known")

    def enter() -> int:
        with db.write() as session:
            return discover(session, links[::-1], None, now=NOW)

    with ThreadPoolExecutor(1) as other, db.alone() as watching:
        with db.write() as session:
            new = discover(session, links[:1], None, now=NOW)
            entering = other.submit(enter)
            while not watching.execute(waiting).scalar_one():
                time.sleep(0.02)
            new += discover(session, links[1:], None, now=NOW)
        assert (new, entering.result()) == (2, 0)


def test_an_older_capture_does_not_set_an_article_back(db: Database) -> None:
    said = []
    for year, text in ((2019, "The pier is open."), (2016, "The pier is shut."), (2020, "The pier is gone.")):
        (held,) = claimed(db, "https://a.example/1")
        page, draft = drafted(held, text)
        page = replace(page, fetched_at=datetime(year, 9, 1, tzinfo=UTC))
        with db.write() as session:
            saved = save(session, held, page, draft, NOW)
        said.append((saved.state, saved.version, saved.reason))
    assert said == [
        ("stored", 1, "first version"), ("unchanged", 1, "captured before the version that is stored"),
        ("revised", 2, "substantive: text"),
    ]  # fmt: skip


def test_an_article_is_found_by_any_spelling_of_its_address(db: Database) -> None:
    (held,) = claimed(db, "https://xn--bcher-kva.example/s-%C3%A9%201?q=a%20b")
    with db.write() as session:
        save(session, held, *drafted(held), NOW)
    spelt = (
        "https://bücher.example/s-é 1?q=a b",
        "https://xn--bcher-kva.example/s-%c3%a9%201?q=a%20b",
        held.url,
    )
    with db.read() as session:
        assert [one is not None for one in (article_by_url(session, url) for url in spelt)] == [True] * 3


def test_a_front_page_or_another_host_is_nobodys_canonical_address(db: Database) -> None:
    held = claimed(db, "https://a.example/1", "https://a.example/2", "https://b.example/3")
    wrong = ["https://a.example/", "https://a.example/", "https://a.example/1"]
    with db.write() as session:
        items = [
            (one, *drafted(one, one.url, canonical_url=url)) for one, url in zip(held, wrong, strict=True)
        ]
        assert [one.state for one in save_many(session, items, NOW)] == ["stored"] * 3


def test_a_column_under_one_headline_and_address_is_a_story_a_day(db: Database) -> None:
    urls = [f"https://a.example/2026/11/0{day}/briefing" for day in (1, 2, 3)]
    with db.write() as session:
        discover(session, [Link(url, "a.example") for url in urls], None, now=NOW)
        held = claim(session, NOW, 9, 9, worker="w", lease=60)
        items = [
            (one, *drafted(
                one, " ".join(f"{one.url[-10:-9]}word{number}" for number in range(80)), word_count=80,
                title="Morning briefing", canonical_url="https://a.example/briefing",
            ))
            for one in held
        ]  # fmt: skip
        assert [one.state for one in save_many(session, items, NOW)] == ["stored"] * 3


def test_one_canonical_address_for_all_its_stories_joins_none_of_them(db: Database) -> None:
    held = claimed(db, *[f"https://a.example/{n}" for n in range(4)])
    tales = [
        "ferries sail at dawn ",
        "the baker wins a prize ",
        "a lost portrait is found ",
        "ferries sail at dawn ",
    ]
    items = [
        (
            one,
            *drafted(
                one, tale * 30, title=tale.strip(), word_count=150, canonical_url="https://a.example/news"
            ),
        )
        for one, tale in zip(held, tales, strict=True)
    ]
    items[3] = (
        held[3],
        *drafted(held[3], tales[3] * 28, title="Ferries", canonical_url="https://a.example/news"),
    )
    for _ in range(2):
        with db.write() as session:
            saved = save_many(session, items, NOW)
        assert [one.article_id for one in saved] == [1, 2, 3, 1]
        claimed(db, *[f"https://a.example/{n}" for n in range(4)])
    with db.read() as session:
        assert [one.version for one in articles(session)] == [1, 1, 1]


def test_newest_first_also_within_a_day_that_has_no_hours(db: Database) -> None:
    urls = [f"https://a.example/{n}" for n in range(4)]
    times = [NOW - timedelta(days=1), NOW, datetime(2026, 11, 23, tzinfo=UTC), None]
    held = claimed(db, *urls)
    items = []
    for one, when in zip(held, times, strict=True):
        precision = "day" if one.url.endswith("2") else "second"
        items.append((one, *drafted(one, one.url, published_at=when, published_precision=precision)))
    with db.write() as session:
        save_many(session, items, NOW)
        assert [one.id for one in articles(session)] == [4, 2, 3, 1]
        assert [one.id for one in articles(session, since=NOW, host="a.example")] == [4, 2]
        assert [one.id for one in articles(session, until=NOW, limit=1)] == [3]
        assert list(articles(session, language="de")) == []


def test_articles_of_one_second_keep_apart(db: Database) -> None:
    held = claimed(db, *[f"https://a.example/{n}" for n in range(3)])
    with db.write() as session:
        for one in held:
            save(session, one, *drafted(one, one.url, published_at=NOW), NOW)
            (held_again,) = claim(session, NOW, 9, 9, worker="w1", lease=9, among=[one.url]) or [
                replace(one, worker="w1")
            ]
            moved = drafted(held_again, one.url, published_at=NOW - timedelta(days=1))
            save(session, held_again, *moved, NOW)
        assert len(list(articles(session))) == 3


def test_a_link_that_redirects_still_sees_the_edits_of_its_article(db: Database) -> None:
    final = "https://a.example/story"
    for number, text in enumerate(["As it was.", "As it became, with more."], start=1):
        (held,) = claimed(db, "https://short.example/x")
        draft = Draft(url=final, title="T", text=text, host="a.example", canonical_url=final)
        with db.write() as session:
            saved = save(session, held, Page(final, text.encode(), original_url=held.url), draft, NOW)
        assert (saved.article_id, saved.version) == (1, number)
    with db.read() as session:
        assert article_by_url(session, final) == article_by_url(session, "https://short.example/x")


def test_a_page_that_did_not_change_is_checked_without_being_parsed(db: Database) -> None:
    (held,) = claimed(db, "https://a.example/1")
    with db.write() as session:
        save(session, held, *drafted(held), NOW)
    (again,) = claimed(db, "https://a.example/1")
    assert again.snapshot_hash == digest(drafted(held)[0].content)
    later = NOW + timedelta(hours=3)
    with db.write() as session:
        settle(session, again, Outcome("unchanged", "304", status=304), later)
        found = article(session, 1)
        assert found is not None
        assert (found.last_checked_at, found.version) == (later, 1)


@pytest.mark.parametrize("days", [None, 30])
def test_an_unchanged_page_that_is_not_here_is_kept_unless_its_source_lets_pages_go(
    db: Database, days: int | None
) -> None:
    with db.write() as session:
        add_sources(session, [NewSource("https://a.example/feed", "rss", "a.example", keep_days=days)], NOW)
        discover(session, [Link("https://a.example/1", "a.example")], 1, now=NOW)
    (held,) = claimed(db, "https://a.example/1")
    page, draft = drafted(held)
    with db.write() as session:
        save(session, held, page, draft, NOW)
        session.connection().execute(sql("DELETE FROM snapshot"))
        session.connection().execute(sql("UPDATE counter SET value = 1 WHERE name = 'snapshot'"))
    for _ in range(2):
        (again,) = claimed(db, "https://a.example/1")
        with db.write() as session:
            settle(session, again, Outcome("unchanged", "the same bytes as last time"), NOW, page)
    with db.read() as session:
        kept = session.connection().execute(sql("SELECT count(*) FROM snapshot")).scalar()
        known = (
            session.connection().execute(sql("SELECT value FROM counter WHERE name = 'snapshot'")).scalar()
        )
    assert (kept, known) == ((1, 0) if days is None else (0, 1))
    assert list(faults(db)) == []


def test_a_saved_file_belongs_to_the_host_of_its_canonical_address(db: Database) -> None:
    with db.write() as session:
        discover(session, [Link("file:///pages/1.html", "")], None, now=NOW)
        (held,) = claim(session, NOW, 9, 9, worker="w", lease=60)
        page, draft = drafted(held, canonical_url="https://a.example/1")
        saved = save(session, held, page, draft, NOW)
        found = article(session, saved.article_id)
    assert found is not None
    assert (found.host, found.url) == ("a.example", "https://a.example/1")


def test_a_table_for_pandas(db: Database) -> None:
    held = claimed(db, "https://a.example/1", "https://a.example/2")
    with db.write() as session:
        save_many(session, [(one, *drafted(one, one.url, authors=("Ann Lee",))) for one in held], NOW)
        frame = dataframe(session, host="a.example")
        nothing = dataframe(session, host="nowhere.example")
    assert (len(nothing), dict(nothing.dtypes)) == (0, dict(frame.dtypes))
    assert str(nothing["modified_at"].dt.tz) == "UTC"
    assert list(frame["url"]) == [one.url for one in reversed(held)]
    assert frame["authors"][0] == ["Ann Lee"]
    assert str(frame["first_seen_at"].dt.tz) == "UTC"


@pytest.mark.parametrize("missing", [{"pandas"}, {"pandas", "polars"}])
def test_without_pandas_polars_and_without_either_a_clear_word(
    db: Database, monkeypatch: pytest.MonkeyPatch, missing: set[str]
) -> None:
    monkeypatch.setattr("storage.frames.find_spec", lambda name: None if name in missing else name)
    (held,) = claimed(db, "https://a.example/1")
    with db.write() as session:
        if "polars" in missing:
            with pytest.raises(ModuleNotFoundError, match="pip install pandas"):
                dataframe(session)
            return
        nothing = dataframe(session)
        save(session, held, *drafted(held, authors=("Ann Lee",)), NOW)
        frame = dataframe(session)
    assert (len(nothing), nothing.schema) == (0, frame.schema)
    assert (frame["authors"].to_list(), frame["first_seen_at"].to_list()) == ([["Ann Lee"]], [NOW])


def test_articles_that_want_one_place_in_time_all_find_one(db: Database) -> None:
    held = claimed(db, *[f"https://a.example/{n}" for n in range(4)])
    items = [(one, *drafted(one, one.url, published_at=NOW)) for one in held]
    with db.write() as session:
        save_many(session, items[:2], NOW)
        session.connection().execute(sql("UPDATE counter SET value = 1024 * 3 WHERE name = 'article'"))
        save_many(session, items[2:], NOW)
        distinct = sql("SELECT count(DISTINCT position) FROM article")
        assert session.connection().execute(distinct).scalar() == 4
        renew(session, [], NOW)
        give_back(session, [])


def test_nul_deep_in_a_page_is_left_out(db: Database) -> None:
    (held,) = claimed(db, "https://a.example/1")
    page, draft = drafted(held, blocks=(Block("list", "a\0b", items=("a\0", "b")),))
    with db.write() as session:
        save(session, held, page, draft, NOW)
        found = next(articles(session))
    assert found.blocks == (Block("list", "ab", items=("a", "b")),)


def test_an_article_is_asked_after_by_its_own_address_too(db: Database) -> None:
    one = stock.page(1)
    shown = "https://harbour.example/the-pier"
    stock.keep(db, [one], [Draft(url=one.url, title="The pier", text="It stands.", canonical_url=shown)])
    with db.read() as session:
        by_link, by_article = why(session, one.url), why(session, shown)
        assert by_link is not None
        assert by_link == by_article
