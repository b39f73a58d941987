"""The hub that a source names for itself (WebSub, 4): by Link headers, else by links of the feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flows.intake.listing import Listing, address
from parsers import Page

LONGEST_HEADER = 8192
LONGEST_ADDRESS = 2000
LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[^\s,;="]+\s*(?:=\s*(?:"[^"]*"|[^\s",;]*))?)*)')  # RFC 8288, 3
REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]*))', re.IGNORECASE)


def with_hub(listing: Listing, page: Page) -> Listing:
    """Add what the page's Link headers say of its hub and its own address to what its feed says."""
    named = {rel: target for rel, target in reversed(list(_linked(page)))}  # noqa: C416 - the first one counts
    hub = named.get("hub") or listing.hub
    if hub is None or len(hub) > LONGEST_ADDRESS:
        return replace(listing, hub=None, topic=None)
    topic = named.get("self") or listing.topic or page.url
    return replace(listing, hub=hub, topic=topic if len(topic) <= LONGEST_ADDRESS else page.url)


def _linked(page: Page) -> Iterator[tuple[str, str]]:
    """Yield (relation, absolute address) of every link in the headers, in their order."""
    for name, value in page.headers:
        if name.lower() == "link":
            for target, parameters in LINK.findall(value[:LONGEST_HEADER]):
                rel = REL.search(parameters)
                found = address(target, page.url)
                for relation in (rel[1] or rel[2] or "").lower().split() if rel and found else ():
                    yield relation, found or ""
