"""Stories of several pages: whether one address is the page after another."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from parsers import urls

_KEYS: Final = frozenset({
    "page", "p", "pg", "paged", "pagenum", "page_num", "pageno", "seite", "pagina", "strona", "sida", "side",
    "sayfa", "stranica", "str",
})  # fmt: skip
_NAMED: Final = re.compile(
    r"(?P<stem>.*?)[-_/,.](?:page|seite|pagina|strona|sida|side|sayfa|p)[-_/=.]?(?P<number>\d{1,2})"
    r"(?P<ending>\.\w{3,5})?",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    r"(?P<stem>.*(?:[^\d/](?=[-_,])|[^/](?=/)))(?P<mark>[-_/,])(?P<number>\d{1,2})(?P<ending>\.\w{3,5})?"
)


def follows(address: str, url: str) -> bool:
    """Whether an address is the page after `url` of the same story, and neither itself nor the next story.

    A bare number at an address's end counts pages only from the second on and below 100: /story-123 and
    /story-124 are two stories, and so are /story-2 and /story-3, where nothing says "page".
    """
    if urls.host_of(address) != urls.host_of(url):
        return False
    one, two = _numbered(address), _numbered(url)
    if one is None or one[0] == "?":  # a later page of the site's front is no story's
        return False
    if one[1] == 2 and one[0] == _plain(url):  # noqa: PLR2004 - the second page
        return True
    return two is not None and one[:2] == (two[0], two[1] + 1) and one[2] and two[2]


def _numbered(url: str) -> tuple[str, int, bool] | None:
    """The story's address, the page's number, and whether it is surely one; None where there is no number."""
    parts = urlsplit(urls.normalise(url))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for key, value in pairs:
        if key.lower() in _KEYS and value.isdecimal() and len(value) <= 2:  # noqa: PLR2004 - digits
            rest = urlencode([pair for pair in pairs if pair != (key, value)])
            return f"{parts.path.rstrip('/')}?{rest}", int(value), True
    path = parts.path.rstrip("/")
    found = _NAMED.fullmatch(path) or _BARE.fullmatch(path)
    if found is None:
        return None
    stem = found["stem"].rstrip("/") + (found["ending"] or "")
    sure = "mark" not in found.groupdict() or found["mark"] == "/"
    return f"{stem}?{urlencode(pairs)}", int(found["number"]), sure


def _plain(url: str) -> str:
    parts = urlsplit(urls.normalise(url))
    return f"{parts.path.rstrip('/')}?{urlencode(parse_qsl(parts.query, keep_blank_values=True))}"
