"""Links that say what they are: a visible breadcrumb's steps, a story's tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from selectolax.lexbor import LexborNode

from parsers.clue import Clue
from parsers.hygiene import one_line
from parsers.schema import FRONT

MAX_LINKS: Final = 40
MAX_TEXT: Final = 60  # characters of a section's or a tag's name


def read_relations(nodes: Iterable[LexborNode]) -> Iterator[Clue]:
    """The clues of breadcrumbs, by class, and of links whose `rel` names a tag."""
    crumbs = False
    for node in list(nodes)[:MAX_LINKS]:
        rel = (node.attributes.get("rel") or "").split()
        if "tag" in rel:
            yield Clue("tag", one_line(node.text(), MAX_TEXT), "link", "a[rel=tag]")
        elif not crumbs and (step := _first_step(node)):
            crumbs = True
            yield Clue("section", step, "breadcrumb", "breadcrumb a")


def _first_step(holder: LexborNode) -> str | None:
    """The first step of a visible breadcrumb that is not the front page."""
    steps = (one_line(link.text(), MAX_TEXT + 1) for link in holder.css("a")[:MAX_LINKS])
    return next((step for step in steps if 0 < len(step) <= MAX_TEXT and not FRONT.fullmatch(step)), None)
