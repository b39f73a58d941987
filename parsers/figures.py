"""Pictures in the page's body: a figure's image, caption and credit as one clue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborNode

from parsers.clue import Clue
from parsers.hygiene import one_line

MAX_CAPTION: Final = 600  # characters
_SOURCES: Final = ("src", "data-src", "data-original", "data-lazy-src")
_PICTURES: Final = 20  # of one figure
CREDIT_MARK: Final = " © "  # between a caption and a credit that the page marks up


def read_figure(figure: LexborNode) -> Iterator[Clue]:
    """The figure's first picture; the clue's note is its caption, a marked credit at the end."""
    pictures = figure.css("img,amp-img,source")[:_PICTURES]
    pictures.sort(key=lambda picture: picture.tag == "source")  # what it offers beside the picture's own
    address = next(filter(None, map(_address, pictures)), "")
    caption = figure.css_first("figcaption")
    if address:
        yield Clue("image", address, "figure", "figure img", _caption(caption) if caption is not None else "")


def _address(image: LexborNode) -> str:
    attributes = image.attributes
    for name in _SOURCES if image.tag != "source" else ():  # a film's source has src
        value = attributes.get(name) or ""
        if value and not value.startswith("data:"):
            return value
    listed = attributes.get("srcset") or attributes.get("data-srcset") or ""
    return listed.split(",")[0].strip().split(" ")[0]


def _caption(node: LexborNode) -> str:
    text = one_line(node.text(separator=" "), MAX_CAPTION)
    marked = node.css_first(
        "[class*=credit i],[class*=copyright i],[class*=source i],[itemprop=copyrightHolder],small"
    )
    credit = one_line(marked.text(separator=" "), MAX_CAPTION) if marked is not None else ""
    if credit and text.endswith(credit):
        return f"{text.removesuffix(credit).rstrip()}{CREDIT_MARK}{credit}"
    return text
