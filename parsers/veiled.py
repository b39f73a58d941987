"""Which hidden elements hide what no reader is meant to see, and which a story that unfolds or is sold."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from bs4.element import Tag

QUESTIONS = ("?", "\uff1f", "\u061f")
WORDS = 4  # of a button that says more than what it does
SHARE = 0.6  # of a page's text, hidden: then it is the story, and what is shown its beginning


class Veils:
    """The hidden elements of one page; `breaking` are the tags that begin a block."""

    def __init__(self, root: Tag, breaking: Collection[str]) -> None:
        self._root = root
        self._breaking = breaking
        self._hides_story: bool | None = None  # not asked yet: most pages hide nothing

    def hides(self, tag: Tag) -> bool:
        """Whether nobody is meant to see a hidden element: no story unfolds from it.

        A container of several blocks unfolds on a click; where nearly all text is hidden, part by part, it
        is for readers who pay.
        """
        if not self._is_one_block(tag):
            return False
        if self._hides_story is None:
            hidden = sum(len(each.get_text()) for each in self._root.find_all(hidden=True))
            self._hides_story = hidden >= SHARE * len(self._root.get_text())
        return not self._hides_story

    def _is_one_block(self, tag: Tag) -> bool:
        """Whether at most one block stands in an element."""
        inside = (child.name in self._breaking for child in tag.descendants if isinstance(child, Tag))
        return sum(islice(filter(None, inside), 2)) <= 1


def unfolds(button: Tag) -> bool:
    """Whether a button is the question or the heading above what it unfolds: "Close" and "Share" are not."""
    text = button.get_text().strip()
    return text.endswith(QUESTIONS) or len(text.split()) >= WORDS
