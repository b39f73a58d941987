"""What else must speak against a block that begins as boilerplate does, and as a story's sentence may."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from parsers.blocks import Piece
from parsers.text import measure

_DOUBTED = 0.8  # score: of a story's short sentences one in fifteen has less, of other sentences every second
_REJECTED = 0.55  # one in a hundred of a story's has less
_BUTTON = 0.8  # share of a button's characters in its link: quotes and arrows may stand around it
_POINTS = re.compile(r"\s*[:|\uff1a»›→➡>(«„“\[–—-]")  # after a label: the title that it points to
_NAMES = 14  # words of a line that names those who made it
_UNCASED = 30  # characters, measured, of names in a script without capitals
_STOPS = frozenset("\u3001\u3002\uff0c\uff01\uff1f,.!?\u060c\u061f\u0964")
_SEPARATORS = ".,:|()[]{}'\"*+@©–—-\u2019\u201c\u201d\uff1a\uff0f/&;·•"
_SCRIPTS_WITHOUT_SPACES = "\u3000"
_PARTS = re.compile(r"[\s/\uff0f|·•\u3000]+")


def is_linked(piece: Piece) -> bool:
    """Whether half of a block's characters or more stand in links."""
    return 0 < len(piece.text) <= 2 * piece.linked


def is_button(piece: Piece) -> bool:
    """Whether a paragraph is a link and little else."""
    return piece.kind == "paragraph" and piece.linked >= _BUTTON * len(piece.text)


def is_doubted(piece: Piece) -> bool:
    """Whether the scorer has kept a block with little conviction; False where it was not asked."""
    return piece.score is not None and piece.score < _DOUBTED


def is_rejected(piece: Piece) -> bool:
    """Whether the scorer all but left a block out, or did, and a figure brought it back."""
    return piece.score is not None and piece.score < _REJECTED


def points_on(after: str) -> bool:
    """Whether what stands after a label is a colon, a bar or an arrow: the label of a title."""
    return _POINTS.match(after) is not None


class Attributions:
    """The verbs by which a sentence tells who said it: a promo has nobody who says so."""

    def __init__(self, verbs: Collection[str]) -> None:
        verbs = [verb.casefold() for verb in verbs]
        spaced = [verb for verb in verbs if verb[-1] < _SCRIPTS_WITHOUT_SPACES]
        dense = [verb for verb in verbs if verb[-1] >= _SCRIPTS_WITHOUT_SPACES]
        self._said = re.compile("|".join([rf"\b(?:{'|'.join(spaced)})\b", *dense]))

    def found(self, lower: str) -> bool:
        """Whether a text in lower case says of something that somebody said it."""
        return self._said.search(lower) is not None


def names_alone(after: str, joining: Collection[str], agencies: Collection[str], least: int) -> bool:
    """Whether nothing but names, numbers and the little words that join them stands in `after`.

    At least `least` of the words are names: with a capital, or short in a script that has none; `agencies`
    write their own small.
    """
    words = [word.strip(_SEPARATORS) for word in _PARTS.split(after)]
    words = [word for word in words if word]
    if not words or len(words) > _NAMES:
        return False
    named = [word for word in words if word[0].isupper() or word.casefold() not in joining]
    named = [word for word in named if not word[0].isdigit()]
    plain = [word for word in named if word[0].islower() and "." not in word]  # an address has a dot
    if len(named) < least or any(word not in agencies for word in plain):
        return False
    uncased = [word for word in named if not (word[0].isupper() or word[0].islower())]
    return not uncased or (measure(after) <= _UNCASED and not _stopped(after, uncased))


def _stopped(after: str, uncased: Sequence[str]) -> bool:
    """Whether a clause or sentence ends within words of a script without capitals."""
    return any(word[0].isalpha() for word in uncased) and not _STOPS.isdisjoint(after)
