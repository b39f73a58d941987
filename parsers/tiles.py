"""Tiles of a list page: boxes alike, each with a headline, a teaser and a link to a page of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from parsers.markup import BLOCK, BREAK, CLOSING, FIGURE, LINK
from parsers.text import measure
from parsers.urls import absolute, host_of, same_publisher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.tree import Element, Tree

_HEADINGS = frozenset({"h2", "h3", "h4", "h5"})
_HEADLINE = 170  # characters, measured, of a headline at most
_SHORTEST, LONGEST = 20, 400  # and of a teaser
_ABOVE = 2  # blocks that may stand above a tile's headline: a date, a section
_BLOCKS = 6  # of one tile, its headline among them
_ALIKE = 3  # tiles alike: fewer are chance
_FAR = 60  # pieces of a link's block that are looked through
_PARTING = frozenset({BLOCK, BLOCK + CLOSING, FIGURE, FIGURE + CLOSING, BREAK})
_CLASS = re.compile(r'\bclass="\s*([^\s"\d]+)')
_NOWHERE = "https://page.invalid/"  # the address of a saved page that tells none
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|svg)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tile:
    """A box of a list: the blocks that it spans among the tree's, and the address that it leads to."""

    blocks: range
    address: str


def tiles(tree: Tree, url: str) -> list[Tile]:
    """Find the tiles of a page at `url`, three alike at least, each leading to a page of its own.

    A link within a sentence leads nowhere here: a story's sections have such.
    """
    url = url or _NOWHERE
    alike: dict[tuple[str, str, str], dict[str, Tile]] = {}
    for head, holder in _boxes(tree):
        if address := _leads_to(tree, holder, url):
            named = _CLASS.search(holder.attributes)
            shape = (head.tag, holder.tag, named[1] if named else "")
            blocks = range(holder.first_run, holder.end_run)
            alike.setdefault(shape, {}).setdefault(address, Tile(blocks, address))
    return [tile for same in alike.values() if len(same) >= _ALIKE for tile in same.values()]


def _boxes(tree: Tree) -> Iterator[tuple[Element, Element]]:
    """Each heading that may be a tile's headline, and the largest box that holds no other and a teaser."""
    elements, runs = tree.elements, tree.runs
    heads = [place for place, run in enumerate(runs) if elements[run.element].tag in _HEADINGS]
    for before, place, after in zip([-1, *heads], heads, [*heads[1:], len(runs)], strict=False):
        head = holder = elements[runs[place].element]
        while (
            holder.parent >= 0
            and (outer := elements[holder.parent]).end_run <= min(after, outer.first_run + _BLOCKS)
            and outer.first_run > max(before, place - _ABOVE - 1)
        ):
            holder = outer
        inside = runs[holder.first_run : holder.end_run]
        sizes = [measure(run.text) for run in inside]
        size = sizes.pop(place - holder.first_run)
        if size <= _HEADLINE and _SHORTEST <= max(sizes, default=0) <= LONGEST:
            yield head, holder


def _leads_to(tree: Tree, holder: Element, url: str) -> str:
    """The first address of the same publisher that a box links to, by a link that ends its block."""
    for index in range(holder.first, holder.last):
        node = tree.nodes[index]
        if tree.kinds[index] != LINK or node is None or not _ends_its_block(tree, index):
            continue
        address = urldefrag(absolute(node.attributes.get("href") or "", url) or "").url
        if address in {"", urldefrag(url).url} or _PICTURE.search(address):
            continue
        if same_publisher(host_of(address), host_of(url)):
            return address
    return ""


def _ends_its_block(tree: Tree, start: int) -> bool:
    """Whether no text follows a link in its block: a link within a sentence is no way on."""
    inside = True
    end = start + _FAR
    for kind, text in zip(tree.kinds[start:end], tree.texts[start:end], strict=True):
        inside = inside and kind != LINK + CLOSING
        if kind in _PARTING:
            return True
        if not inside and text.strip():
            return False
    return False
