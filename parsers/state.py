"""What a page's scripts carry outside JSON-LD: the state that a framework draws the page from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parsers.clue import Clue

_KEYS: Final = (
    b"datePublished", b"publishedAt", b"published_at", b"publishDate", b"publish_date", b"publishedDate",
    b"published_date", b"publicationDate", b"publication_date", b"pubDate", b"firstPublished",
    b"date_published",
)  # fmt: skip
_STEM: Final = re.compile(rb"ub(?:lish|lication|Date)")  # one search for what all keys hold, not one for each
_AT: Final = tuple((key, key.index(b"ub")) for key in _KEYS)
_QUOTE: Final = rb'(?:\\*"|&quot;|&#34;)'  # as it stands in a script, in a string of one, in an attribute
_VALUE: Final = re.compile(
    _QUOTE + rb"\s*:\s*" + _QUOTE + rb"?([\dT:.,+Z /-]{8,40}|[A-Z][\w\x80-\xff ,:+-]{7,40})"
)
MAX_BYTES: Final = 1_500_000


def read_state(utf8: bytes) -> Iterator[Clue]:
    """The first publication date that each usual key of a page's scripts states."""
    first: dict[bytes, int] = {}
    for stem in _STEM.finditer(utf8, 0, MAX_BYTES):
        for key, offset in _AT:
            if key not in first and utf8.startswith(key, stem.start() - offset):
                first[key] = stem.start() - offset
    for key in _KEYS:
        match = _VALUE.match(utf8, first[key] + len(key)) if key in first else None
        if match:
            yield Clue("published", match[1].decode(errors="ignore"), "script-state", key.decode())
