from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import Block, Draft
from parsers.furniture import learn, strip


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block("paragraph", text) for text in texts)


PAGES = [paragraphs(f"Story number {n} of the harbour.", "Ring the  harbour bell!") for n in range(6)]


def test_what_stands_on_three_pages_and_a_fifth_of_all_is_furniture() -> None:
    assert learn(PAGES) == {"ring the harbour bell"}
    assert learn(PAGES[:2]) == frozenset()
    assert learn([*PAGES[:3], *(paragraphs(f"Other {n}") for n in range(20))]) == frozenset()


def test_a_draft_loses_its_furniture_and_counts_again() -> None:
    draft = Draft("u", "T", "x", (*PAGES[0], Block("caption", "A bell")), word_count=99)
    found = strip(draft, learn(PAGES))
    assert found.text == "Story number 0 of the harbour."
    assert found.word_count == 6
    assert [block.kind for block in found.blocks] == ["paragraph", "caption"]


def test_a_draft_of_furniture_alone_stays_as_it_is() -> None:
    draft = Draft("u", "T", "Ring the harbour bell", paragraphs("Ring the harbour bell"))
    assert strip(draft, learn(PAGES)) is draft
    assert strip(draft, frozenset()) is draft


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), max_size=12))
def test_learning_does_not_depend_on_order(pages: list[list[str]]) -> None:
    told = [paragraphs(*page) for page in pages]
    assert learn(told) == learn(told[::-1])
