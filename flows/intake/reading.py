"""What a fetched page lists, whatever kind of source it turns out to be."""

from __future__ import annotations

import re
from dataclasses import replace

from flows.intake.feeds import KINDS, read_feed
from flows.intake.hubs import with_hub
from flows.intake.jsonfeeds import load, read_json_feed, read_posts
from flows.intake.listing import Listing, NotAListing
from flows.intake.listings import read_listing
from flows.intake.lists import read_list
from flows.intake.prolog import opening, read_prolog
from flows.intake.sitemaps import GZIP, read_sitemap, unpacked
from flows.intake.tables import WEB
from flows.intake.trees import local, tree_and_cut, within
from parsers import NotAnArticle, Page
from parsers.decode import decode

HTML = frozenset({"html", "head", "body"})
SITEMAPS = frozenset({"urlset", "sitemapindex"})
JSON = re.compile(rb"[\s\xef\xbb\xbf]*(?:\{\s*\"|\[\s*\{\s*\")")
OPML = "opml"
LONGEST_NUMBER = 9  # digits
LOOKED_AT = 2048


def read_source(page: Page, max_bytes: int) -> Listing:
    """Read a page as the source it is: feed, sitemap, list, posts or listing page; else NotAListing."""
    return with_hub(_read(page, max_bytes), page)


def _read(page: Page, max_bytes: int) -> Listing:
    """Read what the bytes are."""
    content = unpacked(page.content, max_bytes)
    head = content[:LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if is_html(content):
        return read_listing(text_of(replace(page, content=content)), page.url)
    if head[:1] in {b"{", b"["}:
        document = load(content)
        if isinstance(document, list):
            return read_posts(document, page.url, _pages(page))
        return read_json_feed(document, page.url)
    if b"<" in head or page.content is not content:
        return _read_xml(content, page)
    return read_list(text_of(page))


def _pages(page: Page) -> int:
    """Read how many pages a list of WordPress posts has."""
    said = next((value for name, value in page.headers if name.lower() == "x-wp-totalpages"), "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= LONGEST_NUMBER else 1


def is_source(page: Page) -> bool:
    """Tell by how it begins whether a page is a feed, sitemap, JSON or list of addresses, and no article."""
    if page.url.endswith(".csv") or (page.url.endswith(".gz") and page.content.startswith(GZIP)):
        return True
    prolog = read_prolog(opening(page.content))
    if prolog.doctype == "html":
        return False
    return prolog.root in {OPML, *SITEMAPS, *KINDS} or JSON.match(page.content) is not None or _is_list(page)


def _is_list(page: Page) -> bool:
    """Tell whether every line so far, but for comments and a last one that is cut, is an address."""
    head = page.content[:LOOKED_AT]
    whole = head if len(head) < LOOKED_AT else head.rpartition(b"\n")[0]
    lines = [line.strip() for line in whole.decode("utf-8-sig", "replace").splitlines() if line.strip()]
    addresses = [line for line in lines if not line.startswith("#")]
    return bool(addresses) and all(WEB.fullmatch(line) for line in addresses)


def _read_xml(content: bytes, page: Page) -> Listing:
    """Tell feeds and sitemaps apart by their root; what is too much for one tree counts as left out."""
    content, beyond = within(content)
    root, cut = tree_and_cut(content, page.content_type)
    if local(root) == OPML:
        raise NotAListing("a list of sources (OPML), which `cleanwire sources import` keeps")
    listing = (read_sitemap if local(root) in SITEMAPS else read_feed)(root, page.url)
    return replace(listing, left_out=listing.left_out + beyond, cut=cut)


def is_html(content: bytes) -> bool:
    """Tell whether the bytes begin as a web page does."""
    prolog = read_prolog(opening(content))
    return prolog.root in HTML or prolog.doctype == "html"


def text_of(page: Page) -> str:
    """Decode a page's text; NotAListing where there is none."""
    try:
        return decode(page.content, page.content_type)
    except NotAnArticle as verdict:
        raise NotAListing(str(verdict)) from None
