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
MAX_TEXT: Final = 400  # characters of the element's text on either side of the stretch
_DATA: Final = frozenset({"jsonld", "jsonld-page", "meta", "title-element"})
_PLAIN: Final = re.compile(r"[^\W_](?:[\w ,.:;!?()-]*\w)?")  # what no page escapes
MAX_LINK: Final = 1_000  # characters between a link's beginning and the stretch
_NAMED: Final = re.compile(r"headline|title(?!\s*=)|<h\d", re.IGNORECASE)
_WORDS: Final = re.compile(r"\w+")


def read_shown(html: str, titles: Iterable[Clue]) -> Iterator[Clue]:
    """A clue for each headline of the data that stands in the body as the whole text of an element."""
    titles = list(titles)
    known = {_key(one_line(clue.value)) for clue in titles if clue.rule not in _DATA}
    start = -1
    for clue in titles:
        value = one_line(clue.value)
        key = _key(value)
        if clue.rule not in _DATA or key in known:
            continue
        known.add(key)
        start = start if start >= 0 else max(0, html.find("<body"))
        tag = _stands(html, start, value, key) if key else None
        if tag is not None:
            yield Clue("title", value, "shown", "headline" if _NAMED.search(tag) else "body", tag[:60])


def _stands(html: str, start: int, value: str, key: str) -> str | None:
    """The tag of the element whose text is the value, None where it only stands in links: teasers have these.

    Found by the value's longest stretch that is never escaped.
    """
    stretch = max(_PLAIN.findall(value), key=len, default="")
    if len(stretch) < MIN_PLAIN or html.rfind(stretch, start) < 0:  # most: from the end twice as fast
        return None
    place = start
    for _ in range(MAX_PLACES):
        place = html.find(stretch, place)
        if place < 0:
            return None
        opened = html.rfind(">", max(start, place - MAX_TEXT), place)
        closed = html.find("<", place, place + MAX_TEXT)
        whole = opened >= 0 and closed >= 0 and _key(unescape(html[opened + 1 : closed])) == key
        if whole and not _in_link(html, max(start, opened - MAX_LINK), opened):
            return html[html.rfind("<", start, opened) : opened]
        place += len(stretch)
    return None


def _in_link(html: str, start: int, place: int) -> bool:
    """Whether the last link that begins before a place has not ended there."""
    return html.rfind("<a ", start, place) > html.rfind("</a>", start, place)


def _key(text: str) -> str:
    return " ".join(_WORDS.findall(text.replace("\u00ad", "").casefold()))
