"""The learned scorer: what its trees compute, what its model file holds, and why it says what it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.features import FEATURES, measure
from parsers.forest import Forest
from parsers.scorer import SECOND, Model, dump, load, second_look, shipped
from parsers.tree import read_tree
from parsers.vocabulary import SPACES, Vocabulary, attribute_words, text_words

WORDS = {space: {} for space in SPACES} | {"own": {"article": 1.5, "<nav>": -2.0}, "short": {"share": -1.0}}


def one_tree(feature: int, threshold: float) -> Forest:
    """A tree of depth two that only asks one question, twice."""
    return Forest(
        np.array([[feature, feature, feature]], np.int32),
        np.array([[threshold] * 3], np.float32),
        np.array([[-1.0, -1.0, 2.0, 2.0]], np.float32),
    )


def test_a_row_falls_left_up_to_the_threshold_and_right_above_it() -> None:
    rows = np.array([[0.0, 5.0], [0.0, 6.0]], np.float32)
    assert one_tree(1, 5.0).margins(rows).tolist() == [-1.0, 2.0]


def test_shares_name_the_feature_that_was_asked() -> None:
    shares = one_tree(1, 5.0).shares(np.array([[0.0, 6.0]], np.float32))
    assert shares.tolist() == [[0.0, 1.5]]


def test_a_model_survives_its_file() -> None:
    model = Model(Vocabulary(WORDS), one_tree(0, 1.0), one_tree(2, 0.5))
    again = load(dump(model))
    assert again.vocabulary.weights == WORDS
    assert again.first.leaf.tolist() == model.first.leaf.tolist()
    assert again.second.feature.tolist() == [[2, 2, 2]]


def test_a_model_of_other_features_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = dump(Model(Vocabulary(WORDS), one_tree(0, 1.0), one_tree(2, 0.5)))
    monkeypatch.setattr("parsers.scorer.FEATURES", FEATURES[1:])
    with pytest.raises(ValueError, match="train it again"):
        load(content)


def test_names_are_split_into_words_and_pairs() -> None:
    assert attribute_words("div", ' class="articleBody x" style="display: none"') == [
        *("<div>", "article", "body", "article-body", "x", "<hidden>"),
    ]


def test_long_texts_are_known_by_head_and_tail() -> None:
    assert text_words("Share this", ["share", "this"]) == [("short", ["share", "this"])]
    long = "The council voted on Tuesday " * 12
    assert text_words(long, []) == [("head", ["the", "council", "voted"]), ("tail", ["on", "tuesday"])]
    middling = long[:145]
    assert [space for space, _ in text_words(middling, middling.lower().split())] == [
        "middling",
        "head",
        "tail",
    ]


def test_a_vocabulary_sums_what_it_knows() -> None:
    vocabulary = Vocabulary(WORDS)
    assert vocabulary.attributes("nav", ' class="article"') == (-0.5, 0.0, 0.0)
    assert vocabulary.texts(["Share", "Share " * 30], [["share"], ["share"] * 30]) == [-1.0, 0.0]


def test_blocks_of_which_the_first_stage_is_sure_keep_its_score_and_its_reason() -> None:
    tree = read_tree("<p>Two words</p><p>One sentence of a story, told in full and at some length.</p>")
    chars, first = FEATURES.index("chars"), len(FEATURES) + SECOND.index("first")
    sure = Forest(
        np.full((1, 3), chars, np.int32), np.full((1, 3), 3.0, np.float32), np.array([[-4, -4, 0, 0]], "f")
    )
    model = Model(Vocabulary(WORDS), sure, one_tree(first, -1.0))
    assert model.scores(tree).tolist() == pytest.approx([0.018, 0.881], abs=0.001)
    assert [reason.split("=")[0] for reason in model.reasons(tree)] == ["chars", "first"]


def test_every_reason_names_features_with_their_values() -> None:
    tree = read_tree(
        "<h1>Head</h1><p>One sentence of a story, told in full.</p><nav><a href='/'>Home</a></nav>"
    )
    found = shipped().reasons(tree)
    assert len(found) == len(tree.runs) == 2
    names = {part.split("=")[0] for reason in found for part in reason.split()}
    assert names <= {*FEATURES, *SECOND}


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(alphabet="<>/=\"'abpdivr! -&;x\n世", max_size=300))
def test_any_page_is_measured_in_finite_numbers(page: str) -> None:
    tree = read_tree(page)
    if tree.runs:
        measured = measure(tree, shipped().vocabulary)
        rows = second_look(measured, np.full(len(tree.runs), 0.5, np.float32), np.arange(len(tree.runs)))
        assert rows.shape == (len(tree.runs), len(FEATURES) + len(SECOND))
        assert np.isfinite(rows).all()
    scores = shipped().scores(tree)
    assert ((scores >= 0) & (scores <= 1)).all()
