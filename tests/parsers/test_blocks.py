import pytest
from bs4 import BeautifulSoup

from parsers.blocks import Piece, blocks, gather
from parsers.model import Block


def pieces(html: str, dropped: str = "") -> list[Piece]:
    return gather(BeautifulSoup(html, "lxml"), lambda tag: "test" if tag.get("id") == dropped else None)


def story(html: str) -> list[Block]:
    return list(blocks(pieces(html)))


def test_paragraphs_headings_and_bare_text_keep_their_order() -> None:
    found = story("<div>Bare<h2>Head</h2><p>One <b>bo</b>ld</p>tail</div>")
    assert [(b.kind, b.text, b.level) for b in found] == [
        ("paragraph", "Bare", 0),
        ("heading", "Head", 2),
        ("paragraph", "One bold", 0),
        ("paragraph", "tail", 0),
    ]


def test_one_break_parts_lines_and_two_part_paragraphs() -> None:
    assert [b.text for b in story("<div>one<br>two<br><br>three</div>")] == ["one\ntwo", "three"]


def test_a_list_is_one_block_and_nested_items_join_it() -> None:
    (found,) = story("<ul><li>a</li><li>b<ul><li>c</li></ul></li><li></li></ul>")
    assert (found.kind, found.items, found.ordered) == ("list", ("a", "b", "c"), False)


def test_a_list_within_a_numbered_item_takes_no_number() -> None:
    (found,) = story("<ol><li>a<ul><li>b</li><li>c</li></ul></li><li>d<ol><li>e</li></ol></li></ol>")
    assert (found.items, found.ordered) == (("a\nb\nc", "d\ne"), True)
    assert found.text == "1. a\nb\nc\n2. d\ne"


@pytest.mark.parametrize(
    ("start", "text"), [("", "1. a\n2. b"), (" start=4", "4. a\n5. b"), (" start=x", "1. a\n2. b")]
)
def test_an_ordered_list_is_read_with_the_numbers_that_readers_see(start: str, text: str) -> None:
    (found,) = story(f"<ol{start}><li>a</li><li>b</li></ol>")
    assert (found.text, found.items) == (text, ("a", "b"))


def test_a_list_of_cards_is_read_card_by_card() -> None:
    found = story("<ul><li><h3>A</h3><p>b</p></li><li><h3>C</h3><p>d</p></li></ul>")
    assert [b.kind for b in found] == ["heading", "paragraph", "heading", "paragraph"]


def test_text_beside_the_items_of_a_list_is_not_lost() -> None:
    assert "stray" in " ".join(b.text for b in story("<ul>stray<li>a</li></ul>"))


def test_a_table_of_data_is_rows_of_cells() -> None:
    (found,) = story(
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tr><td>1</td><td>2</td></tr></table>"
    )
    assert (found.kind, found.items) == ("table", ("a\tb", "1\t2"))


def test_a_table_that_lays_out_the_page_is_read_through() -> None:
    prose = "The council approved the ferry. " * 20
    assert [b.kind for b in story(f"<table><tr><td>menu</td><td><p>{prose}</p></td></tr></table>")] == [
        "paragraph"
    ] * 2
    assert [b.kind for b in story("<table><tr><td>alone</td></tr></table>")] == ["paragraph"]


def test_a_quote_keeps_its_lines_and_a_caption_stands_apart() -> None:
    found = story(
        "<blockquote><p>a</p><p>b</p></blockquote><figure><figcaption><p>c</p></figcaption></figure>"
    )
    assert [(b.kind, b.text) for b in found] == [("quote", "a\nb"), ("caption", "c")]


def test_scripts_comments_and_forms_fields_are_no_text() -> None:
    assert story("<div><script>x</script><!-- y --><style>z</style><button>b</button><p>ok</p></div>") == [
        Block("paragraph", "ok")
    ]


def test_a_dropped_subtree_is_one_piece_with_its_rule() -> None:
    found = pieces('<p>Story</p><div id="x"><p>a</p><p>b</p></div><p>More. <i id="x">in</i> text</p>', "x")
    assert [(p.text, p.rule) for p in found] == [
        ("Story", None),
        ("a b", "test"),
        ("in", "test"),
        ("More. text", None),
    ]


def test_a_rule_cannot_drop_more_than_half_of_the_story() -> None:
    prose = "The council approved the ferry. " * 20
    assert all(not piece.rule for piece in pieces(f'<div id="x"><p>{prose}</p></div><p>end</p>', "x"))


def test_links_are_weighed() -> None:
    (piece,) = pieces("<p><a href='/x'>linked</a> plain</p>")
    assert (piece.linked, len(piece.text)) == (6, 12)


def test_depth_and_breadth_are_walked_without_recursion() -> None:
    soup = BeautifulSoup("<div>" * 20_000 + "deep", "lxml")
    assert [p.text for p in gather(soup, lambda _: None)] == ["deep"]
    nested = BeautifulSoup("<ul><li>" * 300 + "deep", "lxml")
    assert blocks(gather(nested, lambda _: None))[0].items == ("deep",)


def test_a_number_that_leads_to_a_note_is_no_part_of_the_word_before_it() -> None:
    told = (
        "<p>The pier<sup><a href='#n1'>1</a></sup> was rebuilt by the town<sup>[<a href='#n'>12</a>]</sup>"
        ", all 40 m<sup>2</sup> of it, on the 3<sup><a href='/may'>rd</a></sup> of May.</p>"
    )
    found = pieces(told)
    assert blocks(found)[0].text == "The pier was rebuilt by the town, all 40 m2 of it, on the 3rd of May."
    assert [piece.rule for piece in found if piece.rule] == ["footnote-call"] * 2


def test_a_button_that_asks_is_read_as_what_stands_above_its_answer() -> None:
    html = (
        "<h3><button>Who pays for the pier?</button></h3><p>The town.</p><button>Share</button>"
        "<div><button>How the money is spent</button></div><p>On wood.</p>"
    )
    assert [(piece.kind, piece.text) for piece in pieces(html)] == [
        ("heading", "Who pays for the pier?"),
        ("paragraph", "The town."),
        ("paragraph", "How the money is spent"),
        ("paragraph", "On wood."),
    ]
