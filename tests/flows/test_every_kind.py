"""Sources of every kind are added, polled, exported and imported again with nothing lost."""

import asyncio
import gzip
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hostile import Server, answer
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.finding import add
from flows.intake.client import open_client
from flows.settings import Settings
from storage import open_database
from storage.retention import set_retention
from storage.sources import Source, sources
from tests.flows.conftest import PAGE, Run

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
FEED = '<link rel="alternate" type="application/rss+xml" href="/own.rss">'
API = '<link rel="https://api.w.org/" href="/wp-json/">'
POSTS = "/wp-json/wp/v2/posts?per_page=100&_fields=link,date_gmt,title"
SECTION = "".join(f'<h2><a href="/2026/11/ferry-to-the-island-{n}">Ferry {n}</a></h2>' for n in range(6))
SITELIST = '{\n base_urls: [\n{\n url: ["{0}/site"]\n crawler: RssCrawler\n # how often\n daemon: 60\n}]}'
OPML = """<opml version="2.0"><body><outline text="Shelf" color="red">
<outline text="Above" title="Above all" xmlUrl="{0}/above" rating="5">
<outline text="Below" xmlUrl="{0}/below"/></outline>
<outline text="Page" type="link" url="{0}/page"/></outline></body></opml>"""
# What stands where, and which kinds are found when it is added; item 0 of each lists a page of its own.
KINDS = {
    "/rss": ("<rss><channel><title>R</title><item><link>/s/0</link></item></channel></rss>", ["rss"]),
    "/rdf": (f"<rdf:RDF {RDF}><channel/><item><link>/s/1</link></item></rdf:RDF>", ["rdf"]),
    "/atom": (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='/s/2'/></entry></feed>",
        ["atom"],
    ),
    "/json": ('{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/s/3"}]}', ["jsonfeed"]),
    "/news.xml": (f"<urlset {NEWS}><url><loc>/s/4</loc><news:news/></url></urlset>", ["sitemap"]),
    "/index.xml": ("<sitemapindex><sitemap><loc>/map.xml.gz</loc></sitemap></sitemapindex>", ["sitemap"]),
    "/map.xml.gz": (gzip.compress(b"<urlset><url><loc>/s/5</loc></url></urlset>"), ["sitemap"]),
    "/city/": (f"<html>{SECTION}", ["listing"]),
    "/blog/": (f"<html>{API}", ["wordpress", "rss"]),
    POSTS: ('[{"link": "/s/6"}]', ["wordpress"]),
    "/list.txt": ("{0}/s/7\n# more\n{0}/s/8\n", ["urls"]),
    "/list.csv": ("Title;Link\nA;{0}/s/9\n", ["urls"]),
    "/": (f"<html>{FEED}", ["rss"]),
    "/own.rss": ("<rss><channel><item><link>/s/10</link></item></channel></rss>", ["rss"]),
    "/feeds.opml": (OPML, ["auto", "auto", "link"]),
    "/sitelist.hjson": (SITELIST, ["auto"]),
    "/above": ("<rss><channel><item><link>/s/11</link></item></channel></rss>", []),
    "/below": ("<rss><channel><item><link>/s/12</link></item></channel></rss>", []),
    "/site": ("<rss><channel><item><link>/s/13</link></item></channel></rss>", []),
}
STORIES = 20


def story(number: int) -> str:
    title = f"Council decides on pier {number} after a long evening"
    return PAGE.format(title=title, slug=f"pier-{number}", number=number)


@pytest.fixture
def world(server: Server) -> Server:
    """A site with a source of each kind, and the stories that they list."""
    for path, (body, _) in KINDS.items():
        content = body if isinstance(body, bytes) else body.replace("{0}", server.url(""))
        kind = "application/gzip" if ".gz" in path else "text/plain" if "li" in path else "text/html"
        server.routes[path] = answer(content, content_type=kind)
    paths = [f"/s/{n}" for n in range(14)] + [f"/2026/11/ferry-to-the-island-{n}" for n in range(6)]
    server.routes |= {path: answer(story(number)) for number, path in enumerate(paths)}
    return server


def write_warc(path: Path, stories: int) -> None:
    """Write an archive of which the last record is cut off."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(stories):
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            url, body = f"https://harbour-post.example/old-{number}", io.BytesIO(story(100 + number).encode())
            record = writer.create_warc_record(url, "response", payload=body, http_headers=head)
            writer.write_record(record)
            record.raw_stream.close()
        file.truncate(file.tell() - 100)


def added(server: Server, folder: Path) -> dict[str, list[str]]:
    """Add every source by its address, and say which kinds were found at each."""
    settings = Settings(allow_networks=(server.netloc,), host_delay=0.0)
    database = open_database(f"sqlite:///{folder}/cleanwire.db")

    async def main() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        async with open_client(settings) as client:
            for path, (_, kinds) in KINDS.items():
                if kinds:
                    here = await add(database, client, server.url(path), settings)
                    found[path] = [one.found.kind for one in here]
        return found

    try:
        return asyncio.run(main())
    finally:
        database.close()


def kept(path: Path) -> list[Source]:
    """What an archive keeps of its sources but their numbers and what polls came to."""
    database = open_database(f"sqlite:///{path}")
    try:
        with database.read() as session:
            found = sources(session)
    finally:
        database.close()
    blank = {"id": 0, "added_at": None, "polled_at": None, "due_at": None, "changed_at": None, "etag": None,
             "last_modified": None, "links": 0, "stored": 0}  # fmt: skip
    return [replace(one, **blank) for one in found]  # type: ignore[arg-type]


def test_every_kind_goes_in_and_out_again(cleanwire: Run, world: Server, tmp_path: Path) -> None:
    found = added(world, tmp_path)
    assert found == {path: kinds for path, (_, kinds) in KINDS.items() if kinds}
    database = open_database(f"sqlite:///{tmp_path}/cleanwire.db")
    with database.write() as session:
        assert set_retention(session, world.url("/rss"), 30, 500)
    database.close()
    env = {
        "CLEANWIRE_ALLOW_NETWORKS": world.netloc,
        "CLEANWIRE_HOST_DELAY": "0",
        "CLEANWIRE_HOST_CONNECTIONS": "10",
    }
    polled = [json.loads(cleanwire("poll", "--json", **env).stdout) for _ in range(2)]
    assert [report["sources"]["faults"] for report in polled] == [{}, {}]
    assert sum(report["pages"]["counts"]["stored"] for report in polled) == STORIES
    write_warc(tmp_path / "news.warc.gz", 6)
    assert json.loads(cleanwire("ingest", "news.warc.gz", "--json").stdout)["counts"]["failed"] == 1
    before = kept(tmp_path / "cleanwire.db")
    assert len(before) == 17
    for name in ("out.opml", "out.csv"):
        assert cleanwire("sources", "export", name).returncode == 0
        again = cleanwire("sources", "import", name, "--db", f"sqlite:///{name}.db")
        assert again.returncode == 0, again.stderr
        assert again.stderr == ""
        assert told(kept(tmp_path / f"{name}.db")) == told(before)


def told(found: list[Source]) -> list[Source]:
    """Sources without what OPML says for other readers."""
    return [
        replace(one, attributes={k: v for k, v in one.attributes.items() if k != "type"}) for one in found
    ]
