from datetime import date

import pytest

from parsers import Page
from parsers.article import read
from parsers.site import Site, site_of
from parsers.sites import SITES

OLD = Site("news.example.com", body="#old", until=date(2024, 6, 1))
NEW = Site("news.example.com", body="#new", since=date(2024, 6, 1))


@pytest.mark.parametrize(
    ("host", "day", "expected"),
    [
        ("news.example.com", date(2024, 5, 31), OLD),
        ("news.example.com", date(2024, 6, 1), NEW),
        ("www.news.example.com", None, NEW),
        ("othernews.example.com", date(2024, 5, 31), None),
    ],
)
def test_a_page_is_its_sites_in_the_design_of_its_day(
    host: str, day: date | None, expected: Site | None
) -> None:
    assert site_of((OLD, NEW), host, day) is expected


def test_sites_stand_in_the_order_of_their_hosts() -> None:
    assert [site.host for site in SITES] == sorted(site.host for site in SITES)


@pytest.mark.parametrize(("byline", "authors"), [("Isolde Brandt", ("Isolde Brandt",)), ("", ("Ada Lane",))])
def test_a_sites_byline_goes_before_all_others_where_it_names_somebody(
    byline: str, authors: tuple[str, ...]
) -> None:
    html = (
        '<meta name="author" content="Ada Lane"><h1>Gauge keeper finds a tide</h1><p>By Ada Lane</p>'
        f'<p class="keeper">{byline}</p><div id="story-text"><p>There was no storm that night.</p></div>'
    )
    fields = read(Page(url="https://tidewatch.example/a", content=html.encode())).fields
    assert fields.authors == authors
    assert (fields.provenance["authors"].rule == "site tidewatch.example") is bool(byline)
