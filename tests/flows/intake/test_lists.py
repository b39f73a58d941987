"""Lists of sources and pages go in and come out with nothing lost."""

import string
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from flows.intake.entries import Entry, Level
from flows.intake.listing import Item, NotAListing
from flows.intake.lists import read_list
from flows.intake.opml import read_opml, write_opml
from flows.intake.rosters import read_entries, read_sitelist, write_list, write_table
from flows.keeping import as_entries, as_sources
from parsers import Hints
from parsers.hygiene import clean, one_line
from storage.sources import NewSource, Source

OPML = b"""<?xml version="1.0"?><opml version="2.0" xmlns:x="http://x.example/"><head/><body>
<outline text="News &amp; views" title="News" category="/a,/b"><outline text="Local/North">
<outline text="Gazette"
 title="The Gazette" type="rss" xmlUrl="https://ann:p@ss@gazette.example/feed" htmlUrl="https://gazette.example/"
 rating="5" language="en" x:y="z" url="https://u.example/" kind="k" folder="f" name="" also="1" :odd="2">
<outline text="Sport" xmlURL="feed://gazette.example/sport#top"/><outline text="Deep">
<outline type="rss" text="D" url="https://d.example/"/></outline></outline></outline>
<outline text="Wire" xmlUrl="https://wire.example/atom.xml"/></outline>
<outline text="A page" type="link" url="https://page.example/" created="Mon"/>
<outline type="include" text="More" url="https://lists.example/more.opml"/>
<outline text="Twice"><outline text="Wire again" xmlUrl="https://wire.example/atom.xml" note="n"/></outline>
<outline text="https://bare.example/" xmlUrl="https://bare.example/"/>
<outline text="Broken" xmlUrl="javascript:alert(1)"/><outline text="Empty"/></body></opml>"""
GAZETTE, WIRE = "https://ann:p@ss@gazette.example/feed", "https://wire.example/atom.xml"
OWN = {"url": "x", "Kind": "y", ":a": "z", "xmlns": "n", "xml:lang": "l", "\u00e9": "e"}
NEWS = Level("News", None, {"text": "News & views", "title": "News", "category": "/a,/b"})
ABOVE = (Level("A/B\\"), NEWS)
BELOW = (*ABOVE, Level("The Gazette", GAZETTE))
ENTRIES = [
    Entry(GAZETTE, "atom", "The Gazette", "en", ABOVE, {"rate": "5", "Rate": ""}, 30, 0),
    Entry("https://wire.example/map.xml", "sitemap", "=Wire", None, (), {"=a b": 'a, "b"\nc', "2": "\u2028"}),
    Entry("https://plain.example/"),
    Entry("https://home.example/", "home", "Home", None, (), OWN, None, 9, 60, active=False),
    Entry("https://page.example/", "link", "'Page", None, BELOW, active=False),
]  # fmt: skip


def test_opml_keeps_whatever_an_outline_says() -> None:
    found = read_opml(OPML)
    assert found.left_out == ["javascript:alert(1)", "Empty"]
    told = [(one.url, one.kind, one.name, [level.name for level in one.above]) for one in found.entries]
    assert told == [
        (GAZETTE, "auto", "The Gazette", ["News", "Local/North"]),
        ("http://gazette.example/sport", "auto", "Sport", ["News", "Local/North", "The Gazette"]),
        ("https://d.example/", "auto", "D", ["News", "Local/North", "The Gazette", "Deep"]),
        (WIRE, "auto", "Wire", ["News"]),
        ("https://page.example/", "link", "A page", []),
        ("https://lists.example/more.opml", "include", "More", []),
        (WIRE, "auto", "Wire again", ["Twice"]),
        ("https://bare.example/", "auto", "", []),
    ]
    gazette, sport, *_ = found.entries
    assert gazette.above[0] == NEWS
    assert sport.above[2].url == GAZETTE
    assert gazette.attributes == {
        "text": "Gazette", "type": "rss", "htmlUrl": "https://gazette.example/", "rating": "5", "kind": "k",
        "{http://x.example/}y": "z", "url": "https://u.example/", "folder": "f", "name": "", "also": "1",
        ":odd": "2",
    }  # fmt: skip
    assert [one.url for one in found.entries if not one.active] == [
        "https://page.example/", "https://lists.example/more.opml"]  # fmt: skip


def test_a_feed_below_a_feed_is_written_below_it() -> None:
    root = etree.fromstring(write_opml(read_opml(OPML).entries))
    (sport,) = root.xpath("//outline[@text='Sport']")
    above = [up.get("xmlUrl") or up.get("title") or up.get("text") for up in sport.iterancestors("outline")]
    assert above == [GAZETTE, "Local/North", "News"]
    assert sport.getparent().get("{http://x.example/}y") == "z"
    circle = [Entry(url, above=(Level("", other),)) for url, other in ((GAZETTE, WIRE), (WIRE, GAZETTE))]
    assert len(read_opml(write_opml(circle)).entries) == 2


@pytest.mark.parametrize("entries", [read_opml(OPML).entries, ENTRIES])
def test_lists_out_and_in_again_are_the_same(entries: list[Entry]) -> None:
    for again in (read_opml(write_opml(entries)), read_entries(write_table(entries))):
        assert sorted(map(repr, map(told, again.entries))) == sorted(map(repr, map(told, entries)))
        assert again.left_out == []
    kept = [Source(**defaults(one)) for one in as_sources(entries)]
    assert {repr(told(one)) for source in kept for one in as_entries(source)} == {
        repr(told(one)) for one in entries
    }


def test_the_title_of_a_list_comes_back() -> None:
    named = read_opml(OPML.replace(b"<head/>", b"<head><title>Wires &amp; gazettes</title></head>")).entries
    assert {one.attributes["cleanwireList"] for one in named} == {"Wires & gazettes"}
    for entries in (named, [*named, ENTRIES[1]], [*ENTRIES, named[0]]):
        written = write_opml(entries)
        assert etree.fromstring(written).findtext("head/title") == "Wires & gazettes"
        for again in (read_opml(written), read_entries(write_table(entries))):
            assert sorted(map(repr, map(told, again.entries))) == sorted(map(repr, map(told, entries)))
    assert written.count(b"cleanwireList=") == len(ENTRIES)
    assert "cleanwireList" not in read_opml(write_opml(ENTRIES)).entries[0].attributes


def told(entry: Entry) -> Entry:
    """An entry without what OPML adds for other readers, its attributes in order."""
    own = {
        k: v for k, v in sorted(entry.attributes.items()) if (k, v) not in {("type", "rss"), ("type", "link")}
    }
    above = tuple(replace(level, attributes=dict(level.attributes)) for level in entry.above)
    return replace(entry, attributes=own, above=above)


def defaults(one: NewSource) -> dict[str, object]:
    """What the archive knows of a source that was just kept."""
    unknown = dict.fromkeys(Source.__dataclass_fields__)
    return {**unknown, **asdict(one)}


@pytest.mark.parametrize("content", [b"", b"<opml/>", b"<rss/>", b"not xml", b"<opml><head/></opml>"])
def test_what_is_no_opml_says_so(content: bytes) -> None:
    with pytest.raises(NotAListing):
        read_opml(content)


def test_deep_opml_does_no_harm() -> None:
    deep = (
        b"<opml><body>"
        + b'<outline text="x">' * 5000
        + b'<outline xmlUrl="https://a.example/"/></body></opml>'
    )
    assert len(read_opml(deep).entries) <= 1


def test_a_plain_list_out_and_in_again_keeps_the_addresses() -> None:
    assert [entry.url for entry in read_entries(write_list(ENTRIES)).entries] == [
        entry.url for entry in ENTRIES
    ]


words = st.text(alphabet=string.printable + "\u00e9\u4e2d{}_x0041:\0\ufffe", max_size=20)
texts = words.map(clean).filter(lambda text: "\r" not in text)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(folders=st.lists(texts.map(one_line), max_size=3), name=words, note=texts)
def test_no_word_of_an_entry_is_lost_or_a_formula(folders: list[str], name: str, note: str) -> None:
    above = tuple(Level(folder) for folder in folders if folder)
    entries = [
        Entry("https://a.example/", "rss", one_line(name), "en", above, {f"a{clean(name)}": note, "b": note})
    ]
    table, outline = read_entries(write_table(entries)).entries, read_opml(write_opml(entries)).entries
    assert table == [replace(entries[0], attributes=dict(entries[0].attributes))]
    assert [told(one) for one in outline] == [told(entries[0])]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffURL;Name;Own\nhttps://a.example/;A, B;1\nhttps://b.example/;;\nexample.com;C;2\n",
        '"Own";"Feed, name";url\n1;"A, B";https://a.example/\n;;https://b.example/\n2;C;example.com',
        "name\tlink\tOwn\nA, B\thttps://a.example/\t1\n\thttps://b.example/\n\nC\texample.com\t2",
    ],
)
def test_csv_of_other_hands_is_read(text: str) -> None:
    found = read_entries(text)
    assert [(one.url, one.attributes.get("Own")) for one in found.entries] == [
        ("https://a.example/", "1"), ("https://b.example/", None)]  # fmt: skip
    assert found.left_out == ["example.com"]


def test_pages_are_listed_one_a_line() -> None:
    found = read_list(
        "# mine\nhttps://a.example/1\n\n  https://a.example/2#x \nftp://no\nhttps://a.example/1\n"
    )
    assert [item.url for item in found.items] == ["https://a.example/1", "https://a.example/2"]
    assert found.left_out == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_tells_what_is_known_of_a_page(delimiter: str) -> None:
    rows = [["Title", "Link", "Date", "Author"], ["Old news", "https://a.example/1", "2026-11-02", "Ann Lee"]]
    text = "\ufeff" + "\n".join(delimiter.join(row) for row in rows)
    found = read_list(text.lstrip("\ufeff"))
    assert found.items == (Item("https://a.example/1", Hints("Old news", "2026-11-02", ("Ann Lee",))),)


@pytest.mark.parametrize("text", ["", "# only a comment", "some words\nmore words", "a,b,c\n1,2,3"])
def test_what_is_no_list_says_so(text: str) -> None:
    with pytest.raises(NotAListing):
        read_list(text)


def test_a_sitelist_of_news_please_is_read() -> None:
    found = read_sitelist("""{
      # every site that is crawled
      base_urls : [
        {
          url: ["https://a.example/", "https://b.example/"]
          crawler: RssCrawler
          additional_rss_daemon: 120
        }
        { "url": "https://c.example/" }
        {
          crawler: nothing
        }
      ]
    }""")
    kept = {"crawler": "RssCrawler", "additional_rss_daemon": "120"}
    assert found.left_out == ['{"crawler": "nothing"}']
    assert found.entries == [
        Entry("https://a.example/", attributes=kept),
        Entry("https://b.example/", attributes=kept),
        Entry("https://c.example/"),
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", "{base_urls: 1}", "[" * 100_000])
def test_what_is_no_sitelist_says_so(text: str) -> None:
    with pytest.raises(NotAListing):
        read_sitelist(text)
