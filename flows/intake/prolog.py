"""What stands before a document's first element (XML 1.0, 2.8): its type, comments and instructions.

Every step goes forward from where the last one ended, so that a prolog of any length costs its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

STEP = re.compile(r"[\s\ufeff]*(<\?|<!--|<!doctype\b)", re.IGNORECASE)
ELEMENT = re.compile(r"[\s\ufeff]*<([a-z_][\w.:-]{0,99})", re.IGNORECASE)
NAMED = re.compile(r"\s+([\w.:-]{1,100})")
WITHIN = re.compile(r"[\"'\[\]>]|<!--|<\?")
CLOSED_BY = {"<?": "?>", "<!--": "-->", '"': '"', "'": "'"}
MARKS = b"\xef\xbb\xbf\xfe\xff"  # bytes of UTF-8's and UTF-16's byte order marks


@dataclass(frozen=True, slots=True)
class Prolog:
    """The first element's local name and the document type's, lower case, "" for none.

    `cut` are the beginning and end of the document type declaration, equal where there is none.
    """

    root: str = ""
    doctype: str = ""
    cut: tuple[int, int] = (0, 0)


def opening(content: bytes) -> str:
    """Give a document as text whose ASCII part reads right, in UTF-8, UTF-16 and every superset of ASCII."""
    return content.lstrip(MARKS).replace(b"\0", b"").decode("latin-1")


def read_prolog(text: str) -> Prolog:
    """Read up to the first element; a prolog that does not end has no element after it."""
    at, doctype, cut = 0, "", (0, 0)
    while step := STEP.match(text, at):
        mark = step[1].lower()
        if mark in CLOSED_BY:
            at = _after(text, CLOSED_BY[mark], step.end())
        else:
            named = NAMED.match(text, step.end())
            doctype = named[1].lower() if named and not doctype else doctype
            at = _doctype_end(text, step.end())
            cut = (step.start(1), at) if cut == (0, 0) else (cut[0], at)
    element = ELEMENT.match(text, at)
    return Prolog(element[1].lower().rpartition(":")[2] if element else "", doctype, cut)


def without_doctype(text: str) -> str:
    """Cut the document type out, its internal subset with it."""
    start, end = read_prolog(text).cut
    return text[:start] + text[end:]


def _after(text: str, close: str, at: int) -> int:
    """Go behind the next `close`, or to the end."""
    found = text.find(close, at)
    return len(text) if found < 0 else found + len(close)


def _doctype_end(text: str, at: int) -> int:
    """Go behind a document type declaration; one that never ends is taken to end at its first `>`."""
    depth, start = 0, at
    while found := WITHIN.search(text, at):
        mark = found[0]
        at = _after(text, CLOSED_BY[mark], found.end()) if mark in CLOSED_BY else found.end()
        depth += {"[": 1, "]": -1}.get(mark, 0)
        if mark == ">" and depth <= 0:
            return at
    return _after(text, ">", start)
