from parsers import Page, parse
from parsers.hidden import article_body

BODY = (
    "The council approved a second ferry line on Monday, ending a debate of four years.\\n\\n"
    "Fares stay as they are &amp; crossings start in May, the chair said on the quay."
)


def test_the_longest_body_is_read_and_freed_of_markup() -> None:
    html = r'{"articleBody": "short"} {"articleBody":"<p>One<\/p><p>Two \u00e9 <b>x</b></p>"}'
    html += '{"articleBody": "cut'
    assert article_body(html) == ["One", "Two é x"]


def test_a_page_without_a_body_tells_nothing() -> None:
    assert article_body("<html>") == []


def test_a_page_that_hides_its_story_is_read_all_the_same() -> None:
    data = f'{{"@type": "NewsArticle", "headline": "Ferry", "articleBody": "{BODY}"}}'
    html = f'<html><script type="application/ld+json">{data}</script><body><div id="app"></div></body></html>'
    draft = parse(Page("https://news.example.com/a", html.encode()))
    assert [block.text[:11] for block in draft.blocks] == ["The council", "Fares stay "]
