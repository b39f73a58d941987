"""The page as blocks: what counts as one, and what a hostile page may cost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.guard import MAX_ATTRIBUTES, MAX_DEPTH, MAX_TAGS, MAX_UNCLOSED, admit
from parsers.model import NotAnArticle
from parsers.tree import read_tree


def texts(html: str) -> list[str]:
    return [run.text for run in read_tree(html).runs]


def test_text_in_a_div_is_split_at_br() -> None:
    assert texts("<div>One.<br>Two <b>bold</b>.<br><br>Three.</div>") == ["One.", "Two bold.", "Three."]


def test_scripts_comments_and_hidden_machinery_are_no_text() -> None:
    page = "<p>Seen<!-- <p>not seen</p> --> twice</p><script>var x = '<p>no</p>'</script><style>p{}</style>"
    assert texts(page) == ["Seen twice"]


def test_entities_are_read_and_space_is_folded() -> None:
    assert texts("<p>Fish &amp;\n  chips&nbsp;&lt;here&gt;</p>") == ["Fish & chips <here>"]


def test_a_quoted_angle_bracket_in_an_attribute_ends_no_tag() -> None:
    assert texts('<p data-x="a > b">Text</p>') == ["Text"]


def test_links_and_strong_text_are_measured() -> None:
    (run,) = read_tree('<p><a href="/x">Linked</a> and <b>bold</b></p>').runs
    assert (run.linked, run.links, run.strong) == (6, 1, 4)


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        ("<div>" * (MAX_DEPTH + 1) + "x", "nested"),
        ("<p>x" * (MAX_TAGS + 1), "tags"),
        ("<a " + " ".join(f"a{i}='>'" for i in range(MAX_ATTRIBUTES * 3)) + ">x</a>", "attributes"),
        ("".join(f"<p><b id={i}>x" for i in range(MAX_UNCLOSED + 1)), "never closed"),
        ("x" * 16_000_001, "characters"),
    ],
)
def test_a_page_that_would_cost_too_much_is_refused(page: str, seen: str) -> None:
    with pytest.raises(NotAnArticle, match=seen) as refused:
        admit(page)
    assert refused.value.reason == "too-complex"


def test_a_ten_megabyte_line_is_one_block() -> None:
    assert len(texts("<p>" + "word " * 2_000_000)) == 1


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(alphabet="<>/=\"'abpdivr! -&;x\n", max_size=300))
def test_any_markup_gives_blocks_in_order(page: str) -> None:
    tree = read_tree(page)
    assert all(run.text and run.text == " ".join(run.text.split()) for run in tree.runs)
    assert [run.first for run in tree.runs] == sorted(run.first for run in tree.runs)
    assert all(element.parent < number for number, element in enumerate(tree.elements))
