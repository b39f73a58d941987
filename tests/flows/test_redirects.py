"""Where redirects lead, politeness and robots.txt go along: on the same host, and to another's."""

import json
import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from forkserver import Forked
from hostile import Handler, Request, Server, answer, redirect, running

from tests.flows.conftest import PAGE, Run, command, environment

DELAY = 0.2
OPEN = {"CLEANWIRE_ALLOW_NETWORKS": "127.0.0.0/8", "CLEANWIRE_HOST_DELAY": str(DELAY)}


@pytest.fixture
def site() -> Iterator[Server]:
    with running(3) as server:
        for number in range(6):
            title = f"Council decides on pier {number} after a long evening"
            page = PAGE.format(title=title, slug=f"pier-{number}", number=number)
            server.routes[f"/pier-{number}"] = answer(page)
        yield server


def by_host(server: Server, host: int, handler: Handler, others: Handler) -> Handler:
    """Answer in one way on one host and in another on the others."""

    async def chosen(request: Request, writer: object) -> None:
        here = request.headers["host"] == server.on(host, "").removeprefix("http://")
        await (handler if here else others)(request, writer)  # type: ignore[arg-type]

    return chosen


def polite(server: Server) -> bool:
    """Tell whether each host was asked one thing at a time, none closer to the last than the delay."""
    times = defaultdict(list)
    for request in server.requests:
        times[request.headers["host"]].append(request.at)
    gaps = [after - before for at in times.values() for before, after in pairwise(at)]
    return server.most_at_once == 1 and min(gaps) >= DELAY * 0.95


def asked(folder: Path, query: str) -> list[tuple[str, ...]]:
    """Ask the archive in plain SQL."""
    with closing(sqlite3.connect(folder / "cleanwire.db")) as connection:
        return connection.execute(query).fetchall()


def test_a_redirect_on_the_same_host_waits_its_turn_and_asks_robots(cleanwire: Run, site: Server) -> None:
    site.routes["/robots.txt"] = answer("User-agent: *\nDisallow: /pier-1\n", content_type="text/plain")
    site.routes["/old-0"], site.routes["/old-1"] = redirect("/pier-0"), redirect("/pier-1")
    done = cleanwire("ingest", site.on(0, "/old-0"), site.on(0, "/old-1"), "--json", **OPEN)
    report = json.loads(done.stdout)
    assert report["counts"] == {"stored": 1, "refused": 1}
    end = site.on(0, "/pier-1")
    assert report["problems"][0]["reason"] == f"robots.txt forbids it (redirected to {end})"
    told = cleanwire("why", site.on(0, "/old-0")).stdout
    assert f"stored: first version (HTTP 200, led to {site.on(0, '/pier-0')})" in told
    assert " by ingest or a push, and no source" in told
    assert "/pier-1" not in site.paths()
    assert polite(site)


def test_a_redirect_to_another_host_is_asked_there_by_its_rules(
    cleanwire: Run, site: Server, tmp_path: Path
) -> None:
    rules = answer("User-agent: *\nDisallow: /pier-1\n", content_type="text/plain")
    site.routes["/robots.txt"] = by_host(site, 1, rules, answer("gone", 404))
    for number in range(3):
        site.routes[f"/old-{number}"] = redirect(site.on(1, f"/pier-{number}"))
    urls = [site.on(0, f"/old-{number}") for number in range(3)] + [site.on(1, "/pier-3")]
    done = cleanwire("ingest", *urls, "--json", **OPEN)
    report = json.loads(done.stdout)
    assert report["counts"] == {"stored": 3, "refused": 1}
    reason = f"robots.txt forbids it (redirected to {site.on(1, '/pier-1')})"
    assert report["problems"] == [{"url": site.on(0, "/old-1"), "state": "refused", "reason": reason}]
    assert reason in cleanwire("why", site.on(0, "/old-1")).stdout
    assert "/pier-1" not in site.paths()
    assert polite(site)
    (story,) = asked(tmp_path, "SELECT url, original_url FROM article WHERE url LIKE '%pier-2'")
    assert story == (site.on(1, "/pier-2"), urls[2])
    (link,) = asked(tmp_path, "SELECT state, host, location, hops FROM link WHERE url LIKE '%old-2'")
    assert link == ("stored", urls[2].split("/")[2], None, None)
    again = cleanwire("ingest", urls[2], "--json", **OPEN)
    assert json.loads(again.stdout)["counts"] == {"unchanged": 1}
    assert [path for path in site.paths() if path != "/robots.txt"][-2:] == ["/old-2", "/pier-2"]


def test_redirects_among_hosts_go_on_for_five_and_no_more(cleanwire: Run, site: Server) -> None:
    site.routes["/round"] = by_host(site, 0, redirect(site.on(1, "/round")), redirect(site.on(0, "/round")))
    site.routes["/private"] = redirect("http://10.0.0.1/")
    site.routes["/file"] = redirect("ftp://user:word@files.example/a")
    urls = [site.on(0, "/round"), site.on(0, "/private"), site.on(0, "/file")]
    done = cleanwire("ingest", *urls, "--json", **OPEN | {"CLEANWIRE_HOST_DELAY": "0"})
    reasons = {problem["url"]: problem["reason"] for problem in json.loads(done.stdout)["problems"]}
    assert reasons[urls[0]].startswith("more than 5 redirects (redirected to http://")
    assert reasons[urls[2]].endswith("only http and https are fetched (redirected to ftp://files.example/a)")
    assert "10.0.0.1 is private" in reasons[urls[1]] or "10.0.0.1" in reasons[urls[1]]
    assert site.paths().count("/round") == 6


def test_robots_of_one_host_that_stand_on_another(cleanwire: Run, site: Server) -> None:
    rules = answer("User-agent: *\nDisallow: /pier-1\n", content_type="text/plain")
    site.routes["/robots.txt"] = by_host(site, 1, rules, redirect(site.on(1, "/robots.txt")))
    urls = [site.on(host, f"/pier-{number}") for host in (0, 2) for number in (1, 2)] + [
        site.on(1, "/pier-3")
    ]
    done = cleanwire("ingest", *urls, "--json", **OPEN)
    assert json.loads(done.stdout)["counts"] == {"stored": 3, "refused": 2}
    assert polite(site)


def test_two_workers_that_are_sent_from_host_to_host_keep_each_ones_pace(
    site: Server, tmp_path: Path
) -> None:
    site.latency = 0.05
    for number in range(4):
        site.routes[f"/old-{number}"] = redirect(site.on(number % 2, f"/pier-{number}"))
    urls = [site.on((number + 1) % 2, f"/old-{number}") for number in range(4)]
    urls += [site.on(number % 2, f"/pier-{number}") for number in (4, 5)]
    env = environment(**OPEN)
    running = [
        Forked(
            command("ingest", *urls, "--json"), cwd=tmp_path, env=env, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [process.wait(120) for process in running] == [0, 0]
    assert polite(site)


def test_a_host_that_says_later_is_not_asked_for_the_rest(
    cleanwire: Run, site: Server, tmp_path: Path
) -> None:
    site.routes["/busy"] = answer(status=429, retry_after="3600")
    urls = [
        site.on(0, "/busy"),
        *(site.on(0, f"/pier-{number}") for number in range(3)),
        site.on(1, "/pier-4"),
    ]
    done = cleanwire("ingest", *urls, "--json", **OPEN | {"CLEANWIRE_HOST_DELAY": "0"})
    assert json.loads(done.stdout)["counts"] == {"stored": 1, "failed": 1, "due": 3}
    assert "/pier-0" not in site.paths()
    reasons = asked(tmp_path, "SELECT reason FROM link WHERE state = 'due'")
    assert [reason.startswith("its host rests until") for (reason,) in reasons] == [True] * 3
    again = cleanwire("ingest", urls[1], "--json", **OPEN)
    assert json.loads(again.stdout)["counts"] == {"due": 1}
    assert site.paths().count("/pier-0") == 0
