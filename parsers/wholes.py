"""What a page's parts weigh together: lists, tables of data, quotes and glossaries are judged as one."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from parsers.text import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parsers.tree import Element, Tree

_WHOLE_OF = {
    "li": frozenset({"ul", "ol"}), "td": frozenset({"table"}), "th": frozenset({"table"})
}  # fmt: skip
_QUOTES = frozenset({"blockquote", "dl"})
_ITEMS = 3  # blocks from which a list or a table is judged as one
_NEAR = 20  # elements from an item up to its list
_CELL = 60  # characters, measured, of a mean cell: longer ones are prose, and the table lays out the page
_EMBEDDED = re.compile(r"tweet|instagram|bluesky|tiktok|embed|pull", re.IGNORECASE)
_QUOTED = 1.0  # log-odds that a quote or a glossary gains among the story's paragraphs; chosen by folds
_NEVER_ZERO = 1e-6  # no score is 0 or 1


def together(tree: Tree, scores: list[float], sure: Sequence[int]) -> list[float]:
    """Give each list's, data table's, quote's and glossary's blocks one score: half of one says nothing.

    A list's and a table's is the mean of theirs. A quote's is their mean by length, and more where it stands
    beside one of the `sure` paragraphs, unless it is an embedded post or mostly links.
    """
    shared = scores[:]
    for number, places in _lists(tree).items():
        table = tree.elements[number].tag == "table"
        if len(places) >= _ITEMS and not (table and _lays_out(tree, places)):
            mean = sum(scores[place] for place in places) / len(places)
            for place in places:
                shared[place] = mean
    story = {tree.elements[tree.runs[place].element].parent for place in sure}
    done = 0  # a quote within a quote is a part of it
    for element in tree.elements:
        if element.tag in _QUOTES and element.first_run >= done:
            done = element.end_run
            score = _quote(tree, element, scores, among=element.parent in story)
            shared[element.first_run : element.end_run] = [score] * (element.end_run - element.first_run)
    return shared


def _quote(tree: Tree, quote: Element, scores: list[float], *, among: bool) -> float:
    """Give the score of a quote or a glossary as a whole."""
    runs = tree.runs[quote.first_run : quote.end_run]
    sizes = [len(run.text) for run in runs]
    own = scores[quote.first_run : quote.end_run]
    mean = sum(score * size for score, size in zip(own, sizes, strict=True)) / max(1, sum(sizes))
    linked = 2 * sum(run.linked for run in runs) > sum(sizes)
    if not among or linked or _EMBEDDED.search(quote.attributes):
        return mean
    return raised(mean, _QUOTED)


def raised(score: float, by: float) -> float:
    """Raise a score between 0 and 1 by log-odds."""
    odds = (score + _NEVER_ZERO) / (1 - score + _NEVER_ZERO) * math.exp(by)
    return odds / (1 + odds)


def _lists(tree: Tree) -> dict[int, list[int]]:
    """The blocks of each list and each table, by the number of its element."""
    elements = tree.elements
    found: dict[int, list[int]] = {}
    for place, run in enumerate(tree.runs):
        number = run.element
        if elements[number].tag not in _WHOLE_OF:  # a paragraph in an item is the item
            number = elements[number].parent
        whole = _WHOLE_OF.get(elements[number].tag) if number >= 0 else None
        steps = 0
        while whole and number >= 0 and steps < _NEAR and elements[number].tag not in whole:
            number, steps = elements[number].parent, steps + 1
        if whole and number >= 0 and steps < _NEAR:
            found.setdefault(number, []).append(place)
    return found


def _lays_out(tree: Tree, places: list[int]) -> bool:
    """Whether a table holds prose rather than data."""
    return sum(measure(tree.runs[place].text) for place in places) > _CELL * len(places)
