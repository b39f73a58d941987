"""A page as a flat list of its visible text blocks and the elements around them; no tree is kept alive.

Lexbor reads the page and drops what is never shown, its serialised body is cut into tags and text by one
regular expression, and one loop over those pieces finds the leaf blocks: runs of text with no block-level
tag and no `<br>` inside. Nothing here recurses, so depth costs nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from parsers.guard import admit

_NEVER_SHOWN = [
    *(
        "script",
        "style",
        "svg",
        "noscript",
        "iframe",
        "template",
        "link",
        "meta",
        "object",
        "embed",
        "select",
    ),
    *("canvas", "xmp", "noembed", "noframes", "plaintext", "textarea", "math", "audio", "datalist", "dialog"),
]
_PIECE = re.compile(
    r"<(?:!--[^-]*+(?:-(?!->)[^-]*+)*+--|(/?)([a-z][^\s>/]*+)((?: [^ >][^ =>]*+=\"[^\"]*+\")*+))>([^<]*+)"
)
BLOCK_TAGS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
    }
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
_ARTICLE_BODY = re.compile(r"\"articleBody\"\s*:\s*\"((?:[^\"\\]++|\\.)*+)\"", re.DOTALL)
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_FAR = 10_000  # pieces: no image before
_LINK_LIST = 8  # blocks in a row that are short and nothing but a link
_SHORT_LINK = 60  # characters


@dataclass(slots=True)
class Element:
    """A block-level element: tag, raw attributes, parent's index (-1: none), its pieces, its runs."""

    tag: str
    attributes: str
    parent: int
    first: int
    first_run: int
    last: int = -1
    end_run: int = -1


@dataclass(slots=True)
class Run:
    """A leaf block: its text, its element's index, its pieces; its characters in links, bold, italics.

    `inline` is the attributes of the inline element it opens with, `after_image` the pieces since an image,
    `skipped` the blocks set aside between it and the one before.
    """

    text: str
    element: int
    first: int
    last: int
    linked: int = 0
    links: int = 0
    strong: int = 0
    italic: int = 0
    inline: str = ""
    after_image: int = 0
    skipped: int = 0


@dataclass(slots=True)
class Tree:
    """Pieces (closing slash, tag, attributes, text) in document order, block-level elements, leaf blocks.

    `aside` holds the blocks of menus and of long lists of links: half of a page, and never the story.
    """

    pieces: list[tuple[str, str, str, str]]
    title: str = ""
    description: str = ""
    article_body: str = ""
    elements: list[Element] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    aside: list[Run] = field(default_factory=list)

    def all_runs(self) -> tuple[Run, ...]:
        """Give every block of the page in order, those set aside too."""
        return tuple(sorted(self.runs + self.aside, key=lambda run: run.first))


def parse_html(html: str, utf8: bytes | None = None) -> LexborHTMLParser:
    """Parse a decoded page; raises NotAnArticle("too-complex") before a hostile page costs anything.

    `utf8` is `html` in UTF-8, where the caller has it.
    """
    utf8 = html.encode(errors="replace") if utf8 is None else utf8
    admit(html, utf8)
    return LexborHTMLParser(utf8)


def read_tree(html: str, parser: LexborHTMLParser | None = None) -> Tree:
    """Read the blocks of a page; `parser`, where it was parsed already, loses what is never shown."""
    if parser is None:
        parser = parse_html(html)
    parser.strip_tags(_NEVER_SHOWN)
    body = parser.body
    tree = Tree(_PIECE.findall(body.html or "") if body is not None else [])
    if match := _TITLE.search(html):
        tree.title = unescape(match[1])
    if match := _DESCRIPTION.search(html, 0, 100_000):
        tree.description = unescape(match[1] or match[2] or "")
    if '"articleBody"' in html and (match := _ARTICLE_BODY.search(html)):  # a pattern alone is slower
        tree.article_body = _unquoted(match[1])
    _outline(tree)
    _set_aside(tree)
    return tree


def _unquoted(quoted: str) -> str:
    try:
        return unescape(json.loads(f'"{quoted}"', strict=False))
    except ValueError:  # an escape that JSON does not know
        return ""


def _outline(tree: Tree) -> None:  # noqa: C901, PLR0912, PLR0915 - one loop, unrolled: it is the hot path
    elements, runs = tree.elements, tree.runs
    stack: list[int] = []
    current = -1
    texts: list[str] = []
    first = links = linked = strong = italic = in_link = in_strong = in_italic = 0
    inline, image = "", -_FAR

    def close(last: int) -> None:
        nonlocal links, linked, strong, italic
        text = "".join(texts)
        texts.clear()
        if "&" in text:
            text = unescape(text)
        text = " ".join(text.split())
        if text and (len(text) > 1 or text not in _INVISIBLE):
            runs.append(Run(text, current, first, last, linked, links, strong, italic, inline, last - image))
        links = linked = strong = italic = 0

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
        elif tag == "a":
            in_link = not end
            links += in_link
        elif tag in {"b", "strong"}:
            in_strong = not end
        elif tag in {"i", "em"}:
            in_italic = not end
        elif tag in {"br", "hr"}:
            if texts:
                close(index - 1)
            first = index
        elif tag == "img":
            image = index
        elif attributes and not texts and not end:
            inline = attributes
        if not text:
            continue
        if not text.isspace():
            size = len(text)
            if in_link:
                linked += size
            if in_strong:
                strong += size
            if in_italic:
                italic += size
            texts.append(text)
        elif texts:
            texts.append(" ")
    if texts:
        close(len(tree.pieces) - 1)


def _set_aside(tree: Tree) -> None:
    """Move the blocks of menus, footers and lists of links from `runs` to `aside`."""
    menus = [False] * (len(tree.elements) + 1)
    for number, element in enumerate(tree.elements):
        menus[number] = menus[element.parent] or element.tag in {"nav", "footer"}
    far = [menus[run.element] for run in tree.runs]
    length = 0
    for number, run in enumerate(tree.runs):
        size = len(run.text)
        length = length + 1 if run.linked >= 0.9 * size and size <= _SHORT_LINK else 0
        if length == _LINK_LIST:
            far[number + 1 - length : number + 1] = [True] * length
        elif length > _LINK_LIST:
            far[number] = True
    kept: list[Run] = []
    place = [0]
    skipped = 0
    for run, away in zip(tree.runs, far, strict=True):
        if away:
            tree.aside.append(run)
            skipped += 1
        else:
            run.skipped, skipped = skipped, 0
            kept.append(run)
        place.append(len(kept))
    tree.runs = kept
    for element in tree.elements:
        element.first_run, element.end_run = place[element.first_run], place[element.end_run]
