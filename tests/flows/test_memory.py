"""Memory is bounded whatever is sent: many large pages at once, and sources that swell when they are read."""

import gzip
import json
import sqlite3
from pathlib import Path

from hostile import Handler, answer, running
from measured import watched

from tests.flows.conftest import PAGE, command, environment

MEBIBYTE = 2**20
MOST = 300 * MEBIBYTE
XML = "application/xml"
LARGE_PAGES = 10


def story(number: int, inside: str = "") -> str:
    title = f"Council decides on pier {number} after a long evening"
    page = PAGE.format(title=title, slug=f"pier-{number}", number=number)
    return page.replace("</article>", f"{inside}</article>")


def rss(inside: str) -> Handler:
    return answer(f"<rss><channel>{inside}</channel></rss>", content_type=XML)


def entries(number: int, extra: str = "") -> bytes:
    """Write a sitemap of so many entries, all of them for one page."""
    entry = f"<url><loc>/pier-1</loc><lastmod>2026-11-20</lastmod>{extra}</url>"
    return f"<urlset>{entry * number}</urlset>".encode()


LARGE = {f"large-{n}": answer(story(n, f"<!--{'x' * 9_900_000}-->")) for n in range(LARGE_PAGES)}
SWELLING = {
    "one-line": answer(story(50).replace("mayor", "mayor " * 1_700_000)),
    "one-word": answer("http://x.example/" + "a" * 9_900_000, content_type="text/plain"),
    "elements.xml": rss("<b/>" * 2_400_000),
    "attributes.xml": rss(f"<item {' '.join(f'a{n}=' + repr('') for n in range(800_000))}/>"),
    "feed.json": answer(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [[]] * 2_400_000}),
        content_type="application/feed+json",
    ),
    "list.csv": answer("url,a,b,c,d,e,f\n" + "x,,,,,,\n" * 1_000_000, content_type="text/csv"),
    "packed.xml.gz": answer(gzip.compress(entries(180_000), 1), content_type="application/gzip"),
    "full.xml": answer(entries(60_000, "<changefreq>daily</changefreq><priority>0.5</priority>")),
}


def test_a_run_stays_small_whatever_it_is_sent(tmp_path: Path) -> None:
    with running(len(LARGE) + len(SWELLING)) as server:
        names = [*SWELLING, *LARGE]
        server.routes |= {f"/{name}": handler for name, handler in {**SWELLING, **LARGE}.items()}
        server.routes["/pier-1"] = answer(story(1))
        urls = [server.on(host, f"/{name}") for host, name in enumerate(names)]
        run = watched(
            command("ingest", "--json", *urls),
            tmp_path,
            environment(CLEANWIRE_ALLOW_NETWORKS="127.0.0.0/8", CLEANWIRE_HOST_DELAY="0"),
        )
    assert "Traceback" not in run.errors
    assert run.memory < MOST, f"{run.memory / MEBIBYTE:.0f} MiB"
    with sqlite3.connect(tmp_path / "cleanwire.db") as connection:
        rows = connection.execute("SELECT url, state, reason FROM link").fetchall()
    connection.close()
    ends = {url.rpartition("/")[2]: (state, reason) for url, state, reason in rows}
    assert {ends[name][0] for name in LARGE} <= {"stored", "duplicate"}
    assert {ends[name][0] for name in SWELLING} <= {"refused", "quarantined"}
    assert all(ends[name][1] for name in SWELLING)
    assert ends["full.xml"][1].startswith(
        "no article but a source of kind sitemap, which lists 1 page; 59999"
    )
