"""Boosted decision trees, evaluated with numpy: every tree on every row at once, one level at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

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
        count, width = rows.shape
        flat = rows.ravel()
        base = (np.arange(count, dtype=np.intp) * width)[:, None]
        (feature, threshold), *levels = self._levels
        # No index can be out of bounds; "wrap" is numpy's quickest way to be told so.
        right = flat.take(base + feature, mode="wrap") > threshold
        node = right + np.arange(0, 2 * len(feature), 2, dtype=np.intp)
        for feature, threshold in levels:
            at = feature.take(node, mode="wrap")
            at += base
            right = flat.take(at, mode="wrap") > threshold.take(node, mode="wrap")
            node += node
            node += right
        margins: Scores = self.leaf.ravel().take(node, mode="wrap").sum(axis=1, dtype=np.float32)
        return margins

    @cached_property
    def _levels(self) -> list[tuple[NDArray[np.intp], Matrix]]:
        """Features and thresholds by level, all trees' nodes in a row: node n leads to 2n and 2n + 1."""
        ends = [2**level - 1 for level in range(self.feature.shape[1].bit_length() + 1)]
        return [
            (self.feature[:, start:end].astype(np.intp).ravel(), self.threshold[:, start:end].ravel())
            for start, end in pairwise(ends)
        ]

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
