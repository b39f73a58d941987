"""What a page's own order says of blocks that the scorer doubts: parts of one text are kept together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parsers.text import is_ended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parsers.tree import Run, Tree

_HEADINGS = frozenset({"h2", "h3", "h4"})
_DOUBTED = 0.3  # score of the other item of a list of two
_NUMBERED = 0.1  # score of a heading between kept blocks, or of what a numbered row vouches for; by folds
_LEAST = 2  # blocks of a row that passed
_MOST = 3  # times as many blocks may a row have
_NUMBER = re.compile(r"\d+")
_NAMES = re.compile(
    r'\s(?:id|data-[\w-]*id|data-index|data-number)="[^"]*\d[^"]*"'
)  # numbers of a row's parts

_Row = tuple[int, str]  # the element that holds it, and its parts' name


def beside_their_like(tree: Tree, kept: Sequence[bool], scores: Sequence[float]) -> set[int]:
    """Find blocks that did not pass and go with blocks that did.

    They are the other item of a list of two, the sentences of a row that its elements' names number
    ("paragraph-3") where a third of it has passed, and headings between kept blocks or within such a row.
    """
    doubted = [n for n in range(len(kept)) if not kept[n] and scores[n] >= _NUMBERED]
    found = {n for n in doubted if scores[n] >= _DOUBTED and _is_other_of_two(tree, n, kept)}
    numbered: set[int] = set()
    for places in _rows(tree, doubted):
        told = [place for place in places if kept[place] or is_ended(tree.runs[place].text)]
        passed = sum(kept[place] for place in told)
        if passed >= _LEAST and len(told) <= _MOST * passed:
            found.update(place for place in told if not kept[place] and scores[place] >= _NUMBERED)
            numbered.update(places)
    together = [on or place in found for place, on in enumerate(kept)]
    found.update(n for n in doubted if _heads(tree, n, together, inside=n in numbered))
    return {place for place in found if 3 * tree.runs[place].linked < len(tree.runs[place].text)}


def _heads(tree: Tree, place: int, kept: Sequence[bool], *, inside: bool) -> bool:
    """Whether a block is a heading with text below it, and above it unless it is `inside` a numbered row."""
    below = place + 1 < len(kept) and kept[place + 1] and not kept[place]
    above = inside or (place > 0 and kept[place - 1])
    return below and above and tree.elements[tree.runs[place].element].tag in _HEADINGS


def _is_other_of_two(tree: Tree, place: int, kept: Sequence[bool]) -> bool:
    item = tree.elements[tree.runs[place].element]
    if item.tag != "li" or item.parent < 0:
        return False
    whole = tree.elements[item.parent]
    return whole.end_run - whole.first_run == _LEAST and any(kept[whole.first_run : whole.end_run])


def _rows(tree: Tree, doubted: Sequence[int]) -> list[list[int]]:
    """The blocks of every numbered row that has a doubted sentence."""
    wanted = {
        row for n in doubted if is_ended(tree.runs[n].text) and (row := _row(tree, tree.runs[n])) is not None
    }
    rows: dict[_Row, list[int]] = {row: [] for row in wanted}
    for place, run in enumerate(tree.runs if rows else ()):
        if (row := _row(tree, run)) in rows:
            rows[row].append(place)
    return list(rows.values())


def _row(tree: Tree, run: Run) -> _Row | None:
    """The row that a block is of: elements that a number names, its own or the one around it."""
    element = tree.elements[run.element]
    for _ in range(2):
        if element.parent < 0:
            return None
        names = " ".join(_NAMES.findall(element.attributes)) if "=" in element.attributes else ""
        if names:
            return element.parent, f"{element.tag}{_NUMBER.sub('#', names)}"
        element = tree.elements[element.parent]
    return None
