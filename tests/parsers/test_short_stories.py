"""A number or a word of error pages in a headline makes no error page of a short story."""

from __future__ import annotations

import pytest

from parsers import NotAnArticle, Page, parse

STORY = (
    "<p>The council voted on the plan late on Thursday, after a debate that lasted most of the evening.</p>"
    "<p>Members said that it would cost less than was feared, and that the work would start in spring.</p>"
    "<p>Residents had asked for a longer consultation, which was turned down by a margin of two votes.</p>"
)


@pytest.mark.parametrize(
    "title",
    [
        "Council decides on pier 500 after a long evening",
        "404 jobs saved at the old shipyard",
        "Forbidden path along the cliffs is opened",
        "Missing ferry not found after four days",
    ],
)
def test_a_short_story_is_a_story(title: str) -> None:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{STORY}</body></html>"
    assert parse(Page("https://example.com/story", page.encode())).title == title


@pytest.mark.parametrize("title", ["404 - Page not found", "Error 500", "503", "Access denied"])
def test_an_error_page_is_none(title: str) -> None:
    body = f"<h1>{title}</h1><p>Please try again.</p>"
    page = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    with pytest.raises(NotAnArticle):
        parse(Page("https://example.com/story", page.encode()))
