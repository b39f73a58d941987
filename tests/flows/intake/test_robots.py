"""robots.txt: what is asked of us, and what happens when nobody can say."""

import asyncio
import gc
import gzip
from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import pytest
from hostile import (
    Handler,
    Request,
    Server,
    answer,
    conditional,
    endless,
    raw,
    redirect,
    reset,
    running,
    stalled,
)
from protego import Protego

from flows.clock import now
from flows.intake.client import at_once, open_client
from flows.intake.errors import Refused, Unreachable
from flows.intake.robots import MOST_BYTES, Robots, Rules, read_rules
from flows.lane import Lane
from flows.notebook import Notebook
from flows.settings import Settings
from flows.writer import Writer
from parsers import Page
from storage import Database

DISALLOW = "User-agent: *\nDisallow: /private\nCrawl-delay: 2\nSitemap: /map.xml\nSitemap: ftp://x/\n"


def ask(server: Server, *paths: str) -> list[Rules]:
    async def main() -> list[Rules]:
        async with open_client(Settings(allow_networks=(server.netloc,), fetch_deadline=0.5)) as client:
            robots = Robots(client)
            return list(await asyncio.gather(*(robots.rules(server.url(path)) for path in paths)))

    return asyncio.run(main())


def read(text: str) -> Rules:
    return read_rules(Page("https://news.example/robots.txt", text.encode()))


def test_rules_are_asked_for_once_and_kept_to(server: Server) -> None:
    server.routes["/robots.txt"] = answer(DISALLOW, content_type="text/plain")
    rules = ask(server, *[f"/{number}" for number in range(20)])[0]
    assert server.paths() == ["/robots.txt"]
    assert rules.allow(server.url("/news"))
    assert not rules.allow(server.url("/private/letter"))
    assert (rules.delay, rules.sitemaps) == (2.0, (server.url("/map.xml"),))


def test_a_day_later_they_are_asked_for_again_on_condition(server: Server) -> None:
    server.routes["/robots.txt"] = conditional(DISALLOW, '"r1"', content_type="text/plain")
    moment = [now()]

    async def main() -> Rules:
        async with open_client(Settings(allow_networks=(server.netloc,))) as client:
            robots = Robots(client, clock=lambda: moment[0])
            await robots.rules(server.url("/"))
            moment[0] += timedelta(days=1, seconds=1)
            return await robots.rules(server.url("/"))

    assert not asyncio.run(main()).allow(server.url("/private"))
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"r1"']


@pytest.mark.parametrize(
    "handler",
    [
        answer(status=404), answer(status=403), answer(status=401), redirect("/robots.txt"),
        redirect("http://10.0.0.1/robots.txt"), answer("<!doctype html><p>Disallow: /"),
        answer(b"", content_type="text/plain"),
        answer(b"\0" * 500),
    ],
)  # fmt: skip
def test_where_there_are_no_rules_everything_is_allowed(server: Server, handler: Handler) -> None:
    server.routes["/robots.txt"] = handler
    assert ask(server, "/page")[0].allow(server.url("/page"))


@pytest.mark.parametrize(
    "handler", [answer(status=500), answer(status=503, retry_after="60"), reset, raw(b""), stalled(b"")]
)
def test_where_nobody_answers_the_page_waits(server: Server, handler: Handler) -> None:
    server.routes["/robots.txt"] = handler
    with pytest.raises(Unreachable, match=r"^robots\.txt: "):
        ask(server, "/page")


FORBIDS = b"User-agent: *\nDisallow: /page\n"


@pytest.mark.parametrize(
    "handler",
    [
        answer(FORBIDS + b"Disallow: /x\n" * 2_000_000, content_type="text/plain"),
        answer(gzip.compress(FORBIDS + b"#" * 50_000_000), content_encoding="gzip"),
        endless(b"HTTP/1.1 200 OK\r\n\r\n" + FORBIDS, b"# and so on\n" * 1000),
        answer(FORBIDS, content_type="application/pdf"), answer(FORBIDS, content_type=""),
        answer(b"<!-- ours -->\n" + FORBIDS), answer(b"\x89PNG\0\n" + FORBIDS),
        answer(b"<!doctype html><pre>\n" + FORBIDS),
    ],
)  # fmt: skip
def test_rules_are_read_whatever_they_come_as(server: Server, handler: Handler) -> None:
    server.routes["/robots.txt"] = handler
    (rules,) = ask(server, "/page")
    assert not rules.allow(server.url("/page"))
    assert rules.allow(server.url("/news"))


def test_a_rule_that_is_cut_off_forbids_no_more_than_it_says() -> None:
    start = "User-agent: *\n" + "#" * (MOST_BYTES - 30) + "\n"
    rules = read(f"{start}Disallow: /private/letters\n")
    assert rules.allow("https://news.example/page")


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_rules_that_cannot_be_decoded_are_waited_for(server: Server, encoding: str) -> None:
    server.routes["/robots.txt"] = answer(b"\x0b\x02\x80", content_encoding=encoding)
    with pytest.raises(Unreachable, match=r"^robots\.txt: the body is encoded"):
        ask(server, "/page")


def test_our_own_name_counts_before_the_star() -> None:
    rules = read("User-agent: *\nDisallow: /\nUser-agent: cleanwire\nAllow: /\n")
    assert rules.allow("https://news.example/page")
    assert not read("User-agent: *\nDisallow: /\n").allow("https://news.example/page")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("5", 5.0), ("0.5", 0.5), ("9999", 30.0), ("-1", None), ("nan", None), ("soon", None)],
)
def test_crawl_delays_are_believed_up_to_half_a_minute(written: str, meant: float | None) -> None:
    assert read(f"User-agent: *\nCrawl-delay: {written}\nDisallow: /x\n").delay == meant


def test_a_megabyte_of_rules_is_read_half_way() -> None:
    lines = "".join(f"Disallow: /{number:08}*x*y$\n" for number in range(40_000))
    rules = read(f"User-agent: *\n{lines}")
    assert not rules.allow("https://news.example/00000001-x-y")
    assert rules.allow("https://news.example/00039999-x-y")


def test_what_large_rules_take_is_bounded_and_costs_small_ones_nothing() -> None:
    large = DISALLOW + "Disallow: /*x\n" * 5_000  # five megabytes in memory

    async def main(server: Server) -> int:
        settings = Settings(allow_networks=("127.0.0.0/8",), host_delay=0.0)
        async with open_client(settings) as client, AsyncExitStack() as stack:
            robots = Robots(client)
            for host in (0, 1, 2, 3, 4, 5, 6, 1):
                lane = Lane(server.on(host, "").removeprefix("http://"), settings, robots, at_once)
                with pytest.raises(Refused):
                    await stack.enter_async_context(lane.turn(server.on(host, "/private")))
                stack.callback(lane.next_at)  # it is in hand till the end
            assert (await robots.rules(server.on(0, "/"))).delay == 2
            return sum(isinstance(one, Protego) for one in gc.get_objects())

    async def rules(request: Request, writer: asyncio.StreamWriter) -> None:
        small = request.headers["host"].startswith("127.0.1.1:")
        await answer(DISALLOW if small else large, content_type="text/plain")(request, writer)

    with running(7) as server:
        server.routes["/robots.txt"] = rules
        assert asyncio.run(main(server)) <= 7
        asked = Counter(request.headers["host"].partition(":")[0] for request in server.requests)
        assert asked["127.0.1.1"] == 1
        assert asked["127.0.1.2"] == 2


def test_they_are_kept_between_runs(db: Database, server: Server) -> None:
    server.routes["/robots.txt"] = conditional(DISALLOW, '"r1"', content_type="text/plain")

    async def run(moment: datetime) -> bool:
        async with open_client(Settings(allow_networks=(server.netloc,))) as client:
            with Writer(db) as writer:
                robots = Robots(client, Notebook(writer), clock=lambda: moment)
                return (await robots.rules(server.url("/"))).allow(server.url("/private"))

    day = timedelta(days=1, seconds=1)
    assert [asyncio.run(run(now() + days * day)) for days in (0, 0, 1, 1)] == [False] * 4
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"r1"']
