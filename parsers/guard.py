"""What a page may cost, judged on its text before any tree is built.

Lexbor is linear on real pages but quadratic in three places: the attributes of one tag (each is compared
with all before it), open elements (tags look through the whole stack) and formatting elements left open
(rebuilt in every block that follows). Two quick searches, and the number of tags, show which pages can hold
such a thing at all; only on those one pass reads every tag as the HTML tokenizer does (WHATWG HTML, 13.2.5).
"""

from __future__ import annotations

import re
from collections import Counter

from parsers.model import NotAnArticle

MAX_CHARACTERS = 16_000_000
MAX_TAGS = 60_000  # three times the largest of some two thousand real pages
MAX_DEPTH = 5_000  # lexbor needs 50 ms there, and 20 s at 100,000
MAX_ATTRIBUTES = 500  # of one tag
MAX_UNCLOSED = 200  # formatting elements of one kind

_SUSPICIOUS_TAGS = MAX_DEPTH
_KINDS = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING = frozenset(_KINDS.split("|")) | {"a"}
_NEVER_DEEP = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track"}
    | {"wbr", "p", "li", "dt", "dd", "option", "tr", "td", "th", "tbody", "thead"}
)  # void, or closed by the next of its kind

_ATTRIBUTE = r"(?:[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?+)?+|[\s/=]++)"
_HEAVY_TAG = re.compile(  # what reads at once as a plain tag of few attributes is passed over
    r"<[a-zA-Z](?:[^>\"'=]{0,60}+=\"[^\"]*+\"){0,40}+(?![^>\"'=]{0,200}+>)"
    rf"{_ATTRIBUTE}{{{2 * MAX_ATTRIBUTES}}}"
)
_FORMATTING_TAG = re.compile(  # with attributes: bare ones pile up to three of a kind only
    r"<(?:[bisuBISU]|[bB][iI][gG]|[cC][oO][dD][eE]|[eE][mM]|[fF][oO][nN][tT]|[nN][oO][bB][rR]"
    r"|[sS](?:[mM][aA][lL][lL]|[tT][rR][iI][kK][eE]|[tT][rR][oO][nN][gG])|[tT][tT])[\s/]"
)
_TAG = re.compile(
    r"<(?:(?P<raw>(?i:script|style|textarea|title|xmp|iframe|noembed|noframes))(?=[\s/>])"
    rf"{_ATTRIBUTE}{{0,{2 * MAX_ATTRIBUTES}}}+>[^<]*+(?:<(?!/(?i:(?P=raw)))[^<]*+)*+"
    rf"|(/?[a-zA-Z][^\s/>]*+){_ATTRIBUTE}{{0,{2 * MAX_ATTRIBUTES}}}+(?:>|([^>]))?"
    r"|!--[^-]*+(?:-(?!->)[^-]*+)*+)"
)


def admit(html: str) -> None:
    """Raise NotAnArticle("too-complex") for a page that no parser could read in reasonable time."""
    if len(html) > MAX_CHARACTERS:
        raise NotAnArticle("too-complex", f"{len(html):,} characters; at most {MAX_CHARACTERS:,} are read")
    if (tags := html.count("<")) > MAX_TAGS:
        raise NotAnArticle("too-complex", f"{tags:,} tags; at most {MAX_TAGS:,} are read")
    if (
        tags > _SUSPICIOUS_TAGS
        or len(_FORMATTING_TAG.findall(html)) > MAX_UNCLOSED
        or _HEAVY_TAG.search(html)
    ):
        _inspect(html)


def _inspect(html: str) -> None:
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
