"""Readers' comments below a story: known by their heading, or by what their elements are called."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from parsers.blocks import Piece
from parsers.boilerplate import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.tree import Run, Tree

_HEADING = 200  # characters
_STORY_ABOVE = 0.35  # share of the text that stands above the heading of comments
_NO_STORY = 0.25  # score of a heading that is surely not the story's
_COUNTED = 0.45  # and of one that counts the comments
_COMMENTED = re.compile(  # in lower case: a pattern that ignores case cannot skip from letter to letter
    "omment|coment|reacti|repl|respon|thought|коммент|комент|yorum|コメント|댓글|评论"
)
_STORY = 200  # characters that are kept above an element of comments: else it may hold the story
_VALUES = re.compile(r" (?:class|id)=\"([^\"]*)\"")
_ALL = re.compile(  # a name of the element around all comments
    r"(?:(?:post|article|entry|story|page|user|readers?)[-_]+)?"
    r"(?:comments|comments?[-_]+(?:section|list|area|threads?|wrapper|container)|commentlist"
    r"|kommentare|commentaires|comentarios|commenti|reacties|disqus_thread)",
    re.IGNORECASE,
)
_ONE = re.compile(r"comment(?:[-_]+(?:item|body|content|text))?", re.IGNORECASE)
_FEW = 3  # elements called a comment: fewer may be an opinion piece


def commented(tree: Tree, scores: list[float], bars: list[float]) -> set[int]:
    """Find the blocks that are readers' comments, given each block's score and the bar that it must reach."""
    headings, named = _headings(tree, scores), list(_named(tree))
    if not headings and not named:
        return set()
    sizes = [len(run.text) * (score >= bar) for run, score, bar in zip(tree.runs, scores, bars, strict=True)]
    above = list(accumulate(sizes, initial=0))
    found = {place for first, end in named if above[first] >= _STORY for place in range(first, end)}
    # Comments begin at their heading, once a good part of what is kept stands above.
    needed = _STORY_ABOVE * above[-1]
    heading = next(
        (n for n in headings if above[n] >= needed and _heads(tree.runs[n], scores[n])), len(scores)
    )
    return found.union(range(heading, len(scores)))


def _headings(tree: Tree, scores: list[float]) -> list[int]:
    """Where a block stands that may head comments: a short one that speaks of them and is no story's."""
    runs = tree.runs
    short = [n for n, score in enumerate(scores) if score < _COUNTED and len(runs[n].text) <= _HEADING]
    if not _COMMENTED.search("\n".join([runs[n].text for n in short]).lower()):  # as on most pages
        return []
    return [n for n in short if _COMMENTED.search(runs[n].text.lower())]


def _heads(run: Run, score: float) -> bool:
    """Whether a block heads the comments: "12 comments", or the word alone where it is surely no story's."""
    counted = score < _NO_STORY or any(letter.isdigit() for letter in run.text)
    return counted and rules().text(Piece("paragraph", run.text, score=score)) == "comments"


def _named(tree: Tree) -> Iterator[tuple[int, int]]:
    """The first block and the end of each outermost element that bears a name of comments."""
    single: list[tuple[int, int]] = []
    done = 0
    attributes = {element.attributes for element in tree.elements}
    speaking = (
        set(filter(_speaks_of_comments, attributes)) if _speaks_of_comments("".join(attributes)) else ()
    )
    for element in tree.elements if speaking else ():
        if element.attributes not in speaking or not done <= element.first_run < element.end_run:
            continue
        names = " ".join(_VALUES.findall(element.attributes)).split()
        if any(map(_ALL.fullmatch, names)):
            done = element.end_run
            yield element.first_run, done
        elif any(map(_ONE.fullmatch, names)):
            done = element.end_run
            single.append((element.first_run, done))
    if len(single) >= _FEW:
        yield from single


def _speaks_of_comments(attributes: str) -> bool:
    """Whether an element can bear such a name: plain words are found far faster than a pattern of them."""
    return (
        "omment" in attributes
        or "comentario" in attributes
        or "reacties" in attributes
        or "disqus" in attributes
    )
