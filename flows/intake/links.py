"""From an address to a link of the ledger: one spelling for one page, and the authority it is asked of."""

from __future__ import annotations

from parsers import Hints
from parsers.urls import authority, normalise
from storage import Link


def link_of(url: str, hints: Hints) -> Link:
    """Make the link of an absolute http(s) address, tracking parameters dropped, the original beside it."""
    one = normalise(url)
    return Link(one, authority(one), hints, None if one == url else url)
