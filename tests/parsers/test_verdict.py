import pytest

from parsers import NotAnArticle, Page, parse

PROSE = (
    "The harbour council approved a second ferry line on Monday, ending a debate of four years. Crossings "
    "will start in May, the chair said, and run every twenty minutes until midnight. Fares stay as they are. "
)


def reason(html: str, url: str = "https://news.example.com/a/b", status: int | None = None) -> str | None:
    try:
        parse(Page(url, html.encode(), "text/html", status=status))
    except NotAnArticle as no:
        return no.reason
    return None


def teasers(count: int) -> str:
    return "".join(
        f'<article><h3><a href="/s{n}">Headline number {n} about ferries and fog</a></h3>'
        f"<p>A teaser of story {n} that says in one long sentence what readers will find there.</p></article>"
        for n in range(count)
    )


def page(body: str, title: str = "A page", head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body><main>{body}</main></body></html>"


LIST = page(teasers(12))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example.com/sport", "section"),
        ("https://news.example.com/", "home"),
        ("https://news.example.com/en/", "home"),
        ("https://news.example.com/tag/ferries", "tag"),
        ("https://news.example.com/thema/faehren", "tag"),
        ("https://news.example.com/search/ferries", "search"),
        ("https://news.example.com/?s=ferries", "search"),
    ],
)
def test_a_list_of_stories_is_named_by_its_address(url: str, expected: str) -> None:
    assert reason(LIST, url) == expected


def test_a_list_that_opengraph_calls_an_article_is_still_a_list() -> None:
    head = '<meta property="og:type" content="article">'
    assert reason(page(teasers(12), head=head), "https://news.example.com/tag/ferries") == "tag"


@pytest.mark.parametrize(
    ("path", "title", "above"),
    [
        ("crime/", "Crime", ""),
        ("author/ada-lane/", "Ada Lane", "<p>Ada covers crime and courts. She won two awards.</p>"),
        ("autoren/ada-lane", "Ada Lane", f"<p>{PROSE}</p>"),
    ],
)
def test_cards_under_a_name_are_a_section_whatever_opengraph_calls_them(
    path: str, title: str, above: str
) -> None:
    head = '<meta property="og:type" content="article">'
    html = page(f"<h1>{title}</h1>{above}{teasers(6)}", f"{title} | Harbour Daily", head)
    assert reason(html, f"https://news.example.com/{path}") == "section"


@pytest.mark.parametrize("count", [3, 6])
def test_a_short_story_above_cards_that_opengraph_calls_an_article_is_one(count: int) -> None:
    head = '<meta property="og:type" content="article">'
    html = page(f"<h1>Second ferry line approved</h1><p>{PROSE}</p>{teasers(count)}", "Second line", head)
    assert reason(html, "https://news.example.com/news/second-line") is None


@pytest.mark.parametrize("path", ["", "tag/ferries", "search?q=x", "topics/ferries/second-line"])
def test_a_story_is_a_story_wherever_it_stands(path: str) -> None:
    paragraphs = "".join(f"<p>{n}. {PROSE}</p>" for n in range(8))
    story = page(f"<h1>Second ferry line</h1>{paragraphs}" + teasers(3))
    assert reason(story, f"https://news.example.com/{path}") is None


def test_a_short_story_is_a_story() -> None:
    told = "The noon ferry left Quayside forty minutes late: a seal slept on the ramp, and nobody woke it."
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Ferry late"}</script>'
    assert reason(page(f"<h1>Ferry late</h1><p>{told}</p>", head=head)) is None


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (page("<h1>404</h1><p>Page not found. It may have moved.</p>", "Not found"), "error"),
        (page("<p>Die Seite wurde nicht gefunden.</p>"), "error"),
        (page('<h1>Log in</h1><p>Log in to go on.</p><form><input type="password"></form>'), "login"),
        (
            page(
                "<h1>Your privacy</h1><p>We and our 214 partners use cookies and ask for your consent to "
                "store and/or access information on your device for personalised ads.</p>"
            ),
            "consent",
        ),
        (page(""), "empty"),
        (page("<p>Hello.</p>"), "empty"),
        (page(f"<h1>Hello</h1><p>{'&nbsp;&amp;' * 500}</p>"), "empty"),
    ],
)
def test_pages_that_only_say_something_about_themselves(html: str, expected: str) -> None:
    assert reason(html) == expected


def test_what_the_server_called_an_error_is_one() -> None:
    assert reason(page(f"<p>{PROSE * 3}</p>"), status=404) == "error"


def test_a_story_about_cookies_and_errors_is_a_story() -> None:
    said = "The regulator said that cookies need consent, and error 404 is no answer."
    body = "".join(f"<p>{n}. {PROSE} {said}</p>" for n in range(12))
    assert reason(page(body, "Page not found: why links die")) is None


def test_a_story_beside_a_cookie_notice_is_a_story() -> None:
    notice = (
        "<div><p>To show you this page some cookies are needed; other cookies, those of our partners too, "
        "need your consent, which the settings of cookies on every page let you give or take back.</p></div>"
    )
    story = "".join(f"<p>{n}. {PROSE}</p>" for n in range(3))
    assert reason(page(f"{notice}<h1>Second ferry line</h1>{story}")) is None


def test_short_paragraphs_under_one_linked_headline_are_no_list() -> None:
    lines = "".join(f"<p>{sentence}.</p>" for sentence in PROSE.split(". ")[:3])
    linked = f'<h1><a href="/ferry">Second ferry line approved by the council</a></h1>{lines}'
    assert reason(page(linked)) is None


CARDS = {
    "read more": "<h2>Second line no. {n}</h2><p>Ferries cross from May {n}. <a href=/{n}>More</a></p>",
    "button": "<h2>Second line no. {n}</h2><p>Ferries cross from May {n}.</p><a href=/{n}>Read on</a>",
    "overlay": "<a href=/{n}></a><h3>Second line no. {n}</h3><p>Ferries cross from May {n}.</p>",
    "dense": "<h2><a href=/{n}>港口第{n}条渡轮航线获批</a></h2><p>市议会周一批准第{n}条航线五月通航。</p>",
}


@pytest.mark.parametrize("shape", CARDS)
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", "home"),
        ("/?s=harbour", "search"),
        ("/tag/harbour/", "tag"),
        ("/category/harbour/page/2/", "section"),
    ],
)
def test_cards_of_any_shape_at_a_lists_address_are_a_list(shape: str, address: str, expected: str) -> None:
    cards = "".join(f"<div>{CARDS[shape].format(n=n)}</div>" for n in range(1, 8))
    for head in ("", '<meta property="og:type" content="article">'):
        html = page(f"<h1>Harbour</h1>{cards}", "Harbour | Harbour Daily", head)
        assert reason(html, f"https://news.example.com{address}") in {expected, "empty"}


def test_short_paragraphs_under_headings_at_a_storys_address_are_a_story() -> None:
    told = "".join(f"<h2>Beach number {n}</h2><p>{n}. {PROSE[:150]}.</p>" for n in range(1, 7))
    html = page(f"<h1>Six beaches for a wet weekend</h1><p>{PROSE}</p>{told}", "Six beaches")
    assert reason(html, "https://news.example.com/travel/six-beaches-for-a-wet-weekend") is None
