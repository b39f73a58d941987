"""Headlines that a page's data give and its readers see, though no heading holds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Final

from parsers.clue import Clue
from parsers.hygiene import one_line

MIN_PLAIN: Final = 12  # characters: fewer find anything
MAX_PLACES: Final = 24  # in which one stretch is looked up
MAX_TEXT: Final = 800  # bytes of the element's text on either side of the stretch
_DATA: Final = frozenset({"jsonld", "jsonld-page", "meta", "title-element"})
_PLAIN: Final = re.compile(r"[^\W_](?:[\w ,.:;!?()-]*\w)?")  # what no page escapes
MAX_LINK: Final = 1_000  # bytes between a link's beginning and the stretch
_NAMED: Final = re.compile(r"headline|title(?!\s*=)|<h\d", re.IGNORECASE)
_WORDS: Final = re.compile(r"\w+")


def read_shown(utf8: bytes, titles: Iterable[Clue]) -> Iterator[Clue]:
    """A clue for each headline of the data that stands in the body as the whole text of an element.

    The page is searched as UTF-8: where it is not all ASCII, its text takes twice the room and time.
    """
    titles = list(titles)
    known = {_key(one_line(clue.value)) for clue in titles if clue.rule not in _DATA}
    start = -1
    for clue in titles:
        value = one_line(clue.value)
        key = _key(value)
        if clue.rule not in _DATA or key in known:
            continue
        known.add(key)
        start = start if start >= 0 else max(0, utf8.find(b"<body"))
        tag = _stands(utf8, start, value, key) if key else None
        if tag is not None:
            yield Clue("title", value, "shown", "headline" if _NAMED.search(tag) else "body", tag[:60])


def _stands(utf8: bytes, start: int, value: str, key: str) -> str | None:
    """The tag of the element whose text is the value, None where it only stands in links: teasers have these.

    Found by the value's longest stretch that is never escaped.
    """
    plain = max(_PLAIN.findall(value), key=len, default="")
    stretch = plain.encode()
    if len(plain) < MIN_PLAIN or utf8.rfind(stretch, start) < 0:  # most: from the end twice as fast
        return None
    place = start
    for _ in range(MAX_PLACES):
        place = utf8.find(stretch, place)
        if place < 0:
            return None
        opened = utf8.rfind(b">", max(start, place - MAX_TEXT), place)
        closed = utf8.find(b"<", place, place + MAX_TEXT)
        whole = opened >= 0 and closed >= 0 and _key(unescape(utf8[opened + 1 : closed].decode())) == key
        if whole and not _in_link(utf8, max(start, opened - MAX_LINK), opened):
            return utf8[utf8.rfind(b"<", start, opened) : opened].decode()
        place += len(stretch)
    return None


def _in_link(utf8: bytes, start: int, place: int) -> bool:
    """Whether the last link that begins before a place has not ended there."""
    return utf8.rfind(b"<a ", start, place) > utf8.rfind(b"</a>", start, place)


def _key(text: str) -> str:
    return " ".join(_WORDS.findall(text.replace("\u00ad", "").casefold()))
