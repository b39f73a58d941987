"""What a document is, told from what stands before its first element, however long that is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.intake.prolog import opening, read_prolog, without_doctype
from flows.intake.reading import is_html, is_source
from parsers import Page

MARKS = ["<!--", "-->", "<!DOCTYPE", "[", "]", ">", "'", '"', "<?", "?>", "<rss>", "x", " "]
LAUGHS = "<!DOCTYPE rss [<!ENTITY a \"<b>]>&x;\">\n<!-- ]> --><?x ]> ?><!ENTITY % p SYSTEM 'file:///x'>]>"


def source(content: bytes) -> bool:
    return is_source(Page("https://gazette.example/x", content))


@pytest.mark.parametrize(
    ("content", "root", "doctype"),
    [
        ("<rss version='2.0'>", "rss", ""),
        (" \n<?xml version='1.0'?>\n<!-- <html> > --><?style x?>\n<rdf:RDF xmlns='x'>", "rdf", ""),
        (f"<?xml version='1.0'?>{LAUGHS}<rss>", "rss", "rss"),
        ('<!DOCTYPE rss PUBLIC "-//N//DTD > 0.91//EN" \'http://x/[">\'><sm:urlset/>', "urlset", "rss"),
        ("<!doctype html><p>A page", "p", "html"),
        ("<!DOCTYPE html SYSTEM 'never closed><html>", "html", "html"),
        ("<!-- never closed <rss>", "", ""),
        ("plain words <rss>", "", ""),
        ("", "", ""),
    ],
)
def test_a_document_is_known_by_its_first_element(content: str, root: str, doctype: str) -> None:
    found = read_prolog(content)
    assert (found.root, found.doctype) == (root, doctype)


def test_only_the_document_type_goes() -> None:
    before, after = "<?xml?><!-- <!DOCTYPE x> -->", f"<rss>{LAUGHS}"
    assert without_doctype(before + LAUGHS + after) == before + after
    assert without_doctype("<rss>a</rss>") == "<rss>a</rss>"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_beginning_is_read_in_every_width(codec: str) -> None:
    content = "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>".encode(codec)
    assert read_prolog(opening(content)).root == "feed"
    assert source(content)


@pytest.mark.parametrize(
    "content",
    [
        f"{LAUGHS}<rss/>",
        "<!DOCTYPE urlset [" + "<!ENTITY x 'y'>" * 1000 + "]><urlset/>",
        f"<!--{'x' * 10_000}--><urlset/>",
        '{"items": [{"content_html": "<p>x</p>", "url": "/a"}], "version": "https://jsonfeed.org/version/1.1"}',
        '[ {"link": "https://gazette.example/a"}]',
        "https://gazette.example/1\n",
        "\ufeff# mine\nhttps://gazette.example/1\n",
        "<opml version='2.0'>",
    ],
)
def test_a_source_is_told_from_a_page_however_it_begins(content: str) -> None:
    assert source(content.encode())
    assert not is_html(content.encode())


@pytest.mark.parametrize(
    "content",
    [
        "<!doctype html><rss>a story about feeds",
        f"<!--{'x' * 10_000}--><!DOCTYPE html><title>x",
        "<html><body><rss></rss>",
        "[Updated] The mayor said {so}.",
        "{The mayor}",
    ],
)
def test_a_page_is_no_source(content: str) -> None:
    assert not source(content.encode())


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(MARKS)))
def test_no_beginning_breaks_it_and_what_is_left_is_part_of_it(parts: list[str]) -> None:
    text = "".join(parts)
    kept = without_doctype(text)
    assert len(kept) <= len(text)
    assert read_prolog(text).root in {"", "rss"}
