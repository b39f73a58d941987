"""Pages that nobody signs: who is named in the story, below it or beside it has not written it."""

import pytest

from parsers import Page, parse

FIRST = "A crane fell on the quay of Northport on Tuesday and blocked both tracks, the harbour master said."
LAST = "The cause is not known. Inspectors asked for the crane's papers and closed the quay to all traffic."
DATED = '<time datetime="2026-11-24T08:00:00+02:00">24 Nov 2026</time>'


def authors_of(inside: str = "", below: str = "", byline: str = "", language: str = "en") -> tuple[str, ...]:
    told = f"<p>{FIRST}</p>{inside}<p>{LAST}</p>"
    html = f"""<html lang="{language}"><head><title>Crane falls on quay | Northport News</title>
    <meta property="og:type" content="article"><meta property="og:site_name" content="Northport News"></head>
    <body><header>Northport News</header><main><article><h1>Crane falls on quay</h1>{byline}{DATED}
    <div class="body">{told}</div>{below}</article></main></body></html>"""
    return parse(Page("https://northport.example/news/crane", html.encode(), "text/html")).authors


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", 'A study by <a href="/x">Vera Lund</a>, published last year, warned of it.'),
        ("en", 'The crane is owned by <a href="/x">Quay Lines</a>.'),
        ("en", "By <b>Tuesday</b> the tracks were free again."),
        ("en", 'Its owner, <a href="/author/vera-lund">Vera Lund</a>, wrote of it in this paper in May.'),
        ("en", 'Follow <a href="https://social.example/v" rel="author">Vera Lund</a> for more, she said.'),
        ("de", 'Eine Studie von <a href="/x">Vera Lund</a> warnte im vergangenen Jahr davor.'),
        ("es", 'Un estudio por <a href="/x">Vera Luna</a> lo advirtió el año pasado.'),
        ("fr", 'Une étude menée par <a href="/x">Vera Lund</a> avait prévenu la ville.'),
        ("nl", 'Een studie door <a href="/x">Vera Lund</a> waarschuwde ervoor.'),
        ("it", 'Uno studio di <a href="/x">Vera Luna</a> lo diceva da un anno.'),
    ],
)
def test_who_is_named_in_a_sentence_of_the_story_has_not_written_it(language: str, sentence: str) -> None:
    assert authors_of(f"<p>{sentence}</p>", language=language) == ()


@pytest.mark.parametrize(
    "inside",
    [
        "<blockquote><p>We ran.</p><cite>Vera Lund</cite></blockquote>",
        '<blockquote>We saw it sway and ran.</blockquote><p class="quote-author">Vera Lund</p>',
        "<h3>Vera Lund</h3>",
        "<p><strong>Vera Lund</strong>, who drove it, has 30 years behind her.</p>",
        '<figure><img src="/a.jpg"><figcaption>Vera Lund</figcaption></figure>',
        '<div class="image"><img src="/a.jpg"><div class="photo-author">Vera Lund</div></div>',
        '<p class="caption">Photo by <a href="/x">Vera Lund</a></p>',
        '<div class="video"><p>Video by <a href="/x">Vera Lund</a></p></div>',
        '<div class="vcard"><span class="fn">Vera Lund</span><span class="role">Driver</span></div>',
        '<div class="sponsor">Sponsored by <a href="/x">Lund Motors</a></div>',
    ],
)
def test_who_is_quoted_shown_or_credited_has_not_written_the_story(inside: str) -> None:
    assert authors_of(inside) == ()


@pytest.mark.parametrize(
    "below",
    [
        '<section class="comments"><p class="comment-author">Vera Lund</p><p>So sad.</p></section>',
        '<div id="comments"><ol><li><cite class="fn">Vera Lund</cite> says:<p>So sad.</p></li></ol></div>',
        '<p class="tags"><a href="/t/lund">Vera Lund</a> <a href="/t/port">Port</a></p>',
        '<aside class="sidebar"><h3>Our team</h3><p class="author">Vera Lund</p></aside>',
        "<p>The End</p>",
        '<ul class="popular"><li><a href="/1">Rents</a> <span class="byline">By Vera Lund</span></li></ul>',
        '<div class="related"><a href="/1">Rents rise</a><span class="author">By Vera Lund</span></div>',
        '<div class="opinion"><a href="/1">Why cranes fall</a><p class="author">Vera Lund</p></div>',
    ],
)
def test_who_is_named_below_the_story_has_not_written_it(below: str) -> None:
    assert authors_of(below=below) == ()


@pytest.mark.parametrize(
    "byline",
    [
        "<div>Vera Lund</div>",
        "<div>By <b>Vera Lund</b></div>",
        "<footer>Posted by <a href='/x'>Vera Lund</a> at 18:52</footer>",
    ],
)
def test_a_line_below_the_headline_still_signs_a_story(byline: str) -> None:
    assert authors_of(byline=byline) == ("Vera Lund",)


def test_a_line_with_by_still_signs_below_the_story() -> None:
    assert authors_of(
        below="<footer class='post-footer'>Posted by <a href='/x'>Vera Lund</a> in Port</footer>"
    ) == ("Vera Lund",)
