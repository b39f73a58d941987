import json
from dataclasses import asdict

from parsers import Page
from parsers.article import read
from parsers.explain import as_html, explain

PROSE = (
    "The harbour council approved a second ferry line on Monday, ending a debate of four years. Crossings "
    "will start in May, the chair said, and run every twenty minutes until midnight. "
    "Fares stay <b>as they are</b>."
)
PROMPT = "Sign up for our free morning email and read the best of the harbour at seven, before all others do."
HTML = f"""<html lang="en"><head><title>Second ferry line - Example</title>
<meta property="og:title" content="Second ferry line"><meta property="og:site_name" content="Example">
<meta property="article:published_time" content="2026-05-03T10:00:00+02:00"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Second ferry line</h1><p>{PROSE}</p><p>{PROSE} It was &lt;late&gt;.</p>
<p>{PROMPT}</p><p>{PROSE} And then home.</p></article>
<footer><p><a href="/c">Contact</a></p></footer></body></html>"""


def test_every_block_is_told_with_the_rule_that_decided() -> None:
    found = explain(Page("https://news.example.com/a", HTML.encode()))
    by_text = {decision.text: decision for decision in found.blocks}
    assert found.refused is None
    assert by_text[PROMPT].rule == "newsletter"
    assert not by_text[PROMPT].kept
    assert not by_text["Sport"].kept
    kept = [decision for decision in found.blocks if decision.kept]
    assert len(kept) == 3
    assert {decision.rule for decision in kept} == {"story"}


def test_every_field_is_told_with_its_candidates() -> None:
    title = explain(Page("https://news.example.com/a", HTML.encode())).fields["title"]
    assert title.value == "Second ferry line"
    assert any(candidate.taken for candidate in title.candidates)
    assert title.origin is not None


def test_an_explanation_is_json_and_html_that_is_escaped() -> None:
    found = explain(Page("https://news.example.com/<a>", HTML.encode()))
    json.dumps(asdict(found))
    html = as_html(found)
    assert f"<del>{PROMPT}</del> <code>newsletter</code>" in html
    assert "&lt;late&gt;" in html
    assert "https://news.example.com/&lt;a&gt;" in html


def test_a_page_that_is_no_article_is_explained_too() -> None:
    assert explain(Page("https://news.example.com/a", b"%PDF-1.7")).refused == "binary"
    empty = explain(Page("https://news.example.com/a", b"<html><body><p>Hello</p></body></html>"))
    assert empty.refused == "empty"
    assert "Not an article: empty" in as_html(empty)


def test_plain_text_is_explained_by_its_paragraphs() -> None:
    found = explain(Page("file:///a.txt", f"A headline\n\n{PROSE}\n\nShow more".encode(), "text/plain"))
    assert [(d.kept, d.rule) for d in found.blocks][-1] == (False, "show-more")


def test_what_stands_in_a_figure_beside_its_caption_is_no_text_and_the_caption_stays_one() -> None:
    figure = (
        '<figure class="kg-card"><img src="/pier.jpg"><a class="card" href="/seven"><b>Seven piers to see</b>'
        "<div>Our guide to the coast</div></a><figcaption>The pier in 1908</figcaption></figure>"
    )
    page = HTML.replace("<p>Sign up", f"{figure}<p>Sign up")
    work = read(Page("https://news.example.com/a", page.encode()))
    rules = {piece.text: piece.rule for piece in work.pieces}
    assert rules["Our guide to the coast"] == "figure"
    assert "The pier in 1908" in {block.text for block in work.story if block.kind == "caption"}
    assert "coast" not in work.text
