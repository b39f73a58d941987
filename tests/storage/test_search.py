"""Searching the archive: the same answers on both databases, pages that hold still, nothing that breaks."""

from __future__ import annotations

import itertools
import random
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy import text as sql
from sqlmodel import Session
from typed import HOSTILE

from parsers import Draft, Page
from storage import Database, Link, article, articles, claim, discover, doclists, find, open_database, save
from storage.fulltext import Document, Entry, enter, facet, index, unindex
from storage.grammar import Search, Words, parse_search
from storage.matching import match_text
from storage.models import ARTICLE
from storage.paging import BadCursorError
from storage.search import finder

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def add(db: Database, number: int, title: str, text: str, **fields: object) -> int:
    """Store one article, `number` hours before now unless told otherwise, and return its id."""
    host = str(fields.pop("host", "news.example"))
    url = f"https://{host}/{number}"
    fields.setdefault("published_at", NOW - timedelta(hours=number))
    draft = Draft(url=url, title=title, text=text, host=host, **fields)  # type: ignore[arg-type]
    with db.write() as session:
        discover(session, [Link(url, host)], None, now=NOW, again=True)
        (held,) = claim(session, NOW, 1, 1, worker="w", lease=60, among=[url])
        page = Page(url, f"{title}{text}{fields}".encode(), "text/html", NOW, 200)
        saved = save(session, held, page, draft, NOW)
        session.execute(sql("UPDATE host SET lease_until = NULL, worker = NULL, next_at = NULL"))
    return saved.article_id


def found(db: Database, typed: str, **filters: object) -> list[int]:
    """The ids of what a search finds, in its order."""
    with db.read() as session:
        return found_in(session, typed, **filters)


def found_in(session: Session, typed: str, **filters: object) -> list[int]:
    return [one.id for one in articles(session, typed, now=NOW, **filters)]  # type: ignore[arg-type]


@pytest.fixture
def shelf(db: Database) -> Database:
    """Five articles, the first one the newest; their ids are 1 to 5."""
    fill(db)
    return db


def fill(db: Database) -> None:
    add(
        db,
        1,
        "Budget passes",
        "The minister\u2019s café was full. The budget passed.",
        authors=("Ann Lee",),
        section="Politics",
        tags=("Public money", "Tax"),
        language="en-GB",
        host="www.news.example",
    )
    add(
        db,
        2,
        "Levy on tax",
        "A levy and a tax on budget flights.",
        authors=("Bo Ek", "Ann Smith"),
        section="World politics",
        tags=("Money laundering",),
        language="en",
    )
    add(db, 3, "東京の予算", "東京都の予算が決まった。", language="ja", host="jp.example")
    add(
        db,
        4,
        "U.S. and AT&T",
        "C++ at 5\u20136 o'clock; Straße, Ørsted, Łódź.",
        language="de",
        subtitle="Ends with budget",
        description="cuts begin here",
    )
    add(db, 5, "Old news", "Nothing of the kind.", published_at=datetime(1999, 5, 1, 8, tzinfo=UTC))


TYPED = [
    ("", [1, 2, 3, 4, 5]),
    ("budget", [1, 2, 4]),
    ("BUDGET tax OR cafe", [1, 2]),
    ("CAFÉ", [1]),
    ('"budget passed"', [1]),
    ('"budget cuts"', []),
    ('"passes ann"', []),
    ('"lee public"', []),
    ('"levy and a tax"', [2]),
    ("minister's", [1]),
    ("budget -tax", [1, 4]),
    ("-budget", [3, 5]),
    ('budget -"passes minister"', [1, 2, 4]),
    ("-budget -kind", [3]),
    ("-(levy OR passed)", [3, 4, 5]),
    ("levy OR -budget", [2, 3, 5]),
    ("NOT budget OR passes", [1, 3, 5]),
    ("title:budget", [1]),
    ("title:(budget OR levy)", [1, 2]),
    ("author:ann", [1, 2]),
    ('author:"ann lee"', [1]),
    ('author:"ek ann"', []),
    ("section:politics", [1, 2]),
    ('section:"world politics"', [2]),
    ("tag:money", [1, 2]),
    ('tag:"public money"', [1]),
    ('tag:"money tax"', []),
    ("laundering", []),
    ("host:news.example", [1, 2, 4, 5]),
    ("host:www.news.example", [1]),
    ("host:example", [1, 2, 3, 4, 5]),
    ("host:ws.example", []),
    ("-host:news.example", [3]),
    ("host:https://www.news.example/x", [1]),
    ("lang:en", [1, 2]),
    ("lang:en-gb", [1]),
    ("lang:en_GB", [1]),
    ("lang:e", []),
    ("lang:ja OR lang:de", [3, 4]),
    ("source:nobody", []),
    ("-source:nobody", [1, 2, 3, 4, 5]),
    ("予算", [3]),
    ("東京都", [3]),
    ("京東", []),
    ("U.S.", [4]),
    ("AT&T", [4]),
    ("c++", [4]),
    ("strasse ORSTED lodz", [4]),
    ("after:2026", [1, 2, 3, 4]),
    ("before:2000", [5]),
    ("after:1999-05 before:1999-06 kind", [5]),
    ("after:2h", [1, 2]),
    ("after:3h", [1, 2, 3]),
    ("before:3h", [4, 5]),
]  # fmt: skip


def test_what_is_typed_finds_what_is_meant(shelf: Database) -> None:
    got = [(typed, found(shelf, typed)) for typed, _ in TYPED]
    assert got == TYPED


FILTERED: list[tuple[dict[str, object], list[int]]] = [
    ({"author": "Ann"}, [1, 2]),
    ({"author": "?"}, []),
    ({"host": "news.example", "language": "en"}, [1, 2]),
    ({"section": "politics", "since": NOW - timedelta(hours=1)}, [1]),
    ({"until": NOW - timedelta(hours=3)}, [4, 5]),
    ({"source": 7}, []),
    ({"limit": 2}, [1, 2]),
    ({"limit": 0}, []),
]


def test_filters_narrow_a_search(shelf: Database) -> None:
    got = [(filters, found(shelf, "", **filters)) for filters, _ in FILTERED]
    assert got == FILTERED


def test_a_source_is_known_by_its_id_name_or_part_of_its_address(db: Database) -> None:
    with db.write() as session:
        for number, name in ((1, "The Times"), (2, "The Sunday Times")):
            session.execute(
                sql("INSERT INTO source (id, url, kind, name, host, active, failures, links_found, added_at, "
                    "attributes) VALUES (:id, :url, 'feed', :name, 'x.example', true, 0, 0, :now, '{}')"),
                {"id": number, "url": f"https://x.example/{number}.xml", "name": name, "now": NOW},
            )  # fmt: skip
        for number in (1, 2):
            url = f"https://x.example/a{number}"
            discover(session, [Link(url, "x.example")], number, now=NOW)
    for number in (1, 2):
        with db.write() as session:
            (held,) = claim(session, NOW, 1, 1, worker="w", lease=60, among=[f"https://x.example/a{number}"])
            page = Page(held.url, str(number).encode(), "text/html", NOW, 200)
            save(
                session, held, page, Draft(url=held.url, title="T", text=f"t{number}", host="x.example"), NOW
            )
            session.execute(sql("UPDATE host SET lease_until = NULL, worker = NULL, next_at = NULL"))
    assert found(db, 'source:"the times"') == [1]
    assert found(db, "source:2") == found(db, "", source=2) == [2]
    assert found(db, "", source="The Sunday Times") == [2]
    assert sorted(found(db, "source:times")) == [1, 2]
    assert found(db, "-source:1.xml") == [2]


def test_a_revised_article_is_found_by_its_new_words_only(db: Database) -> None:
    number = add(db, 1, "Draft budget", "The first wording.", host="a.example")
    assert add(db, 1, "Final budget", "A second w\0ording.", host="a.example", published_at=NOW) == number
    assert (found(db, "first"), found(db, "draft"), found(db, "wording second final")) == ([], [], [number])
    add(db, 1, "Final budget", "A third one.", host="a.example")
    assert (found(db, "wording"), found(db, "third")) == ([], [number])


def test_pages_hold_still_while_articles_come_in(db: Database) -> None:
    for number in range(10):
        add(db, number * 2, "Ferry", f"Ferry number {number}.")
    seen, cursor = [], None
    for turn in range(10):
        with db.read() as session:
            page = find(session, "ferry", limit=3, **({"after": cursor} if cursor else {}))
        seen += [hit.article.id for hit in page.hits]
        cursor = page.cursor
        add(db, turn * 2 + 1, "Ferry", f"Ferry between {turn}.")
        add(db, -turn, "Ferry", f"Ferry ahead {turn}.")
        if cursor is None:
            break
    assert [one for one in seen if one <= 10] == list(range(1, 11))
    assert len(set(seen)) == len(seen)


def test_pages_hold_still_while_times_of_publication_are_put_right(db: Database) -> None:
    for number in range(10):
        add(db, number, "Ferry", f"Ferry number {number}.")
    with db.read() as session:
        page = find(session, "ferry", limit=4)
    seen = [hit.article.id for hit in page.hits]
    for number, hours, text in ((0, 20, "Ferry number 0."), (8, -5, "Ferry number 8."), (7, -6, "Trains.")):
        moved = NOW + timedelta(hours=-hours)
        add(db, number, "Ferry" if number != 7 else "Trains", text, published_at=moved, subtitle="Late")
    while page.cursor is not None:
        with db.read() as session:
            page = find(session, "ferry", limit=4, after=page.cursor)
        seen += [hit.article.id for hit in page.hits]
    assert seen == [1, 2, 3, 4, 5, 6, 7, 9, 10], "the eighth is none that was asked for any more"
    assert found(db, "ferry") == [9, 2, 3, 4, 5, 6, 7, 10, 1]


def test_an_article_whose_hour_is_told_later_stands_there_and_is_shown_once(db: Database) -> None:
    add(db, 0, "Ferry", "Ferry number 0.", published_at=NOW, published_precision="day")
    for number in (1, 2):
        add(db, number, "Ferry", f"Ferry number {number}.", published_at=NOW, published_precision="second")
    assert found(db, "ferry") == [1, 3, 2]
    add(db, 0, "Ferry", "Ferry number 0.", published_at=NOW, published_precision="second")
    with db.read() as session:
        page = find(session, "ferry", limit=1)
    seen = [hit.article.id for hit in page.hits]
    add(db, 0, "Ferry", "Ferry number 0!", published_at=NOW - timedelta(days=3), published_precision="second")
    while page.cursor is not None:
        with db.read() as session:
            page = find(session, "ferry", limit=1, after=page.cursor)
        seen += [hit.article.id for hit in page.hits]
    assert seen == [3, 2, 1]


def test_pages_hold_still_where_more_articles_are_of_one_second_than_it_has_places_for(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.places.SLOTS", 2)
    for number in range(9):
        add(db, number, "Ferry", f"Ferry number {number}.", published_at=NOW)
    before = found(db, "ferry")
    with db.read() as session:
        page = find(session, "ferry", limit=3)
    seen = [hit.article.id for hit in page.hits]
    for number, hours in ((before[0] - 1, -9), (before[-1] - 1, 9), (before[5] - 1, 9), (before[5] - 1, -3)):
        moved = NOW + timedelta(hours=hours)
        add(db, number, "Ferry", f"Ferry number {number}.", published_at=moved)
    while page.cursor is not None:
        with db.read() as session:
            page = find(session, "ferry", limit=3, after=page.cursor)
        seen += [hit.article.id for hit in page.hits]
    assert seen == before


def test_what_no_host_or_language_can_be_finds_nothing(shelf: Database) -> None:
    for odd in ("\ud800", "\0", "\udcff.example"):
        assert (
            found(shelf, "", host=odd) == found(shelf, "", language=odd) == found(shelf, "", source=odd) == []
        )


def test_the_most_relevant_come_first_and_pages_neither_repeat_nor_skip(db: Database) -> None:
    plain = "An ordinary day in an ordinary town, with a word about everything that there is to say. "
    best = add(db, 30, "Lighthouse saved", "The lighthouse was saved. Lighthouse keepers cheered.")
    good = add(db, 20, "Harbour news", "The lighthouse, again the lighthouse. " + plain)
    weak = add(db, 10, "Harbour news", plain * 5 + "A lighthouse was seen.")
    add(db, 5, "Harbour news", plain)
    assert found(db, "lighthouse") == [weak, good, best]
    assert found(db, "lighthouse", ranked=True) == [best, good, weak]
    assert found(db, "lighthouse OR -ordinary", ranked=True, limit=2) == [best, good]
    assert found(db, "host:news.example", ranked=True) == found(db, "host:news.example")
    with db.read() as session:
        first = find(session, "lighthouse", limit=1, ranked=True)
    add(db, 1, "Lighthouse lighthouse", "lighthouse")
    assert first.cursor is not None
    rest = found(db, "lighthouse", ranked=True, after=first.cursor)
    assert [hit.article.id for hit in first.hits] == [best]
    assert [one for one in rest if one != 5] == [good, weak]


CURSORS = [
    "new-ffffffffffffffff-1",
    "new-1",
    "",
    "x",
    "best-1",
    "new-",
    "new-zz",
    "new-1'; DROP TABLE article",
]


def test_a_cursor_that_no_search_gave_is_told_apart(db: Database) -> None:
    for cursor in CURSORS:
        with db.read() as session, pytest.raises(BadCursorError, match="begin again without it"):
            find(session, "a", after=cursor)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"lang": "en"}, "lang: no such filter; there are source, host"),
        ({"since": NOW.replace(tzinfo=None)}, "since 2026"),
    ],
)
def test_a_filter_that_means_nothing_is_told(db: Database, filters: dict[str, object], said: str) -> None:
    with db.read() as session, pytest.raises((TypeError, ValueError), match=said):
        articles(session, **filters)  # type: ignore[arg-type]


def test_the_last_page_has_no_cursor(shelf: Database) -> None:
    with shelf.read() as session:
        assert find(session, "budget").cursor is None
        assert find(session, "nobody wrote this").hits == ()


def test_hits_are_marked_in_title_and_text(shelf: Database) -> None:
    with shelf.read() as session:
        (hit,) = find(session, 'title:budget "was full" cafe').hits
    assert [(piece.text, piece.hit) for piece in hit.title] == [("Budget", True), (" passes", False)]
    assert [piece.text for piece in hit.snippet if piece.hit] == ["caf\u00e9 was full"]


def test_of_near_copies_the_first_published_that_matches_is_shown(db: Database) -> None:
    wire = add(db, 9, "Wire story", "The dam held.", host="wire.example")
    paper = add(db, 5, "Paper story", "The dam held, says the mayor.", host="paper.example")
    late = add(db, 2, "Late story", "The dam held, says the late edition.", host="late.example")
    alone = add(db, 1, "Other story", "The dam elsewhere.")
    with db.write() as session:
        session.execute(sql("UPDATE article SET cluster_id = :id WHERE id IN (:a, :b)"),
                        {"id": wire, "a": paper, "b": late})  # fmt: skip
    assert found(db, "dam") == [alone, late, paper, wire]
    assert found(db, "dam", one_per_cluster=True) == [alone, wire]
    assert found(db, "dam says", one_per_cluster=True) == [paper]
    assert found(db, "", one_per_cluster=True) == [alone, wire]
    assert found(db, "", one_per_cluster=True, since=NOW - timedelta(hours=3)) == [alone, late]


def test_of_copies_of_one_moment_the_one_that_the_archive_calls_earliest_is_shown(db: Database) -> None:
    for number, host in enumerate(("c", "a", "b")):
        told = NOW if host != "b" else None
        add(db, number, f"Seen by {host}", "The dam held.", host=f"{host}.example", published_at=told)
    with db.write() as session:
        session.execute(sql("UPDATE article SET cluster_id = 2"))
    assert found(db, "", one_per_cluster=True) == [2]


def test_a_day_counts_by_its_own_zone(db: Database) -> None:
    early = add(
        db, 1, "Early", "day", published_at=datetime(2026, 11, 10, tzinfo=UTC), published_precision="day"
    )
    add(db, 2, "Before", "day", published_at=datetime(2026, 11, 9, 23, 59, tzinfo=UTC))
    assert found(db, "day after:2026-11-10 before:2026-11-11") == [early]


def test_the_newest_before_a_day_are_found_below_many_that_are_not(db: Database) -> None:
    for number in range(40):
        add(db, number, f"Harbour {number}", "harbour", published_at=NOW - timedelta(minutes=30 * number))
    day = NOW.replace(hour=0)
    expected = [number + 1 for number in range(40) if NOW - timedelta(minutes=30 * number) < day]
    assert found(db, "harbour before:2026-11-23", limit=5) == expected[:5]
    assert found(db, "harbour before:2026-11-23") == found(db, "before:2026-11-23") == expected


def test_phrases_are_found_late_in_a_very_long_text(db: Database) -> None:
    words = " ".join(f"the w{number % 700}" for number in range(12_000))
    number = add(db, 1, "Long read", f"{words} the purple giraffe slept. {words}")
    assert found(db, '"the purple giraffe"') == [number]
    assert found(db, '"purple the giraffe"') == []
    assert found(db, 'giraffe -"the purple giraffe"') == []


def test_a_text_beyond_all_measure_is_kept_and_found_by_its_beginning(db: Database) -> None:
    number = add(db, 1, "Beginning", "start " + " ".join(f"{one:064x}" for one in range(20_000)) + " ending")
    assert found(db, "start") == [number]
    assert found(db, "ending") == []
    with db.read() as session:
        kept = article(session, number)
    assert kept is not None
    assert kept.text.endswith(" ending")


@pytest.mark.parametrize("ranked", [False, True])
def test_nothing_typed_breaks_the_database(shelf: Database, ranked: bool) -> None:
    everything = set(found(shelf, ""))
    with shelf.read() as session:  # an error would spoil it for all that follow
        for typed in HOSTILE:
            assert set(found_in(session, typed, ranked=ranked)) <= everything
            find(session, typed, limit=2, ranked=ranked)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_phrase_is_asked_rarest_word_first_and_long_lists_are_read_ahead(db: Database) -> None:
    add(db, 0, "Start", "The end of the time that all the others stand in.")
    add(db, 20_000, "End", "The beginning of it.")
    others = " ".join(f"senator{number}" for number in range(900))  # between two words that are everywhere
    with db.write() as session:
        last = session.execute(sql("SELECT max(position) FROM article")).scalar_one()
        places = [last - (number + 1) * 2**16 for number in range(12_000)]
        enter(session, [
            Entry(places[number], None, Document(
                others[: len(others) * (number == 5)], "us",
                "ordinary seldom" if number % 999 == 7 else "ordinary word",
                facet("host", "b.example" if number % 4 else "a.example"),
            ))
            for number in range(12_000)
        ])  # fmt: skip
    here = [places[number] for number in range(12_000) if number % 999 == 7]
    with db.read() as session:
        asked: list[str] = []
        event.listen(session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))
        for typed, reads, found in (
            ('"ordinary seldom" host:a.example', True, [one for one in here if places.index(one) % 4 == 0]),
            ('"seldom ordinary" host:a.example', True, []),
            ('"ordinary seldom" host:a.example after:3h', False, []),
            ('"ordinary seldom" host:b.example', False, [one for one in here if places.index(one) % 4]),
            ('"ordinary seldom"', False, here),
        ):
            asked.clear()
            made = finder(session, parse_search(typed, NOW))
            made.read_ahead()
            assert any("count(block)" in statement for statement in asked) == reads, typed
            assert made.newest(None, 50) == found, typed
        made = finder(session, parse_search('"ordinary seldom" host:a.example', NOW))
    assert made.where is not None
    sizes = doclists.sizes(made.spans)
    assert sizes["seldom"] < sizes["ordinary"]
    assert '"seldom"' in match_text(made.where, sizes)
    assert '"ordinary"' in match_text(made.where), "the longest, where nothing is known"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_both_databases_give_the_same_answers_to_anything(shelf: Database, tmp_path: Path) -> None:
    hand = random.Random(7)  # noqa: S311 - nothing secret is drawn
    parts = [typed for typed, _ in TYPED if typed]
    shapes = [
        "{} {}",
        "{} OR {}",
        "-{} {}",
        "({} OR {}) -{}",
        "{} -({} {})",
        "title:({} OR {})",
        "{} {} OR {}",
    ]
    mixed = [hand.choice(shapes).format(*hand.sample(parts, 3)) for _ in range(300)]
    with closing(open_database(f"sqlite:///{tmp_path / 'other.db'}")) as other:
        fill(other)
        with shelf.read() as walking, shelf.read() as gathering, other.read() as two:
            gathering.execute(sql("SET LOCAL enable_seqscan = off"))  # as with many articles and rare words
            assert not finder(walking, Search(Words(("tax",)))).gathers
            assert finder(gathering, Search(Words(("tax",)))).gathers
            ones = itertools.cycle((walking, gathering))
            asked = (*mixed, *HOSTILE)
            answers = [(typed, found_in(next(ones), typed), found_in(two, typed)) for typed in asked]
    assert [answer for answer in answers if answer[1] != answer[2]] == []
    assert len({tuple(ids) for _, ids, _ in answers}) > 12  # of 32 that five articles can give


def test_the_index_can_be_emptied_and_filled_again(shelf: Database) -> None:
    with shelf.write() as session:
        rows = session.connection().execute(ARTICLE.select()).mappings().all()
        unindex(session, rows)
        left = [one.id for one in articles(session, "budget OR -budget")]
        index(session, rows)
    assert left == []
    assert found(shelf, "budget") == [1, 2, 4]
