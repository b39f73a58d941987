"""What an address is a source of: itself, or what its page, its site's robots.txt and habit point to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from flows.intake.client import Client, fetch
from flows.intake.errors import IntakeError, Unreachable
from flows.intake.listing import Kind, Listing, NotAListing, address
from flows.intake.reading import is_html, read_source, text_of
from flows.intake.robots import Robots
from flows.intake.validators import NotModified
from parsers import Page

FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
WORDPRESS_REL = "https://api.w.org/"
POSTS = "wp/v2/posts?per_page=100&_fields=link,date_gmt,title"
FEED_PATHS = ("/feed/", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml")
SITEMAP_PATHS = ("/sitemap-news.xml", "/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")
MOST_NAMED = 20
FEWEST_LISTED = 5  # links that make a page a listing


@dataclass(frozen=True, slots=True)
class Found:
    """A source that answered as one: where it is, what it is, who named it, how many pages it lists."""

    url: str
    kind: Kind
    title: str | None
    named_by: str
    pages: int


async def find_sources(client: Client, url: str, delay: float) -> list[Found]:
    """Find the sources at an address, a request every `delay` seconds; raises as fetch does, or NotAListing.

    An address that is a source is the only one found. A page is asked for the feeds that it names, its site's
    robots.txt for sitemaps, then the usual places for whichever of the two is missing; a page that names
    nothing is a source itself where it lists articles.
    """
    page = await _fetch(client, url)
    if not is_html(page.content):
        return [_found(page.url, read_source(page, client.max_bytes), "you")]
    found: dict[str, Found] = {}
    async for name, candidate in _candidates(client, page, found):
        if candidate not in found and len(found) < MOST_NAMED:
            await asyncio.sleep(delay)
            one = await _tried(client, candidate, name)
            if one is not None:
                found[candidate] = one
    if not found:
        listing = read_source(page, client.max_bytes)
        if len(listing.items) < FEWEST_LISTED:
            raise NotAListing(
                f"{page.url} names no feed or sitemap and lists no articles; give a feed's address"
            )
        return [_found(page.url, listing, "you")]
    return list(found.values())


async def _fetch(client: Client, url: str) -> Page:
    """Fetch unconditionally."""
    answer = await fetch(client, url, packed=True)
    if isinstance(answer, NotModified):
        raise Unreachable("the server answered 304 to a request without conditions")
    return answer


async def _candidates(client: Client, page: Page, found: dict[str, Found]) -> AsyncIterator[tuple[str, str]]:
    """Name the addresses to try, and who names them; the usual places only for what is still missing."""
    for named in _named_feeds(page):
        yield "the page", named
    for posts in _named_posts(page):
        yield "the page", posts
    try:
        sitemaps = (await Robots(client).rules(page.url)).sitemaps
    except Unreachable:
        sitemaps = ()
    for sitemap in sitemaps:
        yield "robots.txt", sitemap
    for paths, kinds in ((FEED_PATHS, {"rss", "atom", "rdf", "jsonfeed"}), (SITEMAP_PATHS, {"sitemap"})):
        for path in paths:
            if not any(one.kind in kinds for one in found.values()):
                yield "the usual places", urljoin(page.url, path)


def _named_feeds(page: Page) -> list[str]:
    """Read <link rel="alternate"> of the page's head; comment feeds are not news."""
    feeds: dict[str, None] = {}
    for node in LexborHTMLParser(text_of(page)).css("link[rel~=alternate][href]")[: MOST_NAMED * 10]:
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        found = address(node.attributes.get("href"), page.url)
        if kind in FEED_TYPES and found and "/comments/" not in urlsplit(found).path:
            feeds[found] = None
    return list(feeds)[:MOST_NAMED]


def _named_posts(page: Page) -> list[str]:
    """Read where WordPress says that its REST API is."""
    nodes = LexborHTMLParser(text_of(page)).css(f'link[rel="{WORDPRESS_REL}"][href]')[:1]
    roots = (address(node.attributes.get("href"), page.url) for node in nodes)
    return [root.rstrip("/") + "/" + POSTS for root in roots if root and "?" not in root]


async def _tried(client: Client, url: str, named_by: str) -> Found | None:
    """Fetch a candidate; None where it does not answer as a source."""
    try:
        page = await _fetch(client, url)
        if is_html(page.content):
            return None
        return _found(url, read_source(page, client.max_bytes), named_by)
    except (IntakeError, NotAListing):
        return None


def _found(url: str, listing: Listing, named_by: str) -> Found:
    """Write down what was found at an address."""
    return Found(url, listing.kind, listing.title, named_by, len(listing.items) + len(listing.more))
