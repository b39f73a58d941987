"""Text hygiene: what no field may carry is taken out once, here."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

FIELD_LIMIT: Final = 1_000  # characters; the longest headline in the wild stays under 400
_WIDE: Final = "\u3000"
TEXT_LIMIT: Final = 20_000  # characters of a description or a raw value

# Control characters but tab, LF and CR (NUL above all: PostgreSQL refuses it), lone surrogates (no database
# takes them), bidi overrides and isolates (they make a text read otherwise than it is stored), zero-width
# marks but the joiners that Persian and Indic scripts spell with, soft hyphens, noncharacters.
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\u200e\u200f"
    "\u061c\u200b\u2060\u00ad\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_TWICE_ESCAPED: Final = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")


def clean(text: str) -> str:
    """The text without characters that no database or reader should meet; line breaks and tabs stay."""
    return _FORBIDDEN.sub("", text)


def one_line(text: str, limit: int = FIELD_LIMIT) -> str:
    """The text cleaned, its white space folded to single spaces, cut at `limit` characters."""
    folded = text[: limit * 4].strip()
    if "  " in folded or not folded.isprintable():  # no white space but the plain one is: most text is clean
        folded = _fold(folded)
        if not folded.isprintable():  # nor are format and control characters
            folded = _fold(clean(folded))
    return folded[:limit].rstrip()


def _fold(text: str) -> str:
    """White space folded to single spaces, or to the full-width one that CJK headlines are set with."""
    if _WIDE not in text:
        return " ".join(text.split())
    return _WIDE.join(part for part in (" ".join(part.split()) for part in text.split(_WIDE)) if part)


def plain(value: str, limit: int = FIELD_LIMIT) -> str:
    """A metadata value as one line of plain text: tags taken out, twice-escaped entities resolved."""
    for _ in range(2):
        if "&" in value and _TWICE_ESCAPED.search(value):
            value = unescape(value)
    if "<" in value:
        value = _TAG.sub(" ", value)
    return one_line(value, limit)
