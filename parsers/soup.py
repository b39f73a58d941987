"""The kept part of a page as BeautifulSoup's tree, without the tags and attributes that nothing reads.

An element costs BeautifulSoup ten times what it costs lxml: each one left out is time.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder

from parsers.blocks import READ
from parsers.boilerplate import rules

_INLINE = frozenset(
    ("span", "strong", "em", "b", "i", "u", "font", "small", "big", "sub", "sup", "mark", "img", "nobr")
)


def soup_of(html: str, *, whole: bool) -> BeautifulSoup:
    """Build the soup of kept HTML: `whole`, or without what the generic rules and the blocks never look at.

    That is every attribute that no rule names and no block reads, and inline elements outside links that
    have neither class nor id.
    """
    return BeautifulSoup(html, builder=LXMLTreeBuilder() if whole else _Builder())


@cache
def _idle() -> frozenset[str]:
    """The inline elements that no rule names."""
    return _INLINE - rules().tags


class _Builder(LXMLTreeBuilder):
    """Hands lxml's events on, those of idle elements left out."""

    def __init__(self) -> None:
        super().__init__()
        self._idle = _idle()
        self._names = rules().names
        self._left_out: list[bool] = []  # for each open idle element
        self._links = 0

    # lxml's HTML parser hands on texts alone, and no namespaces where they are not asked for.
    def start(self, tag: str, attrib: Mapping[str, str]) -> None:  # type: ignore[override]
        names = self._names
        read = {name: value for name, value in attrib.items() if name in READ or names(name, value)}
        if tag in self._idle:
            idle = not (read or self._links or "class" in attrib or "id" in attrib)
            self._left_out.append(idle)
            if idle:
                return
        self._links += tag == "a"
        if self.soup is not None:
            self.soup.handle_starttag(tag, None, None, read)

    def end(self, tag: str) -> None:  # type: ignore[override]
        if tag in self._idle and self._left_out.pop():
            return
        self._links -= tag == "a"
        if self.soup is not None:
            self.soup.handle_endtag(tag)
