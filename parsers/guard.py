"""What a page may cost, judged on its text before any tree is built.

Lexbor is linear on real pages but quadratic in three places: the attributes of one tag (each is compared
with all before it), open elements (tags look through the whole stack) and formatting elements left open
(rebuilt in every block that follows). One pass of a regular expression that reads tags as the HTML
tokenizer does (WHATWG HTML, 13.2.5) counts all three.
"""

from __future__ import annotations

import re
from collections import Counter

from parsers.model import NotAnArticle

MAX_CHARACTERS = 16_000_000
MAX_TAGS = 60_000  # three times the largest of some two thousand real pages
MAX_DEPTH = 3_000  # lexbor needs 20 ms there, and 20 s at 100,000
MAX_ATTRIBUTES = 500  # of one tag
MAX_UNCLOSED = 200  # formatting elements of one kind

_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"}
) | {
    "tt",
    "u",
}
_NEVER_DEEP = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track"}
    | {"wbr", "p", "li", "dt", "dd", "option", "tr", "td", "th", "tbody", "thead"}
)  # void, or closed by the next of its kind

_ATTRIBUTES = (
    r"(?:[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?+)?+|[\s/=]++)"
    rf"{{0,{2 * MAX_ATTRIBUTES}}}+"
)
_TAG = re.compile(
    r"<(?:(?P<raw>(?i:script|style|textarea|title|xmp|iframe|noembed|noframes))(?=[\s/>])"
    rf"{_ATTRIBUTES}>[^<]*+(?:<(?!/(?i:(?P=raw)))[^<]*+)*+"
    rf"|(/?[a-zA-Z][^\s/>]*+){_ATTRIBUTES}(?:>|([^>]))?"
    r"|!--[^-]*+(?:-(?!->)[^-]*+)*+)"
)


def admit(html: str) -> None:
    """Raise NotAnArticle("too-complex") for a page that no parser could read in reasonable time."""
    if len(html) > MAX_CHARACTERS:
        raise NotAnArticle("too-complex", f"{len(html):,} characters; at most {MAX_CHARACTERS:,} are read")
    if (tags := html.count("<")) > MAX_TAGS:
        raise NotAnArticle("too-complex", f"{tags:,} tags; at most {MAX_TAGS:,} are read")
    depth, deepest = 0, 0
    unclosed: Counter[str] = Counter()
    for _, name, overflow in _TAG.findall(html):
        if overflow:
            raise NotAnArticle("too-complex", f"<{name[:20]}> has more than {MAX_ATTRIBUTES} attributes")
        tag = name.lower()
        if tag[:1] == "/":
            depth -= 1
            unclosed[tag[1:]] -= 1
        elif tag and tag not in _NEVER_DEEP:
            depth += 1
            deepest = max(deepest, depth)
            unclosed[tag] += 1
    if deepest > MAX_DEPTH:
        raise NotAnArticle("too-complex", f"nested {deepest:,} deep; at most {MAX_DEPTH:,} is read")
    if worst := [tag for tag in _FORMATTING if unclosed[tag] > MAX_UNCLOSED]:
        raise NotAnArticle("too-complex", f"{unclosed[worst[0]]:,} <{worst[0]}> are never closed")
