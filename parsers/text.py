"""Text of blocks: on one line, and folded to compare."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from parsers.hygiene import clean

# After these a sentence is over, with the quotes and brackets that close behind them.
_ENDS = re.compile(r"[.!?…\u3002\uff01\uff1f\u0964\u06d4\u061f;][\s\"'\u201d\u2019\u00bb\u300d\u300f)\]]*\Z")
_WORD = re.compile(r"[\w&+]+")
_ASCII = [chr(code) for code in range(128)]
_FOLDED = bytes(ord(sign.lower() if sign.isalnum() or sign in "_&+" else " ") for sign in _ASCII).ljust(256)
_CONTROLS = "".join(sign for sign in _ASCII if not (sign.isprintable() or sign.isspace())).encode()
_DENSE = re.compile("[\u3040-\ud7a3]")  # scripts that say in one character what others say in three


def measure(text: str) -> int:
    """Length in Latin characters: one of Chinese, Japanese or Korean counts three."""
    return len(text) if text.isascii() else len(text) + 2 * _dense(text)


@lru_cache(maxsize=1_024)
def _dense(text: str) -> int:
    """Count such characters: of one page's blocks many times, so that most answers are known."""
    return len(_DENSE.findall(text))


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
    if text.isascii():  # the same, far faster
        return " ".join(text.encode().translate(_FOLDED, _CONTROLS).decode().split())
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", squash(text)).casefold()))


def is_ended(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return _ENDS.search(text) is not None
