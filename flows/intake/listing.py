"""What a source lists: pages with what was said of them, and where more is listed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from parsers import Hints
from parsers.hygiene import one_line
from parsers.urls import absolute

Element = TypeVar("Element")
Kind = Literal["rss", "rdf", "atom", "jsonfeed", "sitemap", "wordpress", "listing", "urls"]

LONGEST_HINT = 1000
LONGEST_DATE = 100
NOTHING_SAID = Hints()
TAG = re.compile(r"<[/!a-zA-Z][^<>]{0,2000}>")


class NotAListing(Exception):  # noqa: N818 - a verdict, as NotAnArticle is
    """The page lists nothing that this kind of source could; `reason` says what was seen, in one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Item:
    """One page that a source lists: its absolute http(s) address, and what the source says of it."""

    url: str
    hints: Hints = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Listing:
    """A source as it was read: `more` are addresses of further listings, `left_out` counts unusable items.

    `dated` is when each of `more` changed, as the source writes it, where it says so of any.
    `hub` is where it lets itself be subscribed to (WebSub), under its own address `topic`.
    `cut` says why the rest of it could not be read, None where all of it was.
    """

    kind: Kind
    title: str | None = None
    items: tuple[Item, ...] = ()
    more: tuple[str, ...] = ()
    dated: tuple[str | None, ...] = ()
    left_out: int = 0
    hub: str | None = None
    topic: str | None = None
    cut: str | None = None

    def described(self, items: int) -> str:
        """Say in words what was read, `items` of it, and how much was left out."""
        number = items + len(self.more)
        listed = "1 page" if number == 1 else f"{number} pages"
        lost = f"; {self.left_out} left out (unusable, repeated or too many)" if self.left_out else ""
        lost += f"; {self.cut}" if self.cut else ""
        return f"a source of kind {self.kind}, which lists {listed}{lost}"


def said(text: str | None, longest: int = LONGEST_HINT) -> str | None:
    """Clean a source's words: tags and entities undone, one line, no control characters; None for nothing."""
    if not text:
        return None
    bare = TAG.sub(" ", text[: longest * 4]) if "<" in text else text[: longest * 4]
    return one_line(html.unescape(bare) if "&" in bare else bare, longest) or None


def gathered(
    elements: Iterable[Element], read: Callable[[Element], Item | None], most: int
) -> tuple[tuple[Item, ...], int]:
    """Read elements until `most` items of different addresses are kept; comes with the number left out.

    `read` gives None for an element that is of no use; what is left out does not count towards `most`.
    """
    kept: dict[str, Item] = {}
    left_out = 0
    for element in elements:
        item = read(element) if len(kept) < most else None
        if item is None or item.url in kept:
            left_out += 1
        else:
            kept[item.url] = item
    return tuple(kept.values()), left_out


def address(value: str | None, base: str) -> str | None:
    """Make an address absolute and drop its fragment; None for what is not http(s)."""
    found = absolute(value, base) if value else None
    if found is None:
        return None
    bare, _, fragment = found.partition("#")
    return found if fragment.startswith("!") else bare
