"""What can be named to `cleanwire ingest` besides pages: feeds, sitemaps, lists and archives."""

import gzip
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hostile import Server, answer
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.clock import now
from storage import Link, claim, discover, open_database
from tests.flows.conftest import PAGE, Run

XML = "application/xml"


def story(number: int) -> str:
    title = f"Council decides on pier {number} after a long evening"
    return PAGE.format(title=title, slug=f"pier-{number}", number=number)


def open_to(server: Server) -> dict[str, str]:
    return {"CLEANWIRE_ALLOW_NETWORKS": server.netloc, "CLEANWIRE_HOST_DELAY": "0"}


def counts(cleanwire: Run, *arguments: str, **env: str) -> dict[str, int]:
    done = cleanwire("ingest", "--json", *arguments, **env)
    assert "Traceback" not in done.stderr
    found: dict[str, int] = json.loads(done.stdout)["counts"]
    return found


@pytest.fixture
def site(server: Server) -> Server:
    """Four stories, listed by a feed, by a sitemap in an index, and by a list of addresses."""
    for number in range(4):
        server.routes[f"/pier-{number}"] = answer(story(number))
    items = "".join(f"<item><link>/pier-{n}</link></item>" for n in range(3))
    server.routes["/feed"] = answer(f"<rss><channel>{items}</channel></rss>", content_type=XML)
    urls = "".join(f"<url><loc>/pier-{n}</loc></url>" for n in range(1, 4))
    packed = gzip.compress(f"<urlset>{urls}</urlset>".encode())
    server.routes["/map.xml.gz"] = answer(packed, content_type="application/gzip")
    index = "<sitemapindex><sitemap><loc>/map.xml.gz</loc></sitemap><sitemap><loc>/index.xml</loc></sitemap>"
    server.routes["/index.xml"] = answer(index + "</sitemapindex>", content_type=XML)
    return server


def test_a_feed_is_followed_to_what_is_not_stored_yet(cleanwire: Run, site: Server) -> None:
    assert counts(cleanwire, site.url("/pier-0"), **open_to(site)) == {"stored": 1}
    site.requests.clear()
    assert counts(cleanwire, site.url("/feed"), **open_to(site)) == {"stored": 2, "refused": 1}
    assert sorted(site.paths()) == ["/feed", "/pier-1", "/pier-2"]
    why = cleanwire("why", site.url("/feed")).stdout
    assert "source of kind rss, which lists 3" in " ".join(why.split())


def test_a_sitemap_index_is_followed_to_its_pages(cleanwire: Run, site: Server) -> None:
    assert counts(cleanwire, site.url("/index.xml"), **open_to(site)) == {"stored": 3, "refused": 2}


def reasons(folder: Path) -> dict[str, str]:
    """Read from the ledger why each link is where it is, by the last part of its address."""
    with sqlite3.connect(folder / "cleanwire.db") as connection:
        rows = connection.execute("SELECT url, reason FROM link").fetchall()
    connection.close()
    return {url.rpartition("/")[2]: reason for url, reason in rows}


def test_a_source_is_followed_whatever_stands_before_it(cleanwire: Run, site: Server, tmp_path: Path) -> None:
    laughs = "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    good = "<item><title>&b; &x;</title><link>/pier-1</link></item><item><link>javascript:x</link></item>"
    site.routes["/laughs"] = answer(f"{laughs}<rss><channel>{good}</channel></rss>", content_type=XML)
    site.routes["/long"] = answer(
        f"<!--{'-' * 9000}--><urlset><url><loc>/pier-2</loc></url></urlset>", content_type=XML
    )
    chain = [f"<sitemapindex><sitemap><loc>/deep-{n + 1}</loc></sitemap></sitemapindex>" for n in range(9)]
    site.routes |= {f"/deep-{n}": answer(index, content_type=XML) for n, index in enumerate(chain)}
    outline = '<outline xmlUrl="https://a.example/"/>'
    (tmp_path / "my.opml").write_text(f"<opml version='2.0'><body>{outline}</body></opml>")
    named = (site.url("/laughs"), site.url("/long"), site.url("/deep-0"), "my.opml")
    assert counts(cleanwire, *named, **open_to(site)) == {"stored": 2, "refused": 8}
    why = reasons(tmp_path)
    assert "lists 1 page; 1 left out" in why["laughs"]
    assert "nested too deep" in why["deep-4"]
    assert "`cleanwire sources import` keeps" in why["my.opml"]
    assert "/deep-5" not in site.paths()


def test_a_page_that_waits_for_its_host_says_so(cleanwire: Run, site: Server, tmp_path: Path) -> None:
    site.routes["/busy"] = answer(status=429, retry_after="3600")
    assert counts(cleanwire, site.url("/busy"), **open_to(site)) == {"failed": 1}
    assert counts(cleanwire, site.url("/pier-1"), **open_to(site)) == {"due": 1}
    assert reasons(tmp_path)["pier-1"].startswith("its host rests until 20")
    assert site.paths() == ["/robots.txt", "/busy"]


def test_a_list_of_addresses_is_followed(cleanwire: Run, site: Server, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"# mine\n{site.url('/pier-1')}\n{site.url('/pier-2')}\n")
    (tmp_path / "list.csv").write_text(f"title,url\nA,{site.url('/pier-2')}\nB,{site.url('/pier-3')}\n")
    assert counts(cleanwire, "list.txt", **open_to(site)) == {"stored": 2, "refused": 1}
    assert counts(cleanwire, "list.csv", **open_to(site)) == {"stored": 1, "refused": 1}
    held = site.url("/pier-4")
    file = tmp_path / "cleanwire.db"
    with closing(open_database(f"sqlite:///{file}")) as database, database.write() as session:
        discover(session, [Link(held, site.netloc)], None, now=now())
        assert claim(session, now() + timedelta(minutes=1), 1, 1, worker="another", lease=3600)
    (tmp_path / "held.txt").write_text(f"{held}\n{site.url('/pier-1')}\n")
    assert counts(cleanwire, "held.txt", **open_to(site)) == {"refused": 1, "claimed": 1}


def test_a_zip_and_a_message_are_read(cleanwire: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pages.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"story {number}.html", story(number))
        archive.writestr("empty.html", "")
    mail = f"From: Ann <a@b.example>\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n{story(7)}"
    (tmp_path / "letter.eml").write_text(mail)
    done = cleanwire("ingest", "pages.zip", "letter.eml", "--json")
    report = json.loads(done.stdout)
    assert report["counts"] == {"stored": 4, "failed": 1}
    assert "pages.zip: empty.html: the file is empty" in report["problems"][0]["reason"]
    assert counts(cleanwire, "pages.zip") == {"unchanged": 3, "failed": 1}


def warc(path: Path, numbers: range) -> None:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in numbers:
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            body = io.BytesIO(story(number).encode())
            url = f"https://harbour-post.example/pier-{number}"
            record = writer.create_warc_record(url, "response", payload=body, http_headers=head)
            writer.write_record(record)
            record.raw_stream.close()


def test_a_warc_is_taken_up_again_where_it_broke_off(cleanwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "news.warc.gz"
    warc(path, range(5))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 5 - 30])
    first = cleanwire("ingest", "news.warc.gz", "--json")
    assert "broken after byte" in first.stderr + first.stdout
    stored = json.loads(first.stdout)["counts"]["stored"]
    assert 0 < stored < 5
    path.write_bytes(whole)
    assert counts(cleanwire, "news.warc.gz") == {"stored": 5 - stored}
    assert counts(cleanwire, "news.warc.gz") == {"unchanged": 5}
    with sqlite3.connect(tmp_path / "cleanwire.db") as connection:
        assert connection.execute("SELECT count(*) FROM article").fetchone() == (5,)
    connection.close()
    why = cleanwire("why", "https://harbour-post.example/pier-4")
    assert why.returncode == 0, why.stderr


def test_a_password_in_an_address_is_never_shown(cleanwire: Run, server: Server) -> None:
    address = server.url("/gone?access_token=opensesame").replace("http://", "http://ann:secret@")
    for arguments in (["ingest", address], ["ingest", address, "--json"], ["parse", address]):
        done = cleanwire(*arguments, **open_to(server))
        assert done.returncode == 1
        assert "secret" not in done.stdout + done.stderr
        assert "opensesame" not in done.stdout + done.stderr
    assert "authorization" in server.requests[-1].headers


def test_each_capture_of_a_page_in_an_archive_is_a_version(cleanwire: Run, tmp_path: Path) -> None:
    with (tmp_path / "years.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for year in (2016, 2019):
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            body = io.BytesIO(story(1).replace(" votes.", f" votes in {year}.").encode())
            named = {"WARC-Date": f"{year}-09-01T12:00:00Z"}
            record = writer.create_warc_record(
                "https://news.example.com/ferry", "response", body, http_headers=head, warc_headers_dict=named
            )
            writer.write_record(record)
            record.raw_stream.close()
    assert counts(cleanwire, "years.warc.gz") == {"stored": 1, "revised": 1}
    assert "votes in 2019." in " ".join(cleanwire("show", "1").stdout.split())
    assert len(json.loads(cleanwire("history", "1", "--json").stdout)) == 2
