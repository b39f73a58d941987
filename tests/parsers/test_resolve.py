import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from parsers.clue import Clue
from parsers.clues import Clues, read_clues
from parsers.credits import split_credit
from parsers.dateline import find_dateline
from parsers.fields import Fields
from parsers.images import choose_images
from parsers.kind import decide_free, decide_kind
from parsers.model import Image, Page
from parsers.published import date_options, read_dates
from parsers.resolve import complete, resolve
from parsers.titles import title_options
from parsers.weigh import Option, bucket, weigh

URL = "https://www.harbour.example/port/2025/03/ferry-forty-minutes-late"
FETCHED = datetime(2025, 3, 6, 12, tzinfo=UTC)


def fields(html: str, text: str = "", url: str = URL) -> Fields:
    page = Page(url=url, content=b"", fetched_at=FETCHED)
    found = read_clues(LexborHTMLParser(html), html.encode(), page)
    return complete(resolve(found, page), found, text)


def head(**metas: str) -> str:
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{value}">' for name, value in metas.items()
    )


def test_the_title_is_the_headline_without_the_sites_name() -> None:
    html = (
        "<title>Ferry forty minutes late in fog | Harbour News</title>"
        + head(og__title="Ferry forty minutes late in fog - Harbour News", og__site_name="Harbour News")
        + "<article><h1>Ferry forty minutes late in fog</h1>"
    )
    assert fields(html).title == "Ferry forty minutes late in fog"


def test_a_kicker_in_the_headline_is_not_glued_to_it() -> None:
    html = (
        head(og__title="Ferry forty minutes late in fog")
        + "<h1><span>Bad weather at sea</span><span>Ferry forty minutes late in fog</span></h1>"
    )
    assert fields(html).title == "Ferry forty minutes late in fog"


def test_authors_are_people_and_the_byline_stays_raw() -> None:
    html = (
        head(author="Ada Lane, AFP")
        + '<h1>Ferry late</h1><p class="byline">By Ada Lane and Bert Kahn, Chief Reporter</p>'
    )
    found = fields(html)
    assert found.authors == ("Ada Lane", "Bert Kahn")
    assert found.byline == "By Ada Lane and Bert Kahn, Chief Reporter"
    assert found.provenance["authors"].raw


def test_dates_keep_the_pages_own_offset() -> None:
    html = head(
        article__published_time="2025-03-04T09:30:00+05:30",
        article__modified_time="2025-03-05T08:00:00+05:30",
    )
    found = fields(html)
    assert found.published_at is not None
    assert found.modified_at is not None
    assert (found.published_at.isoformat(), found.published_precision) == (
        "2025-03-04T09:30:00+05:30",
        "second",
    )
    assert found.modified_at.isoformat() == "2025-03-05T08:00:00+05:30"


@pytest.mark.parametrize(
    "raw", ["2031-01-01T00:00:00Z", "0000-00-00", "next week", "2025-03-04T09:30:00+99:99"]
)
def test_an_impossible_date_is_none_and_its_raw_value_is_kept(raw: str) -> None:
    found = fields(head(article__published_time=raw))
    assert found.published_at is None
    assert found.published_precision is None
    assert (found.provenance["published_at"].rule, found.provenance["published_at"].raw) == (
        "impossible",
        raw,
    )


def test_a_relative_date_is_reckoned_from_the_fetch() -> None:
    found = fields('<h1>Ferry late</h1><span class="date">3 hours ago</span>')
    assert found.published_at == datetime(2025, 3, 6, 9, tzinfo=UTC)


def test_a_day_alone_is_a_day() -> None:
    assert fields('<h1>Ferry late</h1><p class="date">4 March 2025</p>').published_precision == "day"


def test_a_line_that_says_both_is_parted() -> None:
    found = fields(
        '<h1>Fog</h1><p class="date">Published 4 March 2025 at 10:00, updated 5 March 2025 at 11:00</p>'
    )
    assert found.published_at == datetime(2025, 3, 4, 10, tzinfo=UTC)
    assert found.modified_at == datetime(2025, 3, 5, 11, tzinfo=UTC)


def test_a_day_written_out_elsewhere_settles_the_order_of_day_and_month() -> None:
    html = '<html lang="en"><h1>Ferry late</h1><p class="date">1/3/25</p>' + head(
        article__published_time="2025-03-01T08:00Z"
    )
    assert fields(html, url="https://harbour.com/x").published_at == datetime(2025, 3, 1, 8, tzinfo=UTC)


def test_a_day_is_known_by_its_place_beside_the_one_that_the_head_states() -> None:
    html = head(article__published_time="2025-03-02") + "".join(
        f'<p class="date">{day} March 2025</p>' for day in (1, 2, 5)
    )
    found = read_clues(LexborHTMLParser(html), html.encode(), Page(url=URL, content=b""))
    dated = read_dates(found.of("published"), FETCHED, american=False)
    places = {option.value: option.features for option in date_options(dated, [], URL)}
    assert "meta:before" in places["2025-03-01"]
    assert "meta:stated" in places["2025-03-02"]
    assert "meta:after" in places["2025-03-05"]


def test_the_day_in_an_address_is_the_last_word() -> None:
    for url in (
        "https://a.example/2025/03/04/fog",
        "https://a.example/20250304-fog",
        "https://a.example/fog-04-03-2025",
    ):
        assert fields("<h1>Fog</h1>", url=url).published_at == datetime(2025, 3, 4, tzinfo=UTC)


def test_plain_fields() -> None:
    node = {
        "@type": "NewsArticle",
        "headline": "Ferry late",
        "alternativeHeadline": "It waited for the cook",
        "articleSection": "News > Port",
        "license": "/licence",
        "keywords": "fog, ferry, fog",
        "isAccessibleForFree": "True",
        "description": "The noon ferry.",
        "publisher": {"name": "Harbour"},
        "image": ["/a.jpg", "/a.jpg?w=2", "/logo.png"],
    }
    found = fields(
        f'<html lang="en-GB"><script type="application/ld+json">{json.dumps(node)}</script><h1>Late</h1>'
    )
    assert found.subtitle == "It waited for the cook"
    assert found.section == "Port"
    assert found.license == "https://www.harbour.example/licence"
    assert found.tags == ("fog", "ferry")
    assert found.is_free is True
    assert found.description == "The noon ferry."
    assert found.site_name == "Harbour"
    assert found.images == (Image("https://www.harbour.example/a.jpg"),)
    assert found.language == "en-GB"
    assert found.host == "www.harbour.example"


def test_addresses() -> None:
    html = '<link rel="canonical" href="/port/ferry?utm_source=x"><link rel="next" href="?page=2">'
    found = fields(html)
    assert found.canonical_url == "https://www.harbour.example/port/ferry"
    assert found.next_page == f"{URL}?page=2"
    assert fields('<link rel="next" href="/port/2025/03/another-story">').next_page is None
    assert fields('<link rel="next" href="https://b.example/x">').next_page is None


def test_a_saved_pages_host_is_its_own_addresss() -> None:
    found = fields('<link rel="canonical" href="https://harbour.example/x">', url="file:///saved.html")
    assert (found.host, found.canonical_url) == ("harbour.example", "https://harbour.example/x")


def test_the_story_tells_its_language_dateline_and_length() -> None:
    text = (
        "SALTMERE (Meridian Wire) — Die Fähre nach Bray hat am Montag vierzig Minuten auf den Koch gewartet, "
        "sagte die Reederei."
    )
    found = fields('<html lang="en">', text)
    assert (found.language, found.dateline, found.word_count) == ("de", "SALTMERE (Meridian Wire)", 19)


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("BERLIN (dpa) - Die", "BERLIN (dpa)"),
        ("LONDON, March 3 (Reuters) — A", "LONDON, March 3 (Reuters)"),
        ("PARIS — The", "PARIS"),
        ("Bonn (epd) - Die", "Bonn (epd)"),
        ("The ferry - late again - came", None),
        ("The council (of nine) - voted", None),
        ("BREAKING: the ferry", None),
        ("NATO - the alliance", None),
        ("Madrid, 20 nov (EFE).- El", "Madrid, 20 nov (EFE)"),
        ("(ANSA) - ROMA, 20 NOV - Il", "(ANSA) - ROMA, 20 NOV"),
        ("WASHINGTON (AP) _ The", "WASHINGTON (AP)"),
        ("MOSCOW, November 20. /TASS/. The", "MOSCOW, November 20. /TASS/"),
        ("HARBOURTON, Nov. 20, 2026 /PRNewswire/ -- The", "HARBOURTON, Nov. 20, 2026 /PRNewswire/"),
        ("МОСКВА, 20 ноя - РИА Новости. Совет", "МОСКВА, 20 ноя"),
        ("القاهرة (رويترز) - صوت", "القاهرة (رويترز)"),
        ("新华社北京11月20日电（记者张三）市政府", "新华社北京11月20日电"),
        ("【港町共同】港町の議会は", "港町共同"),
        ("", None),
    ],
)
def test_datelines(text: str, dateline: str | None) -> None:
    assert find_dateline(text) == dateline


def test_a_saved_pages_folders_are_no_section() -> None:
    html = "<title>Ferry forty minutes late in fog</title>"
    assert fields(html).section == "Port"
    assert fields(html, url="file:///home/desk/saved/ferry.html").section is None


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/pier/", None),
        ("/sport/ferry-race/", "Sport"),
        ("/en/sport/ferry-race", "Sport"),
        ("/print/x", None),
    ],
)
def test_a_storys_own_folder_is_no_section(path: str, section: str | None) -> None:
    assert fields("<title>Ferry late</title>", url=f"https://a.example{path}").section == section


def test_every_type_of_a_story_and_the_first_step_of_a_trail_are_heard() -> None:
    steps = [{"@type": "ListItem", "name": name} for name in ("Local", "Ferry late")]
    graph = [
        {"@type": ["NewsArticle", "LiveBlogPosting"], "headline": "Ferry late"},
        {"@type": "BreadcrumbList", "itemListElement": steps},
    ]
    found = fields(f"<script type='application/ld+json'>{json.dumps({'@graph': graph})}</script>")
    assert (found.kind, found.section) == ("live", "Local")


@pytest.mark.parametrize(
    ("value", "rule", "url", "title", "section", "kind"),
    [
        ("LiveBlogPosting", "jsonld", URL, "", None, "live"),
        ("video.other", "meta", URL, "", None, "video"),
        ("Kommentar", "kicker", URL, "", None, "opinion"),
        ("Port", "kicker", URL, "", None, "article"),
        ("videoobject", "jsonld-page", URL, "", None, "article"),
        ("article", "meta", "https://a.example/opinion/x", "", None, "opinion"),
        ("article", "meta", URL, "Interview: the cook", None, "interview"),
        ("article", "meta", URL, "Fog", "Opinion", "opinion"),
        ("article", "meta", URL, "Live music returns to the pier", None, "article"),
        ("article", "meta", URL, "Live: the storm", None, "live"),
        ("article", "meta", URL, "Interview panel chooses new harbour master", None, "article"),
        ("article", "meta", URL, "Council orders review - minister resigns", None, "article"),
        ("article", "meta", URL, "Police under review", None, "article"),
        ("article", "meta", URL, "The Lamp phone review", None, "review"),
        ("article", "meta", "https://a.example/podcasts/x", "Fog", None, "audio"),
    ],
)
def test_kinds(value: str, rule: str, url: str, title: str, section: str | None, kind: str) -> None:
    assert decide_kind([Clue("kind", value, rule, "x")], url, title, section)[0] == kind


@pytest.mark.parametrize(
    ("said", "free"),
    [
        ([("false", "a")], False),
        ([("true", "a")], True),
        ([("true", "a"), ("locked", "b")], False),
        ([("metered", "a")], None),
        ([], None),
        ([("true", "paywall")], False),
    ],
)
def test_whether_a_page_is_free(said: list[tuple[str, str]], free: bool | None) -> None:
    assert decide_free(Clue("free", value, "meta", place) for value, place in said)[0] is free


@pytest.mark.parametrize(
    ("caption", "parts"),
    [
        ("Fog. Photo: Ada Lane", ("Fog.", "Ada Lane")),
        ("Fog (Image: Harbour)", ("Fog", "Harbour")),
        ("Fog © Ada", ("Fog", "Ada")),
        ("Fog", ("Fog", None)),
        ("", (None, None)),
        ("Fog. © Foto: Ada", ("Fog.", "Ada")),
        ("© Ada", (None, "Ada")),
        ("Fog, Nov. 24, 2026. (AP Photo/Ada Lane)", ("Fog, Nov. 24, 2026.", "AP Photo/Ada Lane")),
        ("Niebla en el puerto. Ada Lane (EFE)", ("Niebla en el puerto.", "Ada Lane (EFE)")),
        ("Fog at sea (Ada Lane/AFP)", ("Fog at sea", "Ada Lane/AFP")),
        ("텅 빈 터미널 [항구뉴스 자료사진]", ("텅 빈 터미널", "항구뉴스 자료사진")),
        ("Fog (in the harbour)", ("Fog (in the harbour)", None)),
        ("Fog in 2020 (file photo)", ("Fog in 2020 (file photo)", None)),
        ("The mayor (left) and Ada Lane", ("The mayor (left) and Ada Lane", None)),
        ("Fog. (Ada Lane/The Harbour Post via AP)", ("Fog.", "Ada Lane/The Harbour Post via AP")),
        ("Fog. (Photo by Ada Lane/Getty Images)", ("Fog.", "Photo by Ada Lane/Getty Images")),
        ("Fog. Ada Lane / Getty Images", ("Fog.", "Ada Lane / Getty Images")),
        ("Brouillard, mardi. ADA LANE / AFP", ("Brouillard, mardi.", "ADA LANE / AFP")),
        ("Niebla, este martes. / ADA LANE", ("Niebla, este martes.", "ADA LANE")),
        ("Neblina no cais - Ada Lane/Folhaporto", ("Neblina no cais", "Ada Lane/Folhaporto")),
        ("Fog. REUTERS/Ada Lane", ("Fog.", "REUTERS/Ada Lane")),
        ("Fog. REUTERS/Ada Lane/File Photo Purchase Licensing Rights", ("Fog.", "REUTERS/Ada Lane")),
        ("AP Photo/Ada Lane", (None, "AP Photo/Ada Lane")),
        ("Fog. Photograph by Ada Lane", ("Fog.", "Ada Lane")),
        ("Fog. Photo courtesy of the coast guard", ("Fog.", "the coast guard")),
        ("Fog. Credit... Ada Lane", ("Fog.", "Ada Lane")),
        ("ערפל צילום: עדה ליין", ("ערפל", "עדה ליין")),
        ("Fog. © Foto Ada Lane", ("Fog.", "Ada Lane")),
    ],
)
def test_credits_part_from_captions(caption: str, parts: tuple[str | None, str | None]) -> None:
    assert split_credit(caption) == parts


def test_a_picture_takes_its_caption_from_wherever_it_stands() -> None:
    named = [
        Clue("image", "/a.jpg", "meta", "og:image"),
        Clue("image", "https://cdn.example/a.jpg?w=9", "figure", "f", "Fog. © Ada"),
    ]
    assert choose_images(named, URL)[0] == (Image("https://www.harbour.example/a.jpg", "Fog.", "Ada"),)
    assert choose_images([Clue("image", "javascript:x", "meta", "og:image")], URL) == ((), None)


def test_titles_without_a_headline_still_lose_the_sites_name() -> None:
    options = title_options(
        [Clue("title", "Harbour | Ferry late", "title-element", "title")], URL, ["Harbour"]
    )
    assert weigh("title", options)[0].option.value == "Ferry late"


def test_every_score_is_the_sum_of_its_features() -> None:
    verdicts = weigh(
        "title", [Option("a", (), frozenset({"from:h1"})), Option("b", (), frozenset({"is-site"}))]
    )
    assert [verdict.option.value for verdict in verdicts] == ["a", "b"]
    assert bucket("words", 3, (2, 4)) == "words<4"
    assert bucket("words", 9, (2, 4)) == "words<more"


def test_candidates_name_the_winner() -> None:
    found = fields(head(og__title="Ferry late again") + "<h1>Ferry forty minutes late</h1>")
    taken = [candidate.value for candidate in found.candidates["title"] if candidate.taken]
    assert taken == [found.title]
    assert all(candidate.origins for candidate in found.candidates["title"])


FIELDS = st.sampled_from(
    [
        "title",
        "subtitle",
        "description",
        "author",
        "published",
        "modified",
        "language",
        "section",
        "tag",
        "image",
        "site_name",
        "free",
        "kind",
        "license",
        "canonical",
        "next_page",
    ]
)
CLUES = st.builds(
    Clue,
    FIELDS,
    st.text(max_size=60),
    st.sampled_from(["jsonld", "meta", "time", "heading", "byline", "link", "feed"]),
    st.sampled_from(["h1", "og:title", "newsarticle.author", "author"]),
    st.text(max_size=8),
    st.integers(0, 9),
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(CLUES, max_size=20), st.text(max_size=200), st.text(max_size=30))
def test_any_clues_give_fields_that_can_be_stored(found: list[Clue], text: str, path: str) -> None:
    page = Page(url=f"https://a.example/{path}", content=b"", fetched_at=FETCHED)
    clues = Clues({clue.field: tuple(each for each in found if each.field == clue.field) for clue in found})
    result = complete(resolve(clues, page), clues, text)
    json.dumps([result.title, result.authors, result.tags, result.section]).encode("utf-8")
    for date in (result.published_at, result.modified_at):
        assert date is None or date.utcoffset() is not None


def test_beside_a_person_the_paper_is_no_author_nor_is_a_photographer() -> None:
    people = [{"@type": "Person", "name": "Jane Roe"}, {"@type": "Organization", "name": "Harbour Daily"}]
    data = json.dumps({"@type": "NewsArticle", "headline": "Ferry late", "author": people})
    html = (
        f"{head(og__site_name='Harbour Daily')}<script type='application/ld+json'>{data}</script>"
        "<article><h1>Ferry late</h1><p class=byline>By Jane Roe</p>"
        "<figure><span class=foto-autor itemprop=author>Ole Lund</span></figure></article>"
    )
    assert fields(html).authors == ("Jane Roe",)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("/w800/pier-in-fog.jpg", "/w400/pier-in-fog.jpg", True),
        ("/media/9f3a/master/4000.jpg", "/media/9f3a/master/1200.jpg", True),
        ("/media/9f3a/master/4000.jpg", "/media/77bc/master/4000.jpg", False),
        ("/pier/image.jpg", "/mayor/image.jpg", False),
        ("/2026/pier-1024x683.jpg", "/2026/pier-scaled.jpg", True),
        ("/2026/pier-articleLarge.jpg", "/2026/pier-videoSixteenByNineJumbo.jpg", True),
        ("/2026/pier-north.jpg", "/2026/pier-south.jpg", False),
        ("/2026/01/1.jpg", "/2026/02/1.jpg", False),
        ("/gallery/12345.jpg", "/gallery/12346.jpg", False),
    ],
)
def test_a_picture_in_two_sizes_is_one(one: str, other: str, alike: bool) -> None:
    found, _ = choose_images([Clue("image", path, "meta", "og:image") for path in (one, other)], URL)
    assert len(found) == (1 if alike else 2)


def test_a_figure_whose_picture_is_only_offered_by_size_has_one() -> None:
    pier = '<picture><source srcset="/pier-1.webp 1x, /pier-2.webp 2x"><img alt=""></picture>'
    film = '<video><source src="/film.mp4"></video>'
    found = fields(f"<body><h1>Pier</h1><figure>{film}</figure><figure>{pier}</figure></body>").images
    assert [image.url.rpartition("/")[2] for image in found] == ["pier-1.webp"]


@pytest.mark.parametrize(
    ("said", "free"),
    [
        ('"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": "False"}', False),
        ('"isAccessibleForFree": true, "hasPart": [{"isAccessibleForFree": false}]', False),
        ('"isAccessibleForFree": 1', True),
    ],
)
def test_a_part_behind_a_paywall_is_not_free(said: str, free: bool) -> None:
    data = f'{{"@type": "NewsArticle", "headline": "Pier", {said}}}'
    assert fields(f'<script type="application/ld+json">{data}</script>').is_free is free


def test_a_tag_is_told_once_however_spelt() -> None:
    tags = "<meta property=article:tag content=Ferry><meta property=article:tag content=ferry>"
    assert fields(f"{tags}<meta property=article:tag content=Fog>").tags == ("Ferry", "Fog")
    listed = """<meta name=keywords content='["Ferry","Storm surge"]'>"""
    assert fields(listed).tags == ("Ferry", "Storm surge")


@pytest.mark.parametrize(
    "element",
    [
        "Council votes to rebuild ferry pier | Harbour Daily",
        "Pier: council votes | Harbour Daily",
        "Harbour Daily",
    ],
)
def test_of_three_wordings_the_one_that_readers_see_is_the_title(element: str) -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "SEO headline pier council rebuild 2026"})
    html = (
        f"<title>{element}</title>"
        + head(og__title="You will not believe what this council did", og__site_name="Harbour Daily")
        + f"<script type='application/ld+json'>{data}</script>"
        + "<article><h1>Council votes to rebuild ferry pier</h1></article>"
    )
    assert (
        fields(html, url="https://www.harbour.example/news/x").title == "Council votes to rebuild ferry pier"
    )


def test_without_an_h1_the_headline_that_readers_see_beats_the_one_for_search_engines() -> None:
    seen, searched = "Council gives the ferry pier back to the town", "Ferry pier: council vote explained"
    data = {"@type": "NewsArticle", "headline": searched, "datePublished": "2025-03-04T09:30:00Z"}
    html = (
        f"<title>{searched}</title>{head(og__title=seen)}"
        f'<script type="application/ld+json">{json.dumps(data)}</script>'
        f"<ol><li><a href='/'>Home</a></li><li><h1>{searched}</h1></li></ol>"
        f"<header><h2><span>Harbour</span> <span>{seen}</span></h2></header><p>It was a close vote.</p>"
    )
    assert fields(html).title == seen


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("Jane Roe, John Doe & Max Moe", ("Jane Roe", "John Doe", "Max Moe")),
        ("Jane Roe, John Doe, Max Moe", ("Jane Roe", "John Doe", "Max Moe")),
        ("Jane Roe, New York", ("Jane Roe",)),
        ("Jane Roe, John Doe, Max Moe | Guest Columnists | Sea Travel", ("Jane Roe",)),
    ],
)
def test_a_byline_of_three_people_and_nothing_else_is_theirs(byline: str, authors: tuple[str, ...]) -> None:
    assert fields(f'<h1>Ferry late</h1><div class="byline">{byline}</div>').authors == authors


def test_a_portal_s_title_is_without_the_paper_in_brackets() -> None:
    data = {
        "@type": "NewsArticle",
        "headline": "地下鉄が一時運転見合わせ（港新聞）",
        "publisher": {"name": "Portal"},
        "author": {"@type": "Organization", "name": "港新聞"},
    }  # fmt: skip
    html = f'<script type="application/ld+json">{json.dumps(data)}</script><h1>地下鉄が一時運転見合わせ</h1>'
    assert fields(html).title == "地下鉄が一時運転見合わせ"


def test_a_headline_that_ends_in_pictures_heads_a_gallery() -> None:
    assert fields("<h1>The storm on the coast – in pictures</h1>").kind == "gallery"
    assert fields("<h1>The storm was told in pictures</h1>").kind == "article"
