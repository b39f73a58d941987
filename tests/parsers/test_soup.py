"""The soup grown from lexbor's nodes, beside the one that BeautifulSoup parses."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from parsers.blocks import gather
from parsers.boilerplate import rules
from parsers.soup import soup_of
from parsers.tree import read_tree

PAGES = (
    '<ol start="3"><li>Third</li><li>Fourth</li></ol><p>End</p>',
    '<p>A <b>bold</b> word, <span style="x">a plain one</span>, <a href="/x"><i>two</i> linked</a>.</p>',
    '<div class="story wide"><p>Told</p><p class="newsletter big">Sign up</p><p id="comments">Said</p></div>',
    '<p>Before<img src="a">after<span class="sr-only"> hidden</span></p><p><a rel="tag">Tag</a></p>',
    '<p>A</p><figure><a href="/x"><img src="a.jpg"></a><figcaption>A <em>dam</em></figcaption></figure><p>B',
    "<p>大統領<ruby>尹錫悦<rp>（</rp><rt>ユンソンニョル</rt><rp>）</rp></ruby>は</p><p>終</p>",
    "<ul><li><b>Apps</b><b><br></b><span>Help</span></li></ul><h3><i>Gender</i><i><br></i>Any</h3><b><br></b>",
    "<table><tr><th>Town</th><td>One<br>Two</td></tr></table><blockquote><p>Said</p> <p>so</p></blockquote>",
)


def grown(page: str) -> BeautifulSoup:
    tree = read_tree(page)
    return soup_of(tree, [True] * len(tree.runs))


@pytest.mark.parametrize("page", PAGES)
def test_what_is_left_out_changes_no_block(page: str) -> None:
    lean, whole = (gather(soup, rules().tag) for soup in (grown(page), BeautifulSoup(page, "lxml")))
    assert lean == whole
    assert lean


def test_idle_tags_and_unread_attributes_are_left_out() -> None:
    soup = grown('<p class="wide" style="x">A <b>bold</b> word</p>')
    assert soup.p is not None
    assert (soup.p.attrs, soup.b, len(soup.p.contents)) == ({}, None, 1)


@pytest.mark.parametrize("page", PAGES)
def test_a_grown_soup_answers_as_one_parsed_from_its_own_markup(page: str) -> None:
    def answers(soup: BeautifulSoup) -> list[str]:
        beside = [
            str(tag.previous_sibling) + str(tag.next_element) for tag in soup.find_all(["p", "li", "a"])
        ]
        return [soup.get_text("|"), *map(str, soup.select("p, td, ol > li, figure a, .story")), *beside]

    soup = grown(page)
    assert answers(soup) == answers(BeautifulSoup(str(soup), "lxml"))


CELL = st.sampled_from(["", "Loss", "35.2", "Q3 2026"])


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_tables_empty_cells_keep_the_columns(rows: list[list[str]]) -> None:
    told = [row for row in rows if any(row)]
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    tree = read_tree(f"<p>The firm lost more than before.</p><table>{body}</table>")
    pieces = gather(soup_of(tree, [True] * len(tree.runs)), lambda _: None)
    if max((sum(map(bool, row)) for row in told), default=0) > 1:
        items = [item.rstrip("\t") for item in pieces[-1].items]  # what ends the story's last row is not read
        assert items == ["\t".join(row).rstrip("\t") for row in told]
    else:
        assert all(piece.kind == "paragraph" for piece in pieces)
