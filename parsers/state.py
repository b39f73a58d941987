"""What a page's scripts carry outside JSON-LD: the state that a framework draws the page from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parsers.clue import Clue

_KEYS: Final = (
    "datePublished", "publishedAt", "published_at", "publishDate", "publish_date", "publishedDate",
    "published_date", "publicationDate", "publication_date", "pubDate", "firstPublished", "date_published",
)  # fmt: skip
_STEM: Final = re.compile(r"ub(?:lish|lication|Date)")  # one search for what all keys hold, not one for each
_AT: Final = tuple((key, key.index("ub")) for key in _KEYS)
_QUOTE: Final = r'(?:\\*"|&quot;|&#34;)'  # as it stands in a script, in a string of one, in an attribute
_VALUE: Final = re.compile(_QUOTE + r"\s*:\s*" + _QUOTE + r"?([\dT:.,+Z /-]{8,40}|[A-Z][\w ,:+-]{7,40})")
MAX_CHARS: Final = 1_500_000


def read_state(html: str) -> Iterator[Clue]:
    """The first publication date that each usual key of a page's scripts states."""
    first: dict[str, int] = {}
    for stem in _STEM.finditer(html, 0, MAX_CHARS):
        for key, offset in _AT:
            if key not in first and html.startswith(key, stem.start() - offset):
                first[key] = stem.start() - offset
    for key in _KEYS:
        match = _VALUE.match(html, first[key] + len(key)) if key in first else None
        if match:
            yield Clue("published", match[1], "script-state", key)
