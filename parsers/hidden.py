"""The story that a page's markup hides: told to machines as articleBody, or left to scripts to show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from json import JSONDecodeError, JSONDecoder

from parsers.hygiene import clean
from parsers.text import fold, squash

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
LEAD = 1_500  # characters that a page shows at most before it asks for money
_ALIKE = 0.6  # share of them that the body holds word for word
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


def article_body(html: str) -> str:
    """Read the longest articleBody on the page, "" where it has none: where no JSON-LD could be read."""
    longest = ""
    for match in _BODY.finditer(html):
        try:
            body, _ = _DECODER.raw_decode(html, match.end() - 1)
        except JSONDecodeError:
            continue
        longest = max(longest, body, key=len)
    return longest


def paragraphs(body: str) -> list[str]:
    """Part what machines are told into paragraphs, its markup taken out."""
    parts = _BREAK.split(clean(unescape(body[:MAX_BODY])))
    return [text for part in parts if (text := squash(_TAG.sub("", part)))]


def continues(body: Sequence[str], shown: Sequence[str]) -> bool:
    """Whether a body holds what the page shows, and goes on: the rest is for readers who pay."""
    told, seen = fold(" ".join(body)), [fold(text) for text in shown]
    size = sum(map(len, seen))
    known = sum(len(text) for text in seen if text in told)
    return size > 0 and len(told) >= 2 * size and known >= _ALIKE * size
