"""Pictures: the addresses that a page gives for its story, with caption and credit, each picture once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from parsers.clue import Clue
from parsers.hygiene import plain
from parsers.model import Image
from parsers.urls import absolute

MAX_IMAGES: Final = 20
_CREDIT: Final = re.compile(
    r"\s*[(\[]?\b(?:photo(?:graph)?s?(?: credit| by)?|foto(?:s|graf)?|bild(?:er)?|credits?|image(?: credit)?"
    r"|picture|quelle|source|crédit(?:s)?(?: photo)?|\(c\))\s*[:/©]?\s*(?P<credit>[^()\[\]]{2,100})[)\]]?\s*$"
    r"|\s*©\s*(?P<mark>[^()]{2,100})$",
    re.IGNORECASE,
)
_ICON: Final = re.compile(
    r"favicon|sprite|placeholder|blank\.(?:gif|png)|pixel|spacer|1x1|default[-_]?(?:image|share)|logo",
    re.IGNORECASE,
)


def choose_images(clues: Iterable[Clue], base: str) -> tuple[tuple[Image, ...], Clue | None]:
    """The story's pictures in the order the page names them, at most 20, and the clue of the first."""
    found: dict[str, Image] = {}
    first: Clue | None = None
    for clue in clues:
        url = absolute(clue.value, base)
        if url is None or _ICON.search(urlsplit(url).path):
            continue
        key = urlsplit(url).path.rpartition("/")[2] or url
        caption, credit = split_credit(clue.note)
        known = found.get(key)
        if known is None and len(found) < MAX_IMAGES:
            found[key] = Image(url, caption, credit)
            first = first or clue
        elif known is not None and known.caption is None and caption:
            found[key] = Image(known.url, caption, known.credit or credit)
    return tuple(found.values()), first


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """A caption's words and the credit that closes it ("Photo: A. Name", "© Agency"); None for none."""
    text = plain(caption)
    match = _CREDIT.search(text)
    if match is None:
        return text or None, None
    credit = (match["credit"] or match["mark"] or "").strip(" .,;/|")
    return text[: match.start()].strip() or None, credit or None
