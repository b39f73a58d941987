"""The letters, words and signs of all blocks of a page, counted at once: text by text it takes longer."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

SIGNS = ("chars", "words", "commas", "sentences")

_LETTERS_PER_SPACE = 12  # more than this and the script may know no spaces
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WIDE = (("\uff0c", 2), ("\u3001", 2), ("\u3002", 3))  # commas and stops of scripts without spaces, by row


def count_signs(texts: list[str], page: str) -> NDArray[np.int64]:
    """Count each text's letters, words, commas and ends of sentences within it, by the rows of SIGNS.

    `page` is all of them, a line each: no text may hold a line break.
    """
    codes = np.frombuffer(f"{page}\n".encode("utf-8", "surrogatepass"), np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    stops = np.flatnonzero(codes == ord("."))
    stops = stops[codes[stops + 1] == ord(" ")]
    counts = np.empty((len(SIGNS), len(texts)), np.int64)
    counts[0] = list(map(len, texts))
    for row, places in enumerate(
        (np.flatnonzero(codes == ord(" ")), np.flatnonzero(codes == ord(",")), stops)
    ):
        before = places.searchsorted(ends)
        counts[row + 1] = before
        counts[row + 1, 1:] -= before[:-1]
    counts[1] += 1
    for place in np.flatnonzero(counts[0] > _LETTERS_PER_SPACE * counts[1]).tolist():
        counts[1, place] = _count_words(texts[place])
    for sign, row in _WIDE:
        if sign in page:
            counts[row] += [text.count(sign) for text in texts]
    return counts


def _count_words(text: str) -> int:
    """Count the words of a text that has few spaces."""
    words = text.count(" ") + 1
    return words if text.isascii() else words + len(_CJK.findall(text)) // 2
