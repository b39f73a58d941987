"""Boosted decision trees, evaluated with numpy: every tree on every row at once, one level at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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
        trees, inner = self.feature.shape
        flat, feature, threshold = rows.ravel(), self.feature.ravel(), self.threshold.ravel()
        base = (np.arange(count, dtype=np.int32) * width)[:, None]
        node = np.broadcast_to(np.arange(trees, dtype=np.int32) * inner, (count, trees))
        for _ in range(inner.bit_length()):
            # No index can be out of bounds; "wrap" is numpy's quickest way to be told so.
            at = feature.take(node, mode="wrap")
            at += base
            right = flat.take(at, mode="wrap") > threshold.take(node, mode="wrap")
            node = self._left.take(node, mode="wrap")
            node += right
        margins: Scores = self.leaf.ravel().take(node).sum(axis=1, dtype=np.float32)
        return margins

    @cached_property
    def _left(self) -> NDArray[np.int32]:
        """For each inner node of all trees its left child's number; below the last level, its left leaf's."""
        trees, inner = self.feature.shape
        left = np.tile(2 * np.arange(inner, dtype=np.int32) + 1, (trees, 1))
        tree = np.arange(trees, dtype=np.int32)[:, None]
        children: NDArray[np.int32] = np.where(
            left < inner, left + inner * tree, left - inner + (inner + 1) * tree
        )
        return children.ravel()

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
