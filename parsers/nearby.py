"""The short lines around a headline: bylines, date lines and standfirsts that no markup names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborNode

from parsers.bywords import bywords
from parsers.clue import Clue
from parsers.hygiene import one_line
from parsers.others import is_sentence
from parsers.people import is_person

BY: Final = re.compile(
    r"^(?:by|von|par|por|di|door|af|av|autor(?:in)?|te[kx]st|(?:written|posted|reported) by|автор|текст|oleh"
    r"|penulis|yazan|szerző|tác giả|γράφει)\b[: ]+(?=\S)",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(  # a journalist's line as Korean and Chinese papers put it
    r"(?:\[[^\]]{2,20}\]\s*|\([^)]{2,20}\)\s*)?[가-힣]{2,4} ?(?:선임|인턴|전문)?"
    r"(?:기자|특파원|논설위원)(?:[\s=·]|$)"
    r"|(?:文[/\uff0f])?(?:本报|本刊)?(?:记者|記者)\s?[\u4e00-\u9fff]{2,4}(?:[\s/\uff0f]|$)"
)
MAX_LINE: Final = 160  # characters: what is longer is a paragraph, not a byline
MAX_LINKED: Final = 40  # characters of a link: with more, it is another story's card, and so is its date
MIN_STANDFIRST: Final = 25
MAX_STANDFIRST: Final = 400
MAX_ROLE: Final = 3  # words among which a role names itself
_FIRST: Final = 6  # lines after the headline among which a standfirst stands
_TEXTS: Final = frozenset({"p", "h2", "h3"})
_STANDFIRST: Final = re.compile(
    r"stand-?first|sub-?_?(?:title|head)|(?:^|[_\s-])(?:dek|deck|lead|lede|summary|excerpt|chapo|chapeau|ingress"
    r"|vorspann|sottotitolo|entradilla|bajada|intro|teaser)(?:$|[_\s-])",
    re.IGNORECASE,
)
INNER_BY: Final = re.compile(r"(?<=[,|·•–\d] )(?:by|von|par|por)\s(?=[A-ZÀ-Þ])")
MAX_WALKED: Final = 90  # elements
_CLIMBS: Final = 6
_BEFORE: Final = 8  # siblings
_CHILDREN: Final = 12
_HOLDERS: Final = 5  # of a line, itself among them, that may be named a comment's
_COMMENT: Final = re.compile(r"comment", re.IGNORECASE)
_SKIPPED: Final = frozenset({
    "script", "style", "noscript", "svg", "form", "button", "nav", "aside", "footer", "figure", "template",
    "select", "iframe", "video",
})  # fmt: skip
_PROFILE: Final = re.compile(
    r"/(?:authors?|autor(?:en|es|in)?|auteurs?|people|profiles?|staff|by|contributors?|redaktion|team"
    r"|users?|journalist[ae]?s?|members?|writers?|reporters?)(?:/|=)|/@",
    re.IGNORECASE,
)
# A date, in lower case. It begins with a figure or sign and looks back from there for what stands before: a
# pattern that begins with a set is found far faster than one that may begin with many things.
_AGO: Final = ("vor", "hace", "há", "πριν", "před", "منذ", "לפני", "acum")  # before a figure
_FIGURE: Final = "[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef]"  # of Arabic and Indian scripts
_DATE: Final = re.compile(
    r"[\d年년月](?:(?<=[年년月])|\d?[./-]\d{1,2}[./-]\d{2,4}|(?:(?<=1)9|(?<=2)0)\d\d|(?<=\b2)5[4-9]\d\b|"
    + "|".join(rf"(?<=\b{word} \d)" for word in _AGO)
    + rf"|(?<={_FIGURE}){_FIGURE}{{3}}"
    r"| [^\s\d]+ (?:fa|geleden|sedan|siden|temu|önce|atrás|назад|тому|trước|yang lalu|पहले|আগে"
    r"|پیش|قبل|sitten)(?!\w)"
    r"|\s?(?:分|時|时|小|天|日|시|분|일).{0,2}(?:前|전))"
)
_DAY: Final = re.compile(
    r"ago|il y a|today|yesterday|heute|gestern|vor eine|hier à|oggi|ieri|сегодня|вчера"
    r"|今天|昨天|今日|昨日|오늘|어제"
)
_CLOCK: Final = re.compile(
    r"\W*(?:aktuelle zeit|current time|it is currently|the time (?:now )?is|heute ist|today(?: is|'s date))\b"
)
_WHOLE_DAY: Final = re.compile(
    r"\b(?:ago|il y a|today|yesterday|heute|gestern|vor einer? \w+|hier à|oggi|ieri|сегодня|вчера)\b"
    r"|^\W*(?:今天|昨天|今日|昨日|오늘|어제)"
)


def read_nearby(headline: LexborNode) -> Iterator[Clue]:
    """Lines around the headline that read like bylines, date lines, kickers or standfirsts."""
    yield from _kicker(headline)
    for index, node in enumerate(_around(headline)):
        text = one_line(node.text(separator=" | "), MAX_STANDFIRST)
        steps = 1 + index // 10
        if index < _FIRST:
            yield from _standfirst(node, text, steps)
        if len(text) > MAX_LINE:
            continue
        yield from _names(node, text, steps)
        if is_dated(text) and not _is_anothers(node, text):
            yield Clue("published", text, "near-line", node.tag or "", "", steps)


def _is_anothers(node: LexborNode, text: str) -> bool:
    """Whether a dated line is another story's card or a reader's; a `<time>` speaks for itself elsewhere."""
    if node.tag == "time" or (node.tag == "a" and len(text) > MAX_LINKED):
        return True
    up: LexborNode | None = node
    for _ in range(_HOLDERS):
        if up is None:
            break
        attributes = up.attributes
        if _COMMENT.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"):
            return True
        up = up.parent
    return False


def is_dated(text: str) -> bool:
    """Whether a line bears a date, in figures or as a day told from now."""
    low = text.lower()
    if _DATE.search(low):
        return _CLOCK.match(low) is None
    return _DAY.search(low) is not None and _WHOLE_DAY.search(low) is not None


def _kicker(headline: LexborNode) -> Iterator[Clue]:
    """The word or two above the headline, and the class of what holds it: a kind, perhaps."""
    for sibling in _before(headline):
        text = one_line(sibling.text(), MAX_LINE) if sibling.is_element_node else ""
        if 0 < len(text) < MIN_STANDFIRST:
            yield Clue("kind", text, "kicker", sibling.tag or "")
    if headline.parent is not None and headline.parent.tag == "article":
        for name in (headline.parent.attributes.get("class") or "").split()[:6]:
            yield Clue("kind", name, "kicker", "article[class]")


def _standfirst(node: LexborNode, text: str, steps: int) -> Iterator[Clue]:
    """A line under the headline that its markup, or its tag, calls a standfirst."""
    attributes = node.attributes
    parent = node.parent.attributes if node.parent is not None else {}
    named = _STANDFIRST.search(attributes.get("class") or "") or (
        _STANDFIRST.search(parent.get("class") or "") and _is_all_of(node, node.parent)
    )
    if len(text) >= MIN_STANDFIRST and (named or node.tag == "h2") and not BY.match(text):
        yield Clue("subtitle", text.replace(" | ", " "), "standfirst", node.tag or "", "", steps)


def _is_all_of(node: LexborNode, parent: LexborNode | None) -> bool:
    """Whether an element says most of what its parent says: the name of the one is the other's, too."""
    return parent is not None and len(parent.text()) < 2 * len(node.text())


def _names(node: LexborNode, text: str, steps: int) -> Iterator[Clue]:
    if is_sentence(text, bare=False):  # whom it names are people of the story
        return
    opened = BY.match(text) or INNER_BY.search(text) or (not text.isascii() and _SIGNED.match(text))
    if opened:
        yield Clue("author", text[opened.start() :], "by-line", node.tag or "", "", steps)
    else:
        for name in _with_roles(text):
            yield Clue("author", name, "text-alone", node.tag or "", "", steps)
    links = [node] if node.tag == "a" else _links(node)
    for link in links:
        if _PROFILE.search(link.attributes.get("href") or ""):
            yield Clue("author", link.text(separator=" "), "profile-link", "a", "", steps)


def _with_roles(text: str) -> Iterator[str]:
    """The people of a line with their role behind them in an element of its own: Ada Lane | Correspondent."""
    for name, role in pairwise(text.split(" | ")) if " | " in text else ():
        said = role.lower().replace(",", " ").split()
        if not bywords().roles.isdisjoint(said[:MAX_ROLE]) and ":" not in name and is_person(name):
            yield name


def _links(node: LexborNode) -> list[LexborNode]:
    """The first three links in a short node: a walk costs less than a selector."""
    child = node.child
    if child is None or (child.next is None and child.is_text_node):
        return []
    return [inner for inner in node.traverse() if inner.tag == "a" and "href" in inner.attributes][:3]


def _around(headline: LexborNode) -> Iterator[LexborNode]:
    """Short elements after the headline, climbing out of its containers; then those just before it."""
    seen = 0
    node: LexborNode | None = headline
    for _ in range(_CLIMBS):
        if node is None or node.tag in {"body", "html"} or seen >= MAX_WALKED:
            break
        sibling = node.next
        while sibling is not None and seen < MAX_WALKED:
            seen += 1
            for leaf in _leaves(sibling, 3):
                seen += 1
                yield leaf
            sibling = sibling.next
        node = node.parent
    for sibling in _before(headline):
        yield from _leaves(sibling, 2)


def _before(headline: LexborNode) -> Iterator[LexborNode]:
    sibling = headline.prev
    for _ in range(_BEFORE):
        if sibling is None:
            return
        yield sibling
        sibling = sibling.prev


def _is_signed(node: LexborNode) -> bool:
    """Whether a list of links is a byline: some pages set theirs in a `<nav>`."""
    return node.tag == "nav" and BY.match(one_line(node.text(), MAX_LINE)) is not None


def _leaves(node: LexborNode, depth: int) -> Iterator[LexborNode]:
    """The node where its text is short enough for a line, else such nodes within it."""
    if not node.is_element_node or (node.tag in _SKIPPED and not _is_signed(node)):
        return
    length = len(node.text_lexbor() or "")  # as `text`, and faster on what is long
    if length <= (MAX_STANDFIRST if node.tag in _TEXTS else MAX_LINE):
        if length:
            yield node
    elif depth and node.tag != "p":
        child = node.child
        for _ in range(_CHILDREN):
            if child is None:
                break
            yield from _leaves(child, depth - 1)
            child = child.next
