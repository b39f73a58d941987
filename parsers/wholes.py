"""What a page's parts weigh together: lists, tables of data, quotes and glossaries are judged as one."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from parsers.text import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parsers.tree import Element, Run, Tree

_WHOLE_OF = {
    "li": frozenset({"ul", "ol"}), "td": frozenset({"table"}), "th": frozenset({"table"})
}  # fmt: skip
_QUOTES = frozenset({"blockquote", "dl"})
_ITEMS = 3  # blocks from which a list or a table is judged as one
_NEAR = 20  # elements from an item up to its list
_CELL = 60  # characters, measured, of a mean cell: longer ones are prose, and the table lays out the page
_EMBEDDED = re.compile(r"tweet|instagram|bluesky|tiktok|embed|pull", re.IGNORECASE)
_POST = re.compile(r"twitter-tweet|bluesky-embed|mastodon-embed|instagram-media|tiktok-embed|fb-post")
_POSTED = 0.8  # score of an embedded post that the story quotes: above every bar
_POSTS = 2  # in one story; with more it is a list of them, and the scorer's to judge
_OWN = 60  # characters, measured, of a post beyond its links: shorter ones caption a picture that is not here
_SAME = 6  # words in a row by which the story quotes a post
_AROUND = 3  # blocks on either side of a post
_AMONG = 1.2  # log-odds that a list, table or quote gains among the story's paragraphs; chosen by folds
NEVER_ZERO = 1e-6  # no score is 0 or 1


def together(tree: Tree, scores: list[float], sure: Sequence[int]) -> list[float]:
    """Give each list's, data table's, quote's and glossary's blocks one score: half of one says nothing.

    A list's and a table's is the mean of theirs, a quote's and a glossary's their mean by length; each
    gains by standing beside one of the `sure` paragraphs, unless it is an embedded post or mostly links.
    """
    shared = scores[:]
    story = {tree.elements[tree.runs[place].element].parent for place in sure}
    for number, places in _lists(tree).items():
        element = tree.elements[number]
        table = element.tag == "table"
        if len(places) < _ITEMS or (table and _lays_out(tree, places)):
            continue
        mean = sum(scores[place] for place in places) / len(places)
        runs = [tree.runs[place] for place in places]
        score = _among(element, runs, mean) if element.parent in story else mean
        for place in places:
            shared[place] = score
    done = 0  # a quote within a quote is a part of it
    quotes: list[Element] = []
    for element in tree.elements:
        if element.tag in _QUOTES and element.first_run >= done:
            done = element.end_run
            quotes.append(element)
            runs = tree.runs[element.first_run : done]
            mean = _by_length(runs, scores[element.first_run : done])
            score = _among(element, runs, mean) if element.parent in story else mean
            shared[element.first_run : done] = [score] * len(runs)
    for element in _quoted(tree, quotes, sure):
        count = element.end_run - element.first_run
        shared[element.first_run : element.end_run] = [max(_POSTED, shared[element.first_run])] * count
    return shared


def _quoted(tree: Tree, quotes: list[Element], sure: Sequence[int]) -> list[Element]:
    """The embedded posts that stand among the story's paragraphs and say something, unless they are many."""
    found = [
        element
        for element in quotes
        if _POST.search(element.attributes)
        and sure
        and sure[0] < element.first_run < sure[-1]
        and _tells(tree, element, sure)
    ]
    return found if len(found) <= _POSTS else []


def _tells(tree: Tree, post: Element, sure: Sequence[int]) -> bool:
    """Whether a post says something beyond its links and names, and not what the story quotes around it."""
    runs = tree.runs
    said = max(runs[post.first_run : post.end_run], key=lambda run: len(run.text))
    own = [word for word in said.text.split() if word[0] not in "#@"]
    if measure(" ".join(own)) - said.linked < _OWN:
        return False
    near = range(post.first_run - _AROUND, post.end_run + _AROUND)
    told = " ".join(runs[place].text for place in sure if place in near)
    return not any(" ".join(own[n : n + _SAME]) in told for n in range(max(1, len(own) - _SAME + 1)))


def _by_length(runs: list[Run], scores: list[float]) -> float:
    """The mean score of blocks, each weighing as much as it is long."""
    sizes = [len(run.text) for run in runs]
    return sum(score * size for score, size in zip(scores, sizes, strict=True)) / max(1, sum(sizes))


def _among(whole: Element, runs: list[Run], score: float) -> float:
    """The score of a list, table, quote or glossary that stands among the story's paragraphs."""
    linked = 2 * sum(run.linked for run in runs) > sum(len(run.text) for run in runs)
    return score if linked or _EMBEDDED.search(whole.attributes) else raised(score, _AMONG)


def raised(score: float, by: float) -> float:
    """Raise a score between 0 and 1 by log-odds."""
    odds = (score + NEVER_ZERO) / (1 - score + NEVER_ZERO) * math.exp(by)
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
