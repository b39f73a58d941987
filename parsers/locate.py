"""The story's blocks among all the blocks of a page, and the page cut down to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from parsers.cut import cut_down
from parsers.scorer import reasons, shipped

if TYPE_CHECKING:
    from parsers.scorer import Model
    from parsers.tree import Tree

_CUT = 200
_MARKUP = re.compile(r"<(?:p|div|br|h[2-4]|ul)\b", re.IGNORECASE)
_HIDDEN_TIMES = (
    3  # the story's data hold so many times the words that the page shows: the page hides its text
)
_HIDDEN_WORDS = 100
KEEP = 0.46  # between what serves precision and what serves recall best on pages of unseen sites


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

    `html` is the common ancestor of the kept blocks, "" when none was kept. Where the page shows only the
    beginning of what its JSON-LD holds as articleBody, `html` is that, and `hidden` is True.
    """

    html: str
    words: int
    verdicts: tuple[Verdict, ...] = ()
    hidden: bool = False


def locate(tree: Tree, *, explain: bool = False) -> Located:
    """Find the story of the page; with `explain`, also the verdict on every leaf block in page order."""
    model = shipped()
    scores = model.scores(tree).tolist()
    kept = [score >= KEEP for score in scores]
    words = sum(run.text.count(" ") + 1 for run, keep in zip(tree.runs, kept, strict=True) if keep)
    verdicts = _verdicts(tree, model, scores) if explain else ()
    told = tree.article_body.count(" ")
    if told >= _HIDDEN_WORDS and told > _HIDDEN_TIMES * words:
        return Located(_paragraphs(tree.article_body), told, verdicts, hidden=True)
    return Located(cut_down(tree, kept), words, verdicts)


def _paragraphs(text: str) -> str:
    """Render plain text as a paragraph for each line; text that holds markup is left as it is."""
    if _MARKUP.search(text):
        return f"<div>{text}</div>"
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


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
