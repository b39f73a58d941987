"""What a reader sees around the headline: headlines, bylines and date lines, as clues near or far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.clue import Clue, FieldName
from parsers.hygiene import one_line

_SELECTOR: Final = (
    "h1,time,address,[itemprop],[rel~=author],[class*=author i],[class*=byline i],[class*=autor i],[class*=date i],"
    "[class*=datum i],[class*=publi i],[class*=posted i],[class*=time i],[class*=meta i],[class*=sub i],"
    "[class*=dek i],[class*=lead i],[class*=standfirst i]"
)
_NO_H1: Final = "h2,[class*=headline i],[class*=title i]"
_AUTHOR: Final = re.compile(
    r"author|byline|by-line|autor(?!i[sz])|verfasser|writer|reporter|vcard|contributor", re.I
)
_AUTHOR_PART: Final = re.compile(
    r"bio|avatar|image|img|photo|social|follow|about|description|role|email|job", re.I
)
_DATE: Final = re.compile(
    r"dates?(?![a-z])|date(?=[A-Z_-])|datum|dateline|publi(?!c)|posted|time(?!line)|fecha|[a-z]Date|pubdate",
    re.I,
)
_MODIFIED: Final = re.compile(r"modif|updat|aktualisier|revised|edited|lastmod", re.I)
_SUBTITLE: Final = re.compile(
    r"(?:^|[_\s-])(?:sub-?(?:title|head(?:line|ing)?|titulo)|standfirst|dek|deck|lead|lede|chapo|entradilla|bajada)"
    r"(?:$|[_\s-])|(?:article|story|content|post|page|entry)[_-]{0,2}(?:sub-?(?:title|head|headline)|standfirst|dek|lead)",
    re.I,
)
_ELSEWHERE: Final = re.compile(
    r"comment|related|recommend|sidebar|widget|footer|teaser|promo|most-?(?:read|popular)|newsletter|more-|read-?next"
    r"|carousel|trending|latest|disqus|menu|^nav|popup|modal",
    re.I,
)
_BY: Final = re.compile(r"^(?:by|von|par|por|di|door|af|av|autor(?:in)?|text)\b[: ]", re.I)
MAX_NODES: Final = 120
MAX_BYLINE: Final = 300  # characters
FAR: Final = 50
_HEADLINES: Final = frozenset({"h1", "h2"})


def read_visible(tree: LexborHTMLParser) -> Iterator[Clue]:
    """The clues of headings, times, bylines, microdata and standfirsts that stand in the body of the page."""
    found = tree.css(_SELECTOR)
    headline = next((node for node in found if node.tag == "h1" and node.text()), None)
    if headline is None:
        found = tree.css(_NO_H1)[:20] + found
        headline = next((node for node in found if node.tag == "h2" or "title" in _names(node)), None)
    path = _path(headline)
    if headline is not None:
        yield from _near(headline)
    for node in found[:MAX_NODES]:
        steps = _steps(node, path)
        if steps is not None:
            yield from _read(node, steps)


def _names(node: LexborNode) -> str:
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}"


def _path(node: LexborNode | None) -> dict[int, int]:
    path: dict[int, int] = {}
    while node is not None and len(path) < FAR:
        path[node.mem_id] = len(path)
        node = node.parent
    return path


def _steps(node: LexborNode, path: dict[int, int]) -> int | None:
    """How many levels above the headline the node meets it; None for one that stands elsewhere."""
    up: LexborNode | None = node
    for _ in range(FAR):
        if up is None or up.tag in {"-undef", "html"}:
            return FAR
        steps = path.get(up.mem_id)
        if steps is not None:
            return steps
        if up.tag in {"aside", "footer", "nav"} or _ELSEWHERE.search(_names(up)):
            return None
        up = up.parent
    return FAR


def _read(node: LexborNode, steps: int) -> Iterator[Clue]:
    tag, attributes = node.tag, node.attributes
    if tag in {"meta", "link"} or attributes.get("itemprop"):
        yield from _microdata(node, steps)
    if tag in {"meta", "link", "body", "html", "main", "article"}:
        return
    names = _names(node)
    if tag == "h1" or (tag == "h2" and steps < 3) or (tag not in {"time", "a"} and steps == 0):  # noqa: PLR2004
        yield Clue("title", node.text(), "heading", tag, names, steps)
    elif tag == "time":
        yield from _time(node, names, steps)
    elif tag == "a" and "author" in (attributes.get("rel") or ""):
        yield Clue("author", node.text(), "rel-author", "a[rel=author]", names, steps)
    else:
        yield from _by_class(node, names, steps)


def _by_class(node: LexborNode, names: str, steps: int) -> Iterator[Clue]:
    text = one_line(node.text(separator=" "), 2 * MAX_BYLINE)
    if not text or len(text) > MAX_BYLINE:
        return
    place = f"{node.tag}.{names.split()[0] if names.split() else ''}"
    if (_AUTHOR.search(names) or node.tag == "address") and not _AUTHOR_PART.search(names):
        yield Clue("author", text, "byline", place, names, steps)
    elif _BY.match(text) and len(text) < 120:  # noqa: PLR2004 - a line that says By and no more
        yield Clue("author", text, "byline", place, names, steps)
    if _DATE.search(names) or "meta" in names.lower() or _AUTHOR.search(names):
        field: FieldName = "modified" if _MODIFIED.search(names) else "published"
        yield Clue(field, text, "date-line", place, names, steps)
    elif _SUBTITLE.search(names):
        yield Clue("subtitle", text, "standfirst", place, names, steps)


def _time(node: LexborNode, names: str, steps: int) -> Iterator[Clue]:
    text = one_line(node.text(), MAX_BYLINE)
    value = node.attributes.get("datetime") or text
    around = text if value is not text else ""
    if node.parent is not None:
        names = f"{names} {_names(node.parent)}"
        around += one_line(node.parent.text(deep=False), 60)
    field: FieldName = "modified" if _MODIFIED.search(f"{names} {around}") else "published"
    if value:
        yield Clue(field, value, "time", "time", text if value is not text else "", steps)


_PROPERTIES: Final[dict[str, FieldName]] = {
    "headline": "title", "datepublished": "published", "datemodified": "modified", "datecreated": "published",
    "author": "author", "creator": "author", "description": "description", "articlesection": "section",
    "alternativeheadline": "subtitle", "keywords": "tag", "inlanguage": "language", "license": "license",
    "isaccessibleforfree": "free",
}  # fmt: skip


def _microdata(node: LexborNode, steps: int) -> Iterator[Clue]:
    attributes = node.attributes
    for name in (attributes.get("itemprop") or "").lower().split():
        field = _PROPERTIES.get(name)
        if field is None:
            continue
        holder = node
        if field == "author" and "itemscope" in attributes:
            holder = node.css_first("[itemprop~=name]") or node
        inner = holder.attributes
        value = (
            inner.get("content")
            or inner.get("datetime")
            or one_line(holder.text(separator=" "), 2 * MAX_BYLINE)
        )
        if value and len(value) <= MAX_BYLINE * 2:
            yield Clue(field, value, "microdata", f"itemprop={name}", "", steps)


_LEAF: Final = 160  # characters: what is longer is a paragraph, not a byline
_WALKED: Final = 90  # elements around the headline that are looked at
_SKIPPED: Final = frozenset({"script", "style", "noscript", "svg", "form", "button", "nav", "aside", "footer", "figure", "template", "select", "iframe", "video"})  # fmt: skip
_PROFILE: Final = re.compile(r"/(?:authors?|autor(?:en|es|in)?|auteurs?|people|profile?s?|staff|by|contributors?|redaktion|team|journalist[ae]?s?|user|members?|writers?|reporter|@)(?:/|=)", re.I)  # fmt: skip
_HAS_DATE: Final = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d|\bago\b|\bvor \d|\bil y a\b|\bhace \d|년|年"
)


def _near(headline: LexborNode) -> Iterator[Clue]:
    """Short lines that follow the headline, or stand just before it, and read like bylines or date lines."""
    for index, node in enumerate(_around(headline)):
        text = one_line(node.text(separator=" | "), _LEAF)
        steps = 1 + index // 10
        if _BY.match(text):
            yield Clue("author", text, "by-line", node.tag, "", steps)
        elif node.tag == "a" and _PROFILE.search(node.attributes.get("href") or ""):
            yield Clue("author", text, "profile-link", "a", "", steps)
        else:
            link = next(
                (a for a in node.css("a[href]")[:3] if _PROFILE.search(a.attributes.get("href") or "")), None
            )
            if link is not None and link.mem_id != node.mem_id:
                yield Clue("author", link.text(separator=" "), "profile-link", "a", "", steps)
        if _HAS_DATE.search(text):
            yield Clue("published", text, "near-line", node.tag, "", steps)


def _around(headline: LexborNode) -> Iterator[LexborNode]:
    """Short elements after the headline in document order, climbing out of its containers; then those before."""
    seen = 0
    node: LexborNode | None = headline
    for _ in range(6):
        sibling = node.next if node is not None else None
        while sibling is not None and seen < _WALKED:
            for leaf in _leaves(sibling, 3):
                seen += 1
                yield leaf
            sibling = sibling.next
        node = node.parent if node is not None else None
        if node is None or node.tag in {"body", "html"} or seen >= _WALKED:
            break
    sibling = headline.prev
    for _ in range(8):
        if sibling is None:
            break
        yield from _leaves(sibling, 2)
        sibling = sibling.prev


def _leaves(node: LexborNode, depth: int) -> Iterator[LexborNode]:
    if not node.is_element_node or node.tag in _SKIPPED:
        return
    length = len(node.text())
    if length <= _LEAF:
        if length:
            yield node
    elif depth and node.tag != "p":
        for child in list(node.iter())[:12]:
            yield from _leaves(child, depth - 1)
