"""A page as a flat list of its visible text blocks and the elements around them; no tree is kept alive.

Lexbor reads the page and drops what is never shown, its serialised body is cut into tags and text by one
regular expression, and one loop over those pieces finds the leaf blocks: runs of text with no block-level
tag and no `<br>` inside. Nothing here recurses, so depth costs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from parsers.guard import admit

_NEVER_SHOWN = [
    *("script", "style", "svg", "noscript", "iframe", "template", "link", "meta", "object", "embed", "select"),
    *("canvas", "xmp", "noembed", "noframes", "plaintext", "textarea", "math", "audio", "datalist", "dialog"),
]
_PIECE = re.compile(
    r"<(?:!--[^-]*+(?:-(?!->)[^-]*+)*+--|(/?)([a-z][^\s>/]*+)((?:\s++[^\s>][^\s=>]*+(?:=\"[^\"]*+\")?+)*+)\s*+)>([^<]*+)"
)
BLOCK_TAGS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "center", "dd", "details", "div", "dl", "dt"}
    | {"fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"}
    | {"hgroup", "label", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary"}
    | {"table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "ul", "video"}
)
VOID_TAGS = frozenset({"br", "hr", "img", "input", "wbr", "source", "track", "area", "col", "param", "base"})
_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_DESCRIPTION = re.compile(
    r"<meta\b[^>]*?\b(?:name|property)=[\"']?(?:og:)?description[\"']?[^>]*?\bcontent=(?:\"([^\"]*)\"|'([^']*)')",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Element:
    """A block-level element: tag, raw attribute text, parent's index (-1: none), its pieces and runs [from, to)."""

    tag: str
    attributes: str
    parent: int
    first: int
    first_run: int
    last: int = -1
    end_run: int = -1


@dataclass(slots=True)
class Run:
    """A leaf block: its text, its element's index, its pieces, how much of it is linked or strong."""

    text: str
    element: int
    first: int
    last: int
    linked: int = 0
    links: int = 0
    strong: int = 0
    inline: str = ""


@dataclass(slots=True)
class Tree:
    """Pieces (closing slash, tag, attributes, text) in document order, block-level elements, leaf blocks."""

    pieces: list[tuple[str, str, str, str]]
    title: str = ""
    description: str = ""
    elements: list[Element] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


def read_tree(html: str) -> Tree:
    """Read a decoded page; raises NotAnArticle("too-complex") before a hostile page costs anything."""
    admit(html)
    parser = LexborHTMLParser(html)
    parser.strip_tags(_NEVER_SHOWN)
    body = parser.body
    tree = Tree(_PIECE.findall(body.html or "") if body is not None else [])
    if match := _TITLE.search(html):
        tree.title = unescape(match[1])
    if match := _DESCRIPTION.search(html, 0, 100_000):
        tree.description = unescape(match[1] or match[2] or "")
    _outline(tree)
    return tree


def _outline(tree: Tree) -> None:  # noqa: C901, PLR0912 - one loop, unrolled: it is the hot path
    elements, runs = tree.elements, tree.runs
    stack: list[int] = []
    current = -1
    texts: list[str] = []
    first = links = linked = strong = in_link = in_strong = 0
    inline = ""

    def close(last: int) -> None:
        nonlocal links, linked, strong
        text = "".join(texts)
        texts.clear()
        if "&" in text:
            text = unescape(text)
        text = " ".join(text.split())
        if text:
            runs.append(Run(text, current, first, last, min(linked, len(text)), links, strong, inline))
        links = linked = strong = 0

    for index, (end, tag, attributes, text) in enumerate(tree.pieces):
        if tag in BLOCK_TAGS:
            if texts:
                close(index - 1)
            first = index
            inline = ""
            if not end:
                elements.append(Element(tag, attributes, current, index, len(runs)))
                stack.append(current)
                current = len(elements) - 1
            elif stack:
                elements[current].last = index
                elements[current].end_run = len(runs)
                current = stack.pop()
        elif tag in {"br", "hr"}:
            if texts:
                close(index - 1)
            first = index
        elif tag == "a":
            in_link = 0 if end else 1
            links += in_link
        elif tag in {"b", "strong"}:
            in_strong = 0 if end else 1
        if attributes and not texts and not end and tag not in BLOCK_TAGS:
            inline = attributes
        if text and not text.isspace():
            if in_link:
                linked += len(text)
            if in_strong:
                strong += len(text)
            texts.append(text)
        elif text and texts:
            texts.append(" ")
    if texts:
        close(len(tree.pieces) - 1)
    for element in elements:
        if element.end_run < 0:  # a raw end tag that the serialiser did not balance
            element.last, element.end_run = len(tree.pieces) - 1, len(runs)
