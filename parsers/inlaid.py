"""Pictures that stand among a story's paragraphs without a figure around them."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING

from parsers.figures import address_of
from parsers.markup import IMAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborNode

    from parsers.tree import Run, Tree

_first = attrgetter("first")
_SMALL = 100  # pixels: narrower or lower ones are icons, faces and counters
_FIGURES = frozenset({"figure", "picture"})
_FILES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")  # what a picture may link to: itself, larger
_HOLDERS = 3  # elements around a picture among which a link may be


def inlaid(tree: Tree, kept: Sequence[bool]) -> Iterator[str]:
    """Give the addresses of the pictures between kept blocks, a caption below one perhaps.

    What links to another page, as a teaser's picture does, is left out, and what is too small for a picture.
    """
    if True not in kept:
        return
    runs = tree.runs
    last = next(place for place in range(len(kept) - 1, -1, -1) if kept[place])
    for index in _images(tree.kinds, runs[kept.index(True)].first, runs[last].last):
        before = bisect_right(runs, index, key=_first) - 1
        node = tree.nodes[index]
        if kept[before] and _goes_on(runs, kept, before) and node is not None and _is_picture(node):
            yield address_of(node)


def _images(kinds: list[int], start: int, end: int) -> Iterator[int]:
    """Find the images among the pieces from `start` to `end`; a list is searched faster than walked."""
    with suppress(ValueError):
        while True:
            start = kinds.index(IMAGE, start, end) + 1
            yield start - 1


def _goes_on(runs: Sequence[Run], kept: Sequence[bool], before: int) -> bool:
    """Whether the story goes on below a picture, at once or behind its caption: a teaser's text links."""
    below = range(before + 1, min(before + 3, len(runs)))
    around = runs[before : before + 2]
    return any(kept[place] for place in below) and all(2 * run.linked <= len(run.text) for run in around)


def _is_picture(node: LexborNode) -> bool:
    if node.parent is not None and node.parent.tag in _FIGURES:  # read as a whole
        return False
    attributes = node.attributes
    sizes = [attributes.get(name) or "" for name in ("width", "height")]
    if any(size.isdecimal() and int(size[:6]) < _SMALL for size in sizes):
        return False
    up = node.parent
    for _ in range(_HOLDERS):
        if up is None:
            break
        if up.tag == "a":
            return (up.attributes.get("href") or "").lower().endswith(_FILES)
        up = up.parent
    return True
