"""The story that a page's markup hides: told to machines as articleBody, or left to scripts to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from json import JSONDecodeError, JSONDecoder

from parsers.hygiene import clean
from parsers.text import squash

MAX_BODY = 200_000  # characters of a body that is read
_BODY = re.compile(r'"articleBody"\s*:\s*"')
_DECODER = JSONDecoder(strict=False)
_BREAK = re.compile(r"(?:\s*<(?:/p|br ?/?|/div|/h\d|/li)>\s*)+|\n\s*\n|\r\n|\n", re.IGNORECASE)
_TEMPLATE = re.compile(
    r"<script\b[^<>]*\btype\s*=\s*[\"']text/(?:x-)?(?:template|html)[\"'][^<>]*>", re.IGNORECASE
)
_END = re.compile(r"</script\b[^<>]*>?", re.IGNORECASE)
_NO_SCRIPT = re.compile(r"</?noscript\b[^<>]*>", re.IGNORECASE)
_PLACEHOLDERS = ("{{", "<%", "${")  # of a template that a script fills with what is not on the page
_LEAST = 200  # characters of a template that can hold a story
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")


def unveil(html: str, *, bare: bool) -> str:
    """Write the page as its scripts would leave it: templates stand open, on a `bare` page <noscript> too.

    A bare page shows nothing at all; one that shows something keeps what it says to browsers without scripts
    to itself. "" where nothing would change.
    """
    shown = "".join(_opened(html)) if "text/" in html else html
    if bare:
        shown = _NO_SCRIPT.sub("", shown)
    return shown if shown != html else ""


def _opened(html: str) -> Iterator[str]:
    """The page piece by piece, each template that holds prose as a <div>."""
    done = 0
    for opening in _TEMPLATE.finditer(html):
        if opening.start() < done:
            continue
        end = _END.search(html, opening.end())
        if end is None:
            break
        inner = html[opening.end() : end.start()]
        prose = len(inner) >= _LEAST and not any(mark in inner for mark in _PLACEHOLDERS)
        yield html[done : opening.start()]
        yield f"<div>{inner}</div>" if prose else html[opening.start() : end.end()]
        done = end.end()
    yield html[done:]


def article_body(html: str) -> list[str]:
    """Read the paragraphs of the longest articleBody on the page, [] where it has none."""
    longest = ""
    for match in _BODY.finditer(html):
        try:
            body, _ = _DECODER.raw_decode(html, match.end() - 1)
        except JSONDecodeError:
            continue
        longest = max(longest, body[:MAX_BODY], key=len)
    parts = _BREAK.split(clean(unescape(longest)))
    return [text for part in parts if (text := squash(_TAG.sub("", part)))]
