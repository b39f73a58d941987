"""Words of class names and of short texts, each with a learned weight: what people call a page's parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise, repeat
from string import ascii_lowercase

SPACES = ("own", "up", "path", "short", "middling", "head", "tail")
SHORT = 100  # characters of a block whose every word is looked up as that of a short one
MIDDLING = 300

_NAMED = re.compile(
    r" (?:class|id|itemprop|role|rel|data-[a-z-]*(?:type|component|test|name|module|qa)[a-z-]*)=\"([^\"]*)\""
)
_SMALL = bytes(code if chr(code) in ascii_lowercase else ord(" ") for code in range(256))
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_HIDDEN = re.compile(r"\bhidden\b|display:\s*none")
_LONGEST = 400  # characters of attributes that are read
_PARTS = 8  # words of one name that are read
_REMEMBERED = 20_000  # names whose weights are kept at hand

_NO_PAIRS: dict[str, tuple[float, float, float]] = {}
_UNKNOWN = repeat(0.0)  # the weight of any other word

Weights = tuple[float, float, float]


def attribute_words(tag: str, attributes: str) -> list[str]:
    """Split the names an element bears (class, id, itemprop, role...) into lower-case words and pairs."""
    words = [f"<{tag}>"]
    for name in _names(attributes):
        words += name_words(name)
    return words


def name_words(name: str) -> list[str]:
    """Split one name: "articleBody" gives article, body, article-body; "<hidden>" stays whole."""
    parts = _parts_of(name)
    return parts + [f"{one}-{two}" for one, two in pairwise(parts)]


def _parts_of(name: str) -> list[str]:
    if name[0] == "<":
        return [name]
    if name.islower():  # as most: what is no small letter parts two words
        return name.encode(errors="replace").translate(_SMALL).decode().split()[:_PARTS]
    return [word.lower() for word in _WORD.findall(name)][:_PARTS]


def _names(attributes: str) -> list[str]:
    read = attributes[:_LONGEST]
    names = " ".join(_NAMED.findall(read)).split()
    if ("hidden" in read or "display" in read) and _HIDDEN.search(read):
        names.append("<hidden>")
    return names


def text_words(text: str, words: list[str]) -> list[tuple[str, list[str]]]:
    """Choose of a block's lower-case words those that are looked up, by space: all, or a long one's ends."""
    if len(text) <= SHORT:
        return [("short", words)]
    if len(text) <= MIDDLING:
        return [("middling", words), ("head", words[:3]), ("tail", words[-2:])]
    return [("head", text[:40].lower().split()[:3]), ("tail", text[-30:].lower().split()[-2:])]


@dataclass(slots=True)
class Vocabulary:
    """A weight for each known word, by where it stands (see SPACES)."""

    weights: dict[str, dict[str, float]] = field(default_factory=lambda: {space: {} for space in SPACES})
    _known: dict[str, Weights] = field(default_factory=dict, compare=False)
    # Of a name's words, all at once, and of its pairs by their first word: to look is to make no pair.
    _named: dict[str, Weights] = field(init=False, repr=False, compare=False)
    _pairs: dict[str, dict[str, Weights]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        own, up, path = (self.weights.get(space, {}) for space in ("own", "up", "path"))
        self._named, self._pairs = {}, {}
        for word in {**own, **up, **path}:
            weights = own.get(word, 0.0), up.get(word, 0.0), path.get(word, 0.0)
            first, dash, second = word.partition("-")
            if dash and word[0] != "<":
                self._pairs.setdefault(first, {})[second] = weights
            else:
                self._named[word] = weights

    def attributes(self, tag: str, attributes: str) -> Weights:
        """Sum the weights of an element's names as the block's own, its parents', and any ancestor's."""
        own, up, path = self._name(f"<{tag}>")
        if attributes:
            known = self._known
            for name in _names(attributes):
                weights = known.get(name) or self._name(name)
                own += weights[0]
                up += weights[1]
                path += weights[2]
        return own, up, path

    def _name(self, name: str) -> Weights:
        if (weights := self._known.get(name)) is not None:
            return weights
        own = up = path = 0.0
        named, pairs = self._named, self._pairs
        after = _NO_PAIRS
        for word in _parts_of(name):
            if (weights := named.get(word)) is not None:
                own += weights[0]
                up += weights[1]
                path += weights[2]
            if after and (weights := after.get(word)) is not None:
                own += weights[0]
                up += weights[1]
                path += weights[2]
            after = pairs.get(word, _NO_PAIRS)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[name] = (own, up, path)
        return own, up, path

    def texts(self, texts: list[str], words: list[list[str]]) -> list[float]:
        """Sum for each block the weights of those of its lower-case words that `text_words` chooses."""
        weights = {space: known.get for space, known in self.weights.items()}
        short = weights["short"]
        sums = []
        for text, said in zip(texts, words, strict=True):
            if len(text) <= SHORT:  # as most, without the detour
                sums.append(sum(map(short, said, _UNKNOWN)))
                continue
            total = 0.0
            for space, chosen in text_words(text, said):
                total = sum(map(weights[space], chosen, _UNKNOWN), total)
            sums.append(total)
        return sums
