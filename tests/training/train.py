"""Train the scorer of `parsers.scorer` on page sets with gold, by folds over registered domains.

From the project's folder, with the group `train` of pyproject.toml installed and the sets in CORPORA:

    python -m tests.training.train CORPORA --models build/models [--teacher build/older] [--folds 0,1,all]

writes a model for each fold, trained on the pages of all other folds' sites, and `all.npz`, trained on all
pages, which is what ships as parsers/scorer.npz. `--teacher` labels the pages that have only snippets with
the models of an earlier run (for fold k, by its model k). To score honestly with score.py of the page sets:

    CLEANWIRE_FOLDS=build/models PYTHONPATH=. python score.py tests.training.out_of_fold:extract
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from parsers.features import measure
from parsers.scorer import Forest, Model, dump, load, logistic, second_look
from parsers.vocabulary import SPACES, Vocabulary, attribute_words, text_words
from tests.training.align import UNKNOWN
from tests.training.dataset import FOLDS, Example, examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from parsers.features import Matrix

    Vector = NDArray[np.float64]

SITES = 4  # a word must stand on so many sites
SET_WEIGHT = {"fundus": 2.0, "wcxb-article": 1.0, "trafilatura": 0.7}
FIRST = {"n_estimators": 80, "max_depth": 5, "num_leaves": 24, "learning_rate": 0.12, "min_child_samples": 60}
SECOND = {
    "n_estimators": 130,
    "max_depth": 5,
    "num_leaves": 24,
    "learning_rate": 0.08,
    "min_child_samples": 60,
}


class Words:
    """Every block's words as one sparse matrix, so that weights for them can be fitted on any pages."""

    def __init__(self, pages: Sequence[Example]) -> None:
        sites: dict[str, set[str]] = {}
        lists = []
        for page in pages:
            rows = block_words(page)
            lists.append(rows)
            for word in {word for row in rows for word in row}:
                sites.setdefault(word, set()).add(page.site)
        self.names = sorted(word for word, where in sites.items() if len(where) >= SITES)
        number = {word: i for i, word in enumerate(self.names)}
        flat = [[number[w] for w in row if w in number] for rows in lists for row in rows]
        ends = np.cumsum([0, *map(len, flat)])
        columns = np.array([i for row in flat for i in row], np.int32)
        shape = (len(flat), len(self.names))
        self.matrix = csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=shape)
        self.matrix.sum_duplicates()
        self.matrix.data = np.minimum(self.matrix.data, 3)

    def fit(self, rows: NDArray[np.int64], labels: Vector, weights: Vector) -> Vocabulary:
        """Fit a weight for each word by logistic regression."""
        model = LogisticRegression(C=2.0, max_iter=60, tol=1e-3)
        model.fit(self.matrix[rows], labels[rows] >= 0.5, sample_weight=weights[rows])
        found: dict[str, dict[str, float]] = {space: {} for space in SPACES}
        for name, weight in zip(self.names, model.coef_[0], strict=True):
            if abs(weight) >= 0.03:
                space, _, word = name.partition(" ")
                found[space][word] = round(float(weight), 3)
        return Vocabulary(found)


def block_words(page: Example) -> list[list[str]]:
    """The words of each block of a page, with the space (see parsers.vocabulary) in front of each."""
    elements = page.tree.elements
    names = [attribute_words(element.tag, element.attributes) for element in elements]
    path: list[list[str]] = []
    for number, element in enumerate(elements):
        own = [f"path {word}" for word in names[number]]
        path.append(own if element.parent < 0 else path[element.parent] + own)
    rows = []
    for run in page.tree.runs:
        at = run.element
        row = path[at] + [f"own {word}" for word in names[at]]
        if run.inline:
            row += [f"own {word}" for word in attribute_words("span", run.inline)]
        above = elements[at].parent
        for _ in range(2):
            if above >= 0:
                row += [f"up {word}" for word in names[above]]
                above = elements[above].parent
        for space, words in text_words(run.text, run.text.lower().split()):
            row += [f"{space} {word}" for word in words]
        rows.append(row)
    return rows


def forest(rows: Matrix, labels: Vector, weights: Vector, settings: dict[str, Any]) -> Forest:
    """Fit boosted trees and lay them out as complete binary trees."""
    model = lightgbm.LGBMClassifier(
        **settings,
        n_jobs=1,
        reg_lambda=5.0,
        subsample=0.7,
        subsample_freq=1,
        colsample_bytree=0.5,
        verbose=-1,
        use_missing=False,
        random_state=7,
        max_bin=127,
    )
    hard = np.concatenate([labels >= 0.5, labels >= 0.5])
    soft = np.concatenate([weights * np.where(labels >= 0.5, labels, 1 - labels), np.zeros(len(labels))])
    keep = soft > 0
    model.fit(np.concatenate([rows, rows])[keep], hard[keep], sample_weight=soft[keep])
    return laid_out(model.booster_.dump_model()["tree_info"], settings["max_depth"])


def laid_out(trees: list[dict[str, Any]], depth: int) -> Forest:
    """Turn LightGBM's trees into heap order; a leaf that ends early stands for all below it."""
    inner = 2**depth - 1
    feature = np.zeros((len(trees), inner), np.int32)
    threshold = np.full((len(trees), inner), np.inf, np.float32)
    leaf = np.zeros((len(trees), inner + 1), np.float32)
    for number, tree in enumerate(trees):
        todo = [(tree["tree_structure"], 0)]
        while todo:
            node, place = todo.pop()
            if place >= inner:
                leaf[number, place - inner] = node["leaf_value"]
            elif "leaf_value" in node:
                todo += [(node, 2 * place + 1), (node, 2 * place + 2)]
            else:
                feature[number, place], threshold[number, place] = node["split_feature"], node["threshold"]
                todo += [(node["left_child"], 2 * place + 1), (node["right_child"], 2 * place + 2)]
    return Forest(feature, threshold, leaf)


class Trainer:
    """All pages with their rows; fits models that have not seen a fold."""

    def __init__(self, pages: list[Example]) -> None:
        self.pages = pages
        self.words = Words(pages)
        self.ends = np.cumsum([0, *(len(page.labels) for page in pages)])

    def rows_of(self, chosen: Sequence[int]) -> NDArray[np.int64]:
        """The row numbers of the chosen pages' blocks."""
        return np.concatenate([np.arange(self.ends[i], self.ends[i + 1]) for i in chosen])

    def fit(self, unseen: set[int], teacher: Model | None) -> Model:
        """Fit both stages on the pages outside the unseen folds; each learns from scores of unseen pages."""
        labels, weights = self._labels(unseen, teacher)
        seen = [i for i, page in enumerate(self.pages) if page.fold not in unseen]
        inner = sorted({self.pages[i].fold for i in seen})
        measured: dict[int, Any] = {}
        for fold in inner:
            rows = self.rows_of([i for i in seen if self.pages[i].fold != fold])
            known = self.words.fit(rows[labels[rows] >= 0], labels, weights)
            for i in seen:
                if self.pages[i].fold == fold:
                    measured[i] = measure(self.pages[i].tree, known)
        first = self._first(seen, inner, measured, labels, weights)
        rows = self.rows_of(seen)
        known = self.words.fit(rows[labels[rows] >= 0], labels, weights)
        one = self._forest(seen, {i: measured[i].rows for i in seen}, labels, weights, FIRST)
        looks = {i: second_look(measured[i], first[i], np.arange(len(first[i]))) for i in seen}
        return Model(known, one, self._forest(seen, looks, labels, weights, SECOND))

    def _first(
        self, seen: list[int], inner: list[int], measured: dict[int, Any], labels: Vector, weights: Vector
    ) -> dict[int, Matrix]:
        scores = {}
        for fold in inner:
            rest = [i for i in seen if self.pages[i].fold != fold]
            model = self._forest(rest, {i: measured[i].rows for i in rest}, labels, weights, FIRST)
            for i in seen:
                if self.pages[i].fold == fold:
                    scores[i] = logistic(model.margins(measured[i].rows))
        return scores

    def _forest(
        self,
        chosen: list[int],
        rows: dict[int, Matrix],
        labels: Vector,
        weights: Vector,
        settings: dict[str, Any],
    ) -> Forest:
        matrix = np.concatenate([rows[i] for i in chosen])
        at = self.rows_of(chosen)
        known = labels[at] >= 0
        return forest(matrix[known], labels[at][known], weights[at][known], settings)

    def _labels(self, unseen: set[int], teacher: Model | None) -> tuple[Vector, Vector]:
        labels, weights = [], []
        for page in self.pages:
            own = np.array(page.labels)
            trust = np.ones(len(own))
            if not page.golden and teacher is not None and page.fold not in unseen:
                guess = teacher.scores(page.tree)
                sure = (own == UNKNOWN) & ((guess > 0.85) | (guess < 0.1))
                own = np.where(sure, guess, own)
                trust = np.where(sure, 0.5, 1.5)
            labels.append(own)
            weights.append(trust * block_weights(page, own))
        return np.concatenate(labels), np.concatenate(weights)


def block_weights(page: Example, labels: Vector) -> Vector:
    """How much each block matters: by its words within the page; each page of a set the same."""
    words = np.array([len(run.text.split()) for run in page.tree.runs], np.float64)
    weight = np.sqrt(words + 2)
    story = weight[labels >= 0.5].sum()
    weight = weight / max(story, 0.3 * weight.sum(), 30.0) * SET_WEIGHT.get(page.kind, 1.0)
    return np.asarray(weight * np.abs(2 * labels - 1).clip(0.1, 1), np.float64)


def main(arguments: Sequence[str]) -> None:
    """Train the models that the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--teacher", type=Path)
    parser.add_argument("--folds", default=",".join([*map(str, range(FOLDS)), "all"]))
    options = parser.parse_args(arguments)
    options.models.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(list(examples(options.corpora)))
    for name in options.folds.split(","):
        start = time.process_time()
        teacher = load((options.teacher / f"{name}.npz").read_bytes()) if options.teacher else None
        model = trainer.fit(set() if name == "all" else {int(name)}, teacher)
        (options.models / f"{name}.npz").write_bytes(dump(model))
        sys.stderr.write(f"{name}: {time.process_time() - start:.0f} s of CPU\n")


if __name__ == "__main__":
    main(sys.argv[1:])
