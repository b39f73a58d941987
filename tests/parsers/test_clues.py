import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from parsers.clue import FieldName
from parsers.clues import MAX_CLUES, Clues, read_clues, read_plain
from parsers.model import Hints, Page

URL = "https://www.harbour.example/news/ferry-late"


def clues(html: str, page: Page | None = None) -> Clues:
    return read_clues(LexborHTMLParser(html), html.encode(), page or Page(url=URL, content=b""))


def values(html: str, field: FieldName, rule: str | None = None) -> list[str]:
    return [clue.value for clue in clues(html).of(field) if rule in {None, clue.rule}]


def jsonld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ('<meta property="og:title" content="Ferry late">', "title", "Ferry late"),
        ('<meta name="DC.creator" content="Ada Lane">', "author", "Ada Lane"),
        ('<meta name="parsely-pub-date" content="2025-01-02">', "published", "2025-01-02"),
        ('<meta name="sailthru.tags" content="ferry,fog">', "tag", "ferry,fog"),
        ('<meta http-equiv="content-language" content="en-GB">', "language", "en-GB"),
        ('<meta property="article:content_tier" content="locked">', "free", "locked"),
        ('<meta name="article-published_time" content="2025-01-02">', "published", "2025-01-02"),
        ('<meta name="twitter:misc:Written by" content="Ada Lane">', "author", "Ada Lane"),
        ('<link rel="canonical" href="/news/ferry">', "canonical", "/news/ferry"),
        ('<link rel="next" href="?page=2">', "next_page", "?page=2"),
        ("<title>Ferry late | Harbour</title>", "title", "Ferry late | Harbour"),
    ],
)
def test_the_head_speaks(head: str, field: FieldName, value: str) -> None:
    assert values(f"<head>{head}</head>", field) == [value]


def test_the_root_names_its_language_and_a_drawings_title_is_none() -> None:
    page = clues('<html lang="nb"><title>A</title><body><svg><title>Icon</title></svg>')
    assert [clue.value for clue in page.of("language")] == ["nb"]
    assert [clue.value for clue in page.of("title")] == ["A"]


def test_an_empty_meta_says_nothing() -> None:
    assert not values(
        '<meta property="og:title" content=""><meta name="x" content="y"><meta content="z">', "title"
    )


def test_json_ld_gives_the_article_its_people_its_pictures_and_its_site() -> None:
    graph = {
        "@graph": [
            {"@type": "WebSite", "name": "Harbour"},
            {"@type": "Person", "@id": "#ada", "name": "Ada Lane"},
            {"@type": "ImageObject", "@id": "#pic", "url": "/f.jpg", "caption": "Fog"},
            {
                "@type": "BreadcrumbList",
                "itemListElement": [{"name": "Home"}, {"item": {"name": "Port"}}, {"name": "x"}],
            },
            {
                "@type": "NewsArticle",
                "headline": "Ferry late",
                "author": [{"@id": "#ada"}, {"@type": "Organization", "name": "AFP"}],
                "image": {"@id": "#pic"},
                "isAccessibleForFree": False,
                "keywords": ["fog", "ferry"],
                "publisher": {"name": "Harbour Ltd"},
                "license": {"@id": "https://cc.example/by"},
            },
        ]
    }
    page = clues(jsonld(graph))
    assert [(c.value, c.note) for c in page.of("author")] == [("Ada Lane", "person"), ("AFP", "organization")]
    assert [(c.value, c.note) for c in page.of("image")] == [("/f.jpg", "Fog")]
    assert [c.value for c in page.of("free")] == ["false"]
    assert [c.value for c in page.of("tag")] == ["fog", "ferry"]
    assert [c.value for c in page.of("section")] == ["Port"]
    assert {c.value for c in page.of("site_name")} == {"Harbour Ltd", "Harbour"}
    assert [c.value for c in page.of("license")] == ["https://cc.example/by"]


def test_of_several_articles_the_pages_own_is_read() -> None:
    others = [
        {"@type": "NewsArticle", "headline": f"Other {n}", "url": f"https://www.harbour.example/{n}"}
        for n in range(3)
    ]
    own = {"@type": "NewsArticle", "headline": "Ferry late", "mainEntityOfPage": {"@id": URL}}
    assert values(jsonld([*others, own]), "title", "jsonld") == ["Ferry late"]


def test_a_lone_video_speaks_for_its_page_and_one_of_many_does_not() -> None:
    video = {"@type": "VideoObject", "name": "Fog from above", "uploadDate": "2025-02-03"}
    assert values(jsonld(video), "published") == ["2025-02-03"]
    assert not values(jsonld([video, video]), "published", "jsonld-media")


def test_a_breadcrumb_that_is_none_is_passed_over() -> None:
    assert not values(jsonld({"@type": "BreadcrumbList", "itemListElement": "Home"}), "section")
    assert not values(jsonld({"@type": "BreadcrumbList", "itemListElement": [{"name": "Home"}]}), "section")


FACE = """<body><header><nav class="breadcrumb"><h1>Ferry late SEO</h1></nav></header><main>
<article class="review">
<p class="kicker">Review</p>
<h1><span>Port and shipping news</span> <span>Ferry forty minutes late</span></h1>
<h2>It had waited for the fog to lift, and then for the cook.</h2>
<div class="byline">By <a rel="author" href="/author/ada">Ada Lane</a></div>
<p>Published <time datetime="2025-03-04T05:06:07Z">4 March</time>
Updated <time datetime="2025-03-05T05:06:07Z">5 March</time></p>
<span itemprop="author" itemscope><b itemprop="name">Ada Lane</b><i>Porter</i></span>
<meta itemprop="datePublished" content="2025-03-04">
<figure><img src="data:x" data-src="/fog.jpg">
<figcaption>Fog. <span class="credit">Ada Lane</span></figcaption></figure>
<p>The story.</p></article></main>
<aside class="related"><time datetime="2020-01-01">old</time><a class="author">Nobody</a></aside>"""


def test_the_face_speaks_and_says_how_near() -> None:
    page = clues(FACE)
    assert [c.value for c in page.of("title") if c.rule == "heading-line"] == [
        "Port and shipping news",
        "Ferry forty minutes late",
    ]
    assert next(c.place for c in page.of("title") if c.rule == "heading") == "breadcrumb"
    assert "Ada Lane" in [c.value for c in page.of("author") if c.rule == "rel-author"]
    assert "Ada Lane" in [c.value for c in page.of("author") if c.rule == "microdata"]
    assert "Nobody" not in [c.value for c in page.of("author")]
    assert [c.value for c in page.of("published") if c.rule == "time"] == ["2025-03-04T05:06:07Z"]
    assert [c.value for c in page.of("modified") if c.rule == "time"] == ["2025-03-05T05:06:07Z"]
    assert [c.value for c in page.of("published") if c.rule == "time-aside"] == ["2020-01-01"]
    assert page.of("subtitle")[0].value == "It had waited for the fog to lift, and then for the cook."
    assert [(c.value, c.note) for c in page.of("image")] == [("/fog.jpg", "Fog. © Ada Lane")]
    assert [c.value for c in page.of("kind")] == ["Review", "review"]


@pytest.mark.parametrize(
    ("html", "field", "value"),
    [
        ("<h1>Fog</h1><p>von Bert Kahn</p>", "author", "von Bert Kahn"),
        ("<h1>Fog</h1><p>4 May 2021 | by Bert Kahn</p>", "author", "by Bert Kahn"),
        ("<h1>Fog</h1><p><a href='/people/bk/'>Bert Kahn</a></p>", "author", "Bert Kahn"),
        ("<h1>Fog</h1><p>4 May 2021</p>", "published", "4 May 2021"),
        ("<div class='head'>4 May 2021</div><div><h1>Fog</h1></div>", "published", "4 May 2021"),
        ("<h2>Fog</h2><p class='posted-on'>4 May 2021</p>", "published", "4 May 2021"),
        (
            '<body><script>{"publishedAt":"2021-05-04T10:00:00Z"}</script>',
            "published",
            "2021-05-04T10:00:00Z",
        ),
        (
            "<main data-page='{&quot;datePublished&quot;:&quot;2021-05-04T10:00:00Z&quot;}'>Fog</main>",
            "published",
            "2021-05-04T10:00:00Z",
        ),
        (
            "<h1>Fog</h1><p>The fogs of 2020</p><p>by Bert Kahn</p>" + "<p>x</p>" * 200 + "<b>4.5.2021</b>",
            "published",
            "4.5.2021",
        ),
        ("<h1>Fog</h1>" + "<p>x</p>" * 40 + "<p>Autor:</p><p>Bert Kahn</p>", "author", "Bert Kahn"),
        (
            "<h1>Fog</h1><div><div><div><div><p>x</p><p>Bert Kahn</p><p>4.5.2021</p></div></div></div></div>",
            "author",
            "Bert Kahn",
        ),
        ("<figure><img srcset='/a.jpg 1x, /b.jpg 2x'></figure>", "image", "/a.jpg"),
    ],
)
def test_what_no_markup_names_is_found_by_its_words(html: str, field: FieldName, value: str) -> None:
    assert value in values(html, field)


def test_a_figure_without_a_picture_is_passed_over() -> None:
    assert not values("<figure><blockquote>x</blockquote></figure><figure><img></figure>", "image")


def test_a_feeds_hints_are_candidates_like_others() -> None:
    hints = Hints(title="Fog", published="2021-05-04", authors=("Bert Kahn",), section="Port", language="en")
    for found in (clues("", Page(URL, b"", hints=hints)), read_plain([], Page(URL, b"", hints=hints))):
        assert [c.value for c in found.of("author")] == ["Bert Kahn"]
        assert {c.rule for c in found.of("published")} == {"feed"}


def test_a_page_of_endless_candidates_is_cut() -> None:
    html = (
        "<h1>x</h1>"
        + "<time datetime='2020-01-01'>x</time>" * 5_000
        + "<meta name='author' content='A B'>" * 5_000
    )
    assert all(len(found) <= MAX_CLUES for found in clues(html).found.values())


TAGS = st.sampled_from(
    ["h1", "h2", "div", "p", "time", "nav", "figure", "article", "a", "span", "meta", "title", "aside"]
)
NAMES = st.sampled_from(
    ["class", "id", "datetime", "itemprop", "itemscope", "content", "name", "property", "rel", "href", "src"]
)
WORDS = st.sampled_from(
    [
        "author",
        "byline",
        "date",
        "og:title",
        "datePublished",
        "2021-03-04",
        "By Ada Lane",
        "/author/x",
        "\x00",
        "é" * 50,
    ]
)


@st.composite
def markup(draw: st.DrawFn) -> str:
    tag = draw(TAGS)
    attributes = " ".join(f'{draw(NAMES)}="{draw(WORDS)}"' for _ in range(draw(st.integers(0, 3))))
    inside = draw(st.lists(st.one_of(WORDS, st.text(max_size=20)), max_size=3))
    return f"<{tag} {attributes}>" + " ".join(inside) + draw(st.sampled_from(["", f"</{tag}>"]))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(markup(), max_size=12))
def test_any_markup_gives_clues_without_a_fault(parts: list[str]) -> None:
    assert clues("".join(parts)).found is not None


def test_a_twitter_cards_table_names_the_author_beside_its_label() -> None:
    head = "".join(
        f'<meta name="twitter:{key}" content="{value}">'
        for key, value in [
            ("label1", "Verfasst von"), ("data1", "Ada Lane"), ("label2", "Lesezeit"), ("data2", "3 Minuten")
        ]
    )  # fmt: skip
    assert values(head, "author") == ["Ada Lane"]


def test_a_headline_that_no_heading_holds_is_told_from_one_that_nobody_sees() -> None:
    html = (
        "<title>Ferry late: all you need to know</title><meta property='og:title' content='TITLE'>"
        "<body><h1>Ferries</h1><img alt='TITLE'><div class='top'><span>TITLE </span></div><p>Ferry late"
    )
    assert values(html.replace("TITLE", "Fog &amp; ferries"), "title", "shown") == []  # too short to look up
    long = html.replace("TITLE", "Fog keeps the ferries of the bay &amp; the tugs in port")
    assert values(long, "title", "shown") == ["Fog keeps the ferries of the bay & the tugs in port"]


def test_without_an_h1_the_heading_is_the_one_that_says_a_known_headline() -> None:
    html = (
        "<meta property='og:title' content='Fog keeps the ferries in port'><body>"
        "<div class='title'>Film tips</div>"
        "<div class='headline'><i>Weather</i> <b>Fog keeps the ferries in port</b></div>"
        "<p class='byline'>By Ada Lane</p>"
    )
    assert values(html, "title", "heading")[0] == "Weather Fog keeps the ferries in port"


def test_parselys_meta_in_json_speaks_for_the_page() -> None:
    said = (
        '{"title": "Ferry late", "pub_date": "2026-11-20T09:30:00Z", "author": "Jane Roe", "tags": ["fog"]}'
    )
    head = f"<meta name=parsely-page content='{said}'><meta name=parsely-page content='no json'>"
    assert values(head, "title") == ["Ferry late"]
    assert values(head, "author") == ["Jane Roe"]
    assert values(head, "published") == ["2026-11-20T09:30:00Z"]


def test_a_headline_that_stands_in_a_teasers_link_alone_is_nobodys() -> None:
    told = "Fog keeps the ferries of the bay and the tugs in port"
    html = f"<meta property='og:title' content='{told}'><body><h1>Ferries</h1>"
    link = f"<h2><a href='/fog' title='Fog'>{told}</a></h2>"
    assert values(html + link, "title", "shown") == []
    assert values(f"{html}{link}<h2 class='top'><a href='/'>Home</a> {told}</h2>", "title", "shown") == []
    assert values(f"{html}{link}<span class='title'>{told}</span>", "title", "shown") == [told]


def test_an_h1_that_ends_a_list_of_links_is_a_step_of_a_breadcrumb() -> None:
    steps = (
        "<ol><li><a href='/'>Home</a></li> <li><a href='/coast'>Coast</a></li> <li><h1>Ferry fog</h1></ol>"
    )
    html = f"<body>{steps}<h2>Fog keeps the ferries in port</h2><p>Nobody left.</p>"
    places = {clue.value: clue.place for clue in clues(html).of("title")}
    assert places == {"Ferry fog": "breadcrumb", "Fog keeps the ferries in port": "h2"}
    alone = "<body><ul><li><h1>Ferry fog</h1></li></ul><p>Nobody left.</p>"
    assert {clue.place for clue in clues(alone).of("title")} == {"h1"}


def test_a_told_headline_is_read_with_its_lines_however_late_it_comes() -> None:
    told = "Fog keeps the ferries in port"
    teasers = "".join(f"<h2>Teaser {index} of the front page</h2>" for index in range(40))
    held = f"<div class='headline'><span>Weather in the bay</span> <span>{told}</span></div>"
    html = f"<meta property='og:title' content='{told}'><body>{teasers}{held}"
    found = [(clue.rule, clue.place, clue.value) for clue in clues(html).of("title")]
    assert ("heading-line", "last", told) in found
    late = html.replace("<div class='headline'>", "<h2>").replace("</div>", "</h2>")
    assert ("heading-line", "last", told) in [(c.rule, c.place, c.value) for c in clues(late).of("title")]


def test_two_words_below_the_headline_of_a_script_without_capitals_are_a_name_beside_a_date() -> None:
    line = "<h1>بازسازی اسکله قدیمی آغاز شد</h1><p>{}</p><p>مقام‌ها روز سه‌شنبه گفتند که کار آغاز می‌شود.</p>"
    assert values(line.format("احمد علی"), "author") == []
    assert values(line.format("احمد علی</p><p>2026-11-24"), "author") == ["احمد علی"]


def test_what_a_container_of_the_whole_story_is_named_names_no_standfirst() -> None:
    story = "<p>The council voted on Tuesday to rebuild the pier, officials said.</p>" * 4
    body = f"<h1>Pier</h1><div class='field--type-text-with-summary'>{story}</div>"
    assert values(body, "subtitle") == []
    lead = "<h1>Pier</h1><div class='article-summary'><p>The council voted on Tuesday, after hours.</p></div>"
    assert values(lead + story, "subtitle") == ["The council voted on Tuesday, after hours."]
