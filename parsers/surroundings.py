"""What stands around each leaf block: its ancestors and their names, its neighbours, blocks like it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Elements:
    """Each element's parent, first run, number of runs, next wider ancestor, tags it stands in, depth, names.

    Every array has one value more than there are elements: that of "no parent", whose number is -1.
    """

    parent: Index
    first: Index
    size: Index
    wider: Index
    inside: Index
    depth: Index
    names: Matrix  # by rows: what its own weigh, its parents', all of its path's, the least of the path's


def measure_elements(tree: Tree, vocabulary: Vocabulary) -> Elements:
    """Measure each element that holds runs: of the others nothing is asked."""
    count = len(tree.elements) + 1
    parents, depth = [-1] * count, [-1] * count
    starts, sizes, wider, bits = ([0] * count for _ in range(4))
    ups, own, above, total, low = ([0.0] * count for _ in range(5))
    known: dict[tuple[str, str], tuple[float, float, float, int]] = {}  # a page's elements repeat themselves
    for number, element in enumerate(tree.elements):
        first, end = element.first_run, element.end_run
        if first == end:
            continue
        parent = parents[number] = element.parent
        if (seen := known.get(key := (element.tag, element.attributes))) is None:
            seen = known[key] = (*vocabulary.attributes(*key), _BITS.get(element.tag, 0))
        own[number], ups[number], path, bit = seen
        above[number] = ups[parent] + ups[parents[parent]]
        total[number] = total[parent] + path
        low[number] = lowest if (lowest := low[parent]) <= path else path
        bits[number] = bits[parent] | bit
        depth[number] = depth[parent] + 1
        starts[number] = first
        sizes[number] = size = end - first
        wider[number] = parent if sizes[parent] > size else wider[parent]
    whole = np.frombuffer(array("i", [*parents, *starts, *sizes, *wider, *bits, *depth]), np.int32)
    names = np.frombuffer(array("f", [*own, *above, *total, *low]), np.float32)
    parent_of, first_of, size_of, wider_of, inside, depth_of = whole.reshape(6, count)
    return Elements(parent_of, first_of, size_of, wider_of, inside, depth_of, names.reshape(4, count))


def of_place(tree: Tree, elements: Elements, element: Index, facts: Matrix, out: Matrix) -> None:
    """Columns PLACE: which tags a block stands in, what its ancestors are called, where on the page it is."""
    count = len(tree.runs)
    np.bitwise_and(elements.inside[element] >> _BIT, 1, out=out[: len(_INSIDE)], casting="unsafe")
    own = out[len(_INSIDE) :]
    own[0], own[1:5] = elements.depth[element], elements.names.take(element, axis=1)
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


def of_groups(elements: Elements, element: Index, facts: Matrix, out: Matrix) -> tuple[Index, Index]:
    """Columns GROUP: what the three nearest ancestors with more than the block hold; gives the first two."""
    start, up = elements.first, elements.wider
    sums = np.zeros((len(facts), len(element) + 1))
    np.cumsum(facts, axis=1, dtype=np.float64, out=sums[:, 1:])
    near = np.where(elements.size[element] > 1, element, up[element])
    chain = np.array([near, up[near], up[up[near]]])
    mass = np.bincount(near, weights=facts[4], minlength=len(start))
    mass += np.bincount(chain[1], weights=facts[4] / 2, minlength=len(start))
    top = max(1.0, float(mass.max()))
    first, size = start[chain], elements.size[chain]
    last = first + size
    words, chars, linked, ends, long = sums[:, last] - sums[:, first]
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


def of_neighbours(parent: Index, seen: Matrix, long: NDArray[np.bool_], out: Matrix) -> None:
    """Columns AROUND: three blocks on each side, and the way to the nearest paragraph before and after."""
    width, count = seen.shape
    padded = np.full((width, count + 2 * _REACH), -1.0, dtype=np.float32)
    padded[:, _REACH:-_REACH] = seen
    near = padded.take(_NEAR + np.arange(count), axis=1)
    out[:-4].reshape(len(_OFFSETS), width, count)[:] = near.swapaxes(0, 1)
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
