"""Lists of sources and pages go in and come out with nothing lost."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.intake.entries import Entry
from flows.intake.listing import Item, NotAListing
from flows.intake.lists import read_entries, read_list, read_sitelist, write_list, write_table
from flows.intake.opml import read_opml, write_opml
from parsers import Hints

OPML = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News &amp; views"><outline text="Local"><outline text="Gazette" title="The Gazette" type="rss"
 xmlUrl="https://gazette.example/feed" htmlUrl="https://gazette.example/" rating="5" language="en"/></outline>
<outline text="Wire" xmlUrl="https://wire.example/atom.xml"/></outline>
<outline text="Broken" xmlUrl="javascript:alert(1)"/><outline text="Empty"/></body></opml>"""

ENTRIES = [
    Entry("https://gazette.example/feed", "atom", "The Gazette", "en", ("News", "Local"), {"rating": "5"}),
    Entry("https://wire.example/map.xml", "sitemap", "=Wire", None, (), {"note": 'a, "b"\nc'}),
    Entry("https://plain.example/"),
]  # fmt: skip


def test_opml_keeps_folders_and_unknown_attributes() -> None:
    first, second = read_opml(OPML)
    kept = {"type": "rss", "htmlUrl": "https://gazette.example/", "rating": "5"}
    folder = ("News & views", "Local")
    assert first == Entry("https://gazette.example/feed", "auto", "The Gazette", "en", folder, kept)
    assert second == Entry("https://wire.example/atom.xml", "auto", "Wire", None, ("News & views",))


def test_opml_out_and_in_again_is_the_same() -> None:
    entries = read_opml(OPML)
    assert [one.url for one in read_opml(write_opml(entries))] == [one.url for one in entries]
    again = read_opml(write_opml(read_opml(write_opml(ENTRIES))))
    for before, after in zip(ENTRIES, again, strict=True):
        assert (before.url, before.kind, before.language, before.folder) == (
            after.url, after.kind, after.language, after.folder)  # fmt: skip
        assert set(before.attributes) <= set(after.attributes)
    assert again[0].attributes["rating"] == "5"


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
    assert len(read_opml(deep)) <= 1


def test_csv_out_and_in_again_is_the_same() -> None:
    assert read_entries(write_table(ENTRIES)) == ENTRIES


def test_a_plain_list_out_and_in_again_keeps_the_addresses() -> None:
    assert [entry.url for entry in read_entries(write_list(ENTRIES))] == [entry.url for entry in ENTRIES]


words = st.text(alphabet=string.ascii_letters + " ,;\"'=+-@\u00e9", max_size=20).map(str.strip)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(name=words, note=words.filter(bool))
def test_no_cell_of_a_table_is_lost_or_a_formula(name: str, note: str) -> None:
    entries = [Entry("https://a.example/", "rss", name, "en", ("F",), {"note": note})]
    written = write_table(entries)
    assert read_entries(written) == entries


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
    assert found == [
        Entry("https://a.example/", attributes=kept),
        Entry("https://b.example/", attributes=kept),
        Entry("https://c.example/"),
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", "{base_urls: 1}", "[" * 100_000])
def test_what_is_no_sitelist_says_so(text: str) -> None:
    with pytest.raises(NotAListing):
        read_sitelist(text)
