"""Boosted decision trees, evaluated with numpy: every tree on every row at once, one level at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_TESTED = 2  # levels of a tree in which every test is made
_AT_ONCE = 512  # rows: more would not fit the processor's cache

Matrix = NDArray[np.float32]
Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Forest:
    """Complete binary trees in heap order.

    From inner node n a row goes on to 2n + 1 where its feature is at most the threshold, else to 2n + 2.
    """

    feature: NDArray[np.int32]
    threshold: Matrix
    leaf: Matrix

    def margins(self, rows: Matrix) -> Scores:
        """Sum the leaves that each row falls into, over all trees: log-odds."""
        columns = rows.T
        parts = [
            self._sums(np.ascontiguousarray(columns[:, start : start + _AT_ONCE]))
            for start in range(0, len(rows), _AT_ONCE)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate([*parts, np.zeros(0, np.float32)])

    def _sums(self, columns: Matrix) -> Scores:
        count = columns.shape[1]
        (feature, threshold), *levels = self._levels
        node = self._descend(columns.take(feature, axis=0) > threshold[:, None])
        flat, row = columns.ravel(), np.arange(count, dtype=np.intp)
        # No index can be out of bounds; "wrap" is numpy's quickest way to be told so.
        for feature, threshold in levels:
            at = (feature * count).take(node, mode="wrap")
            at += row
            right = flat.take(at, mode="wrap") > threshold.take(node, mode="wrap")
            node += node
            node += right
        sums: Scores = self.leaf.ravel().take(node, mode="wrap").sum(axis=0, dtype=np.float32)
        return sums

    def _descend(self, right: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Follow every row down the topmost levels, in which every test was made: that is cheaper."""
        trees = len(self.feature)
        taken: list[NDArray[np.bool_]] = []
        code = np.zeros((trees, right.shape[1]), np.uint8)
        for level in range(self._top):
            tests = right[trees * (2**level - 1) : trees * (2 ** (level + 1) - 1)]
            tests = tests.reshape(trees, -1, right.shape[1])
            for turn in taken:
                low, high = tests[:, : tests.shape[1] // 2], tests[:, tests.shape[1] // 2 :]
                tests = low ^ (turn & (low ^ high))
            taken.append(tests)
            code += code
            code += tests[:, 0]
        return code + np.arange(0, trees << self._top, 1 << self._top, dtype=np.intp)[:, None]

    @cached_property
    def _top(self) -> int:
        """How many levels are tested at once."""
        levels: int = self.feature.shape[1].bit_length()
        return min(_TESTED, levels)

    @cached_property
    def _levels(self) -> list[tuple[NDArray[np.intp], Matrix]]:
        """Features and thresholds: of the topmost levels together, one after the other, then by level.

        In each level stand all trees' nodes in a row: node n leads to 2n and 2n + 1.
        """
        ends = [2**level - 1 for level in range(self.feature.shape[1].bit_length() + 1)]
        levels = [
            (self.feature[:, start:end].astype(np.intp).ravel(), self.threshold[:, start:end].ravel())
            for start, end in pairwise(ends)
        ]
        features, thresholds = zip(*levels[: self._top], strict=True)
        return [(np.concatenate(features), np.concatenate(thresholds)), *levels[self._top :]]

    def shares(self, rows: Matrix) -> Matrix:
        """Share each row's margin out over the features: what each test on its way changed (Saabas, 2014)."""
        trees, inner = self.feature.shape
        value = np.concatenate([np.zeros((trees, inner), np.float32), self.leaf], axis=1)
        for above in range(inner - 1, -1, -1):
            value[:, above] = (value[:, 2 * above + 1] + value[:, 2 * above + 2]) / 2
        count = len(rows)
        shares = np.zeros_like(rows)
        node = np.zeros((count, trees), dtype=np.int32)
        every, place = np.arange(trees), np.arange(count)[:, None]
        for _ in range(inner.bit_length()):
            feature = self.feature[every, node]
            following = 2 * node + 1 + (rows[place, feature] > self.threshold[every, node])
            np.add.at(shares, (place, feature), value[every, following] - value[every, node])
            node = following
        return shares
