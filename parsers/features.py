"""What the scorer sees of each leaf block: its text, its elements, its neighbours, its page; one row a block."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from parsers.tree import Run, Tree
    from parsers.vocabulary import Vocabulary

    Matrix = NDArray[np.float32]
    Index = NDArray[np.int32]

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_DIGIT = re.compile(r"\d")
_TAGS = {
    tag: number
    for number, tag in enumerate(
        ("nav", "button", "label", "legend", "form", "footer", "time", "summary", "a", "dt", "dd", "figcaption")
        + ("th", "td", "li", "address", "aside", "section", "header", "div", "article", "h6", "h5", "h4", "h3")
        + ("h1", "h2", "pre", "blockquote", "p"),
    )
}
_INSIDE = {
    tag: number
    for number, tag in enumerate(
        ("article", "main", "aside", "header", "footer", "nav", "form", "figure", "table", "ul", "blockquote", "p")
    )
} | {"ol": 9, "figcaption": 7}
_LONG = 80  # characters of plain text that make a paragraph
_ENDS = frozenset(".!?…。！？”\"»'’)")

TEXT = (
    *("chars", "words", "word_length", "ends", "ends_colon", "commas", "sentences", "upper", "lower_start"),
    *("digits", "mark", "quote", "at", "linked", "links", "strong", "tag", "in_title", "in_description"),
    *("text_words", "same_text", "inline_words", "question"),
)
PLACE = tuple(f"inside_{tag}" for tag in list(_INSIDE)[:12]) + (
    *("depth", "own_words", "up_words", "path_words", "path_low", "index", "from_end", "before", "after"),
    *("h1_distance", "after_h1", "like", "like_words", "like_linked", "like_long"),
)
GROUP = tuple(
    f"{name}_{level}"
    for level in (1, 2, 3)
    for name in ("words", "share", "linked", "runs", "ends", "long", "mass")
) + ("place_1", "place_end_1", "top_mass")
AROUND = tuple(
    f"{name}{offset:+d}"
    for offset in (-3, -2, -1, 1, 2, 3)
    for name in ("chars", "linked", "ends", "tag", "text_words", "same_parent")
) + ("long_gap_before", "long_gap_after", "long_same_before", "long_same_after")
PAGE = ("page_runs", "page_words", "page_linked", "page_long", "page_p")
FEATURES = TEXT + PLACE + GROUP + AROUND + PAGE


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of FEATURES for each run, and the groups it belongs to: parent, wider parent, blocks of like names."""

    rows: Matrix
    words: NDArray[np.float64]
    groups: tuple[Index, Index, Index]


def measure(tree: Tree, vocabulary: Vocabulary) -> Measured:
    """Measure every leaf block of the page: one row a run, one column for each of FEATURES."""
    text = _of_text(tree, vocabulary)
    chars, linked, ends = text[:, 0], text[:, 13], text[:, 3]
    plain = np.maximum(0, chars - 2 * linked * chars)
    facts = np.stack([text[:, 1], chars, linked * chars, ends, np.where(plain > _LONG, plain, 0)])
    element = np.array([run.element for run in tree.runs], dtype=np.int32)
    like = _like_names(tree)
    groups, chain = _of_groups(tree, element, facts)
    columns = [
        text,
        _of_place(tree, vocabulary, element, facts),
        _of_like(like, facts),
        groups,
        _of_neighbours(text, element, facts[4] > 0, tree),
        _of_page(text, facts),
    ]
    columns[0] = np.concatenate([np.log1p(text[:, :2]), text[:, 2:]], axis=1)
    return Measured(np.concatenate(columns, axis=1, dtype=np.float32), facts[0], (chain[0], chain[1], like))


def _of_text(tree: Tree, vocabulary: Vocabulary) -> Matrix:
    title = set(tree.title.lower().split())
    titled = {word for run in tree.runs if tree.elements[run.element].tag == "h1" for word in run.text.lower().split()}
    title |= titled if len(titled) < 40 else set()
    description = set(tree.description.lower().split())
    inline: dict[str, float] = {"": 0.0}
    for run in tree.runs:
        if run.inline not in inline:
            inline[run.inline] = vocabulary.attributes("span", run.inline)[0]
    seen = Counter(run.text for run in tree.runs)
    rows = [
        (
            *_of_run(run),
            _TAGS.get(tree.elements[run.element].tag, 0),
            *_overlap(run.text, title, description),
            vocabulary.text(run.text),
            seen[run.text],
            inline[run.inline],
            "?" in run.text,
        )
        for run in tree.runs
    ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(TEXT))


def _overlap(text: str, title: set[str], description: set[str]) -> tuple[float, float]:
    """Share of the text's words that stand in the title and in the page's own description."""
    if len(text) > 600:
        return 0.0, 0.0
    words = text.lower().split()
    return (
        sum([word in title for word in words]) / len(words),
        sum([word in description for word in words]) / len(words) if description else 0.0,
    )


def _of_run(run: Run) -> tuple[float, ...]:
    text = run.text
    chars, words = len(text), text.count(" ") + 1
    if chars > 12 * words and not text.isascii():
        words += len(_CJK.findall(text)) // 2
    last = text[-1]
    return (
        chars,
        words,
        chars / words,
        last in _ENDS,
        last == ":",
        (text.count(",") + text.count("，") + text.count("、")) / words,
        text.count(". ") + text.count("。"),
        text.isupper(),
        text[0].islower(),
        len(_DIGIT.findall(text)) / chars if chars < 200 else 0.0,
        ("|" in text) + 2 * ("©" in text) + 4 * ("…" in text or "..." in text),
        text[0] in "\"“„«»‘'",
        "@" in text or "http" in text,
        run.linked / chars,
        run.links,
        run.strong / chars,
    )


def _of_place(tree: Tree, vocabulary: Vocabulary, element: Index, facts: Matrix) -> Matrix:
    elements, runs = tree.elements, tree.runs
    count = len(runs)
    bits, depth, names = _of_elements(tree, vocabulary)
    inside = (bits[element][:, None] >> np.arange(12)) & 1
    place = np.arange(count, dtype=np.float32)
    total = max(1.0, float(facts[1].sum()))
    before = np.cumsum(facts[1]) - facts[1]
    headline = next((i for i, run in enumerate(runs) if elements[run.element].tag == "h1"), -1)
    return np.column_stack(
        [
            inside,
            depth[element],
            names[element],
            np.minimum(place, 200),
            np.minimum(count - place, 200),
            before / total,
            np.log1p(total - before),
            np.clip(place - headline, -50, 100) if headline >= 0 else np.full(count, -99),
            place > headline if headline >= 0 else np.full(count, -1),
        ]
    ).astype(np.float32)


def _of_elements(tree: Tree, vocabulary: Vocabulary) -> tuple[Index, Index, Matrix]:
    """For each element: which tags it stands in, its depth, and what its names and its ancestors' weigh."""
    known: dict[tuple[str, str], tuple[float, float, float]] = {}
    bits: list[int] = []
    depth: list[int] = []
    names: list[tuple[float, float, float, float]] = []
    raw: list[tuple[float, float, float]] = []
    for element in tree.elements:
        key = (element.tag, element.attributes)
        weights = known.get(key)
        if weights is None:
            weights = known[key] = vocabulary.attributes(*key)
        flag = _INSIDE.get(element.tag)
        bit = 0 if flag is None else 1 << flag
        parent = element.parent
        raw.append(weights)
        if parent < 0:
            bits.append(bit)
            depth.append(0)
            names.append((weights[0], 0.0, weights[2], weights[2]))
            continue
        above = tree.elements[parent].parent
        up = raw[parent][1] + (raw[above][1] if above >= 0 else 0.0)
        _, _, path, low = names[parent]
        bits.append(bits[parent] | bit)
        depth.append(depth[parent] + 1)
        names.append((weights[0], up, path + weights[2], min(low, weights[2])))
    return np.array(bits, np.int32), np.array(depth, np.int32), np.array(names, np.float32)


def _like_names(tree: Tree) -> Index:
    """Number the kinds of blocks: the same tag and names here and in the parent are one kind."""
    elements = tree.elements
    kinds: dict[tuple[str, str, str], int] = {}
    kind = []
    for run in tree.runs:
        element = elements[run.element]
        above = elements[element.parent].attributes if element.parent >= 0 else ""
        kind.append(kinds.setdefault((element.tag, element.attributes, above), len(kinds)))
    return np.array(kind, np.int32)


def _of_like(like: Index, facts: Matrix) -> Matrix:
    count = np.bincount(like)
    sums = [np.bincount(like, weights=facts[row]) for row in (0, 2, 1)]
    long = np.bincount(like, weights=facts[4] > 0) / count
    each = [np.log1p(count), np.log1p(sums[0] / count), sums[1] / np.maximum(1, sums[2]), long]
    return np.stack(each, axis=1)[like].astype(np.float32)


def _of_groups(tree: Tree, element: Index, facts: Matrix) -> tuple[Matrix, list[Index]]:
    """What the three nearest ancestors that hold more than this block hold, and where in the first it stands."""
    start = np.array([e.first_run for e in tree.elements], np.int32)
    end = np.array([e.end_run for e in tree.elements], np.int32)
    up = _wider(tree)
    sums = np.concatenate([np.zeros((5, 1)), np.cumsum(facts, axis=1, dtype=np.float64)], axis=1)
    held = sums[:, end] - sums[:, start]
    size = end - start
    chain = [np.where(size[element] > 1, element, up[element])]
    chain += [up[chain[0]]]
    chain += [up[chain[1]]]
    mass = np.bincount(chain[0], weights=facts[4], minlength=len(size))
    mass += np.bincount(chain[1], weights=facts[4] / 2, minlength=len(size))
    top = max(1.0, float(mass.max(initial=0.0)))
    total = np.maximum(1, held[:, :1])
    columns = []
    for level in chain:
        here = held[:, level]
        columns += [np.log1p(here[0]), here[0] / total[0], here[2] / np.maximum(1, here[1])]
        columns += [np.log1p(size[level]), here[3] / np.maximum(1, size[level]), here[4] / total[4], mass[level] / top]
    place = np.arange(len(element))
    columns += [np.minimum(place - start[chain[0]], 100), np.minimum(end[chain[0]] - place, 100)]
    columns += [np.maximum.reduce([mass[level] for level in chain]) / top]
    return np.stack(columns, axis=1).astype(np.float32), chain


def _wider(tree: Tree) -> Index:
    """For each element the nearest ancestor that holds more runs than it does (the body for the body)."""
    wider = [0] * len(tree.elements)
    sizes = [element.end_run - element.first_run for element in tree.elements]
    for number, element in enumerate(tree.elements):
        parent = element.parent
        if parent >= 0:
            wider[number] = parent if sizes[parent] > sizes[number] else wider[parent]
    return np.array(wider, np.int32)


def _of_neighbours(text: Matrix, element: Index, long: NDArray[np.bool_], tree: Tree) -> Matrix:
    count = len(text)
    parent = np.array([e.parent for e in tree.elements], np.int32)[element]
    seen = np.column_stack([np.log1p(text[:, 0]), text[:, [13, 3, 16, 19]], parent])
    padded = np.full((count + 6, 6), -1.0, dtype=np.float32)
    padded[3:-3] = seen
    columns = []
    for offset in (-3, -2, -1, 1, 2, 3):
        near = padded[3 + offset : 3 + offset + count].copy()
        near[:, 5] = near[:, 5] == parent
        columns.append(near)
    columns.append(_gaps(long, parent))
    return np.concatenate(columns, axis=1)


def _gaps(long: NDArray[np.bool_], parent: Index) -> Matrix:
    """Blocks between this one and the nearest paragraph before and after, and whether that has the same parent."""
    count = len(long)
    place = np.arange(count)
    before = np.maximum.accumulate(np.where(long, place, -1))
    before = np.concatenate([[-1], before[:-1]]) if count else before
    after = np.minimum.accumulate(np.where(long, place, count)[::-1])[::-1]
    after = np.concatenate([after[1:], [count]]) if count else after
    return np.stack(
        [
            np.where(before >= 0, np.minimum(place - before, 30), 40),
            np.where(after < count, np.minimum(after - place, 30), 40),
            (before >= 0) & (parent[np.maximum(before, 0)] == parent),
            (after < count) & (parent[np.minimum(after, count - 1)] == parent),
        ],
        axis=1,
    ).astype(np.float32)


def _of_page(text: Matrix, facts: Matrix) -> Matrix:
    count = len(text)
    chars = max(1.0, float(facts[1].sum()))
    row = [
        np.log1p(count),
        np.log1p(facts[0].sum()),
        facts[2].sum() / chars,
        facts[4].sum() / chars,
        float((text[:, 16] == _TAGS["p"]).mean()) if count else 0.0,
    ]
    return np.tile(np.array(row, np.float32), (count, 1))
