"""The kept part of a page as BeautifulSoup's tree, grown from lexbor's nodes without a second parse.

Tags and attributes that nothing reads are left out: an element costs BeautifulSoup far more than lexbor.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from bs4.builder import HTMLTreeBuilder
from bs4.element import AttributeValueList, NavigableString, PageElement, Tag

from parsers.blocks import READ
from parsers.boilerplate import LOOKED_AT, rules
from parsers.cut import cut
from parsers.markup import VOID_TAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from selectolax.lexbor import LexborNode

    from parsers.tree import Tree

_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LOOKED_AT = LOOKED_AT | READ
_INLINE = frozenset(
    ("span", "strong", "em", "b", "i", "u", "font", "small", "big", "sub", "mark", "img", "nobr")
)


def soup_of(tree: Tree, kept: Sequence[bool]) -> BeautifulSoup:
    """Grow the soup of the kept blocks, without what the generic rules and the blocks never look at.

    That is every attribute that no rule names and no block reads, and inline elements outside links that
    have neither class nor id.
    """
    grower = _Grower()
    cut(tree, kept, grower)
    grower.flush()
    return grower.soup


@cache
def _idle() -> frozenset[str]:
    """The inline elements that no rule names."""
    return _INLINE - rules().tags


class _Builder(HTMLTreeBuilder):
    """What BeautifulSoup knows of HTML, without a parser."""

    def feed(self, markup: object) -> None:
        """Read nothing: the elements are put in place one by one."""


_BUILDER = _Builder()
_CONTAINERS = _BUILDER.string_containers


def _read(
    attributes: dict[str, str | None], names: Callable[[str, str], bool]
) -> dict[str, str | AttributeValueList]:
    """Choose the attributes that a rule names or a block reads; `hidden` for what is styled so, too."""
    read: dict[str, str | AttributeValueList] = {
        name: AttributeValueList(value.split()) if name == "class" else value
        for name, value in attributes.items()
        if name in _LOOKED_AT and value and (name in READ or names(name, value))
    }
    if "hidden" in attributes or ((style := attributes.get("style")) and _HIDES.search(style)):
        read["hidden"] = ""
    return read


class _Element(Tag):
    """An element of a grown soup: what BeautifulSoup's constructor sets alike for all is the class's."""

    def __init__(
        self, name: str, attributes: dict[str, str | AttributeValueList], parent: Tag, previous: PageElement
    ) -> None:
        self.name = name
        self.attrs = attributes
        self.can_be_empty_element = name in VOID_TAGS
        self.contents = []
        _append(self, parent, previous)


def _append(element: PageElement, parent: Tag, previous: PageElement) -> None:
    """Do what BeautifulSoup's `setup` does for the last child of `parent`, which `previous` goes before."""
    element.parent = parent
    element.previous_element = previous
    previous.next_element = element
    element.next_element = element.next_sibling = None
    siblings = parent.contents
    if siblings:
        before = siblings[-1]
        before.next_sibling = element
        element.previous_sibling = before
    else:
        element.previous_sibling = None
    siblings.append(element)


for _attribute, _value in vars(Tag(builder=_BUILDER, name="p")).items():
    setattr(_Element, _attribute, _value)


_EMPTY = BeautifulSoup("", builder=_BUILDER)


def _empty() -> BeautifulSoup:
    """Give a soup with nothing in it: BeautifulSoup's constructor takes as long as fifty elements."""
    soup = BeautifulSoup.__new__(BeautifulSoup)
    vars(soup).update(vars(_EMPTY), contents=[])
    return soup


class _Grower:
    """A sink that puts elements and strings in their place, as BeautifulSoup does with a parser's events."""

    def __init__(self) -> None:
        self.soup = _empty()
        self._idle = _idle()
        self._names = rules().names
        self._parent: Tag = self.soup
        self._last: PageElement = self.soup
        self._texts: list[str] = []
        self._left_out: list[bool] = []  # for each open element
        self._links = 0
        self._strings: list[type[NavigableString]] = [NavigableString]  # Ruby's readings are of another

    def start(self, node: LexborNode) -> None:
        tag = node.tag or ""
        attributes = node.attributes
        read = _read(attributes, self._names) if attributes else {}
        idle = tag in self._idle and not (read or self._links or "class" in attributes or "id" in attributes)
        self._left_out.append(idle)
        if idle:
            return
        if self._texts:
            self.flush()
        self._links += tag == "a"
        if tag in _CONTAINERS:
            self._strings.append(_CONTAINERS[tag])
        self._parent = self._last = _Element(tag, read, self._parent, self._last)

    def end(self) -> None:
        if self._left_out.pop():
            return
        if self._texts:
            self.flush()
        closed = self._parent
        self._links -= closed.name == "a"
        if closed.name in _CONTAINERS:
            self._strings.pop()
        if closed.parent is not None:
            self._parent = closed.parent

    def text(self, text: str) -> None:
        self._texts.append(text)

    def flush(self) -> None:
        """Put the text that was read in its place as one string."""
        if self._texts:
            string = str.__new__(self._strings[-1], "".join(self._texts))
            self._texts.clear()
            _append(string, self._parent, self._last)
            self._last = string
