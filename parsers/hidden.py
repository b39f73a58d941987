"""The story that a page hides from its readers' eyes but tells to machines: articleBody in its JSON-LD."""

from __future__ import annotations

import re
from html import unescape
from json import JSONDecodeError, JSONDecoder

from parsers.hygiene import clean
from parsers.text import squash

MAX_BODY = 200_000  # characters of a body that is read
_BODY = re.compile(r'"articleBody"\s*:\s*"')
_DECODER = JSONDecoder(strict=False)
_BREAK = re.compile(r"(?:\s*<(?:/p|br ?/?|/div|/h\d|/li)>\s*)+|\n\s*\n|\r\n|\n", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")


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
