"""What `sources add` finds at an address, and which links of a page are taken for articles."""

import asyncio
import base64
import gzip
import json
from contextlib import nullcontext

import pytest
from hostile import Server, answer, running

from flows.intake.client import open_client
from flows.intake.discovery import Found, find_sources
from flows.intake.errors import Gone
from flows.intake.listing import NotAListing
from flows.intake.listings import read_listing
from flows.intake.reading import read_source
from flows.settings import Settings
from parsers import Page

FEED = "<rss version='2.0'><channel><title>Gazette</title><item><link>/a</link></item></channel></rss>"
SITEMAP = "<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url></urlset>"
XML = "application/xml"

FRONT = """<!doctype html><html><head><title>The Gazette</title></head><body>
<nav><ul><li><a href="/politics">All our politics in one place</a>
<li><a href="/subscribe-now-to-us">Subscribe now</a></nav>
<main>{stories}<div class="teaser"><h2><a href="/short">Brief</a></h2></div></main>
<div class="tags"><a href="/tag/one">One</a><a href="/tag/two">Two</a></div>
<footer><a href="/the-terms-and-conditions-of-use">The terms and conditions of use</a></footer>
</body></html>"""
STORY = '<div class="teaser"><h2><a href="{url}">{title}</a></h2></div>'


def front(count: int = 6) -> str:
    stories = "".join(
        STORY.format(
            url=f"/2026/11/council-votes-on-bridge-{number}", title=f"Council votes on the bridge {number}"
        )
        for number in range(count)
    )
    return FRONT.format(stories=stories)


def find(server: Server, path: str = "/", user: str = "") -> list[Found]:
    url = server.url(path).replace("//", f"//{user}", 1)

    async def main() -> list[Found]:
        async with open_client(Settings(allow_networks=(server.netloc,), fetch_deadline=2)) as client:
            return await find_sources(client, url, lambda _: nullcontext())

    return asyncio.run(main())


def test_a_home_page_leads_to_its_feed_and_its_sitemap(server: Server) -> None:
    links = (
        '<html><head><link rel="alternate" type="application/rss+xml" href="/news.rss">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
        '<link rel="alternate" hreflang="de" href="/de/"></head></html>'
    )
    server.routes["/"] = answer(links)
    server.routes["/news.rss"] = answer(FEED, content_type=XML)
    server.routes["/robots.txt"] = answer("Sitemap: /map.xml.gz\n", content_type="text/plain")
    server.routes["/map.xml.gz"] = answer(gzip.compress(SITEMAP.encode()), content_type="application/gzip")
    assert find(server) == [
        Found(server.url("/news.rss"), "rss", "Gazette", "the page", 1),
        Found(server.url("/map.xml.gz"), "sitemap", None, "robots.txt", 2),
    ]
    assert server.paths() == ["/", "/news.rss", "/robots.txt", "/map.xml.gz"]


def test_a_feed_that_answers_without_its_last_slash_only_is_found(server: Server) -> None:
    server.routes["/"] = answer("<html><p>home</p></html>")
    server.routes["/feed"] = answer("<rss><channel><item><link>/a</link></item></channel></rss>")
    assert [one.url for one in find(server)] == [server.url("/feed")]


def test_the_usual_places_are_tried_when_nobody_names_any(server: Server) -> None:
    server.routes["/"] = answer("<html><p>Welcome</p></html>")
    server.routes["/rss.xml"] = answer(FEED, content_type=XML)
    server.routes["/feed/"] = answer("<html>a page for people</html>")
    server.routes["/sitemap.xml"] = answer(SITEMAP, content_type=XML)
    assert [(one.kind, one.named_by) for one in find(server)] == [
        ("rss", "the usual places"),
        ("sitemap", "the usual places"),
    ]


def test_wordpress_is_asked_through_its_rest_api(server: Server) -> None:
    server.routes["/"] = answer('<html><head><link rel="https://api.w.org/" href="/wp-json/"></head></html>')
    posts = "/wp-json/wp/v2/posts?per_page=100&_fields=link,date_gmt,title"
    server.routes[posts] = answer(json.dumps([{"link": "/p"}]), content_type="application/json")
    assert [(one.kind, one.url) for one in find(server)] == [("wordpress", server.url(posts))]


def test_an_address_that_is_a_source_is_that_source(server: Server) -> None:
    server.routes["/feed"] = answer(FEED, content_type=XML)
    assert find(server, "/feed") == [Found(server.url("/feed"), "rss", "Gazette", "you", 1)]
    assert server.paths() == ["/feed"]


def test_a_page_that_names_nothing_but_lists_articles_is_a_listing(server: Server) -> None:
    server.routes["/"] = answer(front())
    assert find(server) == [Found(server.url("/"), "listing", "The Gazette", "you", 6)]


def test_a_section_is_its_own_feed_or_its_own_list_and_not_its_site(server: Server) -> None:
    named = '<link rel="alternate" type="application/rss+xml" href="{}">'
    server.routes["/"] = answer(f"<html>{named.format('/feed')}{front()}")
    server.routes["/feed"] = answer(FEED, content_type=XML)
    server.routes["/city/"] = answer(f"<html>{named.format('/feed')}{front()}")
    server.routes["/sport?page=1"] = answer(
        f"<html>{named.format('/feed')}{named.format('/sport.rss')}{front()}"
    )
    server.routes["/sport.rss"] = answer(FEED, content_type=XML)
    server.routes["/about"] = answer(f"<html>{named.format('/feed')}<p>About us")
    assert find(server, "/city/") == [Found(server.url("/city/"), "listing", "The Gazette", "you", 6)]
    assert [one.url for one in find(server, "/sport?page=1")] == [server.url("/sport.rss")]
    assert [one.url for one in find(server, "/about")] == [server.url("/feed")]
    assert [one.url for one in find(server)] == [server.url("/feed")]


def test_who_is_known_to_a_page_is_known_to_its_feed_and_to_nobody_else(server: Server) -> None:
    links = ["/feed", "https://other.example/feed"]
    links = [f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links]
    server.routes["/"] = answer(f"<html>{''.join(links)}")
    server.routes["/feed"] = answer(FEED, content_type=XML)
    (found,) = find(server, user="ann:p@ss@")
    assert found.url == server.url("/feed").replace("//", "//ann:p@ss@")
    assert {
        request.headers.get("authorization") for request in server.requests if "robots" not in request.path
    } == {f"Basic {base64.b64encode(b'ann:p@ss').decode()}"}


def test_a_page_with_nothing_to_follow_says_what_to_do(server: Server) -> None:
    server.routes["/"] = answer("<html><p>Welcome</p></html>")
    with pytest.raises(NotAListing, match="give a feed's address"):
        find(server)
    with pytest.raises(Gone):
        find(server, "/nowhere")


def test_articles_are_told_from_menus_tags_and_footers() -> None:
    found = read_listing(front(), "https://gazette.example/")
    paths = [item.url.removeprefix("https://gazette.example") for item in found.items]
    assert paths == [f"/2026/11/council-votes-on-bridge-{number}" for number in range(6)]
    assert found.items[0].hints.title == "Council votes on the bridge 0"


def test_addresses_without_words_are_told_by_their_headlines() -> None:
    stories = "".join(
        STORY.format(url=f"/s/{number}", title=f"The mayor speaks again, part {number}") for number in "abc"
    )
    found = read_listing(FRONT.format(stories=stories), "https://gazette.example/")
    assert [item.url.rpartition("/")[2] for item in found.items][:3] == ["a", "b", "c"]


def test_links_to_other_publishers_are_not_followed() -> None:
    stories = "".join(
        STORY.format(url=f"https://other.example/2026/11/a-b-c-{n}", title="One two three four")
        for n in range(5)
    )
    assert read_listing(FRONT.format(stories=stories), "https://gazette.example/").items == ()


def test_a_page_that_would_cost_too_much_is_no_listing() -> None:
    with pytest.raises(NotAListing):
        read_listing("<html>" + "<div>" * 100_000, "https://gazette.example/")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (FEED.encode(), "rss"),
        (
            b"\xef\xbb\xbf<?xml version='1.0'?><!-- <html> --><feed xmlns='http://www.w3.org/2005/Atom'><title/></feed>",
            "atom",
        ),
        (SITEMAP.encode(), "sitemap"),
        (gzip.compress(SITEMAP.encode(), mtime=0), "sitemap"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": []}', "jsonfeed"),
        (b'[{"link": "https://a.example/"}]', "wordpress"),
        (b"https://a.example/1\nhttps://a.example/2\n", "urls"),
        (front().encode(), "listing"),
        (FEED.replace("<item>", "<item><description><![CDATA[<html><body>]]></description>").encode(), "rss"),
    ],
)
def test_a_source_is_known_by_what_it_holds(content: bytes, kind: str) -> None:
    assert read_source(Page("https://gazette.example/x", content), 1_000_000).kind == kind


def test_hosts_that_only_a_page_names_are_asked_as_their_robots_txt_has_it() -> None:
    with running(hosts=2) as server:
        hosts = [server.on(number, "").removeprefix("http://") for number in range(2)]
        links = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="http://{host}/{name}">'
            for host, name in zip((*hosts, server.netloc), ("kept/rss", "open.rss", "own.rss"), strict=True)
        )
        rules = "User-agent: *\nDisallow: /kept/\nDisallow: /own\n"
        server.routes |= {
            "/": answer(f"<html><head>{links}</head></html>"),
            "/robots.txt": answer(rules, content_type="text/plain"),
        } | {f"/{name}": answer(FEED, content_type=XML) for name in ("kept/rss", "open.rss", "own.rss")}

        async def main() -> list[Found]:
            async with open_client(Settings(allow_networks=("127.0.0.0/8",), fetch_deadline=2)) as client:
                return await find_sources(client, server.url("/"), lambda _: nullcontext())

        assert [one.url for one in asyncio.run(main())] == [
            f"http://{hosts[1]}/open.rss",
            server.url("/own.rss"),
        ]
        assert "/kept/rss" not in server.paths()
