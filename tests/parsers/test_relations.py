"""Links that say what they are, and what of a field stands in them."""

from datetime import UTC, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser

from parsers.clues import read_clues
from parsers.fields import Fields
from parsers.model import Page
from parsers.resolve import resolve

HEAD = "<h1>Council votes to rebuild ferry pier</h1>"
URL = "https://www.harbour.example/pier-rebuild-vote"


def fields(html: str, url: str = URL) -> Fields:
    page = Page(url=url, content=b"")
    return resolve(read_clues(LexborHTMLParser(html), html.encode(), page), page)


@pytest.mark.parametrize(
    ("crumbs", "section"),
    [
        (
            '<nav class="breadcrumb"><a href="/">Home</a> &gt; <a href="/l">Local</a> &gt; Council</nav>',
            "Local",
        ),
        ('<ol class="Breadcrumbs"><li><a href="/">Start</a><li><a href="/s">Sport</a><li>Pier</ol>', "Sport"),
        ('<div id="x" class="c-breadcrumb"><a href="/l"><b>Local</b> news</a></div>', "Local news"),
        ('<nav class="breadcrumb"><a href="/">Home</a></nav>', None),
        ('<nav class="menu"><a href="/l">Local</a></nav>', None),
    ],
)
def test_a_visible_breadcrumb_names_the_section(crumbs: str, section: str | None) -> None:
    assert fields(crumbs + HEAD).section == section


def test_an_author_s_folder_is_no_section() -> None:
    byline = '<p class="byline">By Jane Roe</p>'
    assert fields(HEAD + byline, "https://www.harbour.example/janeroe/pier-rebuild-vote").section is None
    assert fields(HEAD + byline, "https://www.harbour.example/local/pier-rebuild-vote").section == "Local"


def test_links_name_the_tags_where_no_data_do() -> None:
    links = '<a rel="tag" href="/1">ferry</a>, <a rel="tag" href="/2">storm</a>'
    assert fields(HEAD + links).tags == ("ferry", "storm")
    told = fields('<meta property="article:tag" content="pier">' + HEAD + links)
    assert told.tags == ("pier",)


def test_a_licence_in_json_ld_may_be_a_node_with_an_address() -> None:
    for node in ('{"url": "https://licence.example/by"}', '{"@id": "https://licence.example/by"}'):
        data = f'{{"@type": "NewsArticle", "headline": "Pier", "license": {node}}}'
        html = f'<script type="application/ld+json">{data}</script>{HEAD}'
        assert fields(html).license == "https://licence.example/by"


def test_json_ld_in_single_quotes_is_read() -> None:
    data = (
        "{'@type': 'NewsArticle', 'headline': 'The council\\'s pier', 'description': 'A \"new\" pier',"
        "'datePublished': '2026-11-20T10:00:00Z', 'author': {'@type': 'Person', 'name': 'Jane Roe'}}"
    )
    found = fields(f'<script type="application/ld+json">{data}</script>')
    assert (found.title, found.authors, found.description) == (
        "The council's pier", ("Jane Roe",), 'A "new" pier'
    )  # fmt: skip
    assert found.published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(("lang", "month"), [("hr", 10), ("hr-HR", 10), ("pl", 11), ("cs", 11)])
def test_listopad_is_the_month_of_the_pages_language(lang: str, month: int) -> None:
    html = f'<html lang="{lang}"><body>{HEAD}<p class="article-date">20. listopada 2026.</p>'
    found = fields(html.replace("listopada", "listopadu") if lang == "cs" else html)
    assert found.published_at is not None
    assert (found.published_at.month, found.published_at.day) == (month, 20)


def test_live_on_a_stage_is_no_live_blog() -> None:
    assert fields(HEAD, "https://www.harbour.example/culture/live/pier-concert").kind == "article"
    assert fields(HEAD, "https://www.harbour.example/news/live/pier-storm").kind == "live"


def test_small_print_in_a_caption_is_the_pictures_credit() -> None:
    figure = (
        '<figure><img src="/q.jpg"><figcaption>The old pier.<small>John Doe/AP</small></figcaption></figure>'
    )
    (image,) = fields(HEAD + figure).images
    assert (image.caption, image.credit) == ("The old pier.", "John Doe/AP")


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="image"><img src="/q.jpg"><p class="caption">The quay. Photo: John Doe</p></div>',
        '<div class="wp-caption"><a href="/q"><img src="/q.jpg"></a><p>The quay. Photo: John Doe</p></div>',
        '<p><img data-src="/q.jpg"><span class="photo-caption">The quay. Photo: John Doe</span></p>',
    ],
)
def test_a_caption_outside_a_figure_is_its_pictures(markup: str) -> None:
    story = "<p>Fog kept the ferries of the bay in port, officials said on Tuesday morning.</p>"
    (image,) = fields(f"{HEAD}{story}{markup}{story}").images
    assert (image.url, image.caption, image.credit) == (
        "https://www.harbour.example/q.jpg", "The quay.", "John Doe"
    )  # fmt: skip
    assert fields(f"{HEAD}{story}<aside>{markup}</aside>").images == ()
    assert fields(f"{HEAD}{story}<div class='teaser-list'>{markup}</div>").images == ()


def test_a_caption_that_stands_with_the_whole_story_is_no_pictures() -> None:
    story = "<p>Fog kept the ferries of the bay in port, officials said on Tuesday morning.</p>" * 12
    page = f"<div><img src='/q.jpg'>{story}<p class='caption'>The quay.</p></div>"
    assert fields(HEAD + page).images == ()


def test_a_mark_before_a_marked_credit_is_the_credits() -> None:
    figure = (
        "<figure><img src='/q.jpg'><figcaption>A heater <span class='copyright'>© Agency/Doe</span>"
        "</figcaption></figure>"
    )
    (image,) = fields(HEAD + figure).images
    assert (image.caption, image.credit) == ("A heater", "Agency/Doe")
