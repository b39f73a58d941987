"""The archive kept in shape, on both databases: retention, vacuum, faults found, health."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from parsers import Draft, Page
from storage import (
    Database,
    Link,
    Outcome,
    Unavailable,
    articles,
    claim,
    digest,
    discover,
    open_database,
    save,
    settle,
)
from storage.backup import copy_sqlite
from storage.fulltext import index, unindex
from storage.health import health
from storage.integrity import faults
from storage.receivers import add_receiver
from storage.renewal import renew
from storage.retention import last_attempt, let_go, outlived, set_retention
from storage.sources import NewSource, Polled, add_sources, remove_source, settle_poll
from storage.upkeep import size, vacuum
from storage.watches import add_watch

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def add_source(db: Database, name: str) -> int:
    """Keep a source and give its number."""
    with db.write() as session:
        add_sources(session, [NewSource(f"https://{name}.example/feed", "rss", f"{name}.example")], NOW)
        found = session.connection().execute(sa.text("SELECT max(id) FROM source")).scalar_one()
    assert isinstance(found, int)
    return found


def keep(
    db: Database, url: str, source: int | None, at: datetime, content: bytes | None = None, text: str = ""
) -> str:
    """Store one article that a source found, and give its snapshot's hash."""
    content = content or url.encode()
    host = url.split("/")[2]
    with db.write() as session:
        discover(session, [Link(url, host)], source, now=at, again=True)
        (held,) = claim(session, at + DAY, 1, 1, worker="w", lease=60, among=[url])
        draft = Draft(url=url, title="Council meets", text=text or f"On {url}.", host=host)
        draft = replace(draft, word_count=len(draft.text.split()))
        save(session, held, Page(url, content, "text/html", at), draft, at)
    return digest(content)


def snapshots(db: Database) -> set[str]:
    with db.read() as session:
        return set(session.connection().execute(sa.text("SELECT hash FROM snapshot")).scalars())


def expire(db: Database) -> int:
    with db.read() as session:
        hashes, since = outlived(session, NOW), last_attempt(session)
    with db.write() as session:
        return let_go(session, hashes, since)


def retain(db: Database, source: int | str, days: int | None = None, count: int | None = None) -> bool:
    with db.write() as session:
        return set_retention(session, str(source), days, count)


def test_nothing_goes_unless_a_source_says_so(db: Database) -> None:
    source = add_source(db, "a")
    keep(db, "https://a.example/1", source, NOW - 1000 * DAY)
    assert expire(db) == 0
    assert len(snapshots(db)) == 1


def test_pages_go_by_age_and_by_count(db: Database) -> None:
    aged, counted = add_source(db, "a"), add_source(db, "b")
    old = [keep(db, f"https://a.example/{age}", aged, NOW - age * DAY) for age in (0, 9, 11, 400)]
    many = [keep(db, f"https://b.example/{age}", counted, NOW - age * DAY) for age in (1, 2, 3)]
    alone = keep(db, "https://c.example/1", None, NOW - 4000 * DAY)
    assert retain(db, aged, days=10)
    assert retain(db, "https://b.example/feed", count=2)
    assert not retain(db, 99)
    assert expire(db) == 3
    assert snapshots(db) == {*old[:2], *many[:2], alone}
    assert expire(db) == 0
    assert not list(faults(db))
    with db.write() as session:
        session.connection().execute(sa.text("DELETE FROM snapshot"))
    assert list(faults(db)) == ["snapshots: 8 pages are missing, though 3 were let go or never came"]


def test_a_number_that_no_source_can_have_is_none(db: Database) -> None:
    add_source(db, "a")
    for number in ("9999999999", "9" * 40):
        assert not retain(db, number, days=1)
        with db.write() as session:
            assert not remove_source(session, number)


def test_bytes_that_two_sources_share_go_when_both_let_them(db: Database) -> None:
    one, other = add_source(db, "a"), add_source(db, "b")
    keep(db, "https://a.example/1", one, NOW - 30 * DAY, b"shared")
    keep(db, "https://b.example/1", other, NOW - 20 * DAY, b"shared")
    retain(db, one, days=5)
    assert expire(db) == 0
    retain(db, other, days=5)
    assert expire(db) == 1


def test_what_comes_back_meanwhile_stays(db: Database) -> None:
    source = add_source(db, "a")
    keep(db, "https://a.example/1", source, NOW - 30 * DAY, b"page")
    retain(db, source, days=5)
    with db.read() as session:
        hashes, since = outlived(session, NOW), last_attempt(session)
    keep(db, "https://c.example/1", None, NOW, b"page")
    with db.write() as session:
        assert let_go(session, hashes, since) == 0
    assert snapshots(db) == set(hashes)


def test_vacuum_gives_back_what_was_let_go(db: Database) -> None:
    source = add_source(db, "a")
    for number in range(40):
        noise = b"".join(digest(b"%d %d" % (number, part)).encode() for part in range(400))
        keep(db, f"https://a.example/{number}", source, NOW - 30 * DAY, noise)
    retain(db, source, count=0)
    assert expire(db) == 40
    with db.read() as session:
        before = size(session)
    vacuum(db)
    with db.read() as session:
        assert size(session) < before if db.dialect == "sqlite" else size(session) > 0
    assert not list(faults(db))


def test_health_counts_and_names_what_fails(db: Database) -> None:
    with db.read() as session:
        empty = health(session)
    assert (empty.articles, empty.newest_article_at, empty.failing_hosts) == (0, None, ())
    source = add_source(db, "a")
    keep(db, "https://a.example/1", source, NOW - DAY)
    with db.write() as session:
        discover(session, [Link(f"https://b.example/{n}", "b.example") for n in range(2)], None, now=NOW)
        for minute, held in enumerate(claim(session, NOW, 9, 9, worker="w", lease=60)):
            at = NOW + timedelta(minutes=minute)
            settle(session, held, Outcome("failed", f"timed out at {minute}", NOW + DAY), at)
        settle_poll(session, source, Polled(NOW + DAY, error="503"), 0, NOW)
    with db.read() as session:
        found = health(session)
    assert found.links == {"failed": 2, "stored": 1}
    assert (found.articles, found.snapshots, found.sources) == (1, 1, 1)
    assert found.newest_article_at == NOW - DAY
    (host,), (failing,) = found.failing_hosts, found.failing_sources
    assert (host.host, host.links, host.last_error) == ("b.example", 2, "timed out at 1")
    assert (failing.url, failing.failures, failing.last_error) == ("https://a.example/feed", 1, "503")
    assert found.database_bytes > 0


BROKEN: list[tuple[str, Sequence[str]]] = [
    (
        "DELETE FROM revision WHERE article_id = 1",
        [
            "article 1: its version 1 has no revision",
            "change 1: article 1 has no version 1",
        ],
    ),
    ("UPDATE article SET version = 2 WHERE id = 2", ["article 2: its version 2 has no revision",
        "article 2: 1 revisions up to version 2", "article 2: the content of its version 1 is missing"]),
    ("UPDATE article SET cluster_id = 7 WHERE id = 1", ["article 1: its cluster 7 is no article"]),
    ("DELETE FROM address WHERE article_id = 1",
        ["article 1: no address leads to it", "article 1: one of its addresses leads to nothing"]),
    ("UPDATE address SET key = substr(key, 2) WHERE article_id = 1",
        ["article 1: one of its addresses leads to nothing"]),
    ("UPDATE change SET article_id = 9 WHERE seq = 2", ["change 2: there is no article 9"]),
    ("DELETE FROM change WHERE seq = 1", ["change stream: 1 changes up to number 2"]),
    ("DELETE FROM change", ["change stream: 0 changes up to number 2"]),
    ("UPDATE counter SET value = 9 WHERE name = 'change'", ["change stream: 2 changes up to number 9"]),
    ("UPDATE article SET cluster_id = 3 - id",
        ["article 1: its cluster 2 is of another's", "article 2: its cluster 1 is of another's"]),
    ("UPDATE article SET near_hash = snapshot_hash WHERE id = 1",
        ["article 1: its near_hash is not that of its text"]),
    ("UPDATE article SET status = 'lost' WHERE id = 2", ["article 2: lost is no status"]),
    ("UPDATE counter SET value = 1 WHERE name = 'change'", ["counter change: it stands at 1, behind 2"]),
    ("UPDATE counter SET value = 0 WHERE name = 'article'", ["counter article: it stands at 0, behind 2"]),
    ("DELETE FROM counter WHERE name = 'article'", ["counter article: it is missing"]),
    ("UPDATE article SET status = 'removed' WHERE id = 1",
        ["article 1: it is removed, but no version says so"]),
    ("UPDATE article SET published_at = '1999-01-01 00:00:00.000000' WHERE id = 1",
        ["article 1: its position is not that of its time"]),
    ("UPDATE link SET article_id = NULL WHERE id = 1",
        ["link https://a.example/1: stored, but it has no article"]),
    ("UPDATE link SET state = 'due' WHERE id = 1",
        ["link https://a.example/1: due, but nothing says when it may be claimed"]),
    ("UPDATE link SET state = 'lost' WHERE id = 1", ["link https://a.example/1: lost is no state"]),
    ("INSERT INTO band (value, article_id) VALUES (5, 9)",
        ["near copies: article 9 of band 5 does not exist",
            "near copies: a band holds an article that has not its text"]),
    ("UPDATE change SET kind = 'lost' WHERE seq = 1", ["change 1: lost is no kind of change"]),
    ("UPDATE change SET seq = -seq WHERE seq = 1", ["change -1: they are numbered from 1"]),
    ("UPDATE revision SET edit = 'lost' WHERE article_id = 2",
        ["article 2: its version 1 is of no known edit: lost"]),
    ("UPDATE change SET article_id = 2 WHERE seq = 1",
        ["article 2: 2 changes tell of its version 1"]),
    ("UPDATE article SET snapshot_hash = 'none' WHERE id = 2",
        ["article 2: its snapshot is not that of its version 1"]),
    ("DELETE FROM snapshot WHERE hash = (SELECT snapshot_hash FROM article WHERE id = 2)",
        ["article 2: the page of its version 1 is missing"]),
    ("UPDATE link SET article_id = 2 WHERE id = 1",
        ["link https://a.example/1: its article is 2, that of its last try 1"]),
    ("UPDATE link SET article_id = NULL, state = 'unchanged' WHERE id = 1",
        ["link https://a.example/1: its article is none, that of its last try 1",
            "link https://a.example/1: unchanged (first version), its last try stored (first version)"]),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "told"), BROKEN, ids=[damage for damage, _ in BROKEN])
def test_each_fault_is_one_line(db: Database, damage: str, told: Sequence[str]) -> None:
    keep(db, "https://a.example/1", None, NOW)
    keep(db, "https://a.example/2", None, NOW)
    assert not list(faults(db))
    with db.write() as session:
        session.connection().execute(sa.text(damage))
    assert list(faults(db)) == list(told)


ODD: list[tuple[str, Sequence[str]]] = [  # each of an article, a link, a try or a change of its own, `{n}`
    ("DELETE FROM attempt WHERE link_id = {n}", ["link {url}: stored, but no try at it is told"]),
    ("UPDATE link SET reason = 'no reason' WHERE id = {n}",
        ["link {url}: stored (no reason), its last try stored (first version)"]),
    ("UPDATE link SET snapshot_hash = 'none' WHERE id = {n}",
        ["link {url}: what it was last read as is not what its last try read"]),
    ("UPDATE link SET worker = 'x' WHERE id = {n}", ["link {url}: stored, but x holds it"]),
    ("UPDATE link SET hops = 2 WHERE id = {n}", ["link {url}: on its way through redirects it is nowhere"]),
    ("UPDATE link SET host = '' WHERE id = {n}", ["link {url}: its host is not none"]),
    ("UPDATE link SET host = 'x.example' WHERE id = {n}",
        ["link {url}: its host x.example is not known, so that nobody will ask it",
            "link {url}: its host is not x.example"]),
    ("UPDATE attempt SET version = 7 WHERE id = {n}", ["try {n}: article {n} has no version 7"]),
    ("UPDATE attempt SET state = 'due' WHERE id = {n}",
        ["link {url}: stored (first version), its last try due (first version)",
            "try {n}: at link {url}: due is no end of one"]),
    ("UPDATE attempt SET snapshot_hash = 'none' WHERE id = {n}",
        ["link {url}: what it was last read as is not what its last try read",
            "try {n}: it read another page than version 1 of article {n} is made of"]),
    ("INSERT INTO firing VALUES (1, {n}, 9, 1, '2026-11-23 12:00:00.000000')",
        ["watch 1: it has told of version 9 of article {n}, which is not there"]),
    ("UPDATE attempt SET headers = '[\"etag\"]' WHERE id = {n}", ["attempt {n}: its headers cannot be read"]),
    ("UPDATE link SET hints = '{{\"name\":\"x\"}}' WHERE id = {n}", ["link {n}: its hints cannot be read"]),
    ("UPDATE article SET word_count = -5 WHERE id = {n}", ["article {n}: its word_count cannot be read"]),
    ("UPDATE article SET kind = '' WHERE id = {n}", ["article {n}: its kind cannot be read"]),
    ("UPDATE article SET published_offset = 99999 WHERE id = {n}",
        ["article {n}: its published_offset cannot be read"]),
    ("UPDATE article SET published_precision = 'week' WHERE id = {n}",
        ["article {n}: a time of its precision, week, is none"]),
    ("UPDATE revision SET edit = 'removed' WHERE article_id = {n}",
        ["article {n}: it is live, but its version 1 says that it is removed",
            "article {n}: its version 1 cannot be removed",
            "change {n}: created, though version 1 of article {n} is removed"]),
    ("UPDATE change SET kind = 'revised' WHERE seq = {n}",
        ["change {n}: revised, though version 1 of article {n} is first"]),
    ("UPDATE change SET fields = '[\"title\"]' WHERE seq = {n}",
        ["change {n}: its time or fields are not those of version 1 of article {n}"]),
    ("UPDATE host SET worker = NULL WHERE host = 'host{n}.example'",
        ["host host{n}.example: it is held by nobody until a time, or by somebody for ever"]),
    ("DELETE FROM counter WHERE name = 'snapshot'", ["counter snapshot: it is missing"]),
    ("DELETE FROM made_by WHERE part = 'furniture'", ["rules of furniture: they are missing"]),
]  # fmt: skip


def test_what_cannot_be_true_of_a_row_is_found(db: Database) -> None:
    urls = [f"https://host{number}.example/1" for number in range(1, len(ODD) + 1)]
    for url in urls:
        keep(db, url, None, NOW)
    with db.write() as session:
        receiver, _ = add_receiver(session, urls[0], "", NOW, all_changes=False)
        add_watch(session, "harbour", receiver, NOW)
    assert not list(faults(db))
    expected = []
    with db.write() as session:
        for n, (url, (damage, told)) in enumerate(zip(urls, ODD, strict=True), start=1):
            session.connection().exec_driver_sql(damage.format(n=n))
            expected += [line.format(n=n, url=url) for line in told]
    assert sorted(faults(db)) == sorted(expected)


WIRE = " ".join(f"word{number}" for number in range(90))
CLUSTERED: list[tuple[str, Sequence[str]]] = [
    ("UPDATE article SET cluster_id = 4 WHERE id = 1",
        ["article 1: it is no near copy of the others of its cluster 4"]),
    ("UPDATE article SET cluster_id = 3 WHERE id = 3",
        ["article 3: it is a near copy of article 2, but of another cluster"]),
    ("UPDATE article SET cluster_id = 3 WHERE id IN (2, 3)",
        ["article 2: it is the earliest of its cluster, which is named after 3"]),
    ("UPDATE article SET near_hash = NULL WHERE id = 2",
        ["article 2: its near_hash is not that of its text"]),
    ("DELETE FROM band_new WHERE value = (SELECT min(value) FROM band_new WHERE article_id = 1)",
        ["article 1: its near copies would not be found"]),
    ("UPDATE address SET article_id = 4 WHERE key = (SELECT min(key) FROM address WHERE article_id = 2)",
        ["article 2: one of its addresses leads to article 4"]),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "told"), CLUSTERED, ids=[damage for damage, _ in CLUSTERED])
def test_clusters_and_addresses_are_held_against_the_articles(
    db: Database, damage: str, told: Sequence[str]
) -> None:
    keep(db, "https://a.example/1", None, NOW, text="Another. " + " ".join(f"x{n}" for n in range(90)))
    for host in ("b", "c"):
        for address in ("1", "1?page=2"):
            url = f"https://{host}.example/{address}"
            keep(db, url, None, NOW, host.encode(), f"{WIRE} told by {host}")
    keep(db, "https://d.example/1", None, NOW, text="A third. " + " ".join(f"y{n}" for n in range(90)))
    assert not list(faults(db))
    with db.write() as session:
        session.connection().execute(sa.text(damage))
    assert list(faults(db)) == list(told)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_times_and_lists_that_are_none_are_found_before_a_reader_stumbles(db: Database) -> None:
    keep(db, "https://a.example/1", None, NOW)
    with db.write() as session:
        session.connection().execute(sa.text("UPDATE article SET authors = '['"))
        session.connection().execute(sa.text("UPDATE revision SET seen_at = 'one Monday' WHERE version = 1"))
        session.connection().execute(sa.text("UPDATE change SET fields = 'none'"))
        session.connection().execute(sa.text("UPDATE link SET discovered_at = '2026-13-01 00:00:00.000000'"))
    assert sorted(faults(db)) == [
        "article 1: its authors cannot be read", "change 1: its fields cannot be read",
        "change 1: its time or fields are not those of version 1 of article 1",
        "link 1: its discovered_at cannot be read", "revision 1, 1: its seen_at cannot be read",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "odd"),
    [
        ("images", '[{"x":1}]'), ("images", '[{"url":5}]'), ("images", "7"), ("images", '["a.jpg"]'),
        ("blocks", '[{"kind":"paragraph"}]'), ("blocks", '[{"kind":"list","text":"a","items":"a"}]'),
        ("provenance", '["title"]'), ("provenance", '{"title":"jsonld"}'), ("tags", '{"a":1}'),
        ("authors", "[1]"),
    ],
)  # fmt: skip
def test_lists_of_another_shape_are_told_in_a_line(db: Database, column: str, odd: str) -> None:
    keep(db, "https://a.example/1", None, NOW)
    with db.write() as session:
        session.connection().exec_driver_sql(f"UPDATE article SET {column} = '{odd}'")  # noqa: S608
    assert any(line.startswith(f"article 1: its {column} ") for line in faults(db))
    with pytest.raises(Unavailable, match=r"is no JSON|are no .* names the row"), db.read() as session:
        list(articles(session))


def test_a_snapshot_is_what_its_name_says(db: Database) -> None:
    first, second = (keep(db, f"https://a.example/{number}", None, NOW) for number in (1, 2))
    swap = "UPDATE snapshot SET content = (SELECT content FROM snapshot WHERE hash = :b) WHERE hash = :a"
    with db.write() as session:
        session.connection().execute(sa.text(swap), {"a": first, "b": second})
        spoil = sa.text("UPDATE snapshot SET content = :content WHERE hash = :hash")
        session.connection().execute(spoil, {"content": b"no zstd", "hash": second})
    assert sorted(faults(db)) == sorted([
        f"snapshot {first}: its bytes are not those it is named after",
        f"snapshot {second}: it cannot be unpacked",
    ])  # fmt: skip


def test_the_word_index_knows_every_article_and_no_other(db: Database) -> None:
    keep(db, "https://a.example/1", None, NOW)
    column = "position" if db.dialect == "postgresql" else "rowid"
    with db.write() as session:
        connection = session.connection()
        position = connection.execute(sa.text("SELECT position FROM article")).scalar_one()
        if db.dialect == "sqlite":
            connection.execute(sa.text("UPDATE article SET position = 5"))
        else:
            connection.execute(sa.text(f"DELETE FROM fulltext WHERE {column} = {position}"))  # noqa: S608
    found = list(faults(db))
    assert found[0] == "article 1: it is not in the word index"
    left_over = [f"word index: no article stands at its position {position}"]
    left_over.append("article 1: its position is not that of its time")
    assert found[1:] == (left_over if db.dialect == "sqlite" else [])


def test_what_an_article_says_is_what_was_made_of_it(db: Database) -> None:
    for text in ("On one. ", "On two. ", "On three. "):
        keep(db, "https://a.example/1", None, NOW, text.encode(), text * 9)
    for number in (2, 3, 4):
        keep(db, f"https://a.example/{number}", None, NOW)
    own = "title and text are not those that its content_hash names"
    assert not list(faults(db))
    with db.write() as session:
        for statement in (
            "UPDATE revision SET content_hash = '00' WHERE article_id = 1 AND version = 1",
            "UPDATE article SET title = 'Council parts' WHERE id = 2",
            "UPDATE article SET text = 'On https://a.example/3 and more.' WHERE id = 3",
            "UPDATE revision SET content_hash = '00' WHERE article_id = 4",
        ):
            session.connection().execute(sa.text(statement))
    words = "its words in the word index are others"
    named = {
        f"article 1: version 1: {own}",
        f"article 2: its {own}",
        f"article 3: its {own}",
        f"article 3: {words}",
    }
    changed = {f"article 2: {words}"} if db.dialect == "postgresql" else set()  # as many words as before
    found = list(faults(db))
    assert found[0] == "article 4: its content_hash is not that of its version 1"
    assert set(found[1:]) == named | changed


def test_a_word_that_was_exchanged_is_found_in_the_word_index(db: Database) -> None:
    keep(db, "https://a.example/1", None, NOW)
    keep(
        db, "https://b.example/1", None, NOW, text="Суд решил. 東京で会議が開かれた。 Ligne coupée à Orléans."
    )
    assert not list(faults(db))
    with db.write() as session:
        row = session.connection().execute(sa.text("SELECT * FROM article WHERE id = 1")).mappings().one()
        other = {**row, "authors": (), "tags": (), "title": "Council parts"}
        unindex(session, [{**other, "title": row["title"]}])
        index(session, [other])
    told = {
        "sqlite": "word index: it holds words that the articles do not, or lacks some of theirs",
        "postgresql": "article 1: its words in the word index are others",
    }
    assert list(faults(db)) == [told[db.dialect]]


def test_references_to_nothing_are_found_on_sqlite(tmp_path: Path) -> None:
    db = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    keep(db, "https://a.example/1", None, NOW)
    with db.alone() as connection:
        connection.execute(sa.text("PRAGMA foreign_keys=OFF"))
        connection.execute(sa.text("UPDATE address SET article_id = 9"))
        connection.execute(sa.text("PRAGMA foreign_keys=ON"))
    assert list(faults(db)) == ["address: row 1 refers to a article that does not exist"]
    db.close()


def test_a_damaged_file_is_one_of_the_faults(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    db = open_database(f"sqlite:///{file}")
    for number in range(30):
        keep(db, f"https://a.example/{number}", None, NOW)
    vacuum(db)
    with db.read() as session:
        find = sa.text("SELECT rootpage FROM sqlite_master WHERE name = 'ix_article_content_hash'")
        page = session.connection().execute(find).scalar_one()
    db.close()
    content = bytearray(file.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    file.write_bytes(content)
    db = open_database(f"sqlite:///{file}")
    found = list(faults(db))
    assert found
    assert all(line.startswith("SQLite: ") for line in found)
    db.close()


def test_a_copy_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    db = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(Unavailable, match="cannot be copied to"):
        copy_sqlite(db, tmp_path / "nowhere" / "copy")
    db.close()


def test_a_word_index_of_other_rules_is_a_fault_that_upkeep_mends(db: Database) -> None:
    keep(db, "https://a.example/1", None, NOW)
    with db.write() as session:
        assert not renew(session)
        session.connection().execute(sa.text("UPDATE made_by SET rules = '0' WHERE part = 'word index'"))
        if db.dialect == "postgresql":
            session.connection().execute(sa.text("UPDATE fulltext SET words = ''"))
        else:
            session.connection().execute(sa.text("INSERT INTO fulltext (fulltext) VALUES ('delete-all')"))
    assert "word index: other rules than today's made it: `cleanwire upkeep` makes it anew" in faults(db)
    with db.write() as session:
        assert list(articles(session, "host:a.example")) == []
        assert renew(session)
        assert [one.url for one in articles(session, "host:a.example")] == ["https://a.example/1"]
    assert list(faults(db)) == []
