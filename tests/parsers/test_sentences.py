"""Words that an element holds within a sentence, and words that nobody sees."""

import pytest

from parsers import Page, parse

STORY = [
    "The council of the old harbour town voted on Tuesday to rebuild the pier, officials said.",
    "The work will cost 12 million euros and take two years, the mayor told reporters.",
    "Residents have waited for the decision since January, when the sea broke the wall.",
    "Fishermen welcomed the plan, although some fear for the summer and its tourists.",
]


def text_with(line: str) -> str:
    told = "".join(f"<p>{sentence}</p>" for sentence in STORY)
    html = f"<html><body><main><h1>Pier to be rebuilt</h1>{told}{line}{told}</main></body></html>"
    return parse(Page("https://news.example.com/pier", html.encode(), "text/html")).text


@pytest.mark.parametrize(
    "element",
    [
        '<time datetime="2026-11-20">Friday</time>',
        '<a rel="tag" href="/tag/friday">Friday</a>',
        '<a class="related" href="/friday">Friday</a>',
        '<span class="credit">Friday</span>',
        '<span class="caption"><b>Friday</b></span>',
        '<span class="byline">Friday</span>',
        "<label>Friday</label>",
    ],
)
def test_a_sentence_keeps_the_words_of_its_elements(element: str) -> None:
    told = text_with(f"<p>The mayor said on {element} that the work would begin in the spring.</p>")
    assert "The mayor said on Friday that the work would begin in the spring." in told


@pytest.mark.parametrize(
    "element",
    ['<span class="credit">Photo: A. Writer</span>', '<a class="read-more" href="/x">Read more</a>'],
)
def test_what_follows_a_sentence_still_goes(element: str) -> None:
    line = "The mayor said that the work would begin in the spring."
    assert f"{line}\n" in text_with(f"<p>{line} {element}</p>")


@pytest.mark.parametrize(
    "element",
    ['<span class="advertisement">Advertisement</span>', '<span class="social-share">Share Tweet</span>'],
)
def test_a_label_of_an_ad_or_a_share_bar_is_no_part_of_a_sentence(element: str) -> None:
    told = text_with(f"<p>The mayor said on {element} Friday that the work would begin in the spring.</p>")
    assert "The mayor said on Friday that the work" in told


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>{}</p>",
        '<p style="color: red; display:none">{}</p>',
        '<div style="visibility: hidden !important"><p>{}</p></div>',
    ],
)
def test_what_no_reader_sees_is_no_story(hidden: str) -> None:
    spam = "The cheapest ferry tickets of the whole coast are sold at this one address, and nowhere else."
    assert spam not in text_with(hidden.format(spam))


def test_a_story_that_unfolds_on_a_click_is_whole() -> None:
    more = "".join(f"<p>Chapter {n}: {sentence}</p>" for n, sentence in enumerate(STORY))
    assert "Chapter 3" in text_with(f'<div style="display: none">{more}</div>')


def test_a_story_that_is_hidden_paragraph_by_paragraph_from_readers_who_do_not_pay_is_whole() -> None:
    veil = '<div class="subscriber-only" style="display:none"><p>{}</p></div>'
    sold = "".join(veil.format(f"Chapter {n}: {sentence}") for n, sentence in enumerate(STORY * 2))
    html = f"<html><body><main><h1>Pier to be rebuilt</h1><p>{STORY[0]}</p><p>{STORY[1]}</p>{sold}</main>"
    told = parse(Page("https://news.example.com/pier", html.encode(), "text/html")).text
    assert all(f"Chapter {n}" in told for n in range(8))
