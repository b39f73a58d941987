"""The letters, words and signs of a page's blocks, counted."""

from __future__ import annotations

import re

_LETTERS_PER_SPACE = 12  # more than this and the script may know no spaces
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def count_signs(texts: list[str]) -> tuple[list[int], list[int], list[int], list[int]]:
    """Count each text's letters, words, commas, and the ends of sentences within it."""
    letters = list(map(len, texts))
    words = [text.count(" ") + 1 for text in texts]
    commas = [text.count(",") for text in texts]
    ends = [text.count(". ") for text in texts]
    if not "".join(texts).isascii():
        for place, text in enumerate(texts):
            if not text.isascii():
                commas[place] += text.count("\uff0c") + text.count("\u3001")
                ends[place] += text.count("\u3002")
                if letters[place] > _LETTERS_PER_SPACE * words[place]:
                    words[place] += len(_CJK.findall(text)) // 2
    return letters, words, commas, ends
