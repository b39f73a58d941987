"""The page sets with gold as training rows: blocks, labels, weights, and the fold of each page's site."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from parsers.model import NotAnArticle
from parsers.tree import Tree, read_tree
from tests.training.align import align, by_snippets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "ac", "edu", "or", "ne", "go", "gob", "nom"})
FOLDS = 6
_FOLD_OF_DIGIT = dict(zip("0123456789abcdef", (0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5), strict=True))


def registered_domain(url: str) -> str:
    """The name under which a site is registered: two labels, three under co.uk and its like."""
    labels = (urlsplit(url).hostname or url).lower().strip(".").split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if deep else labels[-2:])


def fold_of(url: str) -> int:
    """The fold of a page's site, 0 to 5; fold 0 is the holdout that is never looked at page by page."""
    return _FOLD_OF_DIGIT[hashlib.sha1(registered_domain(url).encode()).hexdigest()[0]]  # noqa: S324 - no secret


@dataclass(slots=True)
class Example:
    """One page: its set, site, fold, tree, and a label for each leaf block (-1 where nothing is known)."""

    kind: str
    key: str
    site: str
    fold: int
    tree: Tree
    labels: list[float]
    golden: bool


def examples(corpora: Path) -> Iterator[Example]:
    """Every page of every set that has blocks and gold, in the sets' own order."""
    for gold_file in sorted(corpora.glob("*/gold.jsonl")):
        with gold_file.open(encoding="utf-8") as lines:
            for line in lines:
                gold = json.loads(line)
                content = gzip.decompress((gold_file.parent / gold["html"]).read_bytes())
                example = _example(gold_file.parent.name, gold, content)
                if example is not None:
                    yield example


def _example(kind: str, gold: dict[str, Any], content: bytes) -> Example | None:
    try:
        tree = read_tree(decoded(content))
    except NotAnArticle:
        return None
    if not tree.runs:
        return None
    tree.nodes.clear()  # they hold lexbor's whole tree, and thousands of pages are kept
    texts = [run.text for run in tree.runs]
    golden = bool(gold.get("body"))
    if golden:
        labels = align(texts, gold["body"])
    else:
        labels = by_snippets(texts, gold.get("with", []), gold.get("without", []))
    return Example(
        kind, gold["id"], registered_domain(gold["url"]), fold_of(gold["url"]), tree, labels, golden
    )


def decoded(content: bytes) -> str:
    """The page's text, near enough for training."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
