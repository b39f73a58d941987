"""A page as a flat list of its visible text blocks and the elements around them.

Lexbor reads the page; one walk over its nodes finds the leaf blocks: runs of text with no block-level tag and
no `<br>` inside. It passes by what is never shown, and does not recurse, so depth costs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import count

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.guard import admit, without_options
from parsers.marked import read_marked
from parsers.markup import (
    BLOCK,
    BOLD,
    BREAK,
    CLOSING,
    FIGURE,
    HARD_SPACE,
    IMAGE,
    ITALIC,
    KINDS,
    LINK,
    MENU,
    NAMES,
    OTHER,
    TEXT,
    VOID,
    escape,
    written,
)

_TITLE = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_DESCRIPTION = re.compile(
    r"<meta\b[^>]*?\b(?:name|property)=[\"']?(?:og:)?description[\"']?[^>]*?\bcontent=(?:\"([^\"]*)\"|'([^']*)')",
    re.IGNORECASE,
)
_ARTICLE_BODY = re.compile(r"\"articleBody\"\s*:\s*\"((?:[^\"\\]++|\\.)*+)\"", re.DOTALL)
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_PARTING = frozenset({BLOCK, BLOCK + CLOSING, FIGURE, FIGURE + CLOSING, BREAK, MENU})
_MARKING = frozenset(kind + end for kind in (LINK, BOLD, ITALIC) for end in (0, CLOSING))
_FAR = 10_000  # pieces: no image before
_LINK_LIST = 8  # blocks in a row that are nothing but a link
_LINK_TEXT = 130  # characters of one: a headline
_LABEL = 32  # characters of what may stand between them: a date, a section, a number
_TELLING = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "td", "th"})  # no labels
_MENU_BLOCKS = 20  # as many as a menu is taken to have: it is not read


@dataclass(slots=True)
class Element:
    """A block-level element that holds runs: tag, parent's index (-1: none), its pieces, its runs.

    `attributes` is as HTML writes them, and given only for an element that holds runs: others tell nothing.
    """

    tag: str
    parent: int
    first: int
    first_run: int
    last: int = -1
    end_run: int = -1
    attributes: str = ""


@dataclass(slots=True)
class Run:
    """A leaf block: its text, its element's index, its pieces; its characters in links, bold, italics.

    `inline` is the attributes of the inline element it opens with, `after_image` the pieces since an image,
    `skipped` the blocks set aside between it and the one before, a menu counting as 20.
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
    """What cutting down needs of each piece, block-level elements, leaf blocks.

    A piece is a tag or comment and the text that follows it, in document order: `nodes` has its node, None
    for a closing tag, `kinds` its kind, `texts` its text, unescaped.
    Menus and footers are one piece each: a third of a page, and never the story. Nor are long lists of links,
    whose blocks `aside` holds.
    """

    title: str = ""
    description: str = ""
    article_body: str = ""
    nodes: list[LexborNode | None] = field(default_factory=list, repr=False)
    kinds: list[int] = field(default_factory=list, repr=False)
    texts: list[str] = field(default_factory=list, repr=False)
    elements: list[Element] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    aside: list[Run] = field(default_factory=list)

    def all_runs(self) -> tuple[Run, ...]:
        """Give every block of the page in order, those set aside too; menus have none."""
        return tuple(sorted(self.runs + self.aside, key=lambda run: run.first))


def parse_html(html: str, utf8: bytes | None = None) -> LexborHTMLParser:
    """Parse a decoded page; raises NotAnArticle("too-complex") before a hostile page costs anything.

    `utf8` is `html` in UTF-8, where the caller has it.
    """
    utf8 = html.encode(errors="replace") if utf8 is None else utf8
    optional = admit(html, utf8)
    return LexborHTMLParser(without_options(utf8) if optional else utf8)


def read_tree(html: str, parser: LexborHTMLParser | None = None, data: Sequence[str] | None = None) -> Tree:
    """Read the blocks of a page, from `parser` where it was parsed; `data` is its JSON-LD, if read."""
    parser = parser or parse_html(html)
    tree = Tree(unescape(match[1]) if (match := _TITLE.search(html)) else "")
    if match := _DESCRIPTION.search(html, 0, 100_000):
        tree.description = unescape(match[1] or match[2] or "")
    data = read_marked(parser).data if data is None else data
    if match := next(filter(None, map(_ARTICLE_BODY.search, data)), None):
        tree.article_body = _unquoted(match[1])
    if parser.body is not None:
        _read_pieces(tree, parser.body)
        _outline(tree)
    _set_aside(tree)
    for element in tree.elements:
        if element.first_run < element.end_run and (node := tree.nodes[element.first]) is not None:
            element.attributes = written(attributes) if (attributes := node.attributes) else ""
    return tree


def _unquoted(quoted: str) -> str:
    try:
        return unescape(json.loads(f'"{quoted}"', strict=False))
    except ValueError:  # an escape that JSON does not know
        return ""


def _read_pieces(tree: Tree, body: LexborNode) -> None:
    """Walk the nodes once, passing by what is never shown: a text that it parts is one text all the same."""
    nodes, kinds, texts = tree.nodes, tree.kinds, tree.texts
    kind_of = KINDS.get
    open_nodes: list[LexborNode] = []
    open_kinds: list[int] = []
    node: LexborNode | None = body
    while True:
        text = ""
        while node is not None:
            kind = kind_of(node.tag_id, OTHER)
            if kind < TEXT:
                break
            if kind == TEXT:
                text = text + (node.text_content or "") if text else node.text_content or ""
            node = node.next
        texts.append(text)  # after the piece before this one
        nodes.append(node)
        if node is None:
            if not open_nodes:
                break
            kinds.append(open_kinds.pop())
            node = open_nodes.pop()
            node = node.next if open_nodes else None  # nothing beside the body is read
            continue
        kinds.append(kind)
        if kind < BREAK:
            open_kinds.append(kind + CLOSING)
            open_nodes.append(node)
            node = node.first_child
        else:
            node = node.next
    del texts[0], nodes[-1]


def _outline(tree: Tree) -> None:  # noqa: C901, PLR0912, PLR0915 - one loop, unrolled: the hot path
    """Find the leaf blocks among the pieces, and the elements that hold any."""
    elements, runs = tree.elements, tree.runs
    numbers: list[int] = []  # of the open elements: -1 while an element holds nothing
    starts: list[int] = []
    texts: list[str] = []
    first = links = linked = strong = italic = skipped = 0
    in_link = in_strong = in_italic = marked = False
    inline: dict[str, str | None] | None = None
    image = -_FAR
    for index, kind, node, text in zip(count(), tree.kinds, tree.nodes, tree.texts, strict=False):
        if kind in _PARTING:
            if texts:
                said = "".join(texts).strip()
                if "  " in said or not said.isprintable():  # of all white space only the plain one is
                    said = " ".join(said.split())
                texts = []
                if said and (len(said) > 1 or said not in _INVISIBLE):
                    if (number := numbers[-1]) < 0:
                        number = _number(tree, numbers, starts)
                    end, named = index - 1, written(inline) if inline else ""
                    counts = linked, links, strong, italic
                    runs.append(Run(said, number, first, end, *counts, named, end - image, skipped))
                    skipped = 0
                links = linked = strong = italic = 0
            first = index
            if kind < LINK:
                inline = None
                numbers.append(-1)
                starts.append(index)
            elif kind >= CLOSING:
                inline = None
                starts.pop()
                if (number := numbers.pop()) >= 0:
                    closed = elements[number]
                    closed.last, closed.end_run = index, len(runs)
            elif kind == MENU:
                skipped += _MENU_BLOCKS
                image = -_FAR
        elif kind in (OTHER, VOID):
            if not texts and node is not None and (attributes := node.attributes):
                inline = attributes
        elif kind == IMAGE:
            image = index
        elif kind in _MARKING:
            if kind == LINK:
                in_link = True
                links += 1
            elif kind == LINK + CLOSING:
                in_link = False
            elif kind == BOLD:
                in_strong = True
            elif kind == BOLD + CLOSING:
                in_strong = False
            else:
                in_italic = kind == ITALIC
            marked = in_link or in_strong or in_italic
        if text:
            if not text.isspace() or HARD_SPACE in text:
                if marked:
                    size = len(escape(text))
                    linked += size * in_link
                    strong += size * in_strong
                    italic += size * in_italic
                texts.append(text)
            elif texts:
                texts.append(" ")


def _number(tree: Tree, numbers: list[int], starts: list[int]) -> int:
    """Make elements of the open ones that have no number yet; give the innermost one's number."""
    elements, depth = tree.elements, len(numbers)
    while depth and numbers[depth - 1] < 0:
        depth -= 1
    for inner in range(depth, len(numbers)):
        node = tree.nodes[starts[inner]]
        tag = NAMES[node.tag_id] if node is not None else ""
        parent = numbers[inner - 1] if inner else -1
        numbers[inner] = len(elements)
        elements.append(Element(tag, parent, starts[inner], len(tree.runs)))
    return numbers[-1]


def _set_aside(tree: Tree) -> None:
    """Move the blocks of long lists of links, and the labels between them, from `runs` to `aside`."""
    far = [False] * len(tree.runs)
    start = end = links = 0
    for number, run in enumerate(tree.runs):
        size = len(run.text)
        if size <= _LINK_TEXT and run.linked >= 0.9 * size:
            start = start if links else number
            end, links = number + 1, links + 1
        elif links and (size > _LABEL or tree.elements[run.element].tag in _TELLING):
            if links >= _LINK_LIST:
                far[start:end] = [True] * (end - start)
            links = 0
    if links >= _LINK_LIST:
        far[start:end] = [True] * (end - start)
    kept: list[Run] = []
    place = [0]
    skipped = 0
    for run, away in zip(tree.runs, far, strict=True):
        skipped += run.skipped
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
