"""Fit the weights of parsers/fields.json on page sets with gold, by folds over registered domains.

From the project's folder, with the sets' folder in CORPORA:

    python -m tests.training.fit_fields CORPORA [--write] [--models build/models]

prints, for each field and set, the share of pages that the weights of the other folds' sites get right, and
the share where the right value was among the options at all. `--write` fits on all pages and saves.
`--models` writes each fold's weights there, for tests.training.out_of_fold.

Titles and dates are a choice among a page's options (conditional logit), authors a yes or no for each name
(logistic regression, each page's names sharing one weight). Adam on the summed loss, L2 on the weights.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from parsers import authors
from parsers.clues import Clues, read_clues
from parsers.decode import decode
from parsers.model import Page
from parsers.published import date_options, month_first, part_changes, read_dates, url_dates
from parsers.resolve import site_names
from parsers.titles import title_options
from parsers.weigh import Option, Verdict
from tests.training.dataset import FOLDS, fold_of

ROUNDS = 200
L2 = {"title": 4.0, "published": 5.0, "author": 1.0}
RAREST = {"title": 10, "published": 5, "author": 6}
NEWS = {"title": 2.0, "author": 1.0, "published": 3.0}  # how much a page of fundus weighs
WEIGHTS = Path(__file__).parents[2] / "parsers" / "fields.json"
Weights = dict[str, float]
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One page: its options for a field, which of them are right, and what the gold says."""

    group: str
    fold: int
    options: tuple[Option, ...]
    right: tuple[bool, ...]
    gold: frozenset[str]


def pages(corpora: Path) -> Iterator[tuple[str, dict[str, Any], Page, Clues]]:
    """Every page of every set with its gold and its clues."""
    for path in sorted(corpora.glob("*/gold.jsonl")):
        for line in filter(None, path.read_text("utf-8").split("\n")):
            gold = json.loads(line)
            content = gzip.decompress((path.parent / gold["html"]).read_bytes())
            page = Page(url=gold["url"], content=content)
            html = decode(content, None)
            yield path.parent.name, gold, page, read_clues(LexborHTMLParser(html), html.encode(), page)


def norm(text: str) -> str:
    folded = unicodedata.normalize("NFKC", re.sub("[\u00ad\u200b-\u200d\u2060\ufeff]", "", text)).casefold()
    return " ".join(re.findall(r"\w+", folded))


def names(value: Any) -> frozenset[str]:
    parts = value if isinstance(value, list) else [value]
    split = (name for part in parts for name in re.split(r"[;,|&\n]|\band\b|\bund\b", str(part)))
    return frozenset(name for each in split if (name := norm(each)))


def title_row(name: str, gold: dict[str, Any], page: Page, clues: Clues) -> Row:
    options = title_options(clues.of("title"), page.url, site_names(clues, page))
    right = tuple(norm(option.value) == norm(gold["title"]) for option in options)
    return Row(name, fold_of(page.url), tuple(options), right, frozenset([gold["title"]]))


def author_row(name: str, gold: dict[str, Any], page: Page, clues: Clues) -> Row:
    wanted = names(gold["authors"])
    options = authors.author_options(clues.of("author"), site_names(clues, page))
    return Row(
        name, fold_of(page.url), tuple(options), tuple(bool(names(o.value) & wanted) for o in options), wanted
    )


def date_row(name: str, gold: dict[str, Any], page: Page, clues: Clues) -> Row:
    american = month_first((clue.value for clue in clues.of("language")), page.url)
    stated, changes = part_changes([*clues.of("published"), *url_dates(page.url)])
    published = read_dates(stated, None, american=american)
    modified = read_dates([*clues.of("modified"), *changes], None, american=american)
    options = date_options(published, modified, page.url)
    day = gold["published"][:10]
    return Row(
        name, fold_of(page.url), tuple(options), tuple(o.value == day for o in options), frozenset([day])
    )


FIELDS: dict[str, tuple[str, Callable[[str, dict[str, Any], Page, Clues], Row]]] = {
    "title": ("title", title_row),
    "author": ("authors", author_row),
    "published": ("published", date_row),
}


def fit(rows: list[Row], field: str) -> Weights:
    """The weights under which the right options of the rows are likeliest."""
    counts = Counter(name for row in rows for option in row.options for name in option.features)
    known = {
        name: index for index, name in enumerate(sorted(n for n in counts if counts[n] >= RAREST[field]))
    }
    used = [row for row in rows if row.options and (field == "author" or any(row.right))]
    page = np.array([index for index, row in enumerate(used) for _ in row.options])
    right = np.array([each for row in used for each in row.right], dtype=float)
    table = np.zeros((len(page), len(known)))
    for place, option in enumerate(option for row in used for option in row.options):
        table[place, [known[name] for name in option.features if name in known]] = 1
    trust = np.array([NEWS[field] if row.group == "fundus" else 1.0 for row in used for _ in row.options])
    slope = yes_or_no(page, right) if field == "author" else one_of(page, right)
    return dict(zip(known, adam(table, lambda score: slope(score) * trust, L2[field]).tolist(), strict=True))


def one_of(page: NDArray[np.int64], right: Vector) -> Callable[[Vector], Vector]:
    """The slope of the conditional logit's loss by each option's score."""

    def share(weight: Vector) -> Vector:
        result: Vector = weight / np.maximum(np.bincount(page, weight)[page], 1e-12)
        return result

    def slope(score: Vector) -> Vector:
        odds = np.exp(score - np.maximum.reduceat(score, np.flatnonzero(np.diff(page, prepend=-1)))[page])
        return share(odds) - share(odds * right)

    return slope


def yes_or_no(page: NDArray[np.int64], right: Vector) -> Callable[[Vector], Vector]:
    """The slope of the logistic loss, each page's options weighing the root of their number together."""
    weight = 1 / np.sqrt(np.bincount(page)[page])
    return lambda score: (1 / (1 + np.exp(-score)) - right) * weight


def adam(table: Vector, slope: Callable[[Vector], Vector], decay: float) -> Vector:
    """Kingma and Ba 2015, steps of 0.1, for a fixed number of rounds."""
    weights, mean, square = (np.zeros(table.shape[1]) for _ in range(3))
    for turn in range(1, ROUNDS + 1):
        gradient = table.T @ slope(table @ weights) + decay * weights
        mean, square = 0.9 * mean + 0.1 * gradient, 0.99 * square + 0.01 * gradient**2
        weights = weights - 0.1 * (mean / (1 - 0.9**turn)) / (np.sqrt(square / (1 - 0.99**turn)) + 1e-8)
    return weights


def score(row: Row, weights: Weights, field: str) -> float:
    """One page's score: right or wrong, for authors the F1 of the set."""
    sums = [sum(weights.get(name, 0.0) for name in option.features) for option in row.options]
    if field != "author":
        return float(bool(sums) and row.right[sums.index(max(sums))])
    ranked = [Verdict(option, total) for option, total in zip(row.options, sums, strict=True)]
    ranked.sort(key=lambda verdict: -verdict.score)
    got = names([verdict.option.value for verdict in authors.above_threshold(ranked)])
    return 2 * len(got & row.gold) / max(1, len(got) + len(row.gold))


def by_folds(rows: list[Row], field: str) -> dict[str, tuple[float, float, int]]:
    """For each set: the score by folds, the share of pages whose gold is among the options, the pages."""
    found: dict[str, list[tuple[float, bool]]] = {}
    for turn in range(FOLDS):
        weights = fit([row for row in rows if row.fold != turn], field)
        for row in rows:
            if row.fold == turn:
                found.setdefault(row.group, []).append((score(row, weights, field), any(row.right)))
    return {
        group: (sum(s for s, _ in each) / len(each), sum(o for _, o in each) / len(each), len(each))
        for group, each in sorted(found.items())
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--write", action="store_true", help="fit on all pages and save parsers/fields.json")
    parser.add_argument("--models", type=Path, help="a folder for the weights that have not seen a fold")
    args = parser.parse_args()
    rows: dict[str, list[Row]] = {field: [] for field in FIELDS}
    for name, gold, page, clues in pages(args.corpora):
        for field, (key, read) in FIELDS.items():
            if gold.get(key):
                rows[field].append(read(name, gold, page, clues))
    for field, each in rows.items():
        for group, (right, possible, count) in by_folds(each, field).items():
            found = f"{right:.4f} by folds, {possible:.4f} among the options, {count} pages"
            sys.stdout.write(f"{field:10} {group:14} {found}\n")
    if args.write:
        write(rows, WEIGHTS)
    for turn in range(FOLDS) if args.models else ():
        seen = {field: [row for row in each if row.fold != turn] for field, each in rows.items()}
        write(seen, args.models / f"fields-{turn}.json")


def write(rows: dict[str, list[Row]], path: Path) -> None:
    fitted = {field: rounded(fit(each, field)) for field, each in rows.items()}
    path.write_text(json.dumps(fitted, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")


def rounded(weights: Weights) -> Weights:
    return {name: round(weight, 3) for name, weight in weights.items() if abs(weight) >= 0.005}


if __name__ == "__main__":
    main()
