"""The page as blocks: what counts as one, and what a hostile page may cost."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.cut import cut_down
from parsers.guard import (
    MANY_OPTIONS,
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_TAGS,
    MAX_UNCLOSED,
    admit,
    without_options,
)
from parsers.locate import menus
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


def test_long_lists_of_links_are_set_aside_and_menus_and_footers_passed_by_and_neither_forgotten() -> None:
    links = "".join(f'<li><a href="/{n}">Town {n}</a></li>' for n in range(8))
    tree = read_tree(f"<nav><p>Menu</p></nav><p>Story</p><ul>{links}</ul><p>End</p><footer>Imprint</footer>")
    assert [run.text for run in tree.runs] == ["Story", "End"]
    assert [run.skipped for run in tree.runs] == [20, 8]
    assert [run.text for run in tree.all_runs()][:3] == ["Story", "Town 0", "Town 1"]
    assert len(tree.aside) == 8
    assert [said for _, said in menus(tree)] == ["Menu", "Imprint"]


def test_a_menu_parts_the_text_around_it_and_leaves_nothing_in_it() -> None:
    tree = read_tree("<div>Above<nav>Menu<script>var x</script></nav>Below</div>")
    assert [run.text for run in tree.runs] == ["Above", "Below"]
    assert cut_down(tree, [True, True]) == "<div>AboveBelow</div>"
    assert [said for _, said in menus(tree)] == ["Menu"]


def test_the_labels_between_the_links_of_a_list_go_with_it_and_what_tells_more_parts_it() -> None:
    link = '<div><a href="/{0}">The council of town {0} votes to repair its oldest bridge</a></div>'
    card = f"{link}<div>{{0}} May</div>"
    cards = [card.format(number) for number in range(1, 10)]
    tree = read_tree(f"<p>Story</p>{''.join(cards)}<p>End</p>")
    assert [run.text for run in tree.runs] == ["Story", "9 May", "End"]
    assert len(tree.aside) == 17
    for told in ("<h2>May</h2>", "<p>In May.</p>", "<div>And now to what the neighbours say.</div>"):
        parted = read_tree("".join([*cards[:5], told, *cards[5:]]))
        assert len(parted.runs) == 19
        assert not parted.aside


def test_a_short_list_of_links_stays() -> None:
    links = "".join(f'<li><a href="/{n}">Town {n}</a></li>' for n in range(7))
    assert len(read_tree(f"<ul>{links}</ul>").runs) == 7


def test_elements_know_their_runs_after_some_were_set_aside() -> None:
    tree = read_tree("<nav>Menu</nav><div><p>One</p><p>Two</p></div>")
    assert [(e.tag, e.first_run, e.end_run) for e in tree.elements if e.tag == "div"] == [("div", 0, 2)]


def test_the_page_says_its_title_description_and_body() -> None:
    tree = read_tree(
        "<title>A &amp; B</title><meta name='description' content='Say \"so\"'>"
        '<script type="application/ld+json">{"articleBody": "One\\nTwo &quot;three&quot;"}</script><p>x</p>'
    )
    assert (tree.title, tree.description) == ("A & B", 'Say "so"')
    assert tree.article_body == 'One\nTwo "three"'


def test_data_that_json_cannot_read_are_no_body() -> None:
    script = '<script type="application/ld+json">{"articleBody": "%s"}</script><p>x</p>'
    assert read_tree(script % "\\x41").article_body == ""
    assert read_tree(script % "A &amp; B").article_body == "A & B"


def test_a_comment_ends_no_italics() -> None:
    (run,) = read_tree("<p><i>one<!-- x --> two</i></p>").runs
    assert run.italic == 7


def test_italics_images_and_the_inline_element_in_front_are_noted() -> None:
    first, second = read_tree('<p><img src="a"><span class="cap">By <i>sea</i></span></p><p>Far</p>').runs
    assert (first.italic, first.inline) == (3, ' class="cap"')
    assert first.after_image < second.after_image


def test_text_that_cannot_be_seen_is_no_block() -> None:
    assert texts("<p>\u200d</p><p>\u200b</p><p>x</p>") == ["x"]


@pytest.mark.parametrize(
    "page",
    [
        "<script>" + "if (a<b && c) { " * 2_000 + "}</script><p>x</p>",
        "<p " + " ".join(f"a{n}=1" for n in range(MAX_ATTRIBUTES - 10)) + ">x</p>",
        '<b class="x">x</b>' * (MAX_UNCLOSED * 3),
        "<p>x" * (MAX_DEPTH + 1),
        "<!-- " + "<div>" * (MAX_DEPTH + 1) + " --><p>x</p>",
    ],
)
def test_what_only_looks_costly_is_read(page: str) -> None:
    assert texts(page)


@pytest.mark.parametrize(
    "page",
    [
        "<a " + "x='<' " + " ".join(f'a{n}=">"' for n in range(MAX_ATTRIBUTES * 3)) + ">x</a>",
        "<a " + " ".join(f"a{n}" for n in range(MAX_ATTRIBUTES * 3)) + ">x</a>",
        "<p>text <p " + "/".join(f"a{n}" for n in range(MAX_ATTRIBUTES * 3)),
        '<i q=x">' + "<div " + " ".join(f'a{n}="{n}"' for n in range(MAX_ATTRIBUTES * 3)) + '>"x',
    ],
)
def test_attributes_cannot_hide(page: str) -> None:
    with pytest.raises(NotAnArticle, match="attributes"):
        admit(page)


SAMPLES = sorted((Path(__file__).parents[2] / "flows" / "samples").glob("*.html"))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 400)), max_size=6))
def test_cut_and_doubled_pages_are_still_read(sample: Path, cuts: list[tuple[int, int]]) -> None:
    page = sample.read_text(encoding="utf-8", errors="replace")
    for start, length in cuts:
        at = start % len(page)
        page = page[:at] + page[at + length :] + page[at : at + length // 2]
    tree = read_tree(page)
    kept = [bool(number % 3) for number in range(len(tree.runs))]
    text = BeautifulSoup(cut_down(tree, kept), "lxml").get_text(" ")
    wanted = "".join(run.text for run, keep in zip(tree.runs, kept, strict=True) if keep)
    assert "".join(wanted.split()) == "".join(text.split()) or "<figure" in page


def test_very_many_options_are_not_parsed_at_all() -> None:
    few = b"<select>" + b"<option>x" * MANY_OPTIONS + b"</select>"
    assert without_options(few) == few
    many = (
        b"<p>Pick</p><select>" + b'<option value="a">x</option>' * (MANY_OPTIONS + 1) + b"</select><p>One</p>"
    )
    assert b"option" not in without_options(many)
    odd = b"<OpTion\n>x" * (MAX_DEPTH + 1)
    assert b"OpTion" not in without_options(odd)
    assert [run.text for run in read_tree(many.decode()).runs] == ["Pick", "One"]
