"""Sitemaps, news sitemaps and indexes, plain and gzipped."""

import gzip

import pytest

from flows.intake.listing import Item, Listing, NotAListing
from flows.intake.reading import read_source
from flows.intake.sitemaps import MOST_ITEMS, read_sitemap, unpacked
from flows.intake.trees import tree
from parsers import Hints, Page

NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
BASE = "https://news.example/sitemap.xml"


def read(inside: str, root: str = "urlset") -> Listing:
    return read_sitemap(tree(f"<{root} {NAMES}>{inside}</{root}>".encode(), "text/xml"), BASE)


def test_a_news_sitemap_tells_title_time_and_language() -> None:
    found = read(
        "<url><loc>https://news.example/a</loc><lastmod>2026-11-05</lastmod><news:news><news:publication>"
        "<news:name>Gazette</news:name><news:language>fr</news:language></news:publication>"
        "<news:publication_date>2026-11-02T10:00Z</news:publication_date><news:title>Un titre</news:title>"
        "</news:news></url><url><loc>/b</loc></url><url><loc>mailto:x@y</loc></url>"
    )
    first = Item("https://news.example/a", Hints("Un titre", "2026-11-02T10:00Z", language="fr"))
    assert found == Listing("sitemap", None, (first, Item("https://news.example/b")), left_out=1)


def test_an_index_gives_the_newest_sitemaps_first() -> None:
    found = read(
        "<sitemap><loc>/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap><sitemap><loc>/undated.xml</loc></sitemap>"
        "<sitemap><loc>/new.xml.gz</loc><lastmod>2026-11-02</lastmod></sitemap>",
        "sitemapindex",
    )
    assert found.more == tuple(f"https://news.example/{name}.xml{gz}" for name, gz in
                               (("new", ".gz"), ("old", ""), ("undated", "")))  # fmt: skip


def test_a_file_of_sixty_thousand_urls_is_cut_at_what_the_protocol_allows() -> None:
    found = read("".join(f"<url><loc>https://news.example/{number}</loc></url>" for number in range(60_000)))
    assert (len(found.items), found.left_out) == (MOST_ITEMS, 60_000 - MOST_ITEMS)


def test_gzip_is_undone_within_bounds() -> None:
    assert unpacked(gzip.compress(b"<urlset/>"), 100) == b"<urlset/>"
    assert unpacked(b"<urlset/>", 100) == b"<urlset/>"
    for content in (gzip.compress(b"0" * 1_000_000), gzip.compress(b"<urlset/>")[:-9], b"\x1f\x8bjunk"):
        with pytest.raises(NotAListing):
            unpacked(content, 1000)


@pytest.mark.parametrize("root", ["rss", "html", "opml"])
def test_what_is_no_sitemap_says_so(root: str) -> None:
    with pytest.raises(NotAListing, match="no sitemap"):
        read("", root)


def test_a_sitemap_of_too_many_tags_is_read_as_far_as_it_fits() -> None:
    entry = "<url><loc>https://gazette.example/a</loc>" + "<image/>" * 9 + "</url>"
    page = Page("https://gazette.example/sitemap.xml", f"<urlset>{entry * 60_000}</urlset>".encode())
    listing = read_source(page, 10_000_000)
    assert [item.url for item in listing.items] == ["https://gazette.example/a"]
    assert listing.left_out == 60_000 - 1
