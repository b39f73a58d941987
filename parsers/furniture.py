"""What repeats across a publisher's pages is furniture: its blocks are learned there and dropped here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from parsers.language import count_words
from parsers.model import Block, Draft, Origin
from parsers.text import fold

LEAST_PAGES = 3  # a block that stands on fewer of a publisher's pages may be a story told twice
OWN_SHARE = 2 / 3  # of a story's words
LEAST_SHARE = 0.2  # of the pages looked at


def folded(block: Block) -> str:
    """A block's text as furniture is compared by."""
    return fold(block.text)


def learn(pages: Iterable[Iterable[Block]]) -> frozenset[str]:
    """The folded text of every block that stands on at least three pages of a publisher and a fifth of all.

    Headings are left out: "Analysis" stands above many a story's own words. Give it pages with different
    stories: a story's own versions repeat everything.
    """
    counted: Counter[str] = Counter()
    total = 0
    for blocks in pages:
        total += 1
        counted.update({folded(block) for block in blocks if block.kind != "heading"})
    least = max(LEAST_PAGES, LEAST_SHARE * total)
    return frozenset(text for text, pages_with in counted.items() if text and pages_with >= least)


def strip(draft: Draft, furniture: AbstractSet[str]) -> Draft:
    """The draft without the blocks that are furniture; the same draft where none is, or too little is left.

    A story is more than two thirds its own: where furniture takes more of it, what was learned is mistrusted.
    """
    kept = tuple(block for block in draft.blocks if folded(block) not in furniture)
    text = "\n\n".join(block.text for block in kept if block.kind != "caption")
    words = count_words(text)
    if len(kept) == len(draft.blocks) or words <= OWN_SHARE * count_words(draft.text):
        return draft
    raw = " | ".join(block.text for block in draft.blocks if folded(block) in furniture)
    told = {
        **draft.provenance,
        "furniture": Origin("furniture", "blocks that repeat on this host's pages", raw),
    }
    return replace(draft, blocks=kept, text=text, word_count=words, provenance=told)
