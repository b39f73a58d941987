"""What one host sees of Cleanwire: never two requests at a time by default, never closer than the delay."""

import json
import sqlite3
import subprocess
from itertools import pairwise
from pathlib import Path

from forkserver import Forked
from hostile import Server, answer

from flows.targets import web_link
from tests.flows.conftest import PAGE, Run, command, environment
from tests.flows.newsstand import newsstand

DELAY = 0.2
OPEN = {"CLEANWIRE_HOST_DELAY": "0"}


def serve(server: Server, pages: int) -> list[str]:
    """Give the server so many stories, each in words of its own, and their addresses."""
    for number in range(pages):
        title = f"Council decides on pier {number} after a long evening"
        server.routes[f"/pier-{number}"] = answer(
            PAGE.format(title=title, slug=f"pier-{number}", number=number)
        )
    return [server.url(f"/pier-{number}") for number in range(pages)]


def test_two_workers_together_keep_one_hosts_pace(server: Server, tmp_path: Path) -> None:
    server.latency = 0.05
    urls = serve(server, 10)
    env = environment(CLEANWIRE_ALLOW_NETWORKS=server.netloc, CLEANWIRE_HOST_DELAY=str(DELAY))
    start = command("ingest", *urls, "--json")
    running = [
        Forked(start, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [process.wait(120) for process in running] == [0, 0]
    assert server.most_at_once == 1
    gaps = [after.at - before.at for before, after in pairwise(server.requests)]
    assert min(gaps) >= DELAY * 0.95
    with sqlite3.connect(tmp_path / "cleanwire.db") as connection:
        assert connection.execute("SELECT count(*) FROM article").fetchone() == (10,)
    connection.close()


def test_a_host_that_may_be_asked_by_many_is_emptied_quickly(
    cleanwire: Run, server: Server, tmp_path: Path
) -> None:
    server.latency = 0.05
    (tmp_path / "urls.txt").write_text("\n".join(serve(server, 300)))
    done = cleanwire(
        "ingest", "urls.txt", "--json",
        CLEANWIRE_ALLOW_NETWORKS=server.netloc, CLEANWIRE_HOST_DELAY="0", CLEANWIRE_HOST_CONNECTIONS="10",
    )  # fmt: skip
    assert json.loads(done.stdout)["counts"] == {"stored": 300, "refused": 1}, done.stderr
    assert 1 < server.most_at_once <= 10


def test_who_adds_a_source_keeps_the_hosts_pace_beside_who_reads_its_pages(
    server: Server, tmp_path: Path
) -> None:
    server.latency = 0.05
    server.routes["/"] = answer("<html><p>Welcome</p></html>")
    server.routes["/sitemap.xml"] = answer("<urlset/>", content_type="application/xml")
    urls = serve(server, 6)
    env = environment(CLEANWIRE_ALLOW_NETWORKS=server.netloc, CLEANWIRE_HOST_DELAY=str(DELAY))
    running = [
        Forked(command(*words), cwd=tmp_path, env=env, stdout=subprocess.DEVNULL)
        for words in (["ingest", *urls], ["sources", "add", server.url("/")])
    ]
    assert [process.wait(120) for process in running] == [0, 0]
    assert server.most_at_once == 1
    gaps = [after.at - before.at for before, after in pairwise(server.requests)]
    assert min(gaps) >= DELAY * 0.95


def test_robots_txt_is_kept_to_and_its_delay_too(cleanwire: Run, server: Server) -> None:
    urls = serve(server, 3)
    server.routes["/robots.txt"] = answer(
        "User-agent: *\nDisallow: /pier-1\nCrawl-delay: 0.3\n", content_type="text/plain"
    )
    done = cleanwire(
        "ingest", *urls, "--json", CLEANWIRE_ALLOW_NETWORKS=server.netloc, CLEANWIRE_HOST_DELAY="0"
    )
    report = json.loads(done.stdout)
    assert report["counts"]["refused"] == 1
    assert report["problems"][0]["reason"] == "robots.txt forbids it"
    assert "/pier-1" not in server.paths()
    asked = [request.at for request in server.requests if request.path != "/robots.txt"]
    assert min(after - before for before, after in pairwise(asked)) >= 0.28


def test_a_site_whose_robots_txt_cannot_be_had_waits(cleanwire: Run, server: Server) -> None:
    urls = serve(server, 3)
    server.routes["/robots.txt"] = answer(status=500)
    done = cleanwire(
        "ingest", *urls, "--json", CLEANWIRE_ALLOW_NETWORKS=server.netloc, CLEANWIRE_HOST_DELAY="0"
    )
    report = json.loads(done.stdout)
    assert report["counts"] == {"failed": 3}
    assert "robots.txt: the server answered 500" in report["problems"][0]["reason"]
    assert server.paths() == ["/robots.txt"]


def test_a_name_that_cannot_be_one_stops_nobody_else(cleanwire: Run) -> None:
    with newsstand() as stand:
        done = cleanwire(
            "ingest",
            "http://xn--/",
            f"{stand.url}/to?http://xn--/",
            *stand.addresses(2),
            "--json",
            CLEANWIRE_ALLOW_NETWORKS=stand.authority,
            CLEANWIRE_HOST_DELAY="0",
        )
    assert "Traceback" not in done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert counts["stored"] == 2
    assert counts.get("refused", 0) + counts.get("failed", 0) == 2


def test_one_host_is_one_host_with_and_without_its_usual_port() -> None:
    hosts = {web_link(url).host for url in ("http://example.com/a", "http://EXAMPLE.com:80/b")}
    assert hosts == {"example.com"}


def test_one_page_named_with_two_trackers_is_asked_for_once(
    cleanwire: Run, server: Server, tmp_path: Path
) -> None:
    (address,) = serve(server, 1)
    open_to = {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}
    named = [f"{address}?utm_source=letter", f"{address}?utm_source=bird#top"]
    done = cleanwire("ingest", *named, "--json", **open_to)
    assert json.loads(done.stdout)["counts"] == {"stored": 1}
    assert server.paths() == ["/robots.txt", "/pier-0"]
    with sqlite3.connect(tmp_path / "cleanwire.db") as connection:
        links = connection.execute("SELECT url, original_url FROM link").fetchall()
    connection.close()
    assert links == [(address, named[0])]
    assert json.loads(cleanwire("why", named[1], "--json").stdout)["url"] == address
