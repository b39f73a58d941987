"""What a page's own markup says of its face: headings, times, bylines and microdata, as clues."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.clue import Clue, FieldName
from parsers.figures import read_figure
from parsers.hygiene import one_line
from parsers.nearby import BY, INNER_BY, is_dated, read_nearby
from parsers.others import is_sentence, row_of

_NO_H1: Final = "h2,[class*=headline i],[class*=title i]"
# Names are searched in lower case: a pattern that ignores case tries every branch at every letter, one that
# does not skips to the letters that a branch begins with, and is five times as fast.
_AUTHOR: Final = re.compile(
    r"author|byline|by-line|autor(?!i[sz])|verfasser|writer|reporter|vcard|contributor"
)
_AUTHOR_PART: Final = re.compile(
    r"bio|avatar|image|img|[fp]h?oto|credit|social|follow|about|description|role|email|job"
)
_PICTURED: Final = re.compile(r"[fp]h?oto|credit")
_DATE: Final = re.compile(r"date|datum|publi(?!c)|posted|time(?!line)|fecha|meta|byline|author")
_MODIFIED: Final = re.compile(r"modif|updat|aktualisier|revised|edited|lastmod")
_SUBTITLE: Final = re.compile(r"sub-?_?(?:title|head(?:line|ing)?\b|titulo|titre)")
_ELSEWHERE: Final = re.compile(  # of each letter once: the fewer branches, the faster
    r"c(?:omment|arousel|urrent-?date)|disqus|footer|latest|m(?:ost-?read|ore-|enu|odal)|newsletter"
    r"|p(?:romo|op(?:up|ular))|quote|r(?:elated|ecommend|ead-?next)|sidebar|t(?:easer|oday|rending)|widget"
    r"|opinions?(?![\w-])"
)
MAX_NODES: Final = 120
BEFORE: Final = 40  # of them before the headline
MAX_TEXT: Final = 300  # characters of a byline or a date line
FAR: Final = 50  # steps: on the page, but in none of the headline's containers
MAX_HEADS: Final = 60  # elements among which a headline without h1 is looked for
FIRST_HEADS: Final = 20  # of them are read whatever they say
MIN_KEY: Final = 12  # characters of a headline that is looked for
_WORDS: Final = re.compile(r"\w+")
MAX_LINES: Final = 4  # of one headline
MIN_WORDS: Final = 3  # of a line that can be the headline alone
SECTION_HEADS: Final = 3  # steps within which an h2 can be a headline
_HOLDERS: Final = frozenset({"meta", "link", "body", "html", "main", "article"})
_ROWS: Final = frozenset({"a", "li", "ul", "ol", "h3", "h4", "h5", "h6"})  # headlines of lists
_Known = dict[int, int | None]


def read_visible(
    tree: LexborHTMLParser, found: list[LexborNode], titles: Collection[str] = ()
) -> Iterator[Clue]:
    """The clues of headings, times, bylines, microdata and lines around the headline.

    `found` are the elements that may hold them (see `Marked.shown`), `titles` the headlines that the page's
    data give: those find the visible one where no h1 holds it.
    """
    headline = next(
        (node for node in found if node.tag == "h1" and node.text().strip() and not _crumb(node)), None
    )
    if headline is None:
        others = tree.css(_NO_H1)[:MAX_HEADS]
        told = _told(others, titles)
        first = {node.mem_id: node for node in [*others[:FIRST_HEADS], *filter(None, [told])]}
        found = [*first.values(), *found]
        headline = told or next((node for node in found if _heads(node)), None)
    known = _path(headline)
    if headline is not None:
        if headline.tag not in {"h1", "h2"}:
            yield Clue("title", headline.text(), "heading", headline.tag or "", _names(headline))
            yield from _lines(headline, 0)
        yield from read_nearby(headline)
    for node in _nearest(found, headline):
        steps = _steps(node, known)
        if steps is None:
            yield from _aside(node)
        else:
            yield from _read(node, steps)


def _heads(node: LexborNode) -> bool:
    """Whether an element calls itself a headline, by its tag or its name."""
    names = _names(node)
    return node.tag == "h2" or "title" in names or ("headline" in names and node.tag not in _ROWS)


def _nearest(found: list[LexborNode], headline: LexborNode | None) -> list[LexborNode]:
    """At most MAX_NODES of the nodes: the first ones, or those around the headline where menus go before."""
    if len(found) <= MAX_NODES or headline is None:
        return found[:MAX_NODES]
    place = next((place for place, node in enumerate(found) if node.mem_id == headline.mem_id), 0)
    start = max(0, place - BEFORE)
    return found[start : start + MAX_NODES]


def _told(nodes: Iterable[LexborNode], titles: Collection[str]) -> LexborNode | None:
    """The first of the nodes that says one of the headlines, with a kicker at most."""
    wanted = [key for title in titles if len(key := _key(title)) > MIN_KEY]
    for node in nodes:
        text = _key(node.text(separator=" "))
        if any(f" {key} " in f" {text} " and len(text) < 2 * len(key) for key in wanted) and not _crumb(node):
            return node
    return None


def _key(text: str) -> str:
    return " ".join(_WORDS.findall(text.replace("\u00ad", "").casefold()))


def _aside(node: LexborNode) -> Iterator[Clue]:
    """What stands in a breadcrumb, a sidebar or a teaser: a heading or a time, and seldom the story's."""
    if node.tag == "h1":
        yield Clue("title", node.text(), "heading", "breadcrumb", "", FAR)
    elif node.tag == "time" and node.attributes.get("datetime"):
        yield Clue("published", node.attributes["datetime"] or "", "time-aside", "time", "", FAR)


def _names(node: LexborNode) -> str:
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}"


def _crumb(node: LexborNode) -> bool:
    """Whether a heading is a step of a breadcrumb: a search engine's title, not the reader's."""
    up: LexborNode | None = node
    for _ in range(4):
        if up is None:
            return False
        if up.tag == "nav" or "breadcrumb" in _names(up).lower() or _is_step(up):
            return True
        up = up.parent
    return False


def _is_step(node: LexborNode) -> bool:
    """Whether a node is an item of a list that has links before it: the last step of a breadcrumb."""
    before = node.prev if node.tag == "li" else None
    while before is not None and before.tag != "li":
        before = before.prev
    return before is not None and before.css_first("a") is not None


def _path(node: LexborNode | None) -> _Known:
    path: _Known = {}
    while node is not None and len(path) < FAR:
        path[node.mem_id] = len(path)
        node = node.parent
    return path


def _steps(node: LexborNode, known: _Known) -> int | None:
    """How many levels above the headline the node meets it; None for one that stands elsewhere.

    `known` is what was found of other nodes: every ancestor is judged once.
    """
    climbed: list[int] = []
    up: LexborNode | None = node
    steps: int | None = FAR
    for _ in range(FAR):
        if up is None or up.tag in {"-undef", "html"}:
            break
        if up.mem_id in known:
            steps = known[up.mem_id]
            break
        climbed.append(up.mem_id)
        names = _names(up).lower()
        if up.tag in {"aside", "footer", "nav"} or names.startswith("nav") or _ELSEWHERE.search(names):
            steps = None
            break
        up = up.parent
    known.update(dict.fromkeys(climbed, steps))
    return steps


def _read(node: LexborNode, steps: int) -> Iterator[Clue]:
    tag, attributes = node.tag or "", node.attributes
    if attributes.get("itemprop"):
        yield from _microdata(node, steps)
    if tag in _HOLDERS:
        return
    names = _names(node)
    if tag == "h1" or (tag == "h2" and steps < SECTION_HEADS):
        crumb = tag == "h1" and _crumb(node)
        yield Clue("title", node.text(), "heading", "breadcrumb" if crumb else tag, names, steps)
        yield from _lines(node, steps)
    elif tag == "time":
        yield from _time(node, names, steps)
    elif tag == "abbr" and is_dated(told := attributes.get("title") or ""):  # hAtom 0.1
        changed = _MODIFIED.search(names.lower()) is not None
        yield Clue("modified" if changed else "published", told, "time", "abbr", "", steps)
    elif tag == "figure":
        yield from read_figure(node)
    elif tag == "a" and "author" in (attributes.get("rel") or ""):
        if not is_sentence(row_of(node), bare=False):
            yield Clue("author", node.text(), "rel-author", "a[rel=author]", names, steps)
    else:
        yield from _by_class(node, names, steps)


def _lines(node: LexborNode, steps: int) -> Iterator[Clue]:
    """A headline's own lines: a kicker and a headline may share one heading."""
    if node.child is None or node.child.next is None:
        return
    parts = [part for part in (one_line(part) for part in node.text(separator="\n").split("\n")) if part]
    if 1 < len(parts) <= MAX_LINES:
        for index, part in enumerate(parts):
            if len(part.split()) < MIN_WORDS:
                continue
            place = "first" if index == 0 else "last" if index == len(parts) - 1 else "middle"
            yield Clue("title", part, "heading-line", place, "", steps)


def _by_class(node: LexborNode, names: str, steps: int) -> Iterator[Clue]:
    text = one_line(node.text(separator=" "), 2 * MAX_TEXT)
    if not text or len(text) > MAX_TEXT:
        return
    place = f"{node.tag}.{names.partition(' ')[0]}"
    low = names.lower()
    named = _AUTHOR.search(low) or node.tag == "address"
    if named and node.css_first("br,li") is not None:
        text = one_line(_parted(node), 2 * MAX_TEXT)
    if (named and not _AUTHOR_PART.search(low)) or (BY.match(text) and len(text) < MAX_TEXT // 2):
        yield Clue("author", text, "byline", place, names, steps)
    elif inner := INNER_BY.search(text):
        yield Clue("author", text[inner.start() :], "byline", place, names, steps)
    if _DATE.search(low) and is_dated(text):
        field: FieldName = "modified" if _MODIFIED.search(low) else "published"
        yield Clue(field, text, "date-line", place, names, steps)
    elif _SUBTITLE.search(low):
        yield Clue("subtitle", text, "standfirst", place, names, steps)


def _parted(node: LexborNode) -> str:
    """What a byline says, its lines and items parted: each may be a name of its own."""
    parts = (
        " | " if inner.tag in {"br", "li"} else inner.text_content or "" if inner.is_text_node else " "
        for inner in node.traverse(include_text=True)
    )
    return "".join(parts).strip(" |")


def _time(node: LexborNode, names: str, steps: int) -> Iterator[Clue]:
    text = one_line(node.text(), MAX_TEXT)
    value = node.attributes.get("datetime") or text
    said = f"{names} {node.attributes.get('itemprop') or ''} {text}"
    if node.prev is not None:
        said += " " + one_line(node.prev.text(), MAX_TEXT)[-30:]
    elif node.parent is not None:
        said += " " + _names(node.parent)
    field: FieldName = "modified" if _MODIFIED.search(said.lower()) else "published"
    if value:
        yield Clue(field, value, "time", "time", text if value is not text else "", steps)


_PROPERTIES: Final[dict[str, FieldName]] = {
    "headline": "title", "datepublished": "published", "datemodified": "modified", "dateupdate": "modified",
    "dateupdated": "modified", "datecreated": "published",
    "author": "author", "creator": "author", "description": "description", "articlesection": "section",
    "genre": "section",
    "alternativeheadline": "subtitle", "keywords": "tag", "inlanguage": "language", "license": "license",
    "isaccessibleforfree": "free", "image": "image", "publisher": "site_name",
}  # fmt: skip


_NAMING: Final[dict[FieldName, str]] = {  # what names an item of microdata
    "author": "[itemprop~=name]", "site_name": "[itemprop~=name]",
    "image": "[itemprop~=url],[itemprop~=contentUrl],img[src]",
}  # fmt: skip


def _microdata(node: LexborNode, steps: int) -> Iterator[Clue]:
    attributes = node.attributes
    pictured = _PICTURED.search(_names(node).lower()) is not None
    for name in (attributes.get("itemprop") or "").lower().split():
        field = _PROPERTIES.get(name)
        if field is None or (field == "author" and pictured):
            continue
        named = node.css_first(_NAMING[field]) if field in _NAMING and "itemscope" in attributes else node
        if named is None and field != "author":
            continue
        holder = named or node
        inner = holder.attributes
        told = inner.get("title") if holder.tag == "abbr" else None
        if field == "image" and not (told := inner.get("src") or inner.get("href") or inner.get("content")):
            continue
        said = inner.get("content") or inner.get("datetime") or told
        value = said or one_line(holder.text(separator=" "), 2 * MAX_TEXT)
        if value and len(value) <= 2 * MAX_TEXT:
            yield Clue(field, value, "microdata", f"itemprop={name}", "", steps)
