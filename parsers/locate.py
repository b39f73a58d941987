"""The story's blocks among all the blocks of a page, and the page cut down to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parsers.cut import cut_down
from parsers.scorer import reasons, shipped

if TYPE_CHECKING:
    from parsers.scorer import Model
    from parsers.tree import Tree

_CUT = 200
_HIDDEN_TIMES = (
    3  # the story's data hold so many times the words that the page shows: the page hides its text
)
_HIDDEN_WORDS = 100
KEEP = 0.48  # between what serves precision and what serves recall best on pages of unseen sites


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided on one leaf block: text (cut at 200 characters), score 0-1, and what weighed most."""

    text: str
    score: float
    kept: bool
    rule: str


@dataclass(frozen=True, slots=True)
class Located:
    """The story's blocks as HTML (all else taken out), their words, and a verdict for every block if asked.

    `html` is the common ancestor of the kept blocks, "" when none was kept.
    """

    html: str
    words: int
    verdicts: tuple[Verdict, ...] = ()


def locate(tree: Tree, *, explain: bool = False) -> Located:
    """Find the story of the page; with `explain`, also the verdict on every leaf block in page order."""
    model = shipped()
    scores = model.scores(tree).tolist()
    kept = [score >= KEEP for score in scores]
    words = sum(run.text.count(" ") + 1 for run, keep in zip(tree.runs, kept, strict=True) if keep)
    verdicts = _verdicts(tree, model, scores) if explain else ()
    return Located(cut_down(tree, kept), words, verdicts)


def _verdicts(tree: Tree, model: Model, scores: list[float]) -> tuple[Verdict, ...]:
    found = [
        (run.first, Verdict(run.text[:_CUT], 0.0, kept=False, rule="menu or list of links"))
        for run in tree.aside
    ]
    found += [
        (run.first, Verdict(run.text[:_CUT], score, score >= KEEP, f"scorer: {reason}"))
        for run, score, reason in zip(tree.runs, scores, reasons(model, tree), strict=True)
    ]
    return tuple(verdict for _, verdict in sorted(found, key=lambda pair: pair[0]))
