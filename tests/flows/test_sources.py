"""Sources on the command line: added, listed, polled, exported and imported again, in a subprocess."""

import json
import sqlite3
from pathlib import Path

import pytest
from hostile import Server, answer, conditional
from rich.cells import cell_len

from flows.commands.sourcing import list_
from flows.intake.entries import Entry
from flows.sourcing import import_sources
from storage import open_database
from tests.flows.conftest import PAGE, Run

XML = "application/xml"


@pytest.fixture
def site(server: Server) -> Server:
    """A small newspaper: its front page names a feed, its robots.txt a sitemap, and both its articles."""
    front = '<html><link rel="alternate" type="application/rss+xml" href="/feed"></html>'
    items = "".join(f"<item><title>Pier {n}</title><link>/pier-{n}</link></item>" for n in range(3))
    feed = f"<rss><channel><title>Harbour Post</title>{items}</channel></rss>"
    urls = "".join(f"<url><loc>/pier-{n}</loc></url>" for n in range(1, 4))
    server.routes["/"] = answer(front)
    server.routes["/feed"] = conditional(feed, '"feed-1"', content_type=XML)
    server.routes["/robots.txt"] = answer("Sitemap: /map.xml", content_type="text/plain")
    server.routes["/map.xml"] = conditional(f"<urlset>{urls}</urlset>", '"map-1"', content_type=XML)
    for number in range(4):
        title = f"Council decides on pier {number} after a long evening"
        server.routes[f"/pier-{number}"] = answer(
            PAGE.format(title=title, slug=f"pier-{number}", number=number)
        )
    return server


def opened(server: Server) -> dict[str, str]:
    return {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0.3"}


def make_due(folder: Path) -> None:
    """Turn the clock of the archive back, so that its sources are due again."""
    with sqlite3.connect(folder / "cleanwire.db") as connection:
        connection.execute("UPDATE source SET due_at = '2020-01-01 00:00:00.000000'")
    connection.close()


def test_a_home_page_is_added_polled_once_and_asked_on_condition_after(
    cleanwire: Run, site: Server, tmp_path: Path
) -> None:
    added = cleanwire("sources", "add", site.url("/"), **opened(site))
    assert added.returncode == 0, added.stderr
    assert [line.split()[:3] for line in added.stdout.splitlines()] == [
        ["added", "rss", site.url("/feed")],
        ["added", "sitemap", site.url("/map.xml")],
    ]
    first = cleanwire("poll", "--json", **opened(site))
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    assert report["sources"] == {"polled": 2, "unchanged": 0, "links": 4, "faults": {}, "warnings": {}}
    assert report["pages"]["counts"] == {"stored": 4}
    make_due(tmp_path)
    site.requests.clear()
    second = json.loads(cleanwire("poll", "--json", **opened(site)).stdout)
    assert second["sources"]["unchanged"] == 2
    assert site.paths() == ["/feed", "/map.xml"]
    assert [request.headers["if-none-match"] for request in site.requests] == ['"feed-1"', '"map-1"']


def test_a_source_that_is_named_is_polled_although_it_is_not_due(cleanwire: Run, site: Server) -> None:
    cleanwire("sources", "add", site.url("/"), **opened(site))
    for name, links in ((site.url("/feed"), 3), ("1", 0)):
        site.requests.clear()
        asked = json.loads(cleanwire("poll", name, "--json", **opened(site)).stdout)
        told = {"faults": {}, "warnings": {}}
        assert asked["sources"] == {"polled": 1, "unchanged": int(not links), "links": links, **told}
        assert [path for path in site.paths() if "pier" not in path and "robots" not in path] == ["/feed"]
    unknown = cleanwire("poll", "1", "9", **opened(site))
    assert (unknown.returncode, unknown.stderr[:28]) == (1, "cleanwire: 9: no such source")


def test_the_list_of_sources_fits_eighty_columns(cleanwire: Run, site: Server) -> None:
    cleanwire("sources", "add", site.url("/"), **opened(site))
    site.routes["/map.xml"] = answer(status=503)
    polled = cleanwire("poll", **opened(site))
    assert polled.returncode == 1
    assert "503" in polled.stderr
    listed = cleanwire("sources", "list")
    assert max(map(len, listed.stdout.splitlines())) <= 80
    for shown in (
        "Kind",
        "Polled",
        "Next",
        "Links",
        "Yield",
        "rss",
        "sitemap",
        "503 Service",
        "in 1",
    ):
        assert shown in listed.stdout
    found = json.loads(cleanwire("sources", "list", "--json").stdout)
    assert [(one["kind"], one["links"], one["stored"]) for one in found] == [("rss", 3, 3), ("sitemap", 0, 0)]


def test_sources_go_out_and_in_again(cleanwire: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("url,name,rating\nhttps://a.example/,A,5\nhttps://b.example/feed,B,\n")
    assert "2 sources added" in cleanwire("sources", "import", "mine.csv").stdout
    assert "0 sources added, 2 known" in cleanwire("sources", "import", "mine.csv").stdout
    for name in ("out.opml", "out.csv", "out.txt"):
        assert "2 sources written" in cleanwire("sources", "export", name).stdout
        again = cleanwire("sources", "import", name, "--db", "sqlite:///again.db")
        assert again.returncode == 0, again.stderr
    found = json.loads(cleanwire("sources", "list", "--json", "--db", "sqlite:///again.db").stdout)
    named = {one["url"]: one["name"] for one in found}
    assert named == {"https://a.example/": "A", "https://b.example/feed": "B"}
    assert found[0]["attributes"]["rating"] == "5"
    assert cleanwire("sources", "remove", "1").returncode == 0
    assert "no such source" in cleanwire("sources", "remove", "1").stderr


def test_an_address_with_nothing_to_poll_says_what_to_do(cleanwire: Run, server: Server) -> None:
    server.routes["/"] = answer("<html><p>Welcome</p></html>")
    done = cleanwire("sources", "add", server.url("/"), **opened(server))
    assert done.returncode == 1
    assert "give a feed's address" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    refused = cleanwire("sources", "add", "http://ann:secret@169.254.169.254/")
    assert refused.returncode == 1
    assert "link-local" in refused.stderr
    assert "secret" not in refused.stderr


def test_secrets_of_sources_are_kept_and_written_but_never_shown(
    cleanwire: Run, server: Server, tmp_path: Path
) -> None:
    server.routes["/feed?token=opensesame"] = answer("<rss><channel/></rss>", content_type=XML)
    address = server.url("/feed?token=opensesame").replace("http://", "http://ann:p@ss@")
    inner = '<outline xmlUrl="https://a.example/sport" htmlUrl="https://a.example/?token=opensesame"/>'
    opml = f'<opml version="2.0"><body><outline xmlUrl="{address}">{inner}</outline></body></opml>'
    (tmp_path / "mine.opml").write_text(opml)
    shown = ""
    for words in (
        ["add", address],
        ["import", "mine.opml"],
        ["list"],
        ["list", "--json"],
        ["export", "o.opml"],
    ):
        done = cleanwire("sources", *words, **opened(server))
        assert done.returncode == 0, done.stderr
        shown += done.stdout + done.stderr
    assert "opensesame" not in shown
    assert "p@ss" not in shown
    assert "passwords or tokens of 1 addresses" in shown
    assert server.requests[0].headers["authorization"]
    assert "/?token=opensesame" in (tmp_path / "o.opml").read_text()


def test_an_address_that_is_none_is_one_line(cleanwire: Run) -> None:
    added = cleanwire("sources", "add", "http://[")
    assert added.returncode == 1
    assert added.stderr == "cleanwire: http://[: the address is not a URL\n"


def test_long_wide_and_failing_sources_fit_eighty_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    long, wide = f"https://a.example/{'very-long-' * 15}feed", "https://b.example/最新ニュース"
    archive = f"sqlite:///{tmp_path}/cleanwire.db"
    database = open_database(archive)
    entries = [Entry(long, "wordpress", "A name"), Entry(wide, "its-own-kind-説明説明", "東京新聞")]
    import_sources(database, entries)
    database.close()
    with sqlite3.connect(tmp_path / "cleanwire.db") as connection:
        connection.execute("UPDATE source SET last_error = ?", ("[bold]the server\x1b[31m said 説明" * 6,))
    connection.close()
    list_(archive, as_json=False)
    listed = capsys.readouterr().out
    assert max(map(cell_len, listed.splitlines())) <= 80
    told = "".join(listed.split())
    for part in (long, wide, "Aname", "東京新聞", "[bold]theserver\\x1b[31m"):
        assert part in told
    assert "\x1b" not in listed
