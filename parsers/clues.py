"""Every clue that a page gives of its article's fields, with its origin: from its head, its JSON-LD, its face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from parsers.clue import Clue, FieldName
from parsers.meta import read_head
from parsers.model import Hints, Page
from parsers.schema import read_jsonld
from parsers.visible import read_visible

MAX_CLUES: Final = 60  # of one field


@dataclass(frozen=True, slots=True)
class Clues:
    """The clues of one page by field, in the order they were read: JSON-LD, head, face, feed."""

    found: Mapping[FieldName, tuple[Clue, ...]]

    def of(self, field: FieldName) -> tuple[Clue, ...]:
        """All clues of one field, () when there are none."""
        return self.found.get(field, ())


def read_clues(tree: LexborHTMLParser, page: Page) -> Clues:
    """Every clue that a parsed page and what its feed said of it give; raises nothing, whatever the page."""
    found: dict[FieldName, list[Clue]] = {}
    for clue in _all(tree, page):
        clues = found.setdefault(clue.field, [])
        if clue.value.strip() and len(clues) < MAX_CLUES:
            clues.append(clue)
    return Clues({field: tuple(clues) for field, clues in found.items()})


def _all(tree: LexborHTMLParser, page: Page) -> Iterator[Clue]:
    head = list(read_head(tree))
    title = next((clue.value for clue in head if clue.rule == "title-element"), "")
    scripts = (node.text() or "" for node in tree.css('script[type*="ld+json" i]')[:30])
    yield from read_jsonld(scripts, page.url, title)
    yield from head
    yield from read_visible(tree)
    yield from _hints(page.hints)


def _hints(hints: Hints) -> Iterator[Clue]:
    plain: tuple[tuple[FieldName, str | None], ...] = (
        ("title", hints.title), ("published", hints.published), ("section", hints.section),
        ("language", hints.language),
    )  # fmt: skip
    for field, value in plain:
        if value:
            yield Clue(field, value, "feed", f"hints.{field}")
    for name in hints.authors:
        yield Clue("author", name, "feed", "hints.authors")
