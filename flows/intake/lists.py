"""Lists of pages: addresses one a line, and CSV with a head line."""

from __future__ import annotations

from flows.intake.listing import LONGEST_DATE, Item, Listing, address, gathered, said
from flows.intake.tables import Row, read_rows
from parsers import Hints

MOST_ITEMS = 100_000


def read_list(text: str) -> Listing:
    """Read pages from addresses one a line (# begins a comment) or CSV; NotAListing where it is neither."""
    items, left_out = gathered(read_rows(text), _page, MOST_ITEMS)
    return Listing("urls", items=items, left_out=left_out)


def _page(row: Row) -> Item | None:
    """Read one page of a list; None where it has no address."""
    url = address(row.url, "")
    if url is None:
        return None
    author = said(row.take("author", "authors"))
    return Item(
        url,
        Hints(
            title=said(row.take("title")),
            published=said(row.take("published", "date"), LONGEST_DATE),
            authors=(author,) if author else (),
            section=said(row.take("section")),
            language=said(row.take("language")),
        ),
    )
