"""What the scorer sees of each leaf block: its text, its elements, its neighbours, its page."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import chain, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from parsers import surroundings
from parsers.signs import SIGNS, count_signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from parsers.forest import Matrix
    from parsers.surroundings import Index
    from parsers.tree import Tree
    from parsers.vocabulary import Vocabulary

_TAGS = {
    tag: number
    for number, tag in enumerate(
        [
            *(
                "nav",
                "button",
                "label",
                "legend",
                "form",
                "footer",
                "time",
                "summary",
                "dt",
                "dd",
                "figcaption",
            ),
            *("th", "td", "li", "address", "aside", "section", "header", "div", "article", "h6", "h5", "h4"),
            *("h3", "h2", "h1", "pre", "blockquote", "p"),
        ],
    )
}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FAR = 40  # blocks below a heading
_LONG = 80  # characters of plain text that make a paragraph
_COMPARED = 320  # characters: longer blocks repeat no title and no description
_LONGEST_TITLE = 40  # words
_ENDS = frozenset(".!?…\u3002\uff01\uff1f\u201d\"»'\u2019)")
_BEGINNING = 60  # characters

TEXT = (
    *("chars", "words", "commas", "sentences", "ends", "lower_start", "linked", "links", "strong", "italic"),
    *(
        "after_image",
        "tag",
        "in_title",
        "in_description",
        "in_body",
        "text_words",
        "same_text",
        "inline_words",
    ),
    *("heading_words", "heading_gap"),
)
PAGE = ("page_runs", "page_words", "page_linked", "page_long", "page_p", "page_body")
FEATURES = TEXT + surroundings.FEATURES + PAGE
_AT = {name: number for number, name in enumerate(TEXT)}
_SIGNS = [_AT[name] for name in SIGNS]
_NUMBERS = [
    _AT[name]
    for name in (
        *("ends", "lower_start"),
        *("linked", "links", "strong", "italic", "after_image"),
        *("tag", "in_body", "same_text", "heading_gap"),
    )
]
_SHARES = [
    _AT[name] for name in ("in_title", "in_description", "text_words", "inline_words", "heading_words")
]
_COUNTS_OF = attrgetter("linked", "links", "strong", "italic", "after_image")
_PER_CHARACTER = [_AT[name] for name in ("linked", "strong", "italic")]
_LIMITS = np.full((len(TEXT), 1), np.inf, dtype=np.float32)
for _name, _most in (
    *(("linked", 1), ("strong", 1), ("italic", 1)),
    *(("after_image", 60), ("heading_gap", _FAR)),
):
    _LIMITS[_AT[_name]] = _most
_WORDS = 8.3  # log1p of 4,000 words: one page in fifteen of those learned from is larger
_RUNS = 5.6  # and of 270 blocks
_MOST = {"page_words": _WORDS, "page_runs": _RUNS, "after": 10.1, "like": 4.6, "page_body": 9.0} | {
    f"{name}_{level}": most for name, most in (("words", _WORDS), ("runs", _RUNS)) for level in (1, 2, 3)
}
_COUNTED = [place for place, name in enumerate(FEATURES) if name in _MOST]
_COUNTED_TO = np.array([[_MOST[FEATURES[place]]] for place in _COUNTED], dtype=np.float32)
_LIKE = [_AT["text_words"], _AT["after_image"], _AT["ends"]]
_SEEN_NEAR = [_AT[name] for name in surroundings.SEEN_NEAR]
_ENDS_AT = np.cumsum([len(group) for group in (TEXT, *surroundings.GROUPS, PAGE)]).tolist()
_PARTS = [slice(start, end) for start, end in pairwise([0, *_ENDS_AT])]


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of FEATURES for each run, and its groups: parent, wider parent, blocks of like names."""

    rows: Matrix
    words: NDArray[np.float64]
    groups: tuple[Index, Index, Index]


def measure(tree: Tree, vocabulary: Vocabulary) -> Measured:
    """Measure every leaf block of a page that has any: one row a run, one column for each of FEATURES.

    Sizes are counted up to those of an ordinary page: of longer ones too little was seen to learn from, and
    a story of a hundred thousand words is judged as one of four thousand.
    """
    columns = np.empty((len(FEATURES), len(tree.runs)), dtype=np.float32)  # one after the other: fast to fill
    text, place, likes, group, around, page = (columns[part] for part in _PARTS)
    _of_text(tree, vocabulary, text)
    facts = _facts(text)
    element = np.array([run.element for run in tree.runs], dtype=np.int32)
    like = surroundings.like_names(tree)
    np.log1p(text[:2], out=text[:2])
    elements = surroundings.measure_elements(tree, vocabulary)
    surroundings.of_place(tree, elements, element, facts, place)
    surroundings.of_like(like, facts, text[_LIKE], likes)
    near, wide = surroundings.of_groups(elements, element, facts, group)
    parent = elements.parent[element]
    surroundings.of_neighbours(parent, text[_SEEN_NEAR], facts[4] > 0, around)
    page[:] = _of_page(tree, text, facts)[:, None]
    columns[_COUNTED] = np.minimum(columns[_COUNTED], _COUNTED_TO)
    return Measured(columns.T, facts[0].astype(np.float64), (near, wide, like))


def _facts(text: Matrix) -> Matrix:
    """Give by rows each block's words, characters, those in links, whether it ends, those of a paragraph."""
    chars, linked = text[_AT["chars"]], text[_AT["linked"]]
    facts = np.empty((5, text.shape[1]), dtype=np.float32)
    facts[0], facts[1], facts[3] = text[_AT["words"]], chars, text[_AT["ends"]]
    np.multiply(linked, chars, out=facts[2])
    plain = chars - 2 * linked * chars
    np.multiply(plain, plain > _LONG, out=facts[4])
    return facts


def _of_text(tree: Tree, vocabulary: Vocabulary, out: Matrix) -> None:
    """Columns TEXT: what each block says and how, one column after the other for all blocks."""
    runs = tree.runs
    texts = [run.text for run in runs]
    tags = [tree.elements[run.element].tag for run in runs]
    page = "\n".join(texts)
    words = [text.lower().split() if len(text) <= _COMPARED else [] for text in texts]
    weights = vocabulary.texts(texts, words)
    opened = {run.inline for run in runs}
    inline = {names: vocabulary.attributes("span", names)[0] if names else 0.0 for names in opened}
    seen = Counter(texts)
    headings, gaps = _headed(tags, weights)
    numbers: list[Sequence[int]] = [
        [text[-1] in _ENDS for text in texts],
        [text[0].islower() for text in texts],
        *zip(*map(_COUNTS_OF, runs), strict=True),
        [_TAGS.get(tag, 0) for tag in tags],
        _in_body(texts, tree.article_body.split()),
        [seen[text] for text in texts],
        gaps,
    ]
    known = _title_words(texts, tags, tree.title), set(tree.description.lower().split())
    shares = [*_shared(words, *known), weights, [inline[run.inline] for run in runs], headings]
    # Lists of one type each become arrays in a third of the time that numpy takes to look at every value.
    out[_SIGNS] = count_signs(texts, page)
    out[_NUMBERS] = np.frombuffer(array("i", list(chain.from_iterable(numbers))), np.int32).reshape(
        -1, len(runs)
    )
    out[_SHARES] = np.frombuffer(array("f", list(chain.from_iterable(shares))), np.float32).reshape(
        -1, len(runs)
    )
    out[_AT["commas"]] /= out[_AT["words"]]
    out[_PER_CHARACTER] /= out[_AT["chars"]]
    np.minimum(out, _LIMITS, out=out)


def _in_body(texts: list[str], body: list[str]) -> list[int]:
    """Tell which blocks begin as a part of the story that the page's data give: 1, 0, or -1 without one."""
    if not body:
        return [-1] * len(texts)
    whole, known = " ".join(body), set(body)
    starts = [text[:_BEGINNING] for text in texts]
    # Between its first and last word stand whole words: where one is unknown the text need not be searched.
    return [known.issuperset(start.split()[1:-1]) and start in whole for start in starts]


def _shared(words: list[list[str]], title: set[str], description: set[str]) -> list[list[float]]:
    """Measure which share of each block's different words stands in the title, and in the description."""
    strange = (title | description).isdisjoint
    shares: list[list[float]] = [[], []]
    for said in words:
        if strange(said):  # as most blocks are
            shares[0].append(0.0)
            shares[1].append(0.0)
        else:
            own = set(said)
            shares[0].append(len(own & title) / len(own))
            shares[1].append(len(own & description) / len(own))
    return shares


def _headed(tags: list[str], weights: list[float]) -> tuple[list[float], list[int]]:
    """Give what the words of the heading above each block weigh, and how many blocks above it stands."""
    heading, since = 0.0, 0
    headings, gaps = [], []
    for tag, weight in zip(tags, weights, strict=True):
        since += 1
        if tag in _HEADINGS:
            heading, since = weight, 0
        headings.append(heading)
        gaps.append(since)
    return headings, gaps


def _title_words(texts: list[str], tags: list[str], title: str) -> set[str]:
    """Gather the words of the page's title and of its headline, where that is no long text."""
    headlines = [text for text, tag in zip(texts, tags, strict=True) if tag == "h1"]
    headline = set(" ".join(headlines).lower().split())
    return set(title.lower().split()) | (headline if len(headline) < _LONGEST_TITLE else set())


def _of_page(tree: Tree, text: Matrix, facts: Matrix) -> Matrix:
    """Columns PAGE: one value each."""
    count = text.shape[1]
    _, chars, linked, _, long = facts.sum(axis=1).tolist()
    paragraphs = np.count_nonzero(text[_AT["tag"]] == _TAGS["p"])
    chars = max(1.0, chars)
    body = math.log1p(len(tree.article_body))
    words = np.log1p(facts[0].sum())
    row = (math.log1p(count), words, linked / chars, long / chars, paragraphs / count, body)
    return np.array(row, np.float32)
