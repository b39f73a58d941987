"""Text as it may leave the workshop: no control characters, single spaces, folded to compare."""

from __future__ import annotations

import re
import unicodedata

# NUL and other controls (PostgreSQL refuses NUL), lone surrogates (no database takes them), soft hyphens,
# zero-width spaces, byte order marks, bidi embeddings, overrides and isolates (they reorder what people read)
# and non-characters. The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_LINE_SEPARATORS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_WORD = re.compile(r"[\w&+]+")


def clean(text: str) -> str:
    """`text` without NUL, control characters, lone surrogates, bidi overrides or soft hyphens."""
    return _UNWANTED.sub("", _LINE_SEPARATORS.sub("\n", text))


def squash(text: str) -> str:
    """`clean` text on one line: every run of white space is one space, none at the ends."""
    return " ".join(_UNWANTED.sub("", _LINE_SEPARATORS.sub(" ", text)).split())


def fold(text: str) -> str:
    """`text` for comparing phrases: its words alone, case and compatibility forms folded.

    >>> fold(" Read more… »")
    'read more'
    """
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", squash(text)).casefold()))
