"""What a page's scripts carry outside JSON-LD: the state that a framework draws the page from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parsers.clue import Clue

_DATE: Final = re.compile(
    r'\\?"(?:datePublished|date_published|publish(?:ed)?_?(?:At|Date|Time|On)|publication_?Date|first_?published(?:_?at)?'
    r'|pub_?date|originalPublishDate)\\?"\s*:\s*\\?"?([\dT:.,+Z /-]{8,40}|[A-Z][\w ,:+-]{7,40})',
    re.IGNORECASE,
)
MAX_CHARS: Final = 1_500_000
MAX_FOUND: Final = 2


def read_state(html: str) -> Iterator[Clue]:
    """The first publication dates that a page's scripts state."""
    for found, match in enumerate(_DATE.finditer(html, 0, MAX_CHARS)):
        if found == MAX_FOUND:
            return
        yield Clue("published", match[1], "script-state", "script")
