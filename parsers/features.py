"""What the scorer sees of each leaf block: its text, its elements, its neighbours, its page."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from parsers import surroundings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from parsers.forest import Matrix
    from parsers.surroundings import Index
    from parsers.tree import Run, Tree
    from parsers.vocabulary import Vocabulary

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_DIGIT = re.compile(r"\d")
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
_DIGITS_OF = 200  # characters: dates and scores stand in short blocks
_LETTERS_PER_SPACE = 12  # more than this and the script may know no spaces
_ENDS = frozenset(".!?…\u3002\uff01\uff1f\u201d\"»'\u2019)")
_QUOTES = frozenset("\"\u201c\u201e«»\u2018'\u300c")

TEXT = (
    *("chars", "words", "word_length", "ends", "ends_colon", "commas", "sentences", "upper", "lower_start"),
    *(
        "digits",
        "mark",
        "quote",
        "at",
        "linked",
        "links",
        "strong",
        "italic",
        "after_image",
        "skipped",
        "tag",
    ),
    *("in_title", "in_description", "in_body", "text_words", "same_text", "inline_words", "question"),
    *("heading_words", "heading_gap"),
)
PAGE = ("page_runs", "page_words", "page_linked", "page_long", "page_p", "page_body")
FEATURES = TEXT + surroundings.FEATURES + PAGE
_AT = {name: number for number, name in enumerate(TEXT)}
_LIKE = [_AT["text_words"], _AT["after_image"], _AT["ends"]]
_SEEN_NEAR = [_AT[name] for name in ("linked", "ends", "tag", "text_words")]


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of FEATURES for each run, and its groups: parent, wider parent, blocks of like names."""

    rows: Matrix
    words: NDArray[np.float64]
    groups: tuple[Index, Index, Index]


def measure(tree: Tree, vocabulary: Vocabulary) -> Measured:
    """Measure every leaf block of a page that has any: one row a run, one column for each of FEATURES."""
    text = _of_text(tree, vocabulary)
    chars, linked = text[:, _AT["chars"]], text[:, _AT["linked"]]
    plain = np.maximum(0, chars - 2 * linked * chars)
    long = np.where(plain > _LONG, plain, 0)
    facts = np.stack([text[:, _AT["words"]], chars, linked * chars, text[:, _AT["ends"]], long])
    element = np.array([run.element for run in tree.runs], dtype=np.int32)
    like = surroundings.like_names(tree)
    groups, near, wide = surroundings.of_groups(tree, element, facts)
    text[:, :2] = np.log1p(text[:, :2])
    neighbours = np.column_stack([text[:, 0], text[:, _SEEN_NEAR]])
    columns = [
        text,
        surroundings.of_place(tree, vocabulary, element, facts),
        surroundings.of_like(like, facts, text[:, _LIKE]),
        groups,
        surroundings.of_neighbours(tree, element, neighbours, facts[4] > 0),
        _of_page(tree, text, facts),
    ]
    rows = np.concatenate(columns, axis=1, dtype=np.float32)
    return Measured(rows, facts[0].astype(np.float64), (near, wide, like))


def _of_text(tree: Tree, vocabulary: Vocabulary) -> Matrix:
    title = _title_words(tree)
    description = set(tree.description.lower().split())
    body = " ".join(tree.article_body.split())
    inline: dict[str, float] = {"": 0.0}
    seen = Counter([run.text for run in tree.runs])
    rows = []
    heading, since = 0.0, 0
    for run in tree.runs:
        text, tag = run.text, tree.elements[run.element].tag
        since += 1
        if run.inline not in inline:
            inline[run.inline] = vocabulary.attributes("span", run.inline)[0]
        words = text.lower().split() if len(text) <= _COMPARED else []
        distinct = set(words)
        weight = vocabulary.text(text, words)
        if tag in _HEADINGS:
            heading, since = weight, 0
        rows.append(
            (
                *_of_run(run),
                _TAGS.get(tag, 0),
                len(distinct & title) / len(distinct) if words else 0.0,
                len(distinct & description) / len(distinct) if words else 0.0,
                (text[:60] in body) if body else -1,
                weight,
                seen[text],
                inline[run.inline],
                "?" in text,
                heading,
                min(since, _FAR),
            )
        )
    return np.array(rows, dtype=np.float32)


def _title_words(tree: Tree) -> set[str]:
    """Gather the words of the page's title and of its headline, where that is no long text."""
    headlines = [run.text for run in tree.runs if tree.elements[run.element].tag == "h1"]
    headline = set(" ".join(headlines).lower().split())
    return set(tree.title.lower().split()) | (headline if len(headline) < _LONGEST_TITLE else set())


def _of_run(run: Run) -> tuple[float, ...]:
    text = run.text
    chars, words = len(text), text.count(" ") + 1
    if chars > _LETTERS_PER_SPACE * words and not text.isascii():
        words += len(_CJK.findall(text)) // 2
    last = text[-1]
    return (
        chars,
        words,
        chars / words,
        last in _ENDS,
        last == ":",
        (text.count(",") + text.count("\uff0c") + text.count("\u3001")) / words,
        text.count(". ") + text.count("\u3002"),
        text.isupper(),
        text[0].islower(),
        len(_DIGIT.findall(text)) / chars if chars < _DIGITS_OF else 0.0,
        ("|" in text) + 2 * ("©" in text) + 4 * ("…" in text or "..." in text),
        text[0] in _QUOTES,
        "@" in text or "http" in text,
        min(1.0, run.linked / chars),
        run.links,
        min(1.0, run.strong / chars),
        min(1.0, run.italic / chars),
        min(run.after_image, 60),
        min(run.skipped, 20),
    )


def _of_page(tree: Tree, text: Matrix, facts: Matrix) -> Matrix:
    count = len(text)
    chars = max(1.0, float(facts[1].sum()))
    row = [
        np.log1p(count),
        np.log1p(facts[0].sum()),
        facts[2].sum() / chars,
        facts[4].sum() / chars,
        float((text[:, _AT["tag"]] == _TAGS["p"]).mean()),
        np.log1p(len(tree.article_body)),
    ]
    return np.tile(np.array(row, np.float32), (count, 1))
