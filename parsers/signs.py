"""The words and signs of all blocks of a page, counted at once: text by text it takes twice as long."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

SIGNS = ("words", "commas", "sentences", "digits", "mark", "question", "at")

_NONE, _SPACE, _COMMA, _DIGIT, _PERIOD, _STOP, _ASKED, _BAR, _RIGHTS, _DOTS, _AT, _KINDS = range(12)
_KNOWN = {
    " ": _SPACE, ",": _COMMA, "\uff0c": _COMMA, "\u3001": _COMMA, ".": _PERIOD, "\u3002": _STOP, "?": _ASKED,
    "|": _BAR, "©": _RIGHTS, "…": _DOTS, "@": _AT,
}  # fmt: skip
_BEYOND = 0x10000  # no sign that counts here, but for the digits of mathematicians
_DIGITS_OF = 200  # characters: dates and scores stand in short blocks
_LETTERS_PER_SPACE = 12  # more than this and the script may know no spaces
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def count_signs(texts: list[str]) -> NDArray[np.int64]:
    """Count in each text, by the rows of SIGNS, what it holds; the last three say only whether it does.

    `sentences` are ends of sentences within the text; `mark` adds 1 for a bar, 2 for ©, 4 for an ellipsis.
    No text may hold a line break.
    """
    page = "\n".join(texts)
    codes = np.frombuffer(f"{page}\n\n".encode("utf-32-le", "surrogatepass"), np.uint32)
    sizes = np.array(list(map(len, texts)))
    owner = np.repeat(np.arange(len(texts)), sizes + 1)
    kinds = _kinds().take(codes, mode="clip")
    places = np.flatnonzero(kinds)
    found = kinds[places]
    held = _by_text(owner[places] * _KINDS + found, len(texts) * _KINDS).reshape(-1, _KINDS).T
    periods = places[found == _PERIOD]
    after = codes[periods + 1]
    ends = owner[periods[after == ord(" ")]]
    dots = owner[periods[(after == ord(".")) & (codes[periods + 2] == ord("."))]]
    dotted = held[_DOTS] + _by_text(dots, len(texts)) > 0
    words = held[_SPACE] + 1
    for place in np.flatnonzero(sizes > _LETTERS_PER_SPACE * words).tolist():
        words[place] = _count_words(texts[place])
    addressed = held[_AT] > 0
    if "http" in page:
        addressed |= np.array(["http" in text for text in texts])
    return np.array(
        [
            words,
            held[_COMMA],
            held[_STOP] + _by_text(ends, len(texts)),
            np.where(sizes < _DIGITS_OF, held[_DIGIT], 0),
            (held[_BAR] > 0) + 2 * (held[_RIGHTS] > 0) + 4 * dotted,
            held[_ASKED] > 0,
            addressed,
        ]
    )


def _by_text(numbers: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.bincount(numbers, minlength=size)


def _count_words(text: str) -> int:
    """Count the words of a text that has few spaces."""
    words = text.count(" ") + 1
    return words if text.isascii() else words + len(_CJK.findall(text)) // 2


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each sign is, by its number, and last what all beyond are."""
    kinds = np.array([_DIGIT * chr(code).isdecimal() for code in range(_BEYOND + 1)], np.uint8)
    kinds[_BEYOND] = _NONE
    for sign, kind in _KNOWN.items():
        kinds[ord(sign)] = kind
    return kinds
