"""What stands around each leaf block: its ancestors and their names, its neighbours, blocks like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from parsers.tree import Tree
    from parsers.vocabulary import Vocabulary

Matrix = NDArray[np.float32]
Index = NDArray[np.int32]

_INSIDE = {
    tag: number
    for number, tag in enumerate(
        (
            "article",
            "main",
            "aside",
            "header",
            "footer",
            "nav",
            "form",
            "figure",
            "table",
            "ul",
            "blockquote",
            "p",
        )
    )
}
_BITS = {tag: 1 << number for tag, number in _INSIDE.items()} | {"ol": 1 << 9, "figcaption": 1 << 7}
_OFFSETS = (-3, -2, -1, 1, 2, 3)
_REACH = 3
_FAR_GAP, _NO_GAP = 30, 40

PLACE = (
    *(f"inside_{tag}" for tag in _INSIDE),
    *("depth", "own_words", "up_words", "path_words", "path_low", "index", "from_end", "before", "after"),
    *("h1_distance", "after_h1"),
)
LIKE = ("like", "like_words", "like_linked", "like_long", "like_text_words", "like_after_image", "like_ends")
GROUP = (
    *(
        f"{name}_{level}"
        for level in (1, 2, 3)
        for name in ("words", "share", "linked", "runs", "ends", "long", "mass")
    ),
    *("place_1", "place_end_1", "top_mass"),
)
SEEN_NEAR = ("chars", "linked", "ends", "tag", "text_words")
AROUND = (
    *(f"{name}{offset:+d}" for offset in _OFFSETS for name in SEEN_NEAR),
    *("long_gap_before", "long_gap_after", "long_same_before", "long_same_after"),
)
GROUPS = (PLACE, LIKE, GROUP, AROUND)
FEATURES = PLACE + LIKE + GROUP + AROUND
_BIT = np.arange(len(_INSIDE), dtype=np.int32)[:, None]
_NEAR = np.array(_OFFSETS)[:, None] + _REACH


def of_place(tree: Tree, vocabulary: Vocabulary, element: Index, facts: Matrix, out: Matrix) -> None:
    """Columns PLACE: which tags a block stands in, what its ancestors are called, where on the page it is."""
    count = len(tree.runs)
    bits, depth, names = _of_elements(tree, vocabulary)
    np.bitwise_and(bits[element] >> _BIT, 1, out=out[: len(_INSIDE)], casting="unsafe")
    own = out[len(_INSIDE) :]
    own[0], own[1:5] = depth[element], names.take(element, axis=1)
    place = np.arange(count, dtype=np.float32)
    total = max(1.0, float(facts[1].sum()))
    before = np.cumsum(facts[1]) - facts[1]
    np.minimum(place, 200, out=own[5])
    np.minimum(count - place, 200, out=own[6])
    np.divide(before, total, out=own[7])
    np.log1p(total - before, out=own[8])
    headline = next((i for i, run in enumerate(tree.runs) if tree.elements[run.element].tag == "h1"), None)
    own[9] = -99 if headline is None else np.clip(place - headline, -50, 100)
    own[10] = -1 if headline is None else place > headline


def _of_elements(tree: Tree, vocabulary: Vocabulary) -> tuple[Index, Index, Matrix]:
    """Give for each element the tags it stands in, its depth, what its path's names weigh.

    Every list has one value more than there are elements: that of "no parent", whose number is -1.
    """
    size = len(tree.elements) + 1
    parents, bits, depth = [-1] * size, [0] * size, [-1] * size
    ups, own, above, total, low = ([0.0] * size for _ in range(5))
    known: dict[tuple[str, str], tuple[float, float, float]] = {}  # a page's elements repeat themselves
    for number, element in enumerate(tree.elements):
        if element.first_run == element.end_run:
            continue
        tag = element.tag
        parent = parents[number] = element.parent
        if (weights := known.get(key := (tag, element.attributes))) is None:
            weights = known[key] = vocabulary.attributes(*key)
        own[number], ups[number], path = weights
        above[number] = ups[parent] + ups[parents[parent]]
        total[number] = total[parent] + path
        low[number] = min(low[parent], path)
        bits[number] = bits[parent] | _BITS.get(tag, 0)
        depth[number] = depth[parent] + 1
    return (
        np.array(bits, np.int32),
        np.array(depth, np.int32),
        np.array([own, above, total, low], np.float32),
    )


def like_names(tree: Tree) -> Index:
    """Give the blocks of one kind (same tag, same names, same names of the parent) the same number."""
    elements = tree.elements
    kinds: dict[tuple[str, str, str], int] = {}
    kind = []
    for run in tree.runs:
        element = elements[run.element]
        above = elements[element.parent].attributes if element.parent >= 0 else ""
        kind.append(kinds.setdefault((element.tag, element.attributes, above), len(kinds)))
    return np.array(kind, np.int32)


def of_like(like: Index, facts: Matrix, text: Matrix, out: Matrix) -> None:
    """Columns LIKE: how many blocks are of the same kind, and what they are like on average."""
    count = np.bincount(like)
    words, linked, chars = (np.bincount(like, weights=facts[row]) for row in (0, 2, 1))
    long = np.bincount(like, weights=facts[4] > 0) / count
    each = [np.log1p(count), np.log1p(words / count), linked / np.maximum(1, chars), long]
    each += [np.bincount(like, weights=column) / count for column in text]
    out[:] = np.array(each).take(like, axis=1)


def of_groups(tree: Tree, element: Index, facts: Matrix, out: Matrix) -> tuple[Index, Index]:
    """Columns GROUP: what the three nearest ancestors with more than the block hold; gives the first two."""
    start = np.array([e.first_run for e in tree.elements], np.int32)
    end = np.array([e.end_run for e in tree.elements], np.int32)
    up = _wider(tree)
    sums = np.zeros((len(facts), len(element) + 1))
    np.cumsum(facts, axis=1, dtype=np.float64, out=sums[:, 1:])
    near = np.where((end - start)[element] > 1, element, up[element])
    chain = np.array([near, up[near], up[up[near]]])
    mass = np.bincount(near, weights=facts[4], minlength=len(start))
    mass += np.bincount(chain[1], weights=facts[4] / 2, minlength=len(start))
    top = max(1.0, float(mass.max()))
    first, last = start[chain], end[chain]
    words, chars, linked, ends, long = sums[:, last] - sums[:, first]
    size = last - first
    total = np.maximum(1, sums[:, -1])
    held = np.maximum(1, size)
    place = np.arange(len(element))
    each = out[:-3].reshape(len(chain), -1, len(element))
    each[:, 0], each[:, 1] = np.log1p(words), words / total[0]
    each[:, 2], each[:, 3] = linked / np.maximum(1, chars), np.log1p(size)
    each[:, 4], each[:, 5], each[:, 6] = ends / held, long / total[4], mass[chain] / top
    out[-3], out[-2] = np.minimum(place - first[0], 100), np.minimum(last[0] - place, 100)
    out[-1] = mass[chain].max(axis=0) / top
    return chain[0], chain[1]


def _wider(tree: Tree) -> Index:
    """Find for each element the nearest ancestor that holds more runs than it does."""
    elements = tree.elements
    wider = [0] * len(elements)
    sizes = [element.end_run - element.first_run for element in elements]
    for number, element in enumerate(elements):
        if (parent := element.parent) >= 0:
            wider[number] = parent if sizes[parent] > sizes[number] else wider[parent]
    return np.array(wider, np.int32)


def of_neighbours(tree: Tree, element: Index, seen: Matrix, long: NDArray[np.bool_], out: Matrix) -> None:
    """Columns AROUND: three blocks on each side, and the way to the nearest paragraph before and after."""
    width, count = seen.shape
    padded = np.full((width, count + 2 * _REACH), -1.0, dtype=np.float32)
    padded[:, _REACH:-_REACH] = seen
    near = padded.take(_NEAR + np.arange(count), axis=1)
    out[:-4].reshape(len(_OFFSETS), width, count)[:] = near.swapaxes(0, 1)
    parent = np.array([e.parent for e in tree.elements], np.int32)[element]
    out[-4:] = _gaps(long, parent)


def _gaps(long: NDArray[np.bool_], parent: Index) -> NDArray[np.int64]:
    """Count the blocks to the nearest paragraph before and after, and whether that has the same parent."""
    count = len(long)
    place = np.arange(count)
    before = np.maximum.accumulate(np.where(long, place, -1))
    before = np.concatenate([[-1], before[:-1]])
    after = np.minimum.accumulate(np.where(long, place, count)[::-1])[::-1]
    after = np.concatenate([after[1:], [count]])
    return np.array(
        [
            np.where(before >= 0, np.minimum(place - before, _FAR_GAP), _NO_GAP),
            np.where(after < count, np.minimum(after - place, _FAR_GAP), _NO_GAP),
            (before >= 0) & (parent[np.maximum(before, 0)] == parent),
            (after < count) & (parent[np.minimum(after, count - 1)] == parent),
        ]
    )
