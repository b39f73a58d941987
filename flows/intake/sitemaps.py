"""Sitemaps (sitemaps.org 0.9), Google's news sitemaps, and indexes of them; gzip undone within bounds."""

from __future__ import annotations

from flows.intake.decoding import Body
from flows.intake.errors import Refused, Unreachable
from flows.intake.listing import LONGEST_DATE, Item, Listing, NotAListing, address, gathered, said
from flows.intake.trees import Element, inner, local
from parsers import Hints

MOST_ITEMS = 50_000  # what the protocol lets one file hold
MOST_CHILDREN = 50_000
GZIP = b"\x1f\x8b"


def unpacked(content: bytes, max_bytes: int) -> bytes:
    """Undo a sitemap's own gzip, where it has one; NotAListing where it is cut off or too large."""
    if not content.startswith(GZIP):
        return content
    body = Body("gzip", max_bytes)
    try:
        body.feed(content)
        return body.close()
    except (Refused, Unreachable) as fault:
        raise NotAListing(fault.reason) from None


def read_sitemap(root: Element, url: str) -> Listing:
    """Read a sitemap's pages, or an index's sitemaps (`more`, newest first); else NotAListing."""
    name = local(root)
    if name == "sitemapindex":
        children, left_out = gathered(root.iter("{*}sitemap"), lambda one: _child(one, url), MOST_CHILDREN)
        newest_first = sorted(children, key=lambda child: child.hints.published or "", reverse=True)
        more = tuple(child.url for child in newest_first)
        dated = tuple(child.hints.published for child in newest_first)
        return Listing("sitemap", more=more, dated=dated, left_out=left_out)
    if name != "urlset":
        raise NotAListing(f"<{name[:40]}> is no sitemap")
    items, left_out = gathered(root.iter("{*}url"), lambda one: _item(one, url), MOST_ITEMS)
    return Listing("sitemap", items=items, left_out=left_out)


def _child(element: Element, url: str) -> Item | None:
    """Read one <sitemap> of an index with the time of its last change."""
    found = address(_text(element, "loc"), url)
    return Item(found, Hints(published=said(_text(element, "lastmod"), LONGEST_DATE))) if found else None


def _item(element: Element, url: str) -> Item | None:
    """Read one <url>; a news sitemap says title, time and language as well."""
    found = address(_text(element, "loc"), url)
    if found is None:
        return None
    news = element.find("{*}news")
    if news is None:
        return Item(found)
    publication = news.find("{*}publication")
    return Item(
        found,
        Hints(
            title=said(_text(news, "title")),
            published=said(_text(news, "publication_date"), LONGEST_DATE),
            language=said(_text(publication, "language")) if publication is not None else None,
        ),
    )


def _text(element: Element, name: str) -> str | None:
    """Give the text of the child of that name, whatever its namespace."""
    return inner(element.find(f"{{*}}{name}"))
