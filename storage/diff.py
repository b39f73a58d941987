"""What differs between two versions of an article, by field, by sentence and by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from storage.codec import EDITORIAL

LONG = 4_000  # sentences or words; beyond it difflib may skip over what is everywhere
ALIKE = 0.4  # how alike two sentences are (difflib's ratio) where one is the other edited
_SENTENCE_END = re.compile(
    r"(?<=[.!?\u2026][\"'\u201d\u2019\u00bb)\]])\s+|(?<=[.!?\u2026])\s+|(?<=[\u3002\uff01\uff1f])|\n+"
)
_WORD = re.compile(r"\s*\S+")
TEXTS = frozenset({"title", "subtitle", "description", "text", "byline"})

Fate = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that both versions have, or only the earlier, or only the later one."""

    fate: Fate
    text: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that differs: `pieces` in reading order for texts, the two values for everything else."""

    name: str
    before: object
    after: object
    pieces: tuple[Piece, ...] = ()


def compare(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[FieldDiff, ...]:
    """List the fields that differ between two revisions' contents: title and text first, whatever kept them.

    `blocks` are left out: they say the text again.
    """
    names = sorted({*before, *after} - {"blocks"}, key=_rank)
    return tuple(
        _field(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )


def _rank(name: str) -> tuple[int, str]:
    return (EDITORIAL.index(name) if name in EDITORIAL else len(EDITORIAL)), name


def compare_texts(before: str, after: str) -> tuple[Piece, ...]:
    """Compare two texts sentence by sentence, and word by word within a sentence that was edited."""
    pieces = _aligned(_sentences(before), _sentences(after), _within)
    return tuple(_merged(pieces))


def _field(name: str, before: object, after: object) -> FieldDiff:
    texts = name in TEXTS
    pieces = compare_texts(str(before or ""), str(after or "")) if texts else ()
    return FieldDiff(name, before, after, pieces)


def _sentences(text: str) -> list[str]:
    """Split a text after sentences and lines; joined again they are the text."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True) if start < end]


def _words(text: str) -> list[str]:
    words = _WORD.findall(text)
    rest = text[sum(map(len, words)) :]
    return [*words, rest] if rest else words


Finer = Callable[[Sequence[str], Sequence[str]], Iterator[Piece]]


def _aligned(before: Sequence[str], after: Sequence[str], finer: Finer) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, before, after, autojunk=max(len(before), len(after)) > LONG)
    for kind, low, high, start, end in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(after[start:end]))
        elif kind == "replace":
            yield from finer(before[low:high], after[start:end])
        else:
            yield from _replaced(before[low:high], after[start:end])


def _within(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    """Compare a run of sentences with what stands in its place: word by word where it is the same, edited."""
    old, new = _words("".join(before)), _words("".join(after))
    bare_old, bare_new = [word.strip() for word in old], [word.strip() for word in new]
    matcher = SequenceMatcher(None, bare_old, bare_new, autojunk=max(len(old), len(new)) > LONG)
    if matcher.ratio() >= ALIKE:
        yield from _aligned(old, new, _replaced)
    else:
        yield from _replaced(before, after)


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    yield Piece("removed", "".join(before))
    yield Piece("added", "".join(after))


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Join neighbours of one fate and leave out what is empty."""
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last is not None and last.fate == piece.fate:
            last = Piece(last.fate, last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
