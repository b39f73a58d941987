"""The story's blocks among all the blocks of a page, and the page cut down to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parsers.tree import VOID_TAGS, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

_CUT = 200
_LONG = 80  # characters of a paragraph that is no teaser
KEEP = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided on one leaf block: text (cut at 200 characters), score 0-1, the rule."""

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
    scores = _density(tree)
    kept = [score >= KEEP for score in scores]
    words = sum(len(run.text.split()) for run, keep in zip(tree.runs, kept, strict=True) if keep)
    verdicts = (
        tuple(
            Verdict(run.text[:_CUT], score, keep, "text density")
            for run, score, keep in zip(tree.runs, scores, kept, strict=True)
        )
        if explain
        else ()
    )
    return Located(cut_down(tree, kept), words, verdicts)


_FAR = frozenset({"nav", "footer", "aside", "figcaption", "button", "form", "label"})


def _density(tree: Tree) -> list[float]:
    """Score every block by its own text and by how much plain text stands beside it in its parent."""
    mass = [0.0] * (len(tree.elements) + 1)
    own = []
    for run in tree.runs:
        element = tree.elements[run.element]
        plain = max(0, len(run.text) - 2 * run.linked) if element.tag not in _FAR else 0
        own.append(plain)
        if plain > _LONG:
            mass[element.parent] += plain
            mass[tree.elements[element.parent].parent] += plain / 2
    top = max(mass) or 1.0
    scores = []
    for run, plain in zip(tree.runs, own, strict=True):
        element = tree.elements[run.element]
        parents = (element.parent, tree.elements[element.parent].parent, run.element)
        near = max(mass[parent] for parent in parents) / top
        long = min(1.0, plain / _LONG) if element.tag[0] != "h" else 0.6
        scores.append(min(1.0, near * 2) * long)
    return scores


def cut_down(tree: Tree, kept: Sequence[bool]) -> str:
    """Render the common ancestor of the kept blocks, with all other text and empty elements taken out.

    Figures between the first and the last kept block stay whole.
    """
    pieces = tree.pieces
    wanted = [run for run, keep in zip(tree.runs, kept, strict=True) if keep]
    if not wanted:
        return ""
    owner = bytearray(len(pieces))
    for run in wanted:
        owner[run.first : run.last + 1] = b"\1" * (run.last + 1 - run.first)
    for element in tree.elements:
        if element.tag == "figure" and wanted[0].first < element.first and element.last <= wanted[-1].last:
            owner[element.first : element.last + 1] = b"\1" * (element.last + 1 - element.first)
    ancestor = tree.elements[_common_ancestor(tree, wanted[0].element, wanted[-1].element)]
    return "".join(_rendered(pieces, owner, ancestor.first, wanted[-1].last))


def _common_ancestor(tree: Tree, one: int, other: int) -> int:
    """Elements are numbered in document order, so a parent's number is always smaller than its child's."""
    while one != other:
        if one > other:
            one = tree.elements[one].parent
        else:
            other = tree.elements[other].parent
    return one


def _rendered(pieces: list[tuple[str, str, str, str]], owner: bytearray, first: int, last: int) -> list[str]:
    """Open an element only when something kept stands in it, so that what comes out is always balanced."""
    out: list[str] = []
    pending: list[str] = []  # opening tags not written yet
    opened: list[str] = []  # tags of written elements, innermost last
    for index in range(first, last + 1):
        end, tag, attributes, text = pieces[index]
        if not tag:
            pass
        elif tag in VOID_TAGS:
            if owner[index] and (tag == "img" or not pending):
                _open(pending, opened, out)
                out.append(f"<{tag}{attributes}>")
        elif not end:
            pending.append(tag + attributes)
        elif pending:
            pending.pop()
        elif opened:
            out.append(f"</{opened.pop()}>")
        if text and owner[index] and (not pending or not text.isspace()):
            _open(pending, opened, out)
            out.append(text)
    out.extend(f"</{tag}>" for tag in reversed(opened))
    return out


def _open(pending: list[str], opened: list[str], out: list[str]) -> None:
    for opening in pending:
        out.append(f"<{opening}>")
        opened.append(opening.split(" ", 1)[0])
    pending.clear()
