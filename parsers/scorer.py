"""The learned scorer: two stages of small decision trees over the blocks' features, evaluated with numpy.

The first stage sees each block by itself; the second also sees what the first thought of the neighbours, of
the blocks in the same parent and of blocks with the same names. `tests/training` says how it was trained.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from parsers.features import FEATURES, Measured, measure
from parsers.forest import Forest
from parsers.vocabulary import SPACES, Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from parsers.forest import Matrix, Scores
    from parsers.surroundings import Index
    from parsers.tree import Tree

NEAR = (-4, -3, -2, -1, 1, 2, 3, 4)
SECOND = (
    *("first",),
    *(f"first{offset:+d}" for offset in NEAR),
    *("rest_parent", "rest_wider", "rest_like", "kept_before", "kept_after", "kept_words", "sure_gap_before"),
    *("sure_gap_after", "near_mean", "in_half", "in_most", "rank"),
)
_NAMES = FEATURES + SECOND
_REACH = 4
_NEAR = np.array(NEAR)[:, None] + _REACH
_HALF, _MOST = (0.25, 0.75), (0.02, 0.98)  # shares of the page's story, as the first stage sees it
_SURE = 0.8
_FAR = 60  # blocks
_OUT, _IN = 0.04, 0.96  # scores beyond which the first stage is sure: by folds, the second never disagrees
_STORY = 8.0  # log1p of 3,000 words: no longer story was often seen while learning
_HEAVIEST = 50  # words of a block that count in its group's mean


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned: word weights and one forest a stage."""

    vocabulary: Vocabulary
    first: Forest
    second: Forest

    def scores(self, tree: Tree) -> Scores:
        """Score every run of the page between 0 and 1: how surely it belongs to the story."""
        if not tree.runs:
            return np.zeros(0, dtype=np.float32)
        measured, scores, doubted = self._first_look(tree)
        if len(doubted):
            rows = second_look(measured, scores, doubted)
            scores[doubted] = logistic(self.second.margins(rows))
        return scores

    def _first_look(self, tree: Tree) -> tuple[Measured, Scores, NDArray[np.intp]]:
        """Measure every run, score it by itself, and tell which runs that leaves in doubt."""
        measured = measure(tree, self.vocabulary)
        first = logistic(self.first.margins(measured.rows))
        return measured, first, np.flatnonzero((first > _OUT) & (first < _IN))

    def reasons(self, tree: Tree) -> list[str]:
        """Name the three features that moved each run's score most, with values: "linked=1 first=0.02"."""
        if not tree.runs:
            return []
        measured, first, doubted = self._first_look(tree)
        rows = second_look(measured, first, np.arange(len(first)))
        shares = np.zeros_like(rows)
        shares[:, : len(FEATURES)] = self.first.shares(measured.rows)
        shares[doubted] = self.second.shares(rows[doubted])
        strongest = np.argsort(-np.abs(shares), axis=1)[:, :3]
        return [
            " ".join(f"{_NAMES[i]}={row[i]:.3g}" for i in chosen.tolist())
            for row, chosen in zip(rows, strongest, strict=True)
        ]


def logistic(margin: Scores) -> Scores:
    """Turn log-odds into a probability."""
    return (1 / (1 + np.exp(-np.minimum(np.maximum(margin, -30), 30)))).astype(np.float32)


def second_look(measured: Measured, first: Scores, chosen: NDArray[np.intp]) -> Matrix:
    """Give the chosen blocks' features and what the first stage thought around: columns FEATURES + SECOND."""
    count, width = measured.rows.shape
    own = np.empty((len(SECOND), count), dtype=np.float32)
    padded = np.full(count + 2 * _REACH, -0.2, dtype=np.float32)
    padded[_REACH:-_REACH] = first
    near = padded.take(_NEAR + np.arange(count))
    words = measured.words
    weighed = words * first
    mass = np.cumsum(weighed)
    total = max(1.0, float(mass[-1]))
    share = (mass - weighed) / total
    own[0], own[1:9] = first, near
    own[9:12] = _rest(measured.groups, first, words)
    own[12], own[13], own[14] = share, 1 - mass / total, min(_STORY, np.log1p(total))
    own[15], own[16] = _gaps(first >= _SURE)
    own[17] = (near[2] + near[3] + near[4] + near[5]) / 4
    own[18] = (share > _HALF[0]) & (share < _HALF[1])
    own[19] = (share > _MOST[0]) & (share < _MOST[1])
    own[20] = np.searchsorted(np.sort(first), first) / count
    columns = np.empty((width + len(SECOND), len(chosen)), dtype=np.float32)
    measured.rows.T.take(chosen, axis=1, out=columns[:width], mode="clip")
    own.take(chosen, axis=1, out=columns[width:], mode="clip")
    return columns.T


def _gaps(sure: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the blocks back and forth to the nearest sure one, at most _FAR."""
    count = len(sure)
    place = np.arange(count)
    before = np.maximum.accumulate(np.where(sure, place, -_FAR))
    before = np.concatenate([[-_FAR], before[:-1]])
    after = np.minimum.accumulate(np.where(sure, place, count + _FAR)[::-1])[::-1]
    after = np.concatenate([after[1:], [count + _FAR]])
    return np.minimum(place - before, _FAR), np.minimum(after - place, _FAR)


def _rest(groups: tuple[Index, ...], first: Scores, words: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean score of the others in each block's groups, weighted by words; -1 where there are none."""
    weight = np.minimum(words, _HEAVIEST)
    score = weight * first
    numbers = np.array(groups)
    numbers += np.arange(0, len(groups) * (size := int(numbers.max()) + 1), size, dtype=np.int32)[:, None]
    every, shape = numbers.ravel(), (len(groups), 1)
    held = np.bincount(every, weights=np.tile(weight, shape).ravel())[numbers] - weight
    said = np.bincount(every, weights=np.tile(score, shape).ravel())[numbers] - score
    return np.where(held > 0, said / np.maximum(held, 1), -1.0)


def load(content: bytes) -> Model:
    """Read a model from the bytes that `dump` wrote; ValueError when its features are not this program's."""
    with np.load(io.BytesIO(content)) as data:
        if (names := json.loads(bytes(data["features"]))) != [*FEATURES, *SECOND]:
            raise ValueError(f"the model knows {len(names)} other features: train it again")
        words = json.loads(bytes(data["words"]))
        values = data["weights"].astype(np.float64)
        forests = [
            Forest(
                data[f"{stage}_feature"].astype(np.int32), data[f"{stage}_threshold"], data[f"{stage}_leaf"]
            )
            for stage in ("first", "second")
        ]
    weights: dict[str, dict[str, float]] = {}
    at = 0
    for space in SPACES:
        known = words[space].split(" ") if words[space] else []
        weights[space] = dict(zip(known, values[at : at + len(known)].tolist(), strict=True))
        at += len(known)
    return Model(Vocabulary(weights), *forests)


def dump(model: Model) -> bytes:
    """Write a model as a compressed numpy archive."""
    weights = model.vocabulary.weights
    arrays: dict[str, NDArray[Any]] = {
        "features": np.frombuffer(json.dumps([*FEATURES, *SECOND]).encode(), np.uint8),
        "words": np.frombuffer(json.dumps({s: " ".join(weights[s]) for s in SPACES}).encode(), np.uint8),
        "weights": np.array([w for s in SPACES for w in weights[s].values()], np.float16),
    }
    for stage, forest in (("first", model.first), ("second", model.second)):
        arrays[f"{stage}_feature"] = forest.feature.astype(np.uint8)
        arrays[f"{stage}_threshold"] = forest.threshold.astype(np.float32)
        arrays[f"{stage}_leaf"] = forest.leaf.astype(np.float32)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


@cache
def shipped() -> Model:
    """Load the model that ships with the program, once."""
    return load(files("parsers").joinpath("scorer.npz").read_bytes())
