"""Articles go out to a file whole or not at all, in forms that other tools read, and ours comes back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import etree
from pyarrow import parquet
from sqlalchemy import text as sql
from warcio.archiveiterator import ArchiveIterator

from parsers import Block, Draft, Image, Origin, Page
from parsers.urls import authority
from storage import (
    Article,
    Database,
    Link,
    Unavailable,
    articles,
    changes,
    claim,
    dataframe,
    discover,
    history,
    open_database,
    save,
    why,
)
from storage import flat as flat_rows
from storage.atomic import replaced
from storage.export import ExportError, export
from storage.flat import COLUMNS
from storage.identity import address_key
from storage.integrity import faults
from storage.line_rows import BadLineError
from storage.presets import PRESETS
from storage.restore import Imported, import_lines

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PARIS = timezone(timedelta(hours=1))
DRAFT = Draft(
    url="https://a.example/dam", title="=Dam & \x0bditch, \u201choly\u201d", host="a.example",
    text="The dam held.\n\nNobody was hurt, said the mayor of a town that has had no name for as long "
    "as anyone in it remembers, and the water went back to where it had come from the night before.",
    blocks=(Block("paragraph", "The dam held."), Block("list", "a b", items=("a", "b"), ordered=True)),
    canonical_url="https://a.example/dam", site_name="The A", subtitle="Late", description="A dam.",
    authors=("Ann Lee", "Bo Ek"), byline="By Ann Lee and Bo Ek",
    published_at=datetime(2026, 11, 22, 9, 30, tzinfo=PARIS),
    published_precision="second", modified_at=datetime(2026, 11, 22, 10, 0, tzinfo=PARIS), language="en-GB",
    section="Weather", tags=("flood", "dam"), images=(Image("https://a.example/i.jpg", "The dam", "C. Roe"),),
    is_free=True, dateline="Lyon", word_count=5, license="CC-BY",
    provenance={"title": Origin("jsonld", "x", "Dam")},
)  # fmt: skip


def put(db: Database, url: str, draft: Draft, now: datetime = NOW, source: int | None = None) -> int:
    """Store one page as a worker would, and return its article's id."""
    with db.write() as session:
        discover(session, [Link(url, authority(url))], source, now=now, again=True)
        (held,) = claim(session, now, 1, 1, worker="w", lease=60, among=[url])
        headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
        page = Page(
            url, f"<p>{draft.title}{draft.text}".encode("utf-8", "replace"), "text/html", now, 200, headers
        )
        saved = save(session, held, page, draft, now)
        session.execute(sql("UPDATE host SET lease_until = NULL, worker = NULL, next_at = NULL"))
    return saved.article_id


@pytest.fixture
def archive(db: Database) -> Database:
    """Three articles: one revised and with a source, its near copy elsewhere, and one that knows little."""
    filled(db)
    return db


def filled(db: Database) -> None:
    with db.write() as session:
        session.execute(
            sql("INSERT INTO source (id, url, kind, name, host, active, failures, links_found, added_at, "
                "attributes) VALUES (3, 'https://a.example/feed', 'feed', 'A', '', true, 0, 0, :now, '{}')"),
            {"now": NOW},
        )  # fmt: skip
    put(db, DRAFT.url, DRAFT, source=3)
    put(
        db,
        "https://b.example/dam",
        replace(DRAFT, url="https://b.example/dam", canonical_url=None, host="b.example"),
    )
    put(
        db,
        "https://a.example/plain",
        Draft(url="https://a.example/plain", title="Plain", text="Word.", host="a.example"),
    )
    put(db, DRAFT.url, replace(DRAFT, text=f"{DRAFT.text} It will be rebuilt."), NOW + timedelta(hours=1))


def write(db: Database, file: Path, preset: str | None = None, words: str = "") -> int:
    with db.read() as session:
        return export(session, articles(session, words), file, preset)  # type: ignore[arg-type]


def everything(db: Database) -> list[object]:
    """All that an archive says of its articles but the numbers of its sources."""
    with db.read() as session:
        found = [replace(one, source_id=None) for one in articles(session)]
        return [found, [history(session, one.id) for one in found], list(changes(session))]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """A second archive, empty: SQLite, whatever the first one is."""
    second = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    yield second
    second.close()


def test_our_own_lines_make_the_same_archive_again(
    archive: Database, other: Database, tmp_path: Path
) -> None:
    file = tmp_path / "out.jsonl"
    assert write(archive, file) == 3
    with file.open("rb") as lines, other.write() as session:
        assert import_lines(session, lines, NOW) == Imported(3, 0)
    assert everything(other) == everything(archive)
    with other.read() as session:
        assert [one.title for one in articles(session, '"it will be rebuilt"', source="A")] == [DRAFT.title]
    again = tmp_path / "again.jsonl"
    write(other, again)
    assert read(again) == read(file)
    with file.open("rb") as lines, other.write() as session:
        assert import_lines(session, lines, NOW) == Imported(0, 3)


@pytest.mark.parametrize("words", ["host:b.example", "host:a.example", "plain"])
def test_a_part_of_an_archive_becomes_a_whole_one(db: Database, tmp_path: Path, words: str) -> None:
    """The earliest of near copies, or numbers between others, are not among the lines."""
    with closing(open_database(f"sqlite:///{tmp_path / 'origin.db'}")) as origin:
        filled(origin)
        file = tmp_path / "out.jsonl"
        number = write(origin, file, words=words)
    with file.open("rb") as lines, db.write() as session:
        assert import_lines(session, lines, NOW) == Imported(number, 0)
    assert list(faults(db)) == []
    with db.read() as session:
        assert {one.cluster_id for one in articles(session)} <= {one.id for one in articles(session)}
    put(db, "https://c.example/2", replace(DRAFT, url="https://c.example/2", canonical_url=None))
    assert list(faults(db)) == []


def read(file: Path) -> list[dict[str, object]]:
    """The records of a file of lines, without the number of their source, which is each archive's own."""
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [{name: value for name, value in one.items() if name != "source_id"} for one in records]


def test_lines_come_into_an_archive_that_has_articles_under_new_numbers(
    archive: Database, other: Database, tmp_path: Path
) -> None:
    here = put(
        other,
        "https://c.example/1",
        Draft(url="https://c.example/1", title="C", text="Here.", host="c.example"),
    )
    put(
        other,
        "https://a.example/plain",
        Draft(url="https://a.example/plain", title="Plain", text="Word.", host="a.example"),
    )
    file = tmp_path / "out.jsonl"
    write(archive, file)
    with file.open("rb") as lines, other.write() as session:
        assert import_lines(session, lines, NOW) == Imported(2, 1)
    with other.read() as session:
        found = list(articles(session, "dam"))
        seqs = [one.seq for one in changes(session)]
        versions = [one.version for one in history(session, found[0].id)]
    assert here not in {one.id for one in found}
    assert len({one.cluster_id for one in found}) == 1
    assert seqs == list(range(1, len(seqs) + 1))
    assert sorted(versions) in ([1], [1, 2])
    put(
        other,
        "https://c.example/2",
        Draft(url="https://c.example/2", title="D", text="After.", host="c.example"),
    )


def redirected(db: Database, short: str, end: str) -> None:
    """Store the story at `end` as what the link `short` has led to."""
    with db.write() as session:
        discover(session, [Link(short, authority(short))], None, now=NOW)
        (held,) = claim(session, NOW, 1, 1, worker="w", lease=60, among=[short])
        draft = Draft(url=end, title=end, text=f"Told at {end}.", host=authority(end))
        save(session, held, Page(end, end.encode(), "text/html", NOW, 200), draft, NOW)


def test_the_link_of_another_article_keeps_its_story(other: Database, tmp_path: Path) -> None:
    """A redirect that was moved led to one story where the lines come from, and to another here."""
    short = "https://s.example/x"
    file = tmp_path / "out.jsonl"
    with closing(open_database(f"sqlite:///{tmp_path / 'origin.db'}")) as origin:
        redirected(origin, short, "https://a.example/1")
        write(origin, file)
    redirected(other, short, "https://b.example/2")
    told = json.loads(file.read_text(encoding="utf-8"))
    told["addresses"].remove(address_key(short).hex())
    with other.write() as session:
        assert import_lines(session, [json.dumps(told)], NOW) == Imported(1, 0)
    assert list(faults(other)) == []


@pytest.mark.parametrize(
    "line",
    ["x", "[]", "7", "{}", '{"id": 1}', "[" * 2000, '{"title": "t", "published_at": 7}'],
)
def test_a_line_that_is_none_of_ours_is_named_and_nothing_comes_in(
    other: Database, tmp_path: Path, line: str, archive: Database
) -> None:
    file = tmp_path / "out.jsonl"
    write(archive, file)
    with pytest.raises(BadLineError, match=r"^line 4: "), other.write() as session:
        import_lines(session, [*file.read_bytes().splitlines(), line], NOW)
    assert everything(other) == [[], [], []]


def test_an_export_keeps_the_rights_of_the_old_file_and_follows_a_link(
    archive: Database, tmp_path: Path
) -> None:
    file, link = tmp_path / "out.jsonl", tmp_path / "link.jsonl"
    file.touch(mode=0o600)
    link.symlink_to(file)
    assert write(archive, link) == 3
    assert (link.is_symlink(), file.stat().st_mode & 0o777, len(read(file))) == (True, 0o600, 3)


ODD: list[object] = [None, "", 0, 2**70, True, [], {}, "\0", {"a": 1}]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_line_of_another_shape_is_named_or_comes_in_readable(
    archive: Database, other: Database, tmp_path: Path
) -> None:
    """Whatever one value of a line is replaced by, at any depth: no traceback, now or for who reads it."""
    file = tmp_path / "out.jsonl"
    write(archive, file, words="rebuilt")
    (line,) = (json.loads(one) for one in file.read_bytes().splitlines())
    ends = [came_in(other, changed) for odd in ODD for changed in replacements(line, odd)]
    assert 50 < sum(ends) < len(ends) / 2
    twice = [json.dumps(line), json.dumps({**line, "addresses": ["0" * 32]})]
    with pytest.raises(BadLineError, match="lines 1 to 2: one of them"), other.write() as session:
        import_lines(session, twice, NOW)


def test_a_number_that_leaves_no_room_to_count_on_is_refused(
    archive: Database, other: Database, tmp_path: Path
) -> None:
    file = tmp_path / "out.jsonl"
    write(archive, file, words="rebuilt")
    (line,) = (json.loads(one) for one in file.read_bytes().splitlines())
    assert not came_in(other, {**line, "id": 2**63 - 1})


def came_in(db: Database, line: dict[str, Any]) -> bool:
    """Import a line, read all of it, and take it back; False where it is refused by its number."""
    with db.write() as session, session.begin_nested() as point:
        try:
            import_lines(session, [json.dumps(line)], NOW)
        except BadLineError:
            point.rollback()
            return False
        (found,) = articles(session)
        assert [one.version for one in history(session, found.id)] == [*range(1, found.version + 1)]
        assert len(list(changes(session))) == len(line["changes"])
        point.rollback()
    return True


def replacements(value: Any, odd: object) -> Iterator[Any]:
    """A value with each of its parts in turn replaced by another."""
    parts = enumerate(value) if isinstance(value, list) else value.items()
    for key, part in [*parts][:60]:
        for new in [odd, *(replacements(part, odd) if part and isinstance(part, list | dict) else ())]:
            whole = value.copy()
            whole[key] = new
            yield whole


def test_two_exports_to_one_file_do_not_mix(
    archive: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.atomic.PATIENCE", 0.1)
    file = tmp_path / "out.jsonl"
    with replaced(file) as first:
        with pytest.raises(ExportError, match=r"out\.jsonl: another program is writing it now; nothing"):
            write(archive, file)
        first.write(b"the first one's\n")
    assert file.read_bytes() == b"the first one's\n"
    assert write(archive, file) == 3
    assert len(read(file)) == 3
    assert list(tmp_path.glob(".*.part")) == []


def test_csv_has_a_head_and_no_formula(archive: Database, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    assert write(archive, file, words="rebuilt") == 1
    with file.open(newline="", encoding="utf-8") as lines:
        (row,) = csv.DictReader(lines)
    assert tuple(row) == COLUMNS
    assert row["title"] == f"'{DRAFT.title}"
    assert (row["authors"], row["published_at"], row["subtitle"]) == (
        "Ann Lee; Bo Ek",
        "2026-11-22T08:30:00+00:00",
        "Late",
    )


def test_parquet_keeps_kinds(archive: Database, tmp_path: Path) -> None:
    file = tmp_path / "out.parquet"
    assert write(archive, file) == 3
    rows = parquet.read_table(file).to_pylist()
    dam = next(row for row in rows if row["version"] == 2)
    assert tuple(dam) == COLUMNS
    assert (dam["authors"], dam["is_free"], dam["word_count"]) == (["Ann Lee", "Bo Ek"], True, 5)
    assert dam["published_at"] == DRAFT.published_at
    assert rows[0]["published_at"] is None or rows[-1]["published_at"] is not None


def test_a_warc_holds_every_page_once_as_it_came(archive: Database, tmp_path: Path) -> None:
    saved = (tmp_path / "page.html").as_uri()
    put(archive, saved, Draft(url=saved, title="File", text="From a file.", host=""))
    file = tmp_path / "out.warc.gz"
    assert write(archive, file) == 5
    with file.open("rb") as stream:
        records = [
            (
                one.rec_type,
                one.rec_headers.get_header("WARC-Target-URI"),
                one.http_headers,
                one.content_stream().read(),
            )
            for one in ArchiveIterator(stream)
        ]
    assert [one[0] for one in records].count("response") == 4
    assert {(one[1], one[3]) for one in records if one[0] == "resource"} == {(saved, b"<p>FileFrom a file.")}
    pages = [one for one in records if one[1] == DRAFT.url]
    assert {body.endswith(b"rebuilt.") for *_, body in pages} == {True, False}
    assert pages[0][2].get_header("Content-Type") == "text/html; charset=utf-8"
    assert pages[0][2].get_header("Content-Encoding") is None


def test_a_warc_dates_every_version_by_its_capture(db: Database, tmp_path: Path) -> None:
    captured = [datetime(2016, 9, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)]
    url = "https://a.example/dam"
    for at in captured:
        with db.write() as session:
            discover(session, [Link(url, "a.example")], None, now=NOW, again=True)
            (held,) = claim(session, NOW, 1, 1, worker="w", lease=60, among=[url])
            page = Page(url, str(at).encode(), "text/html", at, 200)
            save(session, held, page, replace(DRAFT, text=f"{DRAFT.text} {at}"), NOW)
            session.execute(sql("UPDATE host SET lease_until = NULL, worker = NULL"))
    file = tmp_path / "out.warc.gz"
    assert write(db, file) == 2
    with file.open("rb") as stream:
        dates = [one.rec_headers.get_header("WARC-Date")[:10] for one in ArchiveIterator(stream)]
    assert dates[1:] == ["2016-09-01", "2019-01-01"]
    with db.read() as session:
        told = why(session, url)
    assert told is not None
    assert [one.fetched_at for one in told.attempts] == captured


def test_an_atom_feed_is_well_formed_and_says_who_wrote_what(archive: Database, tmp_path: Path) -> None:
    file = tmp_path / "floods.atom"
    assert write(archive, file) == 3
    name = {"a": "http://www.w3.org/2005/Atom"}
    feed = etree.parse(file)
    assert feed.xpath("string(/a:feed/a:title)", namespaces=name) == "floods"
    assert len(feed.xpath("/a:feed/a:entry", namespaces=name)) == 3
    dam = feed.xpath("/a:feed/a:entry[a:id='https://a.example/dam']", namespaces=name)[0]
    assert dam.xpath("a:author/a:name/text()", namespaces=name) == ["Ann Lee", "Bo Ek"]
    assert dam.xpath("string(a:title)", namespaces=name) == "=Dam & ditch, \u201choly\u201d"
    assert dam.xpath("a:category/@term", namespaces=name) == ["Weather", "flood", "dam"]
    assert dam.xpath("string(a:published)", namespaces=name) == "2026-11-22T09:30:00+01:00"
    assert feed_id(archive, file) == feed_id(archive, file.with_name("other.atom"), "floods")
    assert feed_id(archive, file) != feed_id(archive, file, "drought")
    revised = (NOW + timedelta(hours=1)).isoformat()
    assert dam.xpath("string(a:updated)", namespaces=name) == revised, "the page still tells its first time"


def feed_id(db: Database, file: Path, query: str | None = None) -> str:
    with db.read() as session:
        export(session, articles(session), file, query=query)
    return str(etree.parse(file).getroot().findtext("{http://www.w3.org/2005/Atom}id"))


def test_what_is_removed_is_a_tombstone_in_a_feed_and_addresses_are_iris(
    db: Database, tmp_path: Path
) -> None:
    url = "https://a.example/x y?q=\u00e9<z>"
    put(db, url, replace(DRAFT, url=url, canonical_url=None))
    file, name = tmp_path / "x.atom", "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
    write(db, file)
    ids = [one.text for one in etree.parse(file).iterfind(".//{*}entry/{*}id")]
    assert ids == ["https://a.example/x%20y?q=\u00e9%3Cz%3E"]
    with db.write() as session:
        session.execute(sql("UPDATE article SET status = 'removed'"))
    assert write(db, file) == 1
    feed = etree.parse(file)
    assert [one.get("ref") for one in feed.iterfind(f".//{name}")] == ids
    assert [one.get("when") for one in feed.iterfind(f".//{name}")] == [NOW.isoformat()]
    assert feed.find(".//{*}entry") is None


def test_two_outlets_that_name_one_agency_as_canonical_are_two_articles_everywhere(db: Database) -> None:
    agency = "https://agency.example/dam"
    urls = [f"https://{outlet}.example/dam" for outlet in ("a", "b")]
    for url in urls:
        put(db, url, replace(DRAFT, url=url, canonical_url=agency, host=url[8:17]))
    with db.read() as session:
        found = list(articles(session))
    assert sorted(PRESETS["ninjs"](one)["uri"] for one in found) == urls
    assert sorted(PRESETS["schema.org"](one)["@id"] for one in found) == urls


def test_a_page_of_another_year_keeps_its_date_in_a_warc(db: Database, tmp_path: Path) -> None:
    captured = datetime(2016, 9, 1, 8, 30, tzinfo=UTC)
    with db.write() as session:
        discover(session, [Link(DRAFT.url, "a.example")], None, now=NOW)
        (held,) = claim(session, NOW, 1, 1, worker="w", lease=60)
        save(session, held, Page(DRAFT.url, b"<p>The dam", "text/html", captured, 200), DRAFT, NOW)
    file = tmp_path / "old.warc.gz"
    assert write(db, file) == 1
    with file.open("rb") as stream:
        dates = [one.rec_headers.get_header("WARC-Date") for one in ArchiveIterator(stream)]
    assert dates[1] == "2016-09-01T08:30:00.000000Z"
    with db.write() as session:
        session.execute(sql("UPDATE snapshot SET content = :damaged"), {"damaged": b"no zstd"})
    with pytest.raises(Unavailable, match=r"snapshot [0-9a-f]{64} cannot be unpacked"):
        write(db, file)


def test_presets_speak_the_language_of_other_tools(archive: Database, tmp_path: Path) -> None:
    spoken = {}
    for preset in PRESETS:
        file = tmp_path / f"{preset}.jsonl"
        assert write(archive, file, preset) == 3
        lines = read(file)
        spoken[preset] = next(one for one in lines if "It will be rebuilt" in json.dumps(one))
    ninjs, schema = spoken["ninjs"], spoken["schema.org"]
    assert ninjs["headlines"] == [{"role": "main", "value": DRAFT.title}]
    assert ninjs["people"] == [{"name": "Ann Lee", "rel": "author"}, {"name": "Bo Ek", "rel": "author"}]
    assert (schema["@type"], schema["datePublished"]) == ("NewsArticle", "2026-11-22T09:30:00+01:00")
    assert schema["author"][0] == {"@type": "Person", "name": "Ann Lee"}
    assert spoken["news-please"]["date_publish"] == "2026-11-22 08:30:00"
    assert spoken["news-please"]["language"] == "en"
    assert spoken["trafilatura"]["date"] == "2026-11-22"
    assert spoken["trafilatura"]["author"] == "Ann Lee; Bo Ek"


def test_presets_take_an_article_that_knows_little(archive: Database) -> None:
    with archive.read() as session:
        (plain,) = articles(session, "title:plain")
    removed = replace(plain, status="removed", published_at=NOW, published_precision="day")
    assert PRESETS["schema.org"](removed)["datePublished"] == "2026-11-23"
    assert PRESETS["ninjs"](removed)["pubstatus"] == "canceled"
    assert PRESETS["trafilatura"](plain)["date"] is None
    assert PRESETS["news-please"](plain)["image_url"] is None


def test_a_failed_export_leaves_the_old_file(archive: Database, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("old")

    def broken() -> Iterator[Article]:
        with archive.read() as session:
            yield from articles(session)
        raise OSError(28, "No space left on device")

    with archive.read() as session, pytest.raises(ExportError, match=r"out\.csv: No space left on device"):
        export(session, broken(), file)
    assert file.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir() if one.suffix in {".csv", ".part"}] == ["out.csv"]


@pytest.mark.parametrize(
    ("name", "preset", "message"),
    [
        ("out.xlsx", None, "end it in .jsonl, .csv"),
        ("out", None, "its name tells no format"),
        ("out.csv", "ninjs", "end the name in .jsonl"),
        ("nowhere/out.csv", None, "No such file or directory"),
    ],
)
def test_an_export_that_cannot_be_made_says_why(
    archive: Database, tmp_path: Path, name: str, preset: str | None, message: str
) -> None:
    with pytest.raises(ExportError, match=message):
        write(archive, tmp_path / name, preset)
    assert not (tmp_path / name).exists()


def test_times_in_a_data_frame_are_times_whatever_their_zones(archive: Database) -> None:
    put(
        archive, "https://a.example/z", Draft(url="", title="Z", text="z", host="a.example", published_at=NOW)
    )
    with archive.read() as session:
        frame = dataframe(session)
    assert isinstance(frame, pd.DataFrame)
    assert str(frame["published_at"].dt.tz) == "UTC"
    assert list(frame["authors"][frame["version"] == 2]) == [["Ann Lee", "Bo Ek"]]


def test_parquet_without_its_library_says_what_to_install(
    archive: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat_rows, "find_spec", lambda _name: None)
    with pytest.raises(ExportError, match=r"pip install 'cleanwire\[parquet\]'"):
        write(archive, tmp_path / "out.parquet")
