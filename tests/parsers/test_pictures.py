"""Pictures and addresses on whole pages, as each kind of markup gives them."""

from parsers import Draft, Page, parse

PROSE = (
    "The harbour council approved a second ferry line on Monday, ending a debate of four years. Crossings "
    "will start in May, the chair said, and run every twenty minutes until midnight. Fares stay as they are."
)
URL = "https://www.harbour.example/port/second-line"


def draft(body: str, head: str = "") -> Draft:
    html = f"<html><head><title>Second ferry line</title>{head}</head><body>{body}</body></html>"
    return parse(Page(URL, html.encode(), "text/html"))


def story(picture: str, head: str = "") -> Draft:
    told = f"<p>{PROSE}</p><p>No. {PROSE}</p>"
    return draft(f"<article><h1>Second ferry line</h1>{picture}{told}</article>", head)


def test_relative_addresses_begin_where_base_says() -> None:
    head = (
        '<base href="https://www.harbour.example/en/"><link rel="canonical" href="port/line-2.html">'
        '<link rel="next" href="port/second-line?page=2">'
    )
    found = story('<figure><img src="img/ferry-4711.jpg"></figure>', head)
    assert found.canonical_url == "https://www.harbour.example/en/port/line-2.html"
    assert found.images[0].url == "https://www.harbour.example/en/img/ferry-4711.jpg"


def test_a_base_without_an_address_changes_nothing() -> None:
    found = story('<figure><img src="/img/ferry-4711.jpg"></figure>', '<base target="_blank">')
    assert found.images[0].url == "https://www.harbour.example/img/ferry-4711.jpg"


def test_microdata_give_the_picture_and_the_publisher() -> None:
    found = story(
        '<div itemprop="image" itemscope><meta itemprop="url" content="/ferry-4711.jpg"></div>'
        '<div itemprop="publisher" itemscope><img src="/logo.png"><b itemprop="name">Harbour Daily</b></div>'
    )
    assert [image.url for image in found.images] == ["https://www.harbour.example/ferry-4711.jpg"]
    assert found.site_name == "Harbour Daily"


def test_a_publisher_without_a_name_is_none() -> None:
    found = story('<div itemprop="publisher" itemscope><img src="/logo.png"> Our logo </div>')
    assert found.site_name is None


def test_a_span_named_caption_is_a_figures_caption() -> None:
    found = story(
        '<figure><img src="/ferry-4711.jpg"><span class="media-caption">The ferry at dusk. '
        "Photo: Jo Moss</span></figure>"
    )
    assert (found.images[0].caption, found.images[0].credit) == ("The ferry at dusk.", "Jo Moss")


def test_a_credit_that_stands_before_its_caption_is_none_of_it() -> None:
    found = story(
        '<figure><img src="/ferry-4711.jpg"><figcaption><b class="image-credit"><i>Credit:</i> Jo Moss'
        "</b> The ferry at dusk.</figcaption></figure>"
    )
    assert (found.images[0].caption, found.images[0].credit) == ("The ferry at dusk.", "Jo Moss")


def test_a_dateline_may_stand_below_a_list_of_what_is_told() -> None:
    told = f"<p>LONDON, Nov 24 (Harbour Agency) - {PROSE}</p><p>No. {PROSE}</p>"
    found = draft(f"<article><h1>Second line</h1><p>Ferries will cross by night in May.</p>{told}</article>")
    assert found.dateline == "LONDON, Nov 24 (Harbour Agency)"


def told(body: str) -> list[str]:
    """The names of the pictures of a story whose second paragraph the body follows."""
    head = '<meta property="og:image" content="/ferry-4711.jpg">'
    paragraphs = [f"<p>{word} {PROSE}</p>" for word in ("First", "Second", "Third", "Last")]
    html = "".join([*paragraphs[:2], body, *paragraphs[2:]])
    found = draft(f"<article><h1>Second ferry line</h1>{html}</article>", head)
    return [image.url.rpartition("/")[2] for image in found.images]


def test_a_picture_between_paragraphs_is_the_storys_without_a_figure() -> None:
    assert told('<p><img src="/img/pier-0815.jpg" width="640"></p>') == ["ferry-4711.jpg", "pier-0815.jpg"]
    assert told('<a href="/img/large.jpg"><img data-src="/img/pier-0815.jpg"></a>')[1:] == ["pier-0815.jpg"]
    assert told('<p><img src="/small/ferry-4711.jpg"></p>') == ["ferry-4711.jpg"]


def test_icons_and_teasers_pictures_are_not_the_storys() -> None:
    assert told('<p><img src="/img/face-0815.jpg" width="48" height="48"></p>') == ["ferry-4711.jpg"]
    assert told('<p><a href="/other/story"><img src="/img/pier-0815.jpg"></a></p>') == ["ferry-4711.jpg"]
    assert told('<div><img src="/a/pier-0815.jpg"><a href="/x">More on the pier</a></div>') == [
        "ferry-4711.jpg"
    ]
    assert told('<p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></p>') == ["ferry-4711.jpg"]
    assert told('<p><img src="/img/Harbour-Daily-Logo-2019.png"></p>') == ["ferry-4711.jpg"]


def test_microdatas_genre_is_the_section() -> None:
    assert (
        story('<dl><dd>Category: <a itemprop="genre" href="/c">Chronicle</a></dd></dl>').section
        == "Chronicle"
    )
