"""The piece of a text that shows why it was found, with the words that were looked for marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.folding import runs, signs, tokens
from storage.grammar import Words

AROUND = 30  # words shown


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a snippet; `hit` says that it is what was looked for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    token: str
    start: int
    end: int


def snippet(text: str, wanted: Sequence[Words], field: str | None = None) -> tuple[Piece, ...]:
    """Cut about 30 words out of a text where most hits stand, or its beginning when it has none.

    `field` names the field that the text is of; words looked for in another field are no hits in it.
    """
    places = _places(text)
    if not places:
        return ()
    phrases = [words.tokens for words in wanted if words.field in {None, field}]
    hits = _hits([place.token for place in places], phrases)
    first = _densest(hits, len(places))
    last = min(first + AROUND, len(places)) - 1
    start = 0 if first == 0 else places[first].start
    end = len(text) if last == len(places) - 1 else places[last].end
    pieces = _marked(text, start, end, [places[at] for at in sorted(hits) if first <= at <= last])
    if start:
        pieces.insert(0, Piece("\u2026 "))
    if end < len(text):
        pieces.append(Piece(" \u2026"))
    return tuple(pieces)


def _places(text: str) -> list[_Place]:
    """List the tokens of a text with where they stand: one that folds to several is found sign by sign."""
    found = []
    for run in runs(text):
        words = tokens(run.group())
        if len(words) == 1:
            found.append(_Place(words[0], run.start(), run.end()))
        else:
            for sign in signs(run.group()):
                start, end = (run.start() + at for at in sign.span())
                found += [_Place(word, start, end) for word in tokens(sign.group())]
    return found


def _hits(words: Sequence[str], phrases: Sequence[tuple[str, ...]]) -> set[int]:
    starts: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        starts.setdefault(phrase[0], []).append(phrase)
    hits: set[int] = set()
    for at, word in enumerate(words):
        for phrase in starts.get(word, ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                hits.update(range(at, at + len(phrase)))
    return hits


def _densest(hits: set[int], length: int) -> int:
    """Return where a window of 30 words holds most hits, with a few words before the first of them."""
    ordered = sorted(hits)
    best, start, most = 0, 0, 0
    for end, place in enumerate(ordered):
        while place - ordered[start] >= AROUND:
            start += 1
        if end - start + 1 > most:
            best, most = ordered[start], end - start + 1
    return max(0, min(best - AROUND // 6, length - AROUND))


def _marked(text: str, start: int, end: int, hits: list[_Place]) -> list[Piece]:
    spans: list[tuple[int, int]] = []
    for place in hits:
        if spans and not text[spans[-1][1] : place.start].strip():
            spans[-1] = (spans[-1][0], place.end)
        else:
            spans.append((place.start, place.end))
    pieces = []
    for low, high in spans:
        pieces += [Piece(text[start:low]), Piece(text[low:high], hit=True)]
        start = high
    pieces.append(Piece(text[start:end]))
    return [piece for piece in pieces if piece.text]
