"""Plain text, wire copy and saved .txt files: its paragraphs, the first of them perhaps a headline."""

from __future__ import annotations

import re

from parsers.hygiene import clean
from parsers.text import squash

_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|div|p|article|meta|title|h1|span|script|section|br)\b", re.IGNORECASE
)
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_LONGEST_TITLE = 250
_WRAPPED = 45  # characters: a line this long that goes on below was wrapped, not ended


def is_plain(text: str, content_type: str | None) -> bool:
    """Whether `text` is to be read as it stands: its type says so, or nothing near its start is markup."""
    return (content_type or "").lower().startswith("text/plain") or not _MARKUP.search(text[:20000])


def paragraphs(text: str) -> list[str]:
    """Part plain text into paragraphs; hard-wrapped lines are joined, short ones stand alone."""
    parts = (part for part in _BLANK.split(clean(text).replace("\r\n", "\n").replace("\r", "\n").strip()))
    return [line for part in parts for line in _lines(part) if line]


def _lines(part: str) -> list[str]:
    lines = [squash(line) for line in part.split("\n")]
    wrapped = len(lines) > 1 and all(len(line) >= _WRAPPED for line in lines[:-1])
    longest = max(map(len, lines))
    return [" ".join(lines)] if wrapped and longest <= 2 * _WRAPPED else lines


def headline(parts: list[str]) -> str | None:
    """Take the first paragraph where it reads as a headline: short, with more text below it."""
    if len(parts) > 1 and len(parts[0]) <= _LONGEST_TITLE:
        return parts[0]
    return None
