import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import NotAnArticle, Page, parse
from parsers.hidden import article_body, paragraphs, unveil

BODY = (
    "The council approved a second ferry line on Monday, ending a debate of four years.\\n\\n"
    "Fares stay as they are &amp; crossings start in May, the chair said on the quay."
)


def test_the_longest_body_is_read_and_freed_of_markup() -> None:
    html = r'{"articleBody": "short"} {"articleBody":"<p>One<\/p><p>Two \u00e9 <b>x</b></p>"}'
    html += '{"articleBody": "cut'
    assert paragraphs(article_body(html)) == ["One", "Two é x"]


def test_a_page_without_a_body_tells_nothing() -> None:
    assert paragraphs(article_body("<html>")) == []


def test_a_page_that_hides_its_story_is_read_all_the_same() -> None:
    data = f'{{"@type": "NewsArticle", "headline": "Ferry", "articleBody": "{BODY}"}}'
    html = f'<html><script type="application/ld+json">{data}</script><body><div id="app"></div></body></html>'
    draft = parse(Page("https://news.example.com/a", html.encode()))
    assert [block.text[:11] for block in draft.blocks] == ["The council", "Fares stay "]


STORY = "".join(
    f"<p>{BODY.split('.', maxsplit=1)[0]}, said witness number {n} on the quay.</p>" for n in range(4)
)


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>Ferry</h1><div><script type='text/template'>{STORY}</script><noscript>{STORY}</noscript></div>",
        f"<noscript><img src=/pixel.gif></noscript><noscript><h1>Ferry</h1>{STORY}",
    ],
)
def test_a_story_that_scripts_would_show_is_read(body: str) -> None:
    page = f"<html><head><title>Ferry</title></head><body>{body}</body></html>"
    draft = parse(Page("https://news.example.com/a", page.encode()))
    assert draft.text.count("said witness number") == 4


def test_a_page_that_shows_something_keeps_what_it_tells_browsers_without_scripts_to_itself() -> None:
    body = f"<p>Please wait.</p><noscript>{STORY}</noscript>"
    with pytest.raises(NotAnArticle, match="empty"):
        parse(Page("https://news.example.com/a", f"<html><body>{body}</body></html>".encode()))


def test_a_template_with_places_for_data_stays_shut() -> None:
    template = f"<script type='text/x-template'>{STORY}<p>{{{{ name }}}}</p></script>"
    assert unveil(f"<body>{template}</body>", bare=False) == ""


def test_templates_that_never_end_cost_no_more_than_their_length() -> None:
    assert unveil("<script type='text/template'>" * 20_000, bare=True) == ""


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["<script type='text/html'>", "</script>", "<noscript>", STORY, "x", "{{"])))
def test_unveiling_loses_no_word(parts: list[str]) -> None:
    page = "".join(parts)
    shown = unveil(page, bare=True) or page
    assert shown.count("witness") == page.count("witness")


SENTENCES = [
    f"On day {n} of the inquiry another witness told the judges what she saw on the quay." for n in range(9)
]


def page(shown: list[str], *data: dict[str, object]) -> Page:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(each)}</script>' for each in data)
    told = "".join(f"<p>{text}</p>" for text in shown)
    html = (
        f"<html><head><title>The inquiry</title>{scripts}</head><body><main><h1>The inquiry</h1>{told}</main>"
    )
    return Page("https://news.example.com/inquiry", html.encode())


def test_a_story_of_which_readers_see_the_beginning_is_whole() -> None:
    data = {"@type": "NewsArticle", "headline": "The inquiry", "articleBody": "\n\n".join(SENTENCES)}
    assert parse(page([*SENTENCES[:4], "Subscribe to continue reading."], data)).text == "\n\n".join(
        SENTENCES
    )


def test_a_body_that_says_something_else_is_not_the_story() -> None:
    data = {
        "@type": "NewsArticle",
        "headline": "The inquiry",
        "articleBody": "Another tale of the sea. " * 90,
    }
    assert parse(page(SENTENCES[:5], data)).text == "\n\n".join(SENTENCES[:5])


def test_of_two_bodies_the_page_s_own_is_the_story() -> None:
    own = {"@type": "NewsArticle", "headline": "The inquiry", "articleBody": " ".join(SENTENCES[:3])}
    other = {
        "@type": "NewsArticle",
        "headline": "The storm",
        "articleBody": "It blew and blew all night. " * 40,
    }
    assert parse(page([], other, own)).text == " ".join(SENTENCES[:3])


def test_a_live_blog_told_to_machines_has_all_its_entries() -> None:
    entries = [
        {"@type": "BlogPosting", "headline": f"At {n}", "articleBody": text}
        for n, text in enumerate(SENTENCES)
    ]
    data = {"@type": "LiveBlogPosting", "headline": "The inquiry", "liveBlogUpdate": entries}
    text = parse(page([], data)).text
    assert all(sentence in text for sentence in SENTENCES)
