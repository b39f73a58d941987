"""What a fetched page lists, whatever kind of source it turns out to be."""

from __future__ import annotations

import re
from dataclasses import replace

from flows.intake.feeds import read_feed
from flows.intake.jsonfeeds import load, read_json_feed, read_posts
from flows.intake.listing import Listing, NotAListing
from flows.intake.listings import read_listing
from flows.intake.lists import WEB, read_list
from flows.intake.sitemaps import GZIP, read_sitemap, unpacked
from flows.intake.trees import local, tree
from parsers import NotAnArticle, Page
from parsers.decode import decode

HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
PREAMBLE = re.compile(rb"<\?[^>]*>|<!--.*?-->|\xef\xbb\xbf", re.DOTALL)
LOOKED_AT = 2048
SOURCE = re.compile(
    rb"\s*(?:<!doctype\s+rss[^>]*>\s*)?<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b"
    rb"|\s*\{[^<]{0,1000}jsonfeed\.org",
    re.IGNORECASE,
)


def read_source(page: Page, max_bytes: int) -> Listing:
    """Read a page as the source it is: feed, sitemap, list, posts or listing page; else NotAListing."""
    content = unpacked(page.content, max_bytes)
    head = content[:LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if is_html(content):
        return read_listing(text_of(replace(page, content=content)), page.url)
    if head[:1] in {b"{", b"["}:
        document = load(content)
        return (read_posts if isinstance(document, list) else read_json_feed)(document, page.url)
    if b"<" in head or page.content is not content:
        return _read_xml(content, page)
    return read_list(text_of(page))


def is_source(page: Page) -> bool:
    """Tell by how it begins whether a page is a feed, a sitemap or a list of addresses, and no article."""
    if page.url.endswith(".csv") or (page.url.endswith(".gz") and page.content.startswith(GZIP)):
        return True
    head = page.content[:LOOKED_AT]
    return SOURCE.match(PREAMBLE.sub(b"", head)) is not None or _is_list(head)


def _is_list(head: bytes) -> bool:
    """Tell whether every line so far, but for comments and a last one that is cut, is an address."""
    whole = head if len(head) < LOOKED_AT else head.rpartition(b"\n")[0]
    lines = [line.strip() for line in whole.decode("utf-8", "replace").splitlines() if line.strip()]
    addresses = [line for line in lines if not line.startswith("#")]
    return bool(addresses) and all(WEB.fullmatch(line) for line in addresses)


def _read_xml(content: bytes, page: Page) -> Listing:
    """Tell feeds and sitemaps apart by their root."""
    root = tree(content, page.content_type)
    sitemap = local(root) in {"urlset", "sitemapindex"}
    return (read_sitemap if sitemap else read_feed)(root, page.url)


def is_html(content: bytes) -> bool:
    """Tell whether the bytes begin as a web page does."""
    return HTML.match(PREAMBLE.sub(b"", content[:LOOKED_AT])) is not None


def text_of(page: Page) -> str:
    """Decode a page's text; NotAListing where there is none."""
    try:
        return decode(page.content, page.content_type)
    except NotAnArticle as verdict:
        raise NotAListing(str(verdict)) from None
