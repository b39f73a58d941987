"""Every clue that a page gives of its article: from its head, its JSON-LD, its face and its feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from parsers.clue import Clue, FieldName
from parsers.dates import find_dates
from parsers.figures import read_captions
from parsers.lines import read_lines
from parsers.marked import Marked, read_marked
from parsers.meta import read_head, read_pagers
from parsers.model import Hints, Page
from parsers.relations import read_relations
from parsers.schema import read_jsonld
from parsers.shown import read_shown
from parsers.state import read_state
from parsers.visible import read_visible

MAX_CLUES: Final = 60  # of one field
MAX_SCRIPTS: Final = 30
_HEAD: Final = 20_000  # bytes among which a base address stands
_BASE: Final = re.compile(rb"<base\s[^>]*?href\s*=\s*[\"']?([^\"'>\s]+)", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"\(([^()]{6,40})\)\s*$")
_DATED: Final = frozenset({"jsonld", "jsonld-page", "jsonld-media", "meta", "microdata", "time"})


@dataclass(frozen=True, slots=True)
class Clues:
    """The clues of one page by field, in the order they were read: JSON-LD, head, face, feed."""

    found: Mapping[FieldName, tuple[Clue, ...]]

    def of(self, field: FieldName) -> tuple[Clue, ...]:
        """All clues of one field, () when there are none."""
        return self.found.get(field, ())


def read_clues(tree: LexborHTMLParser, utf8: bytes, page: Page, marked: Marked | None = None) -> Clues:
    """Every clue that a parsed page and what its feed said of it give; raises nothing, whatever the page.

    `utf8` is the page as it was parsed, `marked` are its marked elements, where the caller has them.
    """
    found: dict[FieldName, list[Clue]] = {}
    marked = marked or read_marked(tree)
    _gather(_markup(tree, page, marked), found)
    _gather(_base(utf8), found)
    _gather(read_shown(utf8, found.get("title", [])), found)
    _gather(_missing(read_relations(marked.relations), found), found)
    _gather(read_captions(marked.captions), found)
    if not any(clue.rule in _DATED for clue in found.get("published", ())):
        _gather(read_state(utf8), found)  # a scan of the whole page: only where nothing better is known
    if not found.get("author") or not _has_day(found):
        headline = next((clue.value for clue in found.get("title", ()) if clue.rule == "heading"), "")
        _gather(_missing(read_lines(tree, headline), found), found)
    if not _has_day(found):
        _gather(_bracketed([*found.get("title", ()), *found.get("description", ())]), found)
    return Clues({field: tuple(clues) for field, clues in found.items()})


def _base(utf8: bytes) -> Iterator[Clue]:
    """The address that the page's relative ones are resolved against (HTML, 4.2.3): the first of them."""
    start = max(utf8.find(b"<base ", 0, _HEAD), utf8.find(b"<BASE ", 0, _HEAD))
    if start >= 0 and (match := _BASE.match(utf8, start)):
        yield Clue("base", unescape(match[1].decode()), "base", "base[href]")


def _bracketed(told: Iterable[Clue]) -> Iterator[Clue]:
    """A day in the brackets that end a headline or description, where the page names no other."""
    for clue in told:
        match = _BRACKETS.search(clue.value)
        if match and any(find_dates(match[1], None, month_first=False)):
            yield Clue("published", match[1], "title-date", clue.place)


def _missing(clues: Iterator[Clue], found: dict[FieldName, list[Clue]]) -> Iterator[Clue]:
    """The clues for fields that have none so far, and for the date where no clue holds a day."""
    known = {field for field, same in found.items() if same and (field != "published" or _has_day(found))}
    return (clue for clue in clues if clue.field not in known)


def _has_day(found: Mapping[FieldName, list[Clue]]) -> bool:
    """Whether a clue of publication holds a day; a time in a sidebar says nothing of the story."""
    return any(
        clue.rule in _DATED or any(find_dates(clue.value, None, month_first=False))
        for clue in found.get("published", ())
        if clue.rule != "time-aside"
    )


def read_plain(told: Iterable[Clue], page: Page) -> Clues:
    """The clues of a plain text: what its opening and its feed said of it."""
    found: dict[FieldName, list[Clue]] = {}
    _gather(_hints(page.hints), found)
    _gather(iter(told), found)
    return Clues({field: tuple(clues) for field, clues in found.items()})


def _gather(clues: Iterator[Clue], found: dict[FieldName, list[Clue]]) -> None:
    for clue in clues:
        same = found.setdefault(clue.field, [])
        if clue.value.strip() and len(same) < MAX_CLUES:
            same.append(clue)


def _markup(tree: LexborHTMLParser, page: Page, marked: Marked) -> Iterator[Clue]:
    head = [*read_head(marked.head), *read_pagers(marked.pagers)]
    title = next((clue.value for clue in head if clue.rule == "title-element"), "")
    data = [*read_jsonld(marked.data[:MAX_SCRIPTS], page.url, title), *head]
    yield from data
    yield from read_visible(tree, marked.shown, {clue.value for clue in data if clue.field == "title"})
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
