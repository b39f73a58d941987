"""The elements whose tag or attributes say what they hold, found in one pass over a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Every selector costs a look at every node, and one that searches in a class several: so there is one search
# for all, with few and short parts of class names, asked only of nodes with a class; what it finds is told
# apart here.
_SELECTOR: Final = (
    'meta,title,html,script[type*="ld+json" i],h1,time,address,figure,[itemprop],'
    "[rel]:is([rel~=author i],[rel~=canonical i],[rel~=license i],[rel~=next i],a[rel~=tag]),"
    "[class]:is([class*=aut i],[class*=byline i],[class*=dat i],[class*=publi i],[class*=posted i],"
    "[class*=time i],[class*=meta i],[class*=pag],[class*=readcrumb],[class*=caption])"
)
_HEAD: Final = frozenset({"meta", "link", "title", "html"})
_SHOWN: Final = frozenset({"h1", "time", "address", "figure"})
_NAMED: Final = re.compile("author|byline|autor|date|datum|publi|posted|time|meta")
_TELLING: Final = frozenset({"class", "itemprop", "rel"})  # without these a node is its head's alone

Head = tuple[LexborNode, Mapping[str, str | None]]


@dataclass(frozen=True, slots=True)
class Marked:
    """A page's elements in document order, by what they may tell; one may stand in several lists.

    `head` has meta, title and root elements and links with a telling `rel`, each with its attributes;
    `data` what JSON-LD says; `shown` headings, times, addresses, figures, microdata, and what is named for an
    author or a date; `pagers` what may lead to a story's next page; `relations` breadcrumbs, and links to a
    tag; `captions` what is named for one.
    """

    head: list[Head] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    shown: list[LexborNode] = field(default_factory=list)
    pagers: list[LexborNode] = field(default_factory=list)
    relations: list[LexborNode] = field(default_factory=list)
    captions: list[LexborNode] = field(default_factory=list)


def read_marked(tree: LexborHTMLParser) -> Marked:
    """Find the marked elements of a parsed page."""
    marked = Marked()
    last = 0
    for node in tree.css(_SELECTOR):
        if (number := node.mem_id) == last:  # found by two selectors
            continue
        last = number
        tag, attributes = node.tag or "", node.attributes
        if tag == "script" and "ld+json" in (attributes.get("type") or "").lower():
            marked.data.append(node.text() or "")
        elif tag in _HEAD and (tag != "link" or "rel" in attributes):
            marked.head.append((node, attributes))
            if _TELLING.isdisjoint(attributes):  # as nearly every meta element
                continue
        names, rel = attributes.get("class") or "", attributes.get("rel") or ""
        if (
            tag in _SHOWN
            or (names and _NAMED.search(names.lower()))
            or "itemprop" in attributes
            or "author" in rel.split()
        ):
            marked.shown.append(node)
        if "pag" in names or (tag == "a" and "next" in rel.split()):
            marked.pagers.append(node)
        if "readcrumb" in names or (tag == "a" and "tag" in rel):
            marked.relations.append(node)
        if "caption" in names:
            marked.captions.append(node)
    return marked
