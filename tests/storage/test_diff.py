"""Two versions of a text are told apart by sentence and by word, and nothing of either is lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.diff import FieldDiff, Piece, compare, compare_texts

properties = settings(derandomize=True, deadline=None, max_examples=150)
prose = st.lists(
    st.sampled_from(
        ["The ", "dam ", "held. ", "held! ", "Ferry\n\n", "\u6c34\u3002", "  ", "said, ", "\u201cNo.\u201d "]
    )
).map("".join)


def test_an_edited_sentence_is_compared_by_word() -> None:
    pieces = compare_texts(
        "It rained. The old dam held. All slept.", "It rained. The new dam held. All slept."
    )
    assert pieces == (
        Piece("same", "It rained. The"),
        Piece("removed", " old"),
        Piece("added", " new"),
        Piece("same", " dam held. All slept."),
    )


def test_another_sentence_is_no_edit_of_the_first() -> None:
    pieces = compare_texts("It rained. Ships sank at sea. End.", "It rained. Nobody knows anything now. End.")
    assert [piece for piece in pieces if piece.fate != "same"] == [
        Piece("removed", "Ships sank at sea. "),
        Piece("added", "Nobody knows anything now. "),
    ]


def test_a_new_paragraph_is_added_whole() -> None:
    assert compare_texts("One.\n\nThree.", "One.\n\nTwo.\n\nThree.") == (
        Piece("same", "One.\n\n"),
        Piece("added", "Two.\n\n"),
        Piece("same", "Three."),
    )


def test_fields_that_differ_are_listed_with_both_values() -> None:
    before = {"title": "A dam", "text": "x", "tags": ["a"], "blocks": [1], "section": "Local"}
    after = {"title": "The dam", "text": "x", "tags": ["b"], "blocks": [2]}
    assert compare(before, after) == (
        FieldDiff(
            "title", "A dam", "The dam", (Piece("removed", "A"), Piece("added", "The"), Piece("same", " dam"))
        ),
        FieldDiff("section", "Local", None),
        FieldDiff("tags", ["a"], ["b"]),
    )
    assert compare(after, after) == ()


@properties
@given(prose, prose)
def test_both_texts_can_be_read_out_of_their_difference(before: str, after: str) -> None:
    pieces = compare_texts(before, after)
    assert "".join(piece.text for piece in pieces if piece.fate != "removed") == after
    assert "".join(piece.text for piece in pieces if piece.fate != "added") == before


@properties
@given(prose)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(piece.fate == "same" for piece in compare_texts(text, text))
