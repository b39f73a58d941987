"""What an address is a source of: itself, or what its page, its site's robots.txt and habit point to."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from flows.intake.client import Client, Terms, Turn, fetch
from flows.intake.entries import Entry, with_user
from flows.intake.errors import IntakeError, Refused, Unreachable
from flows.intake.listing import Listing, NotAListing, address
from flows.intake.opml import read_opml
from flows.intake.prolog import opening, read_prolog
from flows.intake.reading import is_html, read_source, text_of
from flows.intake.robots import Robots
from flows.intake.rosters import read_sitelist
from flows.intake.validators import NotModified
from parsers import Page
from parsers.urls import authority, normalise

FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
WORDPRESS_REL = "https://api.w.org/"
POSTS = "wp/v2/posts?per_page=100&_fields=link,date_gmt,title"
FEED_PATHS = ("/feed/", "/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml")
SITEMAP_PATHS = ("/sitemap-news.xml", "/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")
MOST_NAMED = 20
FRONT = re.compile(r"/?(?:index\.\w{2,5}|home/?|default\.\w{3,4})?", re.IGNORECASE)
FEWEST_LISTED = 5  # links that make a page a listing


@dataclass(frozen=True, slots=True)
class Found:
    """A source: where it is, what it is, who named it, how many pages it lists.

    `entry` is all that a list of sources said of it, where one did.
    """

    url: str
    kind: str
    title: str | None
    named_by: str
    pages: int
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class _Probe:
    """How a search asks: the client, a host's turn to be asked, and the address that the search is for.

    `named` are the hosts that the operator named: the address's own and the one that it leads to.
    """

    client: Client
    turn: Turn
    url: str
    robots: Robots
    named: set[str] = field(default_factory=set)

    async def first(self) -> Page:
        """Fetch the address that the search is for, which is asked whatever its robots.txt says."""
        page = await self._fetched(self.url, self.turn)
        self.named.update((authority(normalise(self.url)), authority(normalise(page.url))))
        return page

    async def fetch(self, url: str) -> Page:
        """Fetch unconditionally, when it is the host's turn; Refused where robots.txt forbids it."""
        return await self._fetched(url, self._allowed)

    @asynccontextmanager
    async def _allowed(self, url: str) -> AsyncIterator[None]:
        """Hold a turn for a request; at a host that nobody named as its robots.txt has it, or Refused."""
        if authority(normalise(url)) not in self.named:
            rules = await self.robots.rules(url, self.turn)
            if not rules.allow(url):
                raise Refused("robots.txt forbids it")
        async with self.turn(url):
            yield

    async def _fetched(self, url: str, turn: Turn) -> Page:
        answer = await fetch(self.client, with_user(url, self.url), packed=True, terms=Terms(turn))
        if isinstance(answer, NotModified):
            raise Unreachable("the server answered 304 to a request without conditions")
        return answer

    def found(self, page_url: str, listing: Listing, named_by: str) -> Found:
        """Write down what was found at an address; one of the same origin is asked as the same user."""
        pages = len(listing.items) or len(listing.more)
        return Found(with_user(page_url, self.url), listing.kind, listing.title, named_by, pages)


async def find_sources(client: Client, url: str, turn: Turn) -> list[Found]:
    """Find the sources at an address, each request within its host's `turn`; raises as fetch, or NotAListing.

    Hosts that only a page or a robots.txt names are asked as their own robots.txt has it.

    An address that is a source is the only one found; one that is a list of them leads to each. A site's
    front page is asked for the feeds that it names, its site's robots.txt for sitemaps, then the usual places
    for whichever of the two is missing. Any other page is taken for itself: by the feeds that it names and
    the front page does not, or else, where it lists articles, as a listing. What is neither is searched like
    a front page.
    """
    probe = _Probe(client, turn, url, Robots(client))
    page = await probe.first()
    if not is_html(page.content):
        return _listed(page) or [probe.found(page.url, read_source(page, client.max_bytes), "you")]
    front = FRONT.fullmatch(urlsplit(page.url).path) is not None and not urlsplit(page.url).query
    found = (None if front else await _of_section(probe, page)) or await _of_site(probe, page)
    found = found or _listing(probe, page)
    if not found:
        raise NotAListing(f"{page.url} names no feed or sitemap and lists no articles; give a feed's address")
    return found


def _listed(page: Page) -> list[Found]:
    """Read a page that is a list of sources; nothing where it is none."""
    try:
        if read_prolog(opening(page.content)).root == "opml":
            found = read_opml(page.content)
        elif b"base_urls" in page.content:
            found = read_sitelist(text_of(page))
        else:
            return []
    except NotAListing:
        return []
    return [Found(one.url, one.kind, one.name or None, "the list", 0, one) for one in found.entries]


async def _of_section(probe: _Probe, page: Page) -> list[Found]:
    """Find what is a page's own, rather than its site's; nothing where it neither names nor lists any."""
    named = _named_feeds(page)
    if named:
        try:
            of_site = _named_feeds(await probe.fetch(urljoin(page.url, "/")))
        except (IntakeError, NotAListing):
            of_site = []
        named = [feed for feed in named if feed not in of_site]
    tried = [await _tried(probe, feed, "the page") for feed in named]
    return [one for one in tried if one is not None] or _listing(probe, page)


def _listing(probe: _Probe, page: Page) -> list[Found]:
    """Take a page itself where it lists articles."""
    listing = read_source(page, probe.client.max_bytes)
    return [probe.found(page.url, listing, "you")] if len(listing.items) >= FEWEST_LISTED else []


async def _of_site(probe: _Probe, page: Page) -> list[Found]:
    """Find what a page names, what robots.txt names, and what stands in the usual places."""
    found: dict[str, Found] = {}
    async for name, candidate in _candidates(probe, page, found):
        if candidate not in found and len(found) < MOST_NAMED:
            one = await _tried(probe, candidate, name)
            if one is not None:
                found[candidate] = one
    return list(found.values())


async def _candidates(probe: _Probe, page: Page, found: dict[str, Found]) -> AsyncIterator[tuple[str, str]]:
    """Name the addresses to try, and who names them; the usual places only for what is still missing."""
    for named in _named_feeds(page):
        yield "the page", named
    for posts in _named_posts(page):
        yield "the page", posts
    try:
        sitemaps = (await probe.robots.rules(page.url, probe.turn)).sitemaps
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


async def _tried(probe: _Probe, url: str, named_by: str) -> Found | None:
    """Fetch a candidate; None where it does not answer as a source."""
    try:
        page = await probe.fetch(url)
        if is_html(page.content):
            return None
        return probe.found(url, read_source(page, probe.client.max_bytes), named_by)
    except (IntakeError, NotAListing):
        return None
