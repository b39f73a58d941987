"""Words of class names and of short texts, each with a learned weight: what people call the parts of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

SPACES = ("own", "up", "path", "short", "head", "tail")
SHORT = 100  # characters of a block whose every word is looked up

_NAMED = re.compile(
    r"\b(?:class|id|itemprop|role|rel|data-[a-z-]*(?:type|component|test|name|module|qa)[a-z-]*)=\"([^\"]*)\""
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_HIDDEN = re.compile(r"\bhidden\b|display:\s*none")
_LONGEST = 400  # characters of attributes that are read


def attribute_words(tag: str, attributes: str) -> list[str]:
    """Split the names an element bears (class, id, itemprop, role...) into lower-case words, pairs included."""
    words = [f"<{tag}>"]
    for named in _NAMED.findall(attributes[:_LONGEST]):
        for name in named.split():
            parts = [word.lower() for word in _WORD.findall(name)][:8]
            words += parts
            words += [f"{one}-{two}" for one, two in zip(parts, parts[1:], strict=False)]
    if _HIDDEN.search(attributes[:_LONGEST]):
        words.append("<hidden>")
    return words


def text_words(text: str) -> tuple[list[str], list[str], list[str]]:
    """Split a block's text into the words that are looked up: all of a short one, or a long one's head and tail."""
    if len(text) <= SHORT:
        return text.lower().split(), [], []
    return [], text[:40].lower().split()[:3], text[-30:].lower().split()[-2:]


@dataclass(slots=True)
class Vocabulary:
    """A weight for each known word, by where it stands (see SPACES)."""

    weights: dict[str, dict[str, float]] = field(default_factory=lambda: {space: {} for space in SPACES})

    def attributes(self, tag: str, attributes: str) -> tuple[float, float, float]:
        """Sum the weights of an element's names as the block's own, its parents', and any ancestor's."""
        own, up, path = self.weights["own"], self.weights["up"], self.weights["path"]
        words = attribute_words(tag, attributes)
        return (
            sum([own.get(word, 0.0) for word in words]),
            sum([up.get(word, 0.0) for word in words]),
            sum([path.get(word, 0.0) for word in words]),
        )

    def text(self, text: str) -> float:
        """Sum the weights of a block's words."""
        if len(text) <= SHORT:
            known = self.weights["short"]
            return sum([known.get(word, 0.0) for word in text.lower().split()])
        _, head, tail = text_words(text)
        first, last = self.weights["head"], self.weights["tail"]
        return sum([first.get(word, 0.0) for word in head]) + sum([last.get(word, 0.0) for word in tail])
