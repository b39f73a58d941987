"""Polling against a real server and a real database: what is asked, what is entered, what is left alone."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hostile import Handler, Request, Server, answer, conditional, redirect, reset, running
from sqlmodel import Session

from flows import polls
from flows.clock import now
from flows.errors import UsageFault
from flows.finding import add
from flows.intake.client import open_client
from flows.intake.entries import Entry, Level
from flows.intake.links import authority
from flows.pipeline import open_desk, work_due
from flows.report import Report
from flows.screen import summary
from flows.settings import Settings
from flows.sourcing import export_sources, import_sources, read_sources
from flows.workshop import SMALL
from storage import Database, Link, claim, counts, discover
from storage.ledger import lease_host, release_host
from storage.models import LINK, SOURCE, Row
from storage.sources import NewSource, Polled, Source, add_sources, settle_poll, sources

XML = "application/xml"
SOURCE_FILE = Row.metadata.tables["source_file"]
# Python runs this at the start of every parser process: one that dies of whatever calls itself poison.
DEADLY = """
import os, signal
import flows.intake.reading
whole = flows.intake.reading.read_source
def read_source(page, most):
    if "poison" in page.url:
        os.kill(os.getpid(), signal.SIGSEGV)
    return whole(page, most)
flows.intake.reading.read_source = read_source
"""


def feed(*paths: str) -> str:
    items = "".join(f"<item><link>{path}</link></item>" for path in paths)
    return f"<rss><channel><title>Gazette</title>{items}</channel></rss>"


def sitemap(*paths: str, root: str = "urlset", item: str = "url") -> str:
    return f"<{root}>{''.join(f'<{item}><loc>{path}</loc></{item}>' for path in paths)}</{root}>"


def poll(db: Database, server: Server, named: list[int] | None = None, **changed: float) -> polls.PollReport:
    here = (server.netloc, "127.0.1.0/24")
    settings = Settings(allow_networks=here, fetch_deadline=1, **{"host_delay": 0.0, **changed})

    async def main() -> polls.PollReport:
        async with open_desk(db, settings, lambda _: None) as desk:
            return await polls.poll(desk, named)

    return asyncio.run(main())


def keep(db: Database, server: Server, path: str, kind: str = "rss") -> None:
    with db.write() as session:
        add_sources(session, [NewSource(server.url(path), kind, server.netloc)], now())


def listed(db: Database) -> list[Source]:
    with db.read() as session:
        return sources(session)


def links(db: Database) -> list[str]:
    with db.read() as session:
        return list(session.connection().execute(LINK.select().order_by(LINK.c.id)).scalars(1))


def make_due(db: Database, **known: object) -> None:
    with db.write() as session:
        for source in sources(session):
            settle_poll(session, source.id, Polled(now() - timedelta(seconds=1), **known), 0, now())  # type: ignore[arg-type]


def turn_back(db: Database) -> None:
    with db.write() as session:
        session.connection().execute(SOURCE.update().values(due_at=now() - timedelta(seconds=1)))


def test_a_poll_enters_what_is_listed_with_its_hints(db: Database, server: Server) -> None:
    item = "<item><title>Bridge</title><link>/a?utm_source=rss#top</link><pubDate>today</pubDate></item>"
    server.routes["/feed"] = answer(feed("/b").replace("<item>", item + "<item>", 1), content_type=XML)
    keep(db, server, "/feed")
    report = poll(db, server)
    assert (report.polled, report.links, report.faults) == (1, 2, {})
    with db.write() as session:
        first, second = sorted(claim(session, now(), 9, 9, worker="w", lease=9), key=lambda one: one.link_id)
    assert (first.url, second.url) == (server.url("/a"), server.url("/b"))
    assert (first.hints.title, first.hints.published) == ("Bridge", "today")
    source = listed(db)[0]
    assert (source.name, source.links, source.last_error) == ("Gazette", 2, None)
    assert source.due_at is not None
    assert source.due_at > now()


def test_an_unchanged_source_costs_one_conditional_request(db: Database, server: Server) -> None:
    server.routes["/feed"] = conditional(feed("/a"), '"one"', content_type=XML)
    keep(db, server, "/feed")
    poll(db, server)
    make_due(db)
    report = poll(db, server)
    assert (report.unchanged, report.links) == (1, 0)
    assert server.paths() == ["/feed", "/feed"]
    assert server.requests[1].headers["if-none-match"] == '"one"'
    with db.read() as session:
        assert counts(session, None) == {"due": 1}


def test_a_day_later_the_source_is_read_in_full(
    db: Database, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.routes["/feed"] = conditional(feed("/a"), '"one"', content_type=XML)
    keep(db, server, "/feed")
    poll(db, server)
    make_due(db)
    monkeypatch.setattr(polls, "now", lambda: now() + timedelta(days=1, seconds=1))
    assert poll(db, server).unchanged == 0
    assert "if-none-match" not in server.requests[1].headers


def test_what_was_listed_before_is_not_entered_again(db: Database, server: Server) -> None:
    server.routes["/feed"] = answer(feed("/a", "/b"), content_type=XML)
    keep(db, server, "/feed")
    poll(db, server)
    server.routes["/feed"] = answer(feed("/b", "/c"), content_type=XML)
    make_due(db)
    assert poll(db, server).links == 1
    assert links(db) == [server.url(path) for path in ("/a", "/b", "/c")]


def test_a_source_that_fails_waits_twice_as_long_each_time(db: Database, server: Server) -> None:
    server.routes["/feed"] = answer(status=503)
    keep(db, server, "/feed")
    waits = []
    for _ in range(3):
        assert list(poll(db, server).faults) == [server.url("/feed")]
        source = listed(db)[0]
        assert source.due_at is not None
        waits.append((source.due_at - now()).total_seconds())
        make_due(db, error="made due")
    assert source.last_error == "the server answered 503 Service Unavailable"
    assert 200 < waits[0] < 400
    assert waits[2] > waits[1] > waits[0]


def test_the_servers_wish_is_kept(db: Database, server: Server) -> None:
    server.routes["/feed"] = answer(status=429, retry_after="7200")
    keep(db, server, "/feed")
    poll(db, server)
    due = listed(db)[0].due_at
    assert due is not None
    assert due > now() + timedelta(seconds=7000)


def test_good_sources_are_polled_beside_bad_ones(db: Database, server: Server) -> None:
    server.routes["/good"] = answer(feed("/a"), content_type=XML)
    server.routes["/reset"] = reset
    server.routes["/web"] = answer("<html><p>A page</p></html>")
    for path in ("/reset", "/gone", "/web", "/good"):
        keep(db, server, path)
    report = poll(db, server)
    assert (report.polled, report.links, len(report.faults)) == (1, 1, 3)
    assert "web page" in report.faults[server.url("/web")]


def test_sitemap_indexes_are_followed_without_going_in_circles(db: Database, server: Server) -> None:
    index = sitemap("/map.xml", "/index.xml", "/lost.xml", "/deeper.xml", root="sitemapindex", item="sitemap")
    server.routes["/index.xml"] = answer(index, content_type=XML)
    server.routes["/deeper.xml"] = answer(index.replace("/lost", "/map2"), content_type=XML)
    server.routes["/map.xml"] = answer(sitemap("/a", "/b"), content_type=XML)
    server.routes["/map2.xml"] = answer(sitemap("/b", "/c"), content_type=XML)
    keep(db, server, "/index.xml", "sitemap")
    assert poll(db, server).links == 3
    assert sorted(server.paths()) == ["/deeper.xml", "/index.xml", "/lost.xml", "/map.xml", "/map2.xml"]


def test_of_an_index_only_what_changed_is_read_again(db: Database, server: Server) -> None:
    files = {"old": "2020-01-01", "new": now().date().isoformat(), "undated": "", "odd": "soon"}
    listed_ = "".join(
        f"<sitemap><loc>/{name}.xml</loc><lastmod>{at}</lastmod></sitemap>" for name, at in files.items()
    )
    server.routes["/index.xml"] = answer(f"<sitemapindex>{listed_}</sitemapindex>", content_type=XML)
    for name in files:
        server.routes[f"/{name}.xml"] = answer(sitemap(f"/story-{name}"), content_type=XML)
    keep(db, server, "/index.xml", "sitemap")
    assert poll(db, server).links == 4
    server.requests.clear()
    make_due(db)
    assert poll(db, server).links == 0
    assert sorted(server.paths()) == ["/index.xml", "/new.xml", "/odd.xml", "/undated.xml"]
    server.requests.clear()
    with db.write() as session:
        session.connection().execute(SOURCE.update().values(polled_at=now() - timedelta(days=1)))
    turn_back(db)
    poll(db, server)
    assert "/old.xml" in server.paths()


def test_a_changed_file_of_an_unchanged_index_is_found(db: Database, server: Server) -> None:
    index = sitemap("/deeper.xml", "/old.xml", root="sitemapindex", item="sitemap")
    index = index.replace("/old.xml</loc>", "/old.xml</loc><lastmod>2020-01-01</lastmod>")
    deeper = sitemap("/map.xml", root="sitemapindex", item="sitemap")
    server.routes["/index.xml"] = conditional(index, '"index"', content_type=XML)
    server.routes["/deeper.xml"] = conditional(deeper, '"deeper"', content_type=XML)
    server.routes["/old.xml"] = conditional(sitemap("/z"), '"old"', content_type=XML)
    server.routes["/map.xml"] = conditional(sitemap("/a"), '"one"', content_type=XML)
    keep(db, server, "/index.xml", "sitemap")
    assert poll(db, server).links == 2
    for links_found in (0, 1):
        server.requests.clear()
        turn_back(db)
        report = poll(db, server)
        assert (report.links, report.unchanged) == (links_found, 1)
        assert server.paths() == ["/index.xml", "/deeper.xml", "/map.xml"]
        assert server.requests[2].headers["if-none-match"] == '"one"'
        server.routes["/map.xml"] = conditional(sitemap("/a", "/b"), '"two"', content_type=XML)


@pytest.mark.parametrize("tagged", [True, False])
def test_a_file_of_an_index_that_fails_is_told_and_asked_again(
    db: Database, server: Server, *, tagged: bool
) -> None:
    listed_ = "<sitemap><loc>/map.xml</loc><lastmod>2020-01-01</lastmod></sitemap>"
    index = f"<sitemapindex>{listed_}</sitemapindex>"
    whole = conditional(index, '"index"', content_type=XML) if tagged else answer(index, content_type=XML)
    server.routes["/index.xml"] = whole
    server.routes["/map.xml"] = answer(status=503)
    keep(db, server, "/index.xml", "sitemap")
    assert "503" in poll(db, server).faults[server.url("/index.xml")]
    source = listed(db)[0]
    assert source.last_error is not None
    assert server.url("/map.xml") in source.last_error
    assert source.failures == 0
    server.routes["/map.xml"] = answer(sitemap("/a"), content_type=XML)
    turn_back(db)
    report = poll(db, server)
    assert (report.links, report.faults, listed(db)[0].last_error) == (1, {}, None)


def test_a_file_of_an_index_that_stays_away_is_asked_less_and_less_and_fails_its_source_no_more(
    db: Database, server: Server
) -> None:
    index = sitemap("/gone.xml", "/map.xml", root="sitemapindex", item="sitemap")
    server.routes["/index.xml"] = answer(index, content_type=XML)
    server.routes["/map.xml"] = answer(sitemap("/a"), content_type=XML)
    keep(db, server, "/index.xml", "sitemap")
    for failures, hours in enumerate((0, 0.5, 1, 2, 4), 1):
        report = poll(db, server)
        told, silent = (report.faults, report.warnings)[:: 1 if failures <= 3 else -1]
        assert "404" in told[server.url("/index.xml")]
        assert silent == {}
        with db.write() as session:
            lost = SOURCE_FILE.c.error.is_not(None)
            due_at = session.connection().execute(SOURCE_FILE.select().where(lost)).one().due_at
            session.connection().execute(SOURCE_FILE.update().where(lost).values(due_at=now()))
        assert abs(due_at - now() - timedelta(hours=hours)) < timedelta(minutes=5)
        turn_back(db)
    with db.write() as session:
        session.connection().execute(SOURCE_FILE.update().values(due_at=now() + timedelta(hours=4)))
    server.requests.clear()
    report = poll(db, server)
    assert (report.faults, report.warnings) == ({}, {})
    assert server.paths() == ["/index.xml", "/map.xml"]
    assert "404" in (listed(db)[0].last_error or "")
    assert listed(db)[0].failures == 0


def test_a_host_that_only_an_index_names_is_asked_as_its_robots_txt_has_it(db: Database) -> None:
    with running(2) as server:
        index = sitemap(
            "/map.xml",
            server.on(1, "/private/map.xml"),
            server.on(1, "/open.xml"),
            "/away.xml",
            root="sitemapindex",
            item="sitemap",
        )
        rules = "User-agent: *\nDisallow: /private/\n"
        server.routes |= {
            "/private/index.xml": answer(index, content_type=XML),
            "/map.xml": answer(sitemap("/a"), content_type=XML),
            "/open.xml": answer(sitemap("/b"), content_type=XML),
            "/away.xml": redirect(server.on(1, "/private/away.xml")),
            "/robots.txt": answer(rules, content_type="text/plain"),
        }
        with db.write() as session:
            named = server.on(0, "/private/index.xml")
            add_sources(session, [NewSource(named, "sitemap", authority(named))], now())
        report = poll(db, server)
        assert report.links == 2
        assert server.paths() == ["/private/index.xml", "/map.xml", "/robots.txt", "/open.xml", "/away.xml"]
        assert "robots.txt forbids it (and 1 files more)" in report.faults[named]


def test_the_files_of_an_index_are_asked_as_the_user_who_asked_for_it(db: Database, server: Server) -> None:
    def guarded(source: str) -> Handler:
        async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
            known = request.headers.get("authorization") == "Basic YW5uOnMzY3JldA=="  # ann:s3cret
            await answer(source, 200 if known else 401, content_type=XML)(request, writer)

        return handler

    index = sitemap("/index.xml", "/map.xml", "/lost.xml", root="sitemapindex", item="sitemap")
    server.routes |= {"/index.xml": guarded(index), "/map.xml": guarded(sitemap("/a"))}
    with db.write() as session:
        url = server.url("/index.xml").replace("://", "://ann:s3cret@")
        add_sources(session, [NewSource(url, "sitemap", server.netloc)], now())
    report = poll(db, server)
    assert (report.links, links(db)) == (1, [server.url("/a")])
    assert server.paths() == ["/index.xml", "/map.xml", "/lost.xml"]
    last_error = listed(db)[0].last_error or ""
    assert "404" in last_error
    assert "s3cret" not in last_error


def test_a_file_of_an_index_that_kills_its_reader_costs_only_itself(
    db: Database, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(DEADLY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    index = sitemap("/poison.xml", "/map.xml", root="sitemapindex", item="sitemap")
    server.routes["/index.xml"] = answer(index, content_type=XML)
    server.routes["/poison.xml"] = answer(sitemap("/poison").ljust(SMALL + 1), content_type=XML)
    server.routes["/map.xml"] = answer(sitemap("/a").ljust(SMALL + 1), content_type=XML)
    keep(db, server, "/index.xml", "sitemap")
    report = poll(db, server)
    assert (report.polled, report.links) == (1, 1)
    assert links(db) == [server.url("/a")]
    assert report.faults[server.url("/index.xml")].startswith(
        f"{server.url('/poison.xml')}: its parser died (signal 11)"
    )


def test_a_feed_that_nests_too_deep_keeps_what_stands_before_and_says_so(
    db: Database, server: Server
) -> None:
    deep = f"<item><link>/b</link>{'<b>' * 100_000}{'</b>' * 100_000}</item>"
    source = feed("/a", "/c").replace("<item><link>/c", f"{deep}<item><link>/c")
    server.routes["/feed"] = answer(source, content_type=XML)
    keep(db, server, "/feed")
    report = poll(db, server)
    assert links(db) == [server.url("/a"), server.url("/b")]
    assert "cut off" in report.faults[server.url("/feed")]
    assert "cut off" in (listed(db)[0].last_error or "")


def test_posts_of_a_page_that_failed_are_not_lost(db: Database, server: Server) -> None:
    json = {"content_type": "application/json", "x_wp_totalpages": "2"}
    server.routes["/posts"] = answer('[{"link": "/post-1"}]', **json)
    server.routes["/posts?page=2"] = answer(status=503)
    keep(db, server, "/posts", "wordpress")
    assert poll(db, server).links == 1
    server.routes["/posts?page=2"] = answer('[{"link": "/post-2"}]', **json)
    for found in (1, 0):
        turn_back(db)
        assert poll(db, server).links == found
    assert server.paths().count("/posts?page=2") == 2


def test_wordpress_is_read_page_by_page_once(db: Database, server: Server) -> None:
    for number in (1, 2, 3):
        path = "/posts?per_page=1" + (f"&page={number}" if number > 1 else "")
        post = f'[{{"link": "/post-{number}"}}]'
        server.routes[path] = answer(post, content_type="application/json", x_wp_totalpages="3")
    keep(db, server, "/posts?per_page=1", "wordpress")
    assert poll(db, server).links == 3
    make_due(db)
    assert poll(db, server).links == 0
    assert [path.rpartition("=")[2] for path in server.paths() if "robots" not in path] == [
        "1",
        "2",
        "3",
        "1",
    ]


def test_an_endless_chain_of_sitemaps_ends(db: Database, server: Server) -> None:
    for number in range(100):
        following = [f"/{number * 10 + branch}.xml" for branch in range(1, 11)]
        server.routes[f"/{number}.xml"] = answer(
            sitemap(*following, root="sitemapindex", item="sitemap"), content_type=XML
        )
    keep(db, server, "/0.xml", "sitemap")
    assert poll(db, server).faults == {}
    assert len(server.requests) <= 51


def test_one_host_is_asked_one_thing_at_a_time_at_its_delay(db: Database, server: Server) -> None:
    server.latency = 0.05
    for number in range(4):
        server.routes[f"/{number}"] = answer(feed(f"/story-{number}"), content_type=XML)
        keep(db, server, f"/{number}")
    report = poll(db, server, host_delay=0.2)
    assert report.links == 4
    assert server.most_at_once == 1
    times = [request.at for request in server.requests]
    assert min(after - before for before, after in pairwise(times)) >= 0.19


def test_a_host_that_another_worker_holds_is_left_to_it(db: Database, server: Server) -> None:
    keep(db, server, "/feed")
    with db.write() as session:
        discover(session, [Link(server.url("/page"), server.netloc)], None, now=now())
        assert claim(session, now(), 1, 1, worker="another", lease=60)
    assert poll(db, server).polled == 0
    assert server.requests == []


def test_pages_whose_host_another_worker_holds_are_told_of(db: Database, server: Server) -> None:
    found = [Link(server.url(f"/{number}"), server.netloc) for number in range(3)]
    with db.write() as session:
        discover(session, [*found, Link("http://127.0.0.9:1/a", "127.0.0.9:1")], None, now=now())
        assert lease_host(session, server.netloc, now(), worker="another", lease=60) is None
        discover(session, [Link("http://127.0.0.8:1/a", "127.0.0.8:1")], None, now=now())
        lease_host(session, "127.0.0.8:1", now(), worker="third", lease=60)
        release_host(session, "127.0.0.8:1", "third", now() + timedelta(minutes=1))

    async def main() -> Report:
        async with open_desk(db, Settings(host_delay=0.0), lambda _: None) as desk:
            return await work_due(desk)

    report = asyncio.run(main())
    assert (report.pages, report.left, report.as_json()["left"]) == (1, 4, 4)
    assert summary(report).endswith("; 4 left whose host rests or is held by another")
    assert server.requests == []


def test_what_was_imported_is_found_out_at_its_first_poll(db: Database, server: Server) -> None:
    server.routes["/"] = answer('<html><link rel="alternate" type="application/rss+xml" href="/feed"></html>')
    server.routes["/feed"] = answer(feed("/a"), content_type=XML)
    assert import_sources(db, [Entry(server.url("/"))]) == 1
    poll(db, server)
    home, found = listed(db)
    assert (home.kind, home.active) == ("home", False)
    assert (found.url, found.kind) == (server.url("/feed"), "rss")
    assert poll(db, server).links == 1


def test_adding_twice_keeps_one(db: Database, server: Server) -> None:
    server.routes["/feed"] = answer(feed("/a"), content_type=XML)

    async def main() -> list[bool]:
        settings = Settings(allow_networks=(server.netloc,), host_delay=0.0)
        async with open_client(settings) as client:
            return [one.new for _ in range(2) for one in await add(db, client, server.url("/feed"), settings)]

    assert asyncio.run(main()) == [True, False]
    assert len(listed(db)) == 1


@pytest.mark.parametrize("name", ["list.opml", "list.csv", "list.txt"])
def test_sources_go_out_and_in_again(db: Database, tmp_path: Path, name: str) -> None:
    entries = [
        Entry(
            "https://a.example/feed", "rss", "A & co", "en", (Level("News"), Level("Local")), {"rating": "5"}
        ),
        Entry("https://b.example/", "listing", "B"),
    ]
    import_sources(db, entries)
    file = tmp_path / name
    assert export_sources(db, file) == entries
    again = read_sources(file).entries
    assert [one.url for one in again] == [one.url for one in entries]
    if name != "list.txt":
        assert [(one.kind, one.name, one.above) for one in again] == [
            (one.kind, one.name, one.above) for one in entries
        ]
        assert again[0].attributes["rating"] == "5"
    assert import_sources(db, again) == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.opml", b"<rss/>"),
        ("a.csv", b"a,b\n1,2\n"),
        ("a.txt", b"\xff\xfe\x00"),
        ("a.hjson", b"{}"),
        ("missing.csv", None),
    ],
)
def test_a_list_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageFault, match=name):
        read_sources(tmp_path / name)


def test_an_export_must_name_its_form(db: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match=r"\*\.opml"):
        export_sources(db, tmp_path / "sources.json")
    with pytest.raises(UsageFault, match="check the path"):
        export_sources(db, tmp_path / "nowhere" / "sources.csv")


def test_an_authority_has_no_user_and_keeps_its_port() -> None:
    assert authority("http://ann:secret@News.example:8080/a") == "news.example:8080"


def test_a_named_source_waits_for_its_hosts_pause_and_no_longer(db: Database, server: Server) -> None:
    server.routes["/feed"] = answer(feed("/a"), content_type=XML)
    keep(db, server, "/feed")
    number = listed(db)[0].id
    for seconds, polled in ((0.5, 1), (60, 0)):
        with db.write() as session:
            assert lease_host(session, server.netloc, now(), worker="w", lease=9) is None
            release_host(session, server.netloc, "w", now() + timedelta(seconds=seconds))
        report = poll(db, server, [number], host_delay=0.6)
        assert (report.polled, len(report.faults)) == (polled, 1 - polled)
    assert "its host rests" in report.faults[server.url("/feed")]


def test_a_host_with_many_sources_is_let_go_in_between_and_all_are_asked(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polls, "TURN", timedelta(0))
    monkeypatch.setattr(polls, "BREATH", 0.0)
    monkeypatch.setattr("storage.sources.HOSTS_AT_ONCE", 2)
    let_go = []

    def noted(session: Session, host: str, worker: str, next_at: datetime | None) -> None:
        let_go.append(host)
        release_host(session, host, worker, next_at)

    monkeypatch.setattr("flows.lanes.release_host", noted)
    with running(hosts=3) as server:
        for path in ("/1", "/2", "/3"):
            server.routes[path] = answer(feed(f"{path}/story"), content_type=XML)
        with db.write() as session:
            for host in range(3):
                urls = [server.on(host, path) for path in ("/1", "/2", "/3")]
                add_sources(session, [NewSource(url, "rss", authority(url)) for url in urls], now())
        settings = Settings(allow_networks=("127.0.0.0/8",), host_delay=0.0)

        async def main() -> polls.PollReport:
            async with open_desk(db, settings, lambda _: None) as desk:
                return await polls.poll(desk)

        assert asyncio.run(main()).polled == 9
        assert server.most_at_once == 1
    assert set(Counter(let_go).values()) == {3}, "each host was let go after each of its sources"
    assert len(links(db)) == 9
