"""From an address to a link of the ledger: one spelling for one page, and the authority it is asked of."""

from __future__ import annotations

from dataclasses import replace

from parsers import Hints
from parsers.urls import authority, normalise
from storage import Link

DEEPEST_LISTS = 4  # lists within lists that are followed; what the last one names is fetched, no more


def link_of(url: str, hints: Hints) -> Link:
    """Make the link of an absolute http(s) address, tracking parameters dropped, the original beside it."""
    one = normalise(url)
    return Link(one, authority(one), hints, None if one == url else url)


def asked_for(link: Link) -> Link:
    """Make the link of what somebody named: a feed, a sitemap or a list is followed, not only an article."""
    return replace(link, follow=DEEPEST_LISTS + 1)
