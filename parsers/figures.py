"""Pictures in the page's body: a figure's image, caption and credit as one clue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from selectolax.lexbor import LexborNode

from parsers.clue import Clue
from parsers.hygiene import one_line

MAX_CAPTION: Final = 600  # characters
MAX_CAPTIONS: Final = 40
_CAPTIONS: Final = frozenset({"p", "div", "span"})
_HOLDERS: Final = frozenset({"p", "div", "span", "li", "a"})
_HEADINGS: Final = frozenset({"h2", "h3", "h4"})
_APART: Final = frozenset({"figure", "aside", "footer", "nav", "header"})
_CLIMBS: Final = 7
_ELSEWHERE: Final = re.compile(
    r"related|recommend|sidebar|widget|teaser|promo|card|carousel|slider|popup|comment"
)
_SOURCES: Final = ("src", "data-src", "data-original", "data-lazy-src")
_PICTURES: Final = 20  # of one figure
CREDIT_MARK: Final = " © "  # between a caption and a credit that the page marks up


def read_figure(figure: LexborNode) -> Iterator[Clue]:
    """The figure's first picture; the clue's note is its caption, a marked credit at the end."""
    pictures = figure.css("img,amp-img,source")[:_PICTURES]
    pictures.sort(key=lambda picture: picture.tag == "source")  # what it offers beside the picture's own
    address = next(filter(None, map(address_of, pictures)), "")
    caption = figure.css_first("figcaption") or figure.css_first("[class*=caption i]:not(img)")
    if address:
        yield Clue("image", address, "figure", "figure img", _caption(caption) if caption is not None else "")


def read_captions(nodes: Iterable[LexborNode]) -> Iterator[Clue]:
    """A clue for each picture outside a figure that a caption, by its class, stands in one element with."""
    for node in list(nodes)[:MAX_CAPTIONS]:
        if node.tag not in _CAPTIONS or _stands_apart(node):
            continue
        holder = node if (picture := node.css_first("img")) is not None else node.parent
        picture = picture or (holder.css_first("img") if holder is not None else None)
        if holder is None or picture is None or holder.tag not in _HOLDERS:
            continue
        address, caption = address_of(picture), _caption(node)
        if address and caption and len(holder.text()) < MAX_CAPTION:
            yield Clue("image", address, "caption", f"{node.tag} beside img", caption)


def _stands_apart(node: LexborNode) -> bool:
    """Whether a caption is a figure's, which is read as a whole, or one of another story's teaser."""
    up: LexborNode | None = node
    for _ in range(_CLIMBS):
        if up is None:
            return False
        names = (up.attributes.get("class") or "").lower()
        if up.tag in _APART or _ELSEWHERE.search(names):
            return True
        up = up.parent
    return False


def address_of(image: LexborNode) -> str:
    """The address of an image element's picture, wherever a script that loads it late keeps it; or ""."""
    attributes = image.attributes
    for name in _SOURCES if image.tag != "source" else ():  # a film's source has src
        value = attributes.get(name) or ""
        if value and not value.startswith("data:"):
            return value
    listed = attributes.get("srcset") or attributes.get("data-srcset") or ""
    return listed.split(",")[0].strip().split(" ")[0]


def _caption(node: LexborNode) -> str:
    text = one_line(node.text(separator=" "), MAX_CAPTION)
    heading = next((child for child in node.iter() if child.tag in _HEADINGS), None)
    if heading is not None and text.startswith(title := one_line(heading.text(separator=" "), MAX_CAPTION)):
        text = f"{title.rstrip('.:')}. {text.removeprefix(title).lstrip()}"
    marked = node.css_first(
        "[class*=credit i],[class*=copyright i],[class*=source i],[itemprop=copyrightHolder],small"
    )
    credit = one_line(marked.text(separator=" "), MAX_CAPTION) if marked is not None else ""
    if credit and text.endswith(credit):
        return f"{text.removesuffix(credit).rstrip()}{CREDIT_MARK}{credit}"
    if credit and text.startswith(credit):
        return f"{text.removeprefix(credit).lstrip()}{CREDIT_MARK}{credit}"
    return text
