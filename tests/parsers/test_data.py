import pytest

from parsers import NotAnArticle, Page, parse

TOLD = (
    "The night ferry will sail again from Monday after a pause of two years, the harbour council said. " * 3
)
XML = '<?xml version="1.0" encoding="utf-8"?>\n<!-- made by hand -->\n'


@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        (f"{XML}<rss version='2.0'><channel><item><title>Ferry</title></item></channel></rss>", None, "feed"),
        (f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{TOLD}</title></feed>", "text/html", "feed"),
        (f"{XML}<urlset><url><loc>https://example.com/a</loc></url></urlset>", "text/xml", "feed"),
        (f'{{"title": "Ferry", "body": "{TOLD}"}}', "application/json; charset=utf-8", "data"),
    ],
)
def test_data_for_machines_are_no_article(content: str, content_type: str | None, expected: str) -> None:
    with pytest.raises(NotAnArticle) as no:
        parse(Page("https://example.com/data", content.encode(), content_type))
    assert no.value.reason == expected


@pytest.mark.parametrize("content_type", ["application/xhtml+xml", "application/json"])
def test_a_page_is_one_whatever_its_server_calls_it(content_type: str) -> None:
    page = f"{XML}<html><head><title>Ferry</title></head><body><h1>Ferry</h1><p>{TOLD}</p></body></html>"
    assert parse(Page("https://example.com/ferry", page.encode(), content_type)).text == TOLD.strip()
