"""`cleanwire ingest` against a server that misbehaves in every way: each link ends in a named state."""

import asyncio
import gzip
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile import Handler, Request, Server, answer, endless, raw, redirect, reset, stalled
from measured import watched

from tests.flows.conftest import PAGE, command, environment

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
MEBIBYTE = 2**20
DEADLINE = 6.0  # of a server, on a machine that has much else to do


def story(number: int) -> str:
    title = f"Council decides on pier {number} after a long evening"
    return PAGE.format(title=title, slug=f"pier-{number}", number=number)


def halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


def coded(body: bytes, encoding: str) -> Handler:
    return answer(body, content_encoding=encoding)


BOMB = gzip.compress(b"0" * (400 * MEBIBYTE), 1)
REFUSED = {
    "to-metadata": (redirect("http://169.254.169.254/latest/"), "link-local"),
    "to-private": (redirect("http://10.0.0.1/"), "private"),
    "to-nat64": (redirect("http://[64:ff9b::7f00:1]/"), "NAT64"),
    "to-mapped": (redirect("http://[::ffff:127.0.0.1]/"), "mapped"),
    "to-odd": (redirect("http://2130706433/"), "loopback"),
    "to-file": (redirect("file:///etc/passwd"), "only http"),
    "to-gopher": (redirect("gopher://127.0.0.1/"), "only http"),
    "to-data": (redirect("data:text/html,x"), ""),
    "to-javascript": (redirect("javascript:alert(1)"), ""),
    "loop": (redirect("/loop"), "redirects"),
    "br": (coded(b"\x0b\x02\x80", "br"), "encoded as br"),
    "zstd": (coded(b"\x28\xb5\x2f\xfd", "zstd"), "encoded as zstd"),
    "chained": (coded(gzip.compress(BOMB), "gzip, gzip"), "encoded as gzip, gzip"),
    "bomb": (coded(BOMB, "gzip"), "larger"),
    "endless-body": (endless(OK + b"\r\n", b"x" * 50_000), ""),
    "picture": (answer(b"\x89PNG" + bytes(99)), "binary"),
    "pdf": (answer("x", content_type="application/pdf"), "application/pdf"),
    "forbidden": (answer(status=403), "403"),
    "deep": (answer("<div>" * 100_000), "no article"),
    "elements": (answer("<p>" * 500_000), "no article"),
    "attributes": (answer(f"<p {' '.join(f'a{n}=1' for n in range(200_000))}>x"), "no article"),
}
FAILED = {
    "drip": (endless(OK + b"\r\n", b"x", pause=0.1), "no whole answer"),
    "stall": (stalled(OK + b"Content-Length: 9\r\n\r\n"), "no whole answer"),
    "endless-headers": (endless(OK, b"X-More: 1\r\n" * 1000), ""),
    "endless-1xx": (endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000), ""),
    "short": (raw(OK + b"Content-Length: 1000\r\n\r\nhalf"), "broke off"),
    "cut-gzip": (raw(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 999)[:-9]), "cut off"),
    "reset": (reset, ""),
    "not-http": (raw(b"SSH-2.0-OpenSSH_9.0\r\n"), ""),
    "missing": (answer(status=404), "404"),
    "gone": (answer(status=410), "410"),
    "throttled": (answer(status=429, retry_after="3600"), "429"),
    "throttled-junk": (answer(status=429, retry_after="-5"), "429"),
    "broken": (answer(status=500), "500"),
    "unavailable": (answer(status=503, retry_after="99999999999"), "503"),
}
BAIT = {"tags": answer("<a " * 60_000), "at": answer(f"<p>{'a@' * 200_000}</p>")}
STORED = {
    "good-1": answer(story(1)),
    "good-2": answer(story(2)),
    "two-members": coded(
        gzip.compress(story(3)[:700].encode()) + gzip.compress(story(3)[700:].encode()), "gzip"
    ),
    "nul": answer(story(4).replace("mayor", "ma\0yor\x08")),
    "bidi": answer(story(5).replace("mayor", "may\u202eor&#xD800;")),
    "mislabelled": answer(story(6).encode(), content_type="text/html; charset=utf-16"),
    "codec": answer(story(7).encode(), content_type="text/html; charset=hex"),
    "long-line": answer(story(8).replace("</article>", f"<!--{'x' * 9_000_000}--></article>")),
    "blank-bait": answer(story(11).replace("mayor", f"mayor{' ' * 200_000}")),
    "odd-date": answer(story(10).replace("2026-11-20T08:30:00+02:00", "9999-99-99T99:99:99")),
    "negative-date": answer(story(12).replace("2026-11-20T08:30:00+02:00", "-0044-03-15T12:00:00")),
    "naive-date": answer(story(13).replace("2026-11-20T08:30:00+02:00", "2026-11-20T08:30:00")),
    "date-in-words": answer(story(14).replace("2026-11-20T08:30:00+02:00", "the day before yesterday")),
}
CHINESE = (
    "港口委员会周四晚间就新码头的计划进行了表决，辩论持续了整整一个晚上，最后以两票之差通过。"
    "成员们表示，该计划的费用将低于预期，工程将于明年春天开始，届时旧码头将关闭三个月。"
)
JAPANESE = (
    "港湾評議会は木曜日の夜遅くに新しい桟橋の計画を採決した。議論は一晩中続き、二票差で可決された。"
    "委員らは、費用は心配されたほど高くならず、工事は来年の春に始まると述べた。"
)


def foreign(number: int, text: str, codec: str, **headers: str) -> Handler:
    """Write a story of which two paragraphs are in another script, in that encoding."""
    page = story(number).replace('<meta charset="utf-8">', "")
    page = page.replace("</article>", f"<p>{text}</p><p>{text[::-1]}{number}</p></article>")
    return answer(page.encode(codec), **{"content_type": "text/html"} | headers)


CHARSETS = {  # what stands in the text when it was decoded rightly
    "gbk-as-utf-8": (foreign(20, CHINESE, "gbk", content_type="text/html; charset=utf-8"), CHINESE),
    "gbk": (foreign(21, CHINESE, "gbk", content_type="text/html; charset=gb2312"), CHINESE),
    "shift-jis": (foreign(22, JAPANESE, "shift_jis", content_type="text/html; charset=shift_jis"), JAPANESE),
    "utf-8-as-latin": (foreign(23, CHINESE, "utf-8", content_type="text/html; charset=iso-8859-1"), CHINESE),
    "utf-16": (foreign(24, CHINESE, "utf-16"), CHINESE),
    "bom-conflict": (foreign(25, CHINESE, "utf-8-sig", content_type="text/html; charset=gbk"), CHINESE),
    "latin-as-utf-8": (
        foreign(26, "Der Bürgermeister sagte, über die Brücke fahre künftig niemand mehr umsonst.", "cp1252"),
        "Der Bürgermeister sagte, über die Brücke",
    ),
    "zlib": (foreign(27, CHINESE, "utf-8", content_type="text/html; charset=zlib"), CHINESE),
    "undefined": (foreign(28, CHINESE, "utf-8", content_type="text/html; charset=undefined"), CHINESE),
    "idna": (foreign(29, CHINESE, "utf-8", content_type="text/html; charset=idna"), CHINESE),
    "utf-7": (foreign(30, CHINESE, "utf-8", content_type="text/html; charset=utf-7"), CHINESE),
}
RULES = "User-agent: *\nDisallow: /private\n"
ROBOTS = {  # what stands where robots.txt should: the page's state
    "robots-500": (answer(status=500), "failed"),
    "robots-403": (answer(status=403), "stored"),
    "robots-html": (answer("<!doctype html><p>User-agent: *</p><p>Disallow: /</p>"), "stored"),
    "robots-megabyte": (answer(RULES + "Disallow: /x\n" * 80_000, content_type="text/plain"), "stored"),
    "robots-loop": (redirect("/robots.txt"), "stored"),
    "robots-gzip-bomb": (coded(BOMB, "gzip"), "stored"),
}


def feed(inside: str, prolog: str = "") -> Handler:
    return answer(f"{prolog}<rss><channel>{inside}</channel></rss>", content_type="application/rss+xml")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ITEM = "<item><title>Bread &amp; AT&T &nbsp; {}</title><link>/{}-listed</link></item>"
SOURCES = {  # what is said of a source, which lists a page "NAME-listed"
    "xxe": (
        feed(ITEM.format("&x;", "xxe"), '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "rss, which lists 1 page",
    ),
    "laughs": (
        feed(ITEM.format("&l9;", "laughs"), f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>'),
        "rss, which lists 1 page",
    ),
    "dtd": (
        feed(ITEM.format("x", "dtd"), '<!DOCTYPE rss SYSTEM "http://169.254.169.254/rss.dtd">'),
        "rss, which lists 1 page",
    ),
    "many": (feed(ITEM.format("x", "many") * 100_000), "rss, which lists 1 page; 99999 left out"),
    "guids": (
        feed(
            "<item><guid>javascript:alert(1)</guid></item><item><guid>file:///etc/passwd</guid></item>"
            "<item><title>nothing</title></item><item><guid></guid><link>/guids-listed</link></item>"
        ),
        "rss, which lists 1 page; 3 left out",
    ),
    "map-loop": (
        answer(
            "<sitemapindex><sitemap><loc>/map-loop</loc></sitemap><sitemap><loc>/map-loop-2</loc></sitemap>"
            "</sitemapindex>", content_type="application/xml",
        ),
        "sitemap, which lists 2 pages",
    ),
}  # fmt: skip


NAMES = [*STORED, *REFUSED, *FAILED, *BAIT, *CHARSETS, *ROBOTS, *SOURCES]


@dataclass
class Ended:
    """How the run went: each page's state and reason by name, its length in seconds, its memory in bytes."""

    pages: dict[str, tuple[str, str]]
    texts: dict[str, str]
    seconds: float
    memory: int
    errors: str


def ingest(server: Server, folder: Path) -> Ended:
    """Ingest everything that the server has in one run."""
    urls = folder / "urls.txt"
    names = NAMES
    urls.write_text("".join(f"{server.on(host, '/' + name)}\n" for host, name in enumerate(names)))
    env = environment(
        CLEANWIRE_ALLOW_NETWORKS=f"127.0.1.0/24,{server.netloc}",
        CLEANWIRE_HOST_DELAY="0",
        CLEANWIRE_FETCH_DEADLINE=str(DEADLINE),
    )
    began = time.monotonic()
    run = watched(command("ingest", str(urls), "--json"), folder, env)
    return Ended(states(folder), texts(folder), time.monotonic() - began, run.memory, run.errors)


def states(folder: Path) -> dict[str, tuple[str, str]]:
    """Read from the ledger how each page ended."""
    with closing(sqlite3.connect(folder / "cleanwire.db")) as connection:
        rows = connection.execute("SELECT url, state, reason FROM link").fetchall()
    return {url.rpartition("/")[2]: (state, reason) for url, state, reason in rows}


def texts(folder: Path) -> dict[str, str]:
    """Read the articles' texts."""
    with closing(sqlite3.connect(folder / "cleanwire.db")) as connection:
        rows = connection.execute("SELECT url, text FROM article").fetchall()
    return {url.rpartition("/")[2]: text for url, text in rows}


async def robots(request: Request, writer: asyncio.StreamWriter) -> None:
    """Answer for robots.txt as the page of that host wishes."""
    name = NAMES[int(request.headers["host"].split(".")[3].partition(":")[0]) - 1]
    handler, _ = ROBOTS.get(name, (answer(status=404), ""))
    await handler(request, writer)


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    from hostile import running  # noqa: PLC0415 - the server of this module's one run

    with running(len(NAMES)) as server:
        for name, (handler, _) in {**REFUSED, **FAILED, **CHARSETS, **SOURCES}.items():
            server.routes[f"/{name}"] = handler
        server.routes |= {f"/{name}": handler for name, handler in {**STORED, **BAIT}.items()}
        for number, name in enumerate([*ROBOTS, *(f"{name}-listed" for name in SOURCES)], 40):
            server.routes[f"/{name}"] = answer(story(number))
        server.routes["/map-loop-2"] = answer(
            "<urlset><url><loc>/map-loop-listed</loc></url><url><loc>/map-loop</loc></url></urlset>",
            content_type="application/xml",
        )
        server.routes["/robots.txt"] = robots
        return ingest(server, tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("name", STORED)
def test_good_pages_are_stored_beside_the_bad(ended: Ended, name: str) -> None:
    assert ended.pages[name][0] in {"stored", "revised", "duplicate"}, ended.pages[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_a_page_is_refused_with_its_reason(ended: Ended, name: str) -> None:
    state, reason = ended.pages[name]
    assert state == "refused"
    assert REFUSED[name][1] in reason


@pytest.mark.parametrize("name", FAILED)
def test_what_cannot_be_had_has_failed_with_its_reason(ended: Ended, name: str) -> None:
    state, reason = ended.pages[name]
    assert state == "failed"
    assert FAILED[name][1] in reason


@pytest.mark.parametrize("name", CHARSETS)
def test_what_is_mislabelled_is_read_all_the_same(ended: Ended, name: str) -> None:
    assert ended.pages[name][0] == "stored", ended.pages[name]
    assert CHARSETS[name][1] in ended.texts[name]
    assert "\ufffd" not in ended.texts[name]


@pytest.mark.parametrize("name", ROBOTS)
def test_what_stands_where_robots_txt_should(ended: Ended, name: str) -> None:
    assert ended.pages[name][0] == ROBOTS[name][1], ended.pages[name]


@pytest.mark.parametrize("name", SOURCES)
def test_hostile_sources_list_what_is_good_in_them(ended: Ended, name: str) -> None:
    state, reason = ended.pages[name]
    assert state == "refused"
    assert f"a source of kind {SOURCES[name][1]}" in reason
    assert ended.pages[f"{name}-listed"][0] == "stored", ended.pages[f"{name}-listed"]


@pytest.mark.parametrize("name", BAIT)
def test_bait_for_slow_expressions_is_digested(ended: Ended, name: str) -> None:
    assert ended.pages[name][0] in {"stored", "refused"}, ended.pages[name]


def test_the_run_is_small_and_speaks_in_lines(ended: Ended) -> None:
    assert ended.memory < 300 * MEBIBYTE
    assert "Traceback" not in ended.errors
    assert not any(state in {"due", "claimed"} for state, _ in ended.pages.values())
