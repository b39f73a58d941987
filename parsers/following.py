"""The next story of a page that loads one below the other: its blocks are no part of the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parsers.tree import Element, Tree

_STORY = 400  # characters that are kept of the first one: less may be a teaser or the headline's own article
_TOP = 4  # blocks of an article among which its headline stands


def following(tree: Tree, kept: Sequence[bool]) -> set[int]:
    """Find the blocks of further `<article>` elements with a headline of their own (h1) below the first's."""
    headed = [element for element in _articles(tree) if _is_headed(tree, element)]
    if not headed[1:]:  # as on nearly every page
        return set()
    sizes = [len(run.text) * keep for run, keep in zip(tree.runs, kept, strict=True)]
    told = [sum(sizes[element.first_run : element.end_run]) >= _STORY for element in headed]
    first = told.index(True) if True in told else len(headed)
    return {place for element in headed[first + 1 :] for place in range(element.first_run, element.end_run)}


def _articles(tree: Tree) -> Iterator[Element]:
    """The outermost `<article>` elements that hold text."""
    done = 0
    for element in tree.elements:
        if element.tag == "article" and done <= element.first_run < element.end_run:
            done = element.end_run
            yield element


def _is_headed(tree: Tree, article: Element) -> bool:
    top = tree.runs[article.first_run : min(article.end_run, article.first_run + _TOP)]
    return any(tree.elements[run.element].tag == "h1" for run in top)
