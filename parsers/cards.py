"""Cards of other stories: a linked headline and a sentence each, above or below the page's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parsers.text import is_ended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parsers.tree import Run, Tree

MANY = 8  # cards alike that make an overview: fewer may be a list of the story's
_STORY = 400  # characters that are kept beside them: else the cards may be what the page tells
_AMONG = 150  # characters that are kept on the other side of the cards: more, and they stand in the story
_HEADLINE = (18, 170)  # characters of a linked headline
_TEASER = 320  # characters of what a card says below it
_BLOCKS = 4  # of one card, its headline and a date among them


def cards(tree: Tree, kept: Sequence[bool]) -> set[int]:
    """Find the blocks of many cards alike above or below the story; among its paragraphs they are its own."""
    heads = [place for place, run in enumerate(tree.runs) if run.linked and _is_headline(run)]
    if len(heads) < MANY:
        return set()
    alike: dict[tuple[str, str, str], list[range]] = {}
    for shape, card in _cards(tree, heads):
        alike.setdefault(shape, []).append(card)
    found = {place for same in alike.values() if len(same) >= MANY for card in same for place in card}
    if not found:
        return found
    first, last = min(found), max(found)
    sizes = [len(run.text) * (kept[place] and place not in found) for place, run in enumerate(tree.runs)]
    above, below = sum(sizes[:first]), sum(sizes[last + 1 :])
    return found if above + below >= _STORY and min(above, below) < _AMONG else set()


def _cards(tree: Tree, heads: Sequence[int]) -> Iterator[tuple[tuple[str, str, str], range]]:
    """Each element that begins with one of the linked headlines and says little else, and its shape."""
    runs, elements = tree.runs, tree.elements
    for place in heads:
        head = elements[runs[place].element]
        holder = elements[head.parent] if head.parent >= 0 else head
        if holder.first_run != place or not 1 < holder.end_run - place <= _BLOCKS:
            continue
        below = runs[place + 1 : holder.end_run]
        if all(map(_is_teaser, below)) and any(is_ended(each.text) for each in below):
            yield (head.tag, holder.tag, holder.attributes), range(place, holder.end_run)


def _is_headline(run: Run) -> bool:
    return _HEADLINE[0] <= len(run.text) <= _HEADLINE[1] and run.linked >= 0.8 * len(run.text)


def _is_teaser(run: Run) -> bool:
    return len(run.text) <= _TEASER and 2 * run.linked <= len(run.text)
