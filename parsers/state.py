"""What a page's scripts carry outside JSON-LD: the state that a framework draws the page from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parsers.clue import Clue

_KEYS: Final = (  # found as plain text: a pattern over a whole page costs milliseconds
    "datePublished", "publishedAt", "published_at", "publishDate", "publish_date", "publishedDate",
    "published_date", "publicationDate", "publication_date", "pubDate", "firstPublished", "date_published",
)  # fmt: skip
_VALUE: Final = re.compile(r'\\*"\s*:\s*\\*"?([\dT:.,+Z /-]{8,40}|[A-Z][\w ,:+-]{7,40})')
MAX_CHARS: Final = 1_500_000


def read_state(html: str) -> Iterator[Clue]:
    """The first publication date that each usual key of a page's scripts states."""
    for key in _KEYS:
        start = html.find(key, 0, MAX_CHARS)
        match = _VALUE.match(html, start + len(key)) if start >= 0 else None
        if match:
            yield Clue("published", match[1], "script-state", key)
