"""The soup that bears only what is read, beside the whole one."""

import pytest

from parsers.blocks import gather
from parsers.boilerplate import rules
from parsers.soup import soup_of

PAGES = (
    '<ol start="3"><li>Third</li><li>Fourth</li></ol><p>End</p>',
    '<p>A <b>bold</b> word, <span style="x">a plain one</span>, <a href="/x"><i>two</i> linked</a>.</p>',
    '<div class="story wide"><p>Told</p><p class="newsletter big">Sign up</p><p id="comments">Said</p></div>',
    '<p>Before<img src="a">after<span class="sr-only"> hidden</span></p><p><a rel="tag">Tag</a></p>',
    '<figure><a href="/x"><img src="a.jpg"></a><figcaption>A <em>bridge</em></figcaption></figure>',
)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_left_out_changes_no_block(page: str) -> None:
    lean, whole = (gather(soup_of(page, whole=whole), rules().tag) for whole in (False, True))
    assert lean == whole
    assert lean


def test_idle_tags_and_unread_attributes_are_left_out() -> None:
    soup = soup_of('<p class="wide" style="x">A <b>bold</b> word</p>', whole=False)
    assert soup.p is not None
    assert (soup.p.attrs, soup.b, len(soup.p.contents)) == ({}, None, 1)
