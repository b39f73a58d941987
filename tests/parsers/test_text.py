import doctest

from hypothesis import given, settings
from hypothesis import strategies as st

import parsers.text
from parsers.text import fold, squash


def test_the_examples_hold() -> None:
    assert doctest.testmod(parsers.text).failed == 0


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.text())
def test_squashed_text_is_one_line_that_squashing_leaves_alone(text: str) -> None:
    once = squash(text)
    assert once == squash(once)
    assert "\n" not in once
    assert once == once.strip()


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.text())
def test_folding_knows_no_case_and_no_punctuation(text: str) -> None:
    assert fold(f"» {text} …!") == fold(text)
    assert fold(fold(text)) == fold(text)


def test_width_and_case_are_one() -> None:
    assert fold("ＲＥＡＤ　Ｍore") == "read more"
