"""Text of blocks: on one line, and folded to compare."""

from __future__ import annotations

import re
import unicodedata

from parsers.hygiene import clean

# After these a sentence is over, with the quotes and brackets that close behind them.
_ENDS = re.compile(r"[.!?…\u3002\uff01\uff1f\u0964\u06d4\u061f;][\s\"'\u201d\u2019\u00bb\u300d\u300f)\]]*\Z")
_WORD = re.compile(r"[\w&+]+")
_DENSE = re.compile("[\u3040-\ud7a3]")  # scripts that say in one character what others say in three


def measure(text: str) -> int:
    """Length in Latin characters: one of Chinese, Japanese or Korean counts three."""
    return len(text) if text.isascii() else len(text) + 2 * len(_DENSE.findall(text))


def squash(text: str) -> str:
    """`clean` text on one line: every run of white space is one space, none at the ends."""
    if (
        "  " in text or not text.isprintable()
    ):  # as most text is: no space but the plain one, nothing to `clean`
        text = " ".join(text.split())
        if not text.isprintable():
            text = " ".join(clean(text).split())
    return text.strip()


def fold(text: str) -> str:
    """`text` for comparing phrases: its words alone, case and compatibility forms folded.

    >>> fold(" Read more… »")
    'read more'
    """
    text = squash(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(_WORD.findall(text.casefold()))


def is_ended(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return _ENDS.search(text) is not None
