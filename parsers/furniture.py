"""What repeats across a publisher's pages is furniture: its blocks are learned there and dropped here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from parsers.language import count_words
from parsers.model import Block, Draft
from parsers.text import fold

LEAST_PAGES = 3  # a block that stands on fewer of a publisher's pages may be a story told twice
LEAST_SHARE = 0.2  # of the pages looked at


def learn(pages: Iterable[Iterable[Block]]) -> frozenset[str]:
    """The folded text of every block that stands on at least three pages of a publisher and a fifth of all.

    Give it pages with different stories: a story's own versions repeat everything.
    """
    counted: Counter[str] = Counter()
    total = 0
    for blocks in pages:
        total += 1
        counted.update({fold(block.text) for block in blocks})
    least = max(LEAST_PAGES, LEAST_SHARE * total)
    return frozenset(text for text, pages_with in counted.items() if text and pages_with >= least)


def strip(draft: Draft, furniture: AbstractSet[str]) -> Draft:
    """The draft without the blocks that are furniture; the same draft where none is, or nothing else is."""
    kept = tuple(block for block in draft.blocks if fold(block.text) not in furniture)
    text = "\n\n".join(block.text for block in kept if block.kind != "caption")
    if len(kept) == len(draft.blocks) or not text:
        return draft
    return replace(draft, blocks=kept, text=text, word_count=count_words(text))
