"""The story's blocks among all the blocks of a page, and the page cut down to them."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from parsers.alike import beside_their_like
from parsers.cards import cards
from parsers.comments import commented
from parsers.cut import cut_down
from parsers.entries import entry_headings
from parsers.following import following
from parsers.markup import MENU, NEVER_SHOWN
from parsers.scorer import logistic, shipped
from parsers.text import is_ended, measure
from parsers.wholes import NEVER_ZERO, raised, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parsers.forest import Scores
    from parsers.scorer import Model
    from parsers.tree import Run, Tree

_CUT = 200
_SURE = 0.8  # score of a paragraph that is surely the story's
_LONG = 80  # characters, measured, of one
_NEVER, _FOLLOWING, _CARD = 2.0, 3.0, 4.0  # bars that no score reaches
_OUT = {_NEVER: "readers' comments", _FOLLOWING: "the page's next story", _CARD: "card of another story"}
_ALONE = 0.25  # score of a sentence that stands alone: a scorer that looks at what is around doubts it
_DOUBTED = 0.1  # and of one among others in its element
_LEDE = 0.3  # score of a lede: the bar above the first sure paragraph is for what is not among the story's
_SHORT = 120  # characters, measured, of the shortest story of several sentences
_IN_SENTENCES = frozenset({"time", "label"})  # blocks to the tree, though they may stand in a line
_LEANING = 0.4  # share of a neighbour's log-odds; chosen, as the bars, by folds
_LOUDEST = 4.0  # log-odds of a neighbour that count
_STANDS = {True: 7.0, False: 5.0}  # log-odds that a named standfirst gains, in news and elsewhere; by folds
_BELOW_HEADLINE = 3  # blocks among which a standfirst stands
_HEADS = 0.25  # score of an h2 right below the headline, with nothing between: a standfirst, too
_STANDFIRST = 30, 450  # characters, measured, of one
_NAMED = re.compile(
    r"standfirst|sub-?(?:title|head|headline|header)(?![a-z])|(?<![a-z])(?:dec?k|excerpt|lead|lede|intro|chapo"
    r"|chapeau|ingress|vorspann|sottotitolo|entradilla|bajada|summary)(?![a-z])|(?:Dek|Subtitle|Lead|Intro)(?![a-z])"
)
# nor what a system for blogs writes beside a post for its lists: its excerpt or summary
_NOT_NAMED = re.compile(
    r"card|carousel|caption|gallery|related|promo|hidden|cta|author|bio"
    r"|(?:post|blog|single)[-_]+(?:excerpt|summary)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bars:
    """The scores that keep a block: above the first sure paragraph, from there to the last one, and below."""

    above: float
    within: float
    below: float


# Chosen by folds over registered domains. Newsrooms write plain paragraphs, so that a doubtful block among
# them is a teaser, a caption or a box; guides and blogs are full of odd blocks that belong.
NEWS = Bars(0.55, 0.72, 0.6)
OTHERS = Bars(0.75, 0.42, 0.52)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided on one leaf block: text (cut at 200 characters), score 0-1, and what weighed most."""

    text: str
    score: float
    kept: bool
    rule: str


@dataclass(frozen=True, slots=True)
class Located:
    """Which blocks of `tree` are the story's, and a verdict for every block if asked."""

    tree: Tree
    kept: tuple[bool, ...]
    scores: tuple[float, ...]
    verdicts: tuple[Verdict, ...] = ()

    @property
    def html(self) -> str:
        """The common ancestor of the kept blocks as HTML, all else taken out; "" when none was kept."""
        return cut_down(self.tree, self.kept)


def locate(tree: Tree, *, news: bool = False, explain: bool = False) -> Located:
    """Find the story of the page; `news` where the page's data call it a news article.

    With `explain`, also the verdict on every leaf block in page order.
    """
    model = shipped()
    own = model.scores(tree)
    alone = (own if news else _leaning(tree, own)).tolist()
    sure = [n for n, score in enumerate(alone) if score >= _SURE and measure(tree.runs[n].text) >= _LONG]
    scores = together(tree, alone, sure)
    _standfirst(tree, scores, _first(scores, sure), _STANDS[news])
    bars = _bars(tree, sure, NEWS if news else OTHERS)
    for place in commented(tree, scores, bars):
        bars[place] = _NEVER
    for place in following(tree, _passing(scores, bars)):
        bars[place] = _FOLLOWING
    for place in cards(tree, _passing(scores, bars)):
        bars[place] = _CARD
    for place in entry_headings(tree, _passing(scores, bars)):
        bars[place] = 0.0
    for place in beside_their_like(tree, _passing(scores, bars), scores):
        bars[place] = bars[place] if bars[place] in _OUT else 0.0
    for place in _within_sentences(tree, _passing(scores, bars)):
        bars[place] = 0.0
    if not sure:
        for place in _together(tree, np.maximum(own, scores).tolist(), bars):
            bars[place] = 0.0
    kept = _passing(scores, bars)
    if not any(kept) and (only := _only(tree, scores, bars)) is not None:
        bars[only] = _ALONE
        kept = tuple(place == only for place in range(len(scores)))
    return Located(tree, kept, tuple(scores), _verdicts(tree, model, scores, bars) if explain else ())


def _passing(scores: Sequence[float], bars: Sequence[float]) -> tuple[bool, ...]:
    return tuple(map(operator.ge, scores, bars))


def _within_sentences(tree: Tree, kept: Sequence[bool]) -> list[int]:
    """Which blocks that did not pass are words of a sentence that did: a time or a label in or before it."""
    runs, elements = tree.runs, tree.elements
    return [
        place
        for place in range(len(runs) - 1)
        if not kept[place]
        and elements[runs[place].element].tag in _IN_SENTENCES
        and kept[place + 1]
        and runs[place + 1].element == elements[runs[place].element].parent
        and _goes_on(runs[place - 1] if place and kept[place - 1] else None, runs[place + 1])
    ]


def _goes_on(before: Run | None, after: Run) -> bool:
    """Whether a sentence runs from one block of an element on to another, or begins before the second."""
    if before is not None and before.element == after.element:
        return not is_ended(before.text)
    return after.text[:1].islower()


def _ledes(tree: Tree, first: int) -> Iterator[int]:
    """Find the sentences right above the first sure paragraph that stand in the same element as it does."""
    runs, elements = tree.runs, tree.elements
    sure = elements[runs[first].element]
    for place in range(first - 1, -1, -1):
        element = elements[runs[place].element]
        alike = element is sure or (element.parent == sure.parent and element.tag == sure.tag)
        if not (alike and _is_sentence(runs[place]) and measure(runs[place].text) >= _LONG):
            return
        yield place


def _only(tree: Tree, scores: list[float], bars: list[float]) -> int | None:
    """The block that is all of a story: where none passes, the surest one that is a sentence."""
    sure = [place for place, score in enumerate(scores) if score >= _ALONE and bars[place] not in _OUT]
    told = [place for place in sure if _is_sentence(tree.runs[place])]
    return max(told, key=scores.__getitem__, default=None)


def _together(tree: Tree, scores: list[float], bars: list[float]) -> list[int]:
    """The sentences of one element that may be a short story: of one where no paragraph is sure.

    A story of a few lines that only breaks or divisions part looks like little to a scorer.
    """
    groups: dict[int, list[int]] = {}
    for place, (run, score) in enumerate(zip(tree.runs, scores, strict=True)):
        if score >= _DOUBTED and bars[place] not in _OUT and _is_sentence(run):
            groups.setdefault(run.element, []).append(place)
            groups.setdefault(tree.elements[run.element].parent, []).append(place)
    sizes = {holder: sum(measure(tree.runs[n].text) for n in places) for holder, places in groups.items()}
    best = max(groups, key=sizes.__getitem__, default=-1)
    return groups[best] if best in groups and len(groups[best]) > 1 and sizes[best] >= _SHORT else []


def _is_sentence(run: Run) -> bool:
    return not run.linked and is_ended(run.text)


def _leaning(tree: Tree, scores: Scores) -> Scores:
    """The scores of a guide's or blog's blocks, each leaning towards those beside it in the same parent.

    A part of a neighbour's log-odds, within bounds, is added to a block's own: what stands among the story
    in one element with it is the story's, and a paragraph among the promises of an offer is one of them.
    """
    odds = np.log((scores + NEVER_ZERO) / (1 - scores + NEVER_ZERO))
    parent = np.array([tree.elements[run.element].parent for run in tree.runs])
    said = np.clip(odds, -_LOUDEST, _LOUDEST) * _LEANING
    same = parent[1:] == parent[:-1]
    odds[:-1] += said[1:] * same
    odds[1:] += said[:-1] * same
    return logistic(odds)


def _first(scores: list[float], sure: list[int]) -> int:
    """Where the story begins below its headline: at the first sure paragraph, or else at the surest block."""
    return sure[0] if sure else max(range(len(scores)), key=scores.__getitem__, default=0)


def _standfirst(tree: Tree, scores: list[float], first: int, gain: float) -> None:
    """Raise the score of what is named a standfirst, between the headline and the first sure paragraph."""
    elements = tree.elements
    headlines = [n for n in range(first) if elements[tree.runs[n].element].tag == "h1"]
    below = headlines[-1] + 1 if headlines else first
    for place in range(below, min(below + _BELOW_HEADLINE, first)):
        run = tree.runs[place]
        element = elements[run.element]
        names = element.attributes + (elements[element.parent].attributes if element.parent >= 0 else "")
        sized = _STANDFIRST[0] <= measure(run.text) <= _STANDFIRST[1] and 3 * run.linked < len(run.text)
        heads = place == below and element.tag == "h2" and scores[place] >= _HEADS and not run.linked
        headline = elements[tree.runs[place - 1].element]
        beside = heads and headline.tag == "h1" and element.parent == headline.parent
        if sized and (beside or _NAMED.search(names)) and not _NOT_NAMED.search(names):
            scores[place] = raised(scores[place], gain)


def _bars(tree: Tree, sure: list[int], bars: Bars) -> list[float]:
    """The bar of every run; where no paragraph is sure, the page's whole text is one doubtful place."""
    count = len(tree.runs)
    if not sure:
        return [min(bars.above, bars.within, bars.below)] * count
    first, last = sure[0], sure[-1]
    lede = sum(1 for _ in _ledes(tree, first))
    above, below = [bars.above] * (first - lede) + [_LEDE] * lede, [bars.below] * (count - last - 1)
    return above + [bars.within] * (last + 1 - first) + below


def menus(tree: Tree) -> Iterator[tuple[int, str]]:
    """Read what the menus and footers say that were passed by: each one's piece, text by text."""
    for index, (kind, node) in enumerate(zip(tree.kinds, tree.nodes, strict=True)):
        for inner in node.traverse(include_text=True) if node is not None and kind == MENU else ():
            shown = inner.is_text_node and inner.parent is not None and inner.parent.tag not in NEVER_SHOWN
            if shown and (said := " ".join((inner.text_content or "").split())):
                yield index, said


def _verdicts(tree: Tree, model: Model, scores: list[float], bars: list[float]) -> tuple[Verdict, ...]:
    found = [
        (run.first, Verdict(run.text[:_CUT], 0.0, kept=False, rule="list of links")) for run in tree.aside
    ]
    found += [
        (first, Verdict(said[:_CUT], 0.0, kept=False, rule="menu or footer")) for first, said in menus(tree)
    ]
    found += [
        (run.first, Verdict(run.text[:_CUT], score, score >= bar, _rule(bar, reason)))
        for run, score, bar, reason in zip(tree.runs, scores, bars, model.reasons(tree), strict=True)
    ]
    return tuple(verdict for _, verdict in sorted(found, key=lambda pair: pair[0]))


def _rule(bar: float, reason: str) -> str:
    return _OUT.get(bar) or f"scorer (bar {bar}): {reason}"
