"""Links that look like articles on a page that lists them, learned from how the page itself is built.

Links that stand in the same kind of place (tag and class of the elements around them) are one group. Where
most addresses of a group look like articles', those are taken; where they tell nothing but most links read
like headlines, those are. Menus and footers never are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flows.intake.listing import Item, Listing, NotAListing, address, gathered, said
from parsers import Hints, NotAnArticle
from parsers.guard import admit
from parsers.urls import same_publisher

MOST_LINKS = 5_000
MOST_ITEMS = 500
NEAR = 4  # elements around a link that tell what kind of place it stands in
HEADLINE_WORDS = 4
SHORTEST_HEADLINE = 15  # characters, for scripts that put no spaces between words
WANTED_SHARE = 0.5
FURNITURE = frozenset({"nav", "footer", "aside", "form"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
DATED = re.compile(r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:[/-]|$)")
NUMBERED = re.compile(r"\d{5,}|[-_/][0-9a-f]{8,}")
SLUG = re.compile(r"[^/]*[-_][^/]*[-_][^/]*[-_][^/]*")
NO_ARTICLE = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|authors?|search|login|page|privacy|about|contact)(?:/|$)"
)
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Anchor:
    """One link with the words on it, and whether words and address are an article's."""

    url: str
    text: str
    wordy: bool
    article_like: bool


def read_listing(text: str, url: str) -> Listing:
    """Read the links of a page that look like articles of its publisher; NotAListing if it costs too much."""
    try:
        admit(text)
    except NotAnArticle as verdict:
        raise NotAListing(str(verdict)) from None
    parser = LexborHTMLParser(text)
    groups: dict[tuple[str, ...], list[_Anchor]] = defaultdict(list)
    for node in parser.css("a[href]")[:MOST_LINKS]:
        place = _place(node)
        anchor = _anchor(node, url) if place is not None else None
        if place is not None and anchor is not None:
            groups[place].append(anchor)
    taken = [one for group in groups.values() for one in group if _taken(one, group)]
    kept, _ = gathered(taken, _item, MOST_ITEMS)
    title = parser.css_first("title")
    return Listing("listing", said(title.text()) if title is not None else None, kept)


def _place(node: LexborNode) -> tuple[str, ...] | None:
    """Name the place a link stands in; None within menus, footers and the like."""
    names: list[str] = []
    around = node.parent
    while around is not None and around.tag not in {"body", "html"}:
        if around.tag in FURNITURE:
            return None
        if len(names) < NEAR:
            names.append(f"{around.tag}.{DIGITS.sub('#', around.attributes.get('class') or '')}")
        around = around.parent
    return tuple(names)


def _anchor(node: LexborNode, base: str) -> _Anchor | None:
    """Judge one link; None where it leaves the publisher or leads to no page below the front page."""
    url = address(node.attributes.get("href"), base)
    if url is None or url == address(base, base):
        return None
    parts = urlsplit(url)
    if not same_publisher(parts.hostname or "", urlsplit(base).hostname or "") or parts.path in {"", "/"}:
        return None
    text = said(node.text(separator=" ")) or ""
    heading = node.parent is not None and node.parent.tag in HEADINGS
    wordy = len(text.split()) >= HEADLINE_WORDS or len(text) >= SHORTEST_HEADLINE or (heading and bool(text))
    return _Anchor(url, text, wordy, _like_article(parts.path))


def _like_article(path: str) -> bool:
    """Tell by its path whether an address is an article's: a date, a long number or a slug of four words."""
    if NO_ARTICLE.search(path):
        return False
    last = path.rstrip("/").rpartition("/")[2]
    return bool(DATED.search(path) or NUMBERED.search(path) or SLUG.fullmatch(last))


def _taken(one: _Anchor, group: list[_Anchor]) -> bool:
    """Take a link where its group is a list of articles and it is no odd one out in both ways."""
    like = sum(anchor.article_like for anchor in group) / len(group)
    wordy = sum(anchor.wordy for anchor in group) / len(group)
    if like >= WANTED_SHARE:
        return one.article_like
    return wordy >= WANTED_SHARE and one.wordy and not NO_ARTICLE.search(one.url) and len(group) > 1


def _item(anchor: _Anchor) -> Item:
    """Give a link's words as its title where they read like one."""
    return Item(anchor.url, Hints(title=anchor.text if anchor.wordy else None))
