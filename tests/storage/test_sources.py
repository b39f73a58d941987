"""Sources as they are kept, on both databases."""

from datetime import UTC, datetime, timedelta

from storage import Database, Link, Outcome, claim, discover, release_host, settle, why
from storage.ledger import lease_host, name_waiting, open_among
from storage.sources import (
    NewSource,
    Polled,
    Source,
    add_sources,
    claim_sources,
    keep_progress,
    progress,
    remove_source,
    renew_hosts,
    settle_poll,
    sources,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FEED = NewSource("https://a.example/feed", "rss", "a.example", "A", "en", {"folder": ["News"], "rating": "5"})
MAP = NewSource("https://a.example/map.xml", "sitemap", "a.example")
OTHER = NewSource("https://b.example/feed", "atom", "b.example")


def keep(db: Database, *new: NewSource) -> list[str]:
    with db.write() as session:
        return add_sources(session, new, NOW)


def listed(db: Database) -> list[Source]:
    with db.read() as session:
        return sources(session)


def claimed(db: Database, at: datetime, worker: str = "w") -> list[str]:
    with db.write() as session:
        return [one.url for one in claim_sources(session, at, worker=worker, lease=60)]


def test_a_source_is_kept_once_with_all_that_was_said_of_it(db: Database) -> None:
    assert keep(db, FEED, MAP) == [FEED.url, MAP.url]
    assert keep(db, FEED, OTHER) == [OTHER.url]
    first = listed(db)[0]
    assert (first.url, first.kind, first.name, first.language) == (FEED.url, "rss", "A", "en")
    assert first.attributes == {"folder": ["News"], "rating": "5"}
    assert (first.due_at, first.polled_at, first.links, first.stored) == (NOW, None, 0, 0)


def test_a_source_is_removed_by_number_or_address_and_its_links_stay(db: Database) -> None:
    keep(db, FEED, MAP)
    with db.write() as session:
        discover(session, [Link("https://a.example/1", "a.example")], listed(db)[0].id, now=NOW)
    with db.write() as session:
        assert remove_source(session, str(listed(db)[0].id))
        assert not remove_source(session, "https://nowhere.example/")
    with db.write() as session:
        assert remove_source(session, MAP.url)
        assert discover(session, [Link("https://a.example/1", "a.example")], None, now=NOW) == 0
    assert listed(db) == []


def test_a_new_source_never_gets_the_number_of_one_that_was_removed(db: Database) -> None:
    keep(db, FEED, MAP)
    last = listed(db)[-1]
    with db.write() as session:
        assert remove_source(session, last.url)
    keep(db, OTHER)
    assert listed(db)[-1].id > last.id


def test_hosts_are_leased_whole_and_come_back(db: Database) -> None:
    keep(db, FEED, MAP, OTHER)
    assert claimed(db, NOW, "one") == [FEED.url, MAP.url, OTHER.url]
    assert claimed(db, NOW, "two") == []
    with db.write() as session:
        release_host(session, "a.example", "one", NOW + timedelta(seconds=5))
        renew_hosts(session, "one", NOW + timedelta(seconds=300))
    assert claimed(db, NOW, "two") == []
    assert claimed(db, NOW + timedelta(seconds=5), "two") == [FEED.url, MAP.url]
    assert claimed(db, NOW + timedelta(seconds=61), "three") == []
    assert claimed(db, NOW + timedelta(seconds=301), "three") == [FEED.url, MAP.url, OTHER.url]


def test_only_what_is_due_is_claimed(db: Database) -> None:
    keep(db, FEED, MAP)
    with db.write() as session:
        settle_poll(session, sources(session)[0].id, Polled(LATER), 0, NOW)
    assert claimed(db, NOW) == [MAP.url]


def test_what_a_poll_came_to_is_written_down(db: Database) -> None:
    keep(db, FEED)
    number = listed(db)[0].id
    answers = [
        Polled(LATER, full=True, etag='"1"', last_modified="Mon", kind="atom", name="New name"),
        Polled(LATER),
        Polled(LATER, error="503"),
        Polled(LATER, error="503 again"),
    ]
    with db.write() as session:
        for polled in answers:
            settle_poll(session, number, polled, 2, NOW)
    found = listed(db)[0]
    assert (found.etag, found.last_modified, found.changed_at) == ('"1"', "Mon", NOW)
    assert (found.kind, found.name, found.links) == ("atom", "New name", 8)
    assert (found.failures, found.last_error, found.due_at) == (2, "503 again", LATER)


def test_a_source_that_is_done_is_no_longer_claimed(db: Database) -> None:
    keep(db, FEED)
    with db.write() as session:
        settle_poll(session, sources(session)[0].id, Polled(NOW, kind="home", active=False), 0, NOW)
    assert claimed(db, LATER) == []


def test_how_far_an_archive_is_read_is_kept_until_its_end(db: Database) -> None:
    archive = "file:///news.warc.gz"
    for at, left in ((100, 1), (250, 1), (0, 0)):
        with db.write() as session:
            keep_progress(session, {archive: at}, NOW)
        with db.read() as session:
            assert progress(session) == ({archive: at} if left else {})
        assert len(listed(db)) == left, "an archive that is read to its end is a source no more"
        assert claimed(db, LATER) == []


def test_of_what_is_listed_only_what_is_not_settled_is_worked(db: Database) -> None:
    urls = [f"https://a.example/{number}" for number in range(3)]
    with db.write() as session:
        discover(session, [Link(url, "a.example") for url in urls], None, now=NOW)
        (done,) = claim(session, NOW, 1, 1, worker="w", lease=60)
        settle(session, done, Outcome("stored", ""), NOW)
        (held,) = claim(session, NOW, 1, 1, worker="w", lease=60)
    asked = [*urls, "https://b.example/"]
    with db.read() as session:
        assert set(open_among(session, asked, NOW, "another")) == set(urls) - {done.url}
        assert set(open_among(session, asked, NOW, "w")) == set(urls) - {done.url, held.url}
        assert open_among(session, asked, NOW - timedelta(seconds=1), "w") == []


def test_what_waits_for_a_resting_host_says_until_when(db: Database) -> None:
    with db.write() as session:
        links = [
            Link(f"https://{host}.example/{number}", f"{host}.example") for host in "ab" for number in (1, 2)
        ]
        discover(session, links, None, now=NOW)
        assert len(claim(session, NOW, 2, 4, worker="w", lease=60, among=[links[0].url, links[2].url])) == 2
        release_host(session, "a.example", "w", LATER)
        release_host(session, "b.example", "w", NOW)
        name_waiting(session, NOW, [links[3].url])
        name_waiting(session, NOW, None)
    with db.read() as session:
        stories = [why(session, link.url) for link in links]
    assert [story.reason for story in stories if story] == [
        "",
        f"its host rests until {LATER:%F %T} UTC",
        "",
        "",
    ]


def test_one_host_is_leased_by_one_worker_at_a_time(db: Database) -> None:
    def lease(worker: str, at: datetime) -> datetime | None:
        with db.write() as session:
            return lease_host(session, "a.example", at, worker=worker, lease=60)

    assert lease("one", NOW) is None
    assert lease("one", NOW) is None
    assert lease("two", NOW) == NOW + timedelta(seconds=60)
    with db.write() as session:
        release_host(session, "a.example", "one", LATER)
    assert lease("two", NOW) == LATER
    assert lease("two", LATER) is None
