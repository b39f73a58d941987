"""Text of blocks: on one line, and folded to compare."""

from __future__ import annotations

import re
import unicodedata

from parsers.hygiene import clean

_WORD = re.compile(r"[\w&+]+")


def squash(text: str) -> str:
    """`clean` text on one line: every run of white space is one space, none at the ends."""
    return " ".join(clean(text).split())


def fold(text: str) -> str:
    """`text` for comparing phrases: its words alone, case and compatibility forms folded.

    >>> fold(" Read more… »")
    'read more'
    """
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", squash(text)).casefold()))
