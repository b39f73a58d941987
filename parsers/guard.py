"""What a page may cost, judged on its text before any tree is built.

Lexbor is linear on real pages but quadratic in four places: the attributes of one tag (each is compared
with all before it), open elements (tags look through the whole stack), formatting elements left open
(rebuilt in every block that follows) and the options of a menu (each asks those before it). What stands
at its angle brackets and quotes shows which pages can hold such a thing at all; only on those one pass
reads every tag as the HTML tokenizer does (WHATWG HTML, 13.2.5).
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from parsers.model import NotAnArticle

MAX_CHARACTERS = 16_000_000
MAX_TAGS = 60_000  # three times the largest of some two thousand real pages
MAX_DEPTH = 5_000  # lexbor needs 50 ms there, and 20 s at 100,000
MAX_ATTRIBUTES = 500  # of one tag
MAX_UNCLOSED = 200  # formatting elements of one kind
_SHORTEST = 5  # from its "<" to its ">" a tag with a value in quotes is longer

_KINDS = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING = frozenset(_KINDS.split("|")) | {"a"}
_NEVER_DEEP = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track"}
    | {"wbr", "p", "li", "dt", "dd", "option", "tr", "td", "th", "tbody", "thead"}
)  # void, or closed by the next of its kind

MANY_OPTIONS = 500  # lexbor needs 1 ms for them, and a minute for 60,000
_OPTION = re.compile(rb"</?option(?=[\s/>])[^>]*+>?", re.IGNORECASE)

_Bytes = NDArray[np.uint8]
_Places = NDArray[np.intp]

_ATTRIBUTE = r"(?:[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?+)?+|[\s/=]++)"
_HEAVY_TAG = re.compile(rf"<[a-zA-Z]{_ATTRIBUTE}{{{2 * MAX_ATTRIBUTES}}}".encode())
_FORMATTING_TAG = re.compile(  # with attributes: bare ones pile up to three of a kind only
    r"<(?:[bisuBISU]|[bB][iI][gG]|[cC][oO][dD][eE]|[eE][mM]|[fF][oO][nN][tT]|[nN][oO][bB][rR]"
    r"|[sS](?:[mM][aA][lL][lL]|[tT][rR][iI][kK][eE]|[tT][rR][oO][nN][gG])|[tT][tT])[\s/]"
)
_LOWER = 0x2020  # the bit that makes two letters lower-case
_OPTION_PAIR = ord("o") << 8 | ord("p")
_FORMATTING_PAIRS = np.zeros(1 << 16, np.bool_)  # by the two bytes after "<" of a formatting tag
for _kind in _KINDS.split("|"):
    for _after in _kind[1:2] or " \t\n\f\r\v/":
        _FORMATTING_PAIRS[ord(_kind[0]) << 8 | ord(_after) | _LOWER] = True
_LETTERS = 26
_BRACKETS_DIFFER = ord("<") ^ ord(">")  # by one bit: both are found in one look at the page
_TAG = re.compile(
    r"<(?:(?P<raw>(?i:script|style|textarea|title|xmp|iframe|noembed|noframes))(?=[\s/>])"
    rf"{_ATTRIBUTE}{{0,{2 * MAX_ATTRIBUTES}}}+>[^<]*+(?:<(?!/(?i:(?P=raw)))[^<]*+)*+"
    rf"|(/?[a-zA-Z][^\s/>]*+){_ATTRIBUTE}{{0,{2 * MAX_ATTRIBUTES}}}+(?:>|([^>]))?"
    r"|!--[^-]*+(?:-(?!->)[^-]*+)*+)"
)


def admit(html: str, utf8: bytes | None = None) -> bool:
    """Raise NotAnArticle("too-complex") for a page that no parser could read in reasonable time.

    Gives whether the page may need `without_options`. `utf8` is `html` in UTF-8, where the caller has it.
    """
    if len(html) > MAX_CHARACTERS:
        raise NotAnArticle("too-complex", f"{len(html):,} characters; at most {MAX_CHARACTERS:,} are read")
    utf8 = html.encode(errors="replace") if utf8 is None else utf8
    page = np.frombuffer(utf8, np.uint8)
    brackets = np.flatnonzero((page | _BRACKETS_DIFFER) == ord(">"))
    opens = page[brackets] == ord("<")
    opened = np.flatnonzero(opens)
    if (tags := len(opened)) > MAX_TAGS:
        raise NotAnArticle("too-complex", f"{tags:,} tags; at most {MAX_TAGS:,} are read")
    starts = brackets[opened]
    starts = starts[: np.searchsorted(starts, len(page) - 2)]
    letter = page[starts + 1] | 0x20
    named = np.flatnonzero(letter - ord("a") < _LETTERS)  # unsigned: what is no letter wraps round
    starts = starts[named]
    pairs = letter[named].astype(np.int32) << 8 | page[starts + 2] | 0x20
    if len(starts) > MAX_DEPTH or _may_be_unclosed(pairs, html):
        _inspect(html)
    else:
        closed = np.append(brackets[~opens], len(page))
        ends = closed[opened[named] - named]  # as many as stand before it were closed
        if _may_be_heavy(page, starts, ends, utf8):
            _inspect(html)
    return int(np.count_nonzero(pairs == _OPTION_PAIR)) > MANY_OPTIONS


def without_options(utf8: bytes) -> bytes:
    """The page without the tags of its options where they are very many; what a menu offers is never read."""
    odd = utf8.count(b"<") > MAX_DEPTH  # so few tags cost little, however they are written
    if utf8.count(b"<option") <= MANY_OPTIONS and not (odd and len(_OPTION.findall(utf8)) > MANY_OPTIONS):
        return utf8
    return _OPTION.sub(b" ", utf8)


def _may_be_unclosed(pairs: NDArray[np.int32], html: str) -> bool:
    """Whether there are too many formatting tags to be all closed: first by two letters, then for certain."""
    return int(np.count_nonzero(_FORMATTING_PAIRS[pairs])) > MAX_UNCLOSED < len(_FORMATTING_TAG.findall(html))


def _may_be_heavy(page: _Bytes, starts: _Places, ends: _Places, utf8: bytes) -> bool:
    """Whether a tag has very many attributes; `ends` are the first ">" after each start.

    Only those are read by the pattern that are long up to there, or where that ">" may stand in quotes:
    it does not where the last quote before it closes, and a quote that opens comes after "=" or a space.
    Of several "<" with no ">" between them only the first can open a tag: scripts are full of others.
    """
    first = np.ones(len(ends), np.bool_)
    np.not_equal(ends[1:], ends[:-1], out=first[1:])
    starts, ends = starts[first], ends[first]
    heavy = ends - starts > 2 * MAX_ATTRIBUTES
    quotes = np.flatnonzero(page == ord("'"))
    if len(quotes):
        last = quotes[np.searchsorted(quotes, ends) - 1]  # -1, where there is none, is after the tag
        heavy |= (starts < last) & (last < ends) & _opens(page, last)
    doubtful = ~heavy & (ends - starts > _SHORTEST) & ((page[ends - 1] != ord('"')) | _opens(page, ends - 1))
    found = starts[heavy].tolist()
    for start, end in zip(starts[doubtful].tolist(), ends[doubtful].tolist(), strict=True):
        quote = utf8.rfind(b'"', start, end)  # of few: most tags have no attributes, or end with a quote
        if quote >= 0 and (utf8[quote - 1] == ord("=") or utf8[quote - 1] <= ord(" ")):
            found.append(start)
    return any(_HEAVY_TAG.match(utf8, start) for start in found)


def _opens(page: _Bytes, quotes: _Places) -> NDArray[np.bool_]:
    """Whether quotes stand where a value begins."""
    before = page[quotes - 1]
    opens: NDArray[np.bool_] = (before == ord("=")) | (before <= ord(" "))
    return opens


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
