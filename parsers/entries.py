"""The headings of a live blog's entries: kept with what stands below them, however little they say alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parsers.tree import Tree

_HEADINGS = frozenset({"h2", "h3", "h4"})
_LEAST = 3  # entries side by side that make a live blog
_TOP = 3  # blocks of an entry among which its heading stands: a time may go before


def entry_headings(tree: Tree, kept: Sequence[bool]) -> Iterator[int]:
    """Find the headings that did not pass, of `<article>` entries side by side whose text did.

    Only what follows the heading at once counts: a teaser's heading has nothing kept below it.
    """
    inside: dict[int, list[tuple[int, int]]] = {}  # by what holds the entries: their blocks
    for element in tree.elements:
        if element.tag == "article":
            inside.setdefault(element.parent, []).append((element.first_run, element.end_run))
    for entries in inside.values():
        if sum(any(kept[first:end]) for first, end in entries) < _LEAST:
            continue
        for first, end in entries:
            for place in range(first, min(first + _TOP, end - 1)):
                run = tree.runs[place]
                heads = tree.elements[run.element].tag in _HEADINGS and not run.linked
                if heads and kept[place + 1] and not kept[place]:
                    yield place
