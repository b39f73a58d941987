"""Feeds as publishers, plugins and attackers write them."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.intake.feeds import MOST_ITEMS, read_feed
from flows.intake.jsonfeeds import load, read_json_feed, read_posts
from flows.intake.listing import Item, Listing, NotAListing
from flows.intake.trees import tree
from parsers import Hints

BASE = "https://news.example/feed.xml"


def read(source: str | bytes, content_type: str | None = None) -> Listing:
    content = source.encode() if isinstance(source, str) else source
    return read_feed(tree(content, content_type), BASE)


def rss(*items: str, head: str = "", prolog: str = "") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'{prolog}<rss version="2.0"><channel><title>News</title>{head}{inside}</channel></rss>'


def story(**parts: str) -> str:
    parts = {"link": "https://news.example/a", **parts}
    return "".join(f"<{name}>{text}</{name}>" for name, text in parts.items())


def test_rss_tells_all_it_knows_of_an_item() -> None:
    found = read(
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        "<title>The Gazette</title><link>https://news.example/</link><language>en-GB</language><item>"
        "<title>Council &amp; mayor agree</title><link>/council?id=1#comments</link>"
        "<pubDate>Mon, 02 Nov 2026 09:30:00 +0100</pubDate><dc:creator>Ann Lee</dc:creator>"
        "<author>bob@news.example (Bob Ray)</author><category>Politics</category></item></channel></rss>"
    )
    hints = Hints(
        "Council & mayor agree",
        "Mon, 02 Nov 2026 09:30:00 +0100",
        ("Ann Lee", "Bob Ray"),
        "Politics",
        "en-GB",
    )
    assert found == Listing("rss", "The Gazette", (Item("https://news.example/council?id=1", hints),))


def test_atom_takes_the_alternate_link_and_the_nearest_language() -> None:
    found = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Blatt</title>'
        '<link rel="self" href="https://news.example/feed.xml"/><entry xml:base="https://news.example/2026/">'
        '<link rel="enclosure" href="a.mp3"/><link rel="alternate" href="artikel"/><title type="html">'
        "Mehr &lt;b&gt;Geld&lt;/b&gt;</title>"
        "<published>2026-11-02T09:30:00Z</published><updated>2026-11-03</updated>"
        "<author><name>Eva Kern</name><email>e@x.example</email></author>"
        '<category term="Wirtschaft"/></entry></feed>'
    )
    hints = Hints("Mehr Geld", "2026-11-02T09:30:00Z", ("Eva Kern",), "Wirtschaft", "de")
    assert (found.kind, found.title) == ("atom", "Blatt")
    assert found.items == (Item("https://news.example/2026/artikel", hints),)


def test_rdf_keeps_its_items_beside_the_channel() -> None:
    found = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Wire</title></channel>'
        "<item><title>One</title><link>https://news.example/1</link><dc:date>2026-11-02</dc:date></item></rdf:RDF>"
    )
    assert (found.kind, found.title) == ("rdf", "Wire")
    assert found.items == (Item("https://news.example/1", Hints("One", "2026-11-02")),)


def test_json_feed_tells_the_same() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Site",
        "language": "en",
        "items": [
            {
                "url": "/a",
                "title": "A",
                "date_published": "2026-11-02",
                "authors": [{"name": "Ann"}],
                "tags": ["T"],
            },
            {"id": "https://news.example/b", "author": {"name": "Bob"}},
            {"title": "no address"},
            "junk",
        ],
    }
    found = read_json_feed(load(json.dumps(document).encode()), BASE)
    assert found.items[0] == Item("https://news.example/a", Hints("A", "2026-11-02", ("Ann",), "T", "en"))
    assert found.items[1].url == "https://news.example/b"
    assert found.left_out == 2


def test_wordpress_posts_are_read_with_their_time_in_utc() -> None:
    posts = [
        {
            "link": "https://news.example/p",
            "date_gmt": "2026-11-02T08:00:00",
            "title": {"rendered": "P&#8217;s"},
        }
    ]
    found = read_posts(load(json.dumps(posts).encode()), BASE)
    assert found.items == (Item("https://news.example/p", Hints("P\u2019s", "2026-11-02T08:00:00Z")),)


@pytest.mark.parametrize(
    "document", ["[" * 100_000, "1" * 5000, "NaN", "{}", '{"items": []}', '{"items": 1}', "", "<x/>"]
)
def test_json_that_is_no_feed_says_so(document: str) -> None:
    with pytest.raises(NotAListing):
        read_json_feed(load(document.encode()), BASE)


@pytest.mark.parametrize("odd", ["1" * 5000, "-" + "9" * 5000, "NaN", "-Infinity", "1e99999"])
def test_an_odd_number_in_one_item_costs_no_item(odd: str) -> None:
    items = f'[{{"url": "/a", "size": {odd}}}, {{"url": "/b", "id": {odd}, "title": {odd}}}]'
    document = f'{{"version": "https://jsonfeed.org/version/1.1", "items": {items}}}'
    found = read_json_feed(load(document.encode()), BASE)
    assert [one.url for one in found.items] == ["https://news.example/a", "https://news.example/b"]


@pytest.mark.parametrize(
    "deep",
    ["[" * 100_000 + "]" * 100_000, '{"a": [' * 5000 + r'"]}\"]"' + "]}" * 5000],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_an_item_that_nests_too_deep_costs_no_other(deep: str, codec: str) -> None:
    items = f'[{{"url": "/a", "title": "[{{"}}, {{"url": "/b", "_more": {deep}}}, {{"url": "/c"}}]'
    document = f'{{"version": "https://jsonfeed.org/version/1.1", "items": {items}}}'
    found = read_json_feed(load(document.encode(codec)), BASE)
    assert [one.url for one in found.items] == [f"https://news.example/{name}" for name in "abc"]


@pytest.mark.parametrize("document", ["{}", "[1]", '[{"id": 1}]', '[{"link": 7}]'])
def test_json_that_is_no_list_of_posts_says_so(document: str) -> None:
    with pytest.raises(NotAListing):
        read_posts(load(document.encode()), BASE)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("AT&T &nbsp; x", "AT&T x"),
        ("R&D & more", "R&D & more"),
        ("a &eacute; b", "a é b"),
        ("<![CDATA[AT&T <b>wins</b>]]>", "AT&T wins"),
        ("Caf&#233;", "Café"),
        ("x &lol; y", "x &lol; y"),
        ("1 &lt; 2", "1 < 2"),
        ("nul\0 in\x01 it", "nul in it"),
    ],
)
def test_no_word_of_a_title_is_lost(written: str, meant: str) -> None:
    assert read(rss(story(title=written))).items[0].hints.title == meant


def test_good_items_survive_bad_ones() -> None:
    bad = [
        "<link>javascript:alert(1)</link>", "<link>file:///etc/passwd</link>", "<title>no link</title>",
        "<link>data:text/html,x</link>", "<title>never closed<b>", "<guid isPermaLink='false'>https://x.example/</guid>",
        "<link>http://[bad</link>", "<link></link><guid>urn:uuid:1</guid>",
    ]  # fmt: skip
    good = [story(link=f"https://news.example/{number}") for number in range(len(bad))]
    found = read(rss(*[item for pair in zip(good, bad, strict=True) for item in pair]))
    assert [item.url for item in found.items] == [
        f"https://news.example/{number}" for number in range(len(bad))
    ]


@pytest.mark.parametrize(
    "item",
    [
        "<guid>https://news.example/a</guid>",
        "<guid isPermaLink='true'>https://news.example/a</guid>",
        "<link>  https://news.example/a\n</link>",
        "<link/><guid>https://news.example/a</guid>",
        "<f:origLink xmlns:f='http://f.example/'>https://news.example/a</f:origLink><link>https://proxy.example/</link>",
    ],
)
def test_the_address_is_found_where_it_stands(item: str) -> None:
    assert [found.url for found in read(rss(item)).items] == ["https://news.example/a"]


@pytest.mark.parametrize(
    "written", ["Fri, 31 Dec 9999", "-0001-01-01", "yesterday", "2026-11-02 10:00", "\u0661"]
)
def test_dates_of_every_kind_pass_as_they_are_written(written: str) -> None:
    assert read(rss(story(pubDate=written))).items[0].hints.published == written


def test_words_are_bounded() -> None:
    hints = read(rss(story(title="t" * 100_000, pubDate="9" * 100_000, author="a" * 100_000))).items[0].hints
    assert (len(hints.title or ""), len(hints.published or ""), len(hints.authors[0])) == (1000, 100, 1000)


def test_an_item_listed_twice_is_one() -> None:
    found = read(rss(story(title="first"), story(title="second", link="https://news.example/a#x")))
    assert [item.hints.title for item in found.items] == ["first"]


def test_a_hundred_thousand_items_are_capped_and_counted() -> None:
    found = read(rss(*[f"<link>https://news.example/{number}</link>" for number in range(100_000)]))
    assert len(found.items) == MOST_ITEMS
    assert found.left_out == 100_000 - MOST_ITEMS


def test_a_deep_or_crowded_feed_does_no_harm() -> None:
    assert read(rss(story(title="ok"), "<a>" * 100_000)).items[0].hints.title == "ok"
    assert read(rss(story(title="ok", x="<![CDATA[" * 50_000))).items[0].hints.title == "ok"
    crowded = "".join(f" a{number}='1'" for number in range(50_000))
    assert read(rss(f"<title{crowded}>ok</title>" + story())).items[0].hints.title == "ok"


def laughs(levels: int) -> str:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels))
    return f'<!DOCTYPE rss [<!ENTITY l0 "ha">{entities}]>'


@pytest.mark.parametrize("place", ["<title>&l9;</title>", '<title x="&l9;">t</title>'])
def test_billion_laughs_are_not_laughed(place: str) -> None:
    found = read(rss(place + story(), prolog=laughs(10)))
    assert [item.url for item in found.items] == ["https://news.example/a"]
    assert len(found.items[0].hints.title or "") < 10


def test_no_file_and_no_other_document_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("leaked")
    for doctype in (
        f'<!DOCTYPE rss [<!ENTITY xxe SYSTEM "{secret.as_uri()}">]>',
        f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}">',
        f'<!DOCTYPE rss [<!ENTITY % pe SYSTEM "{secret.as_uri()}"> %pe;]>',
        f'<!DOCTYPE rss PUBLIC "x" "{secret.as_uri()}" [<!ENTITY xxe SYSTEM "{secret.as_uri()}">]>',
    ):
        found = read(rss(story(title="a &xxe; b"), prolog=doctype))
        assert "leaked" not in repr(found)
        assert found.items[0].hints.title == "a &xxe; b"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "iso-8859-1"])
def test_feeds_are_read_in_the_encoding_they_declare(codec: str) -> None:
    declared = f'<?xml version="1.0" encoding="{codec}"?>'
    assert read(rss(story(title="Müller"), prolog=declared).encode(codec)).items[0].hints.title == "Müller"


@pytest.mark.parametrize(
    "source", ["", "plain words", "<html><body>Hello</body></html>", "<urlset/>", "\0\0\0", "<"]
)
def test_what_is_no_feed_says_so(source: str) -> None:
    with pytest.raises(NotAListing):
        read(source)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.text(alphabet=string.printable + "<>&;![]\0\u202eé", max_size=80))
def test_whatever_a_title_holds_the_next_item_lives(title: str) -> None:
    found = read(rss(story(title=title.replace("<", "&lt;")), story(link="https://news.example/b")))
    assert [item.url for item in found.items] == ["https://news.example/a", "https://news.example/b"]


def test_a_prefix_that_nobody_declared_costs_only_its_element() -> None:
    listing = read(rss(story(title="A") + "<media:title>x</media:title><a:b:c/>"))
    assert [(item.url, item.hints.title) for item in listing.items] == [("https://news.example/a", "A")]


def test_items_of_no_use_do_not_count_towards_the_cap() -> None:
    bad = ["<link>javascript:alert(1)</link>"] * (MOST_ITEMS + 10)
    found = read(rss(*bad, story(link="https://news.example/last")))
    assert [item.url for item in found.items] == ["https://news.example/last"]
    assert found.described(1).startswith(f"a source of kind rss, which lists 1 page; {len(bad)} left out")
