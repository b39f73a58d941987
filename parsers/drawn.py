"""The story in the state that a framework draws a page from, where the page itself shows none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from parsers.hidden import paragraphs
from parsers.jsonld import MAX_CHARS, load
from parsers.text import fold, is_ended, measure

MAX_STATES = 5  # scripts
MAX_VALUES = 50_000  # of one of them
MAX_DEPTH = 30
_LEAST = 250  # characters, measured, of what can be a story
_UNNAMED = 600  # and of one whose object does not bear the page's title
_PROSE = 40  # and of a paragraph of it
_SCRIPT = re.compile(
    r"<script\b[^<>]*(?:application/json|__NEXT_DATA__)[^<>]*>"
    r"|<script\b[^<>]*>\s*(?:window\.|self\.|var |let |const )?\w{0,40}(?:STATE|NUXT|DATA|APOLLO|state)"
    r"\w{0,40}\s*=\s*(?=\{)"
)
_TEXTS = (
    "text",
    "content",
    "html",
    "value",
    "body",
    "children",
    "data",
)  # where a block of a story keeps its words
_TITLES = ("title", "headline", "name")


def drawn_story(html: str, title: str) -> list[str]:
    """The paragraphs of the longest story in the page's state, of that with the page's title if there is one.

    [] where there is no state, or none that can be read; looks at no more than 5 scripts.
    """
    best: tuple[bool, int, list[str]] = (False, 0, [])
    wanted = fold(title)
    for count, opening in enumerate(_SCRIPT.finditer(html)):
        if count == MAX_STATES:
            break
        end = html.find("</script", opening.end())
        state = load(html[opening.end() : end][:MAX_CHARS]) if end > 0 else None
        for owner, told in _stories(state):
            named = bool(wanted) and any(fold(str(owner.get(key) or "")) == wanted for key in _TITLES)
            size = sum(map(measure, told))
            if named or size >= _UNNAMED:
                best = max(best, (named, size, told), key=lambda each: each[:2])
    return best[2]


def _stories(state: Any) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each object that holds a story, and the story's paragraphs."""
    queue: list[tuple[Any, int]] = [(state, 0)]
    for value, depth in queue:  # grows while it is read: breadth first
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if depth < MAX_DEPTH and len(queue) < MAX_VALUES:
            queue.extend((part, depth + 1) for part in inner if isinstance(part, (dict, list)))
        for part in value.values() if isinstance(value, dict) else ():
            told = _paragraphs(part)
            if sum(map(measure, told)) >= _LEAST:
                yield value, told


def _paragraphs(value: Any) -> list[str]:
    """What a value tells in sentences: a text with or without markup, or a list of a story's blocks."""
    blocks = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    told = [part for block in blocks for text in _texts(block) for part in paragraphs(text)]
    prose = [part for part in told if measure(part) >= _PROSE and is_ended(part)]
    return told if prose and 2 * len(prose) >= len(told) else []


def _texts(block: Any) -> Iterator[str]:
    """The words of one block, wherever its framework keeps them."""
    for _ in range(MAX_DEPTH):
        if isinstance(block, list):  # a paragraph's spans
            block = "".join(str(span.get("text") or "") for span in block if isinstance(span, dict))
        if isinstance(block, str):
            yield block
        if not isinstance(block, dict):
            return
        block = next((block[key] for key in _TEXTS if block.get(key)), None)
