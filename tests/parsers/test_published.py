from datetime import UTC, datetime

from selectolax.lexbor import LexborHTMLParser

from parsers.clue import Clue
from parsers.clues import read_clues
from parsers.fields import Fields
from parsers.model import Page
from parsers.published import read_dates, url_dates
from parsers.resolve import resolve

URL = "https://www.harbour.example/port/ferry-forty-minutes-late"
H1 = "<h1>Ferry forty minutes late in fog</h1>"


def fields(html: str, url: str = URL) -> Fields:
    page = Page(url=url, content=b"")
    return resolve(read_clues(LexborHTMLParser(html), html.encode(), page), page)


def day(html: str, url: str = URL) -> str | None:
    at = fields(html, url).published_at
    return at.date().isoformat() if at else None


def test_a_month_in_an_address_may_be_a_name() -> None:
    assert [clue.value for clue in url_dates("https://a.example/blog/2023/october/03/tides")] == [
        "2023-10-03"
    ]
    assert [clue.value for clue in url_dates("https://a.example/uk/2019/jan/05/tides")] == ["2019-01-05"]
    assert url_dates("https://a.example/2019/part/05/tides") == []


def test_dotted_days_come_first_and_say_how_those_with_strokes_are_read() -> None:
    clues = [
        Clue("published", "11/01/2023 12:43:42", "meta", "date"),
        Clue("published", "01.11.2023", "x", "p"),
    ]
    assert {each.moment.at.date().isoformat() for each in read_dates(clues, None, american=False)} == {
        "2023-11-01"
    }


def test_a_time_marked_as_the_last_change_is_no_publication() -> None:
    html = (
        f"<article>{H1}<time itemprop=dateModified datetime='2018-08-29 14:15:57'>2018-08-29</time>"
        "<time itemprop=datePublished datetime='2018-06-22 10:20:00'>2018-06-22</time></article>"
    )
    found = fields(html)
    assert found.published_at is not None
    assert found.modified_at is not None
    assert [at.date().isoformat() for at in (found.published_at, found.modified_at)] == [
        "2018-06-22",
        "2018-08-29",
    ]


def test_a_date_class_in_german_is_one() -> None:
    html = f"<div>{H1}{'<p>Fog lay over the strait all morning long.</p>' * 100}</div>"
    assert day(html + "<p><span class=text_datum>31. Oktober 2023.</span> Zwei Stunden.</p>") == "2023-10-31"


def test_readers_other_stories_and_clocks_do_not_date_the_story() -> None:
    comment = "<div class=comment-body><p>Ann says: </p><p>August 5, 2019 at 2:51 am</p></div>"
    html = f"<div>{H1}{comment}</div>"
    read = read_clues(LexborHTMLParser(html), html.encode(), Page(url=URL, content=b""))
    assert "near-line" not in {clue.rule for clue in read.of("published")}
    card = "<a href=/other>November 25, 2025 · The lighthouse keeper's winter, told by himself at last</a>"
    assert day(f"<div><div class=post-date>December 17, 2025</div>{H1}{card}</div>") == "2025-12-17"
    clock = "<p>Aktuelle Zeit: 14.10.2020, 12:18</p>"
    assert (
        day(f"<div>{clock}{H1}<p class=author>Beitrag von r23 » 21.01.2009, 05:42</p></div>") == "2009-01-21"
    )


def test_a_headline_behind_a_hundred_dated_things_is_still_read() -> None:
    menu = "<div class=meta-item>Harbour</div>" * 150
    assert day(f"{menu}<article>{H1}<p><time datetime=2024-05-06>6 May</time></p></article>") == "2024-05-06"


def test_a_date_is_found_in_other_scripts_and_told_from_now() -> None:
    for line in (
        "20 בנובמבר 2026",
        "٢٠ نوفمبر ٢٠٢٦",
        "20 নভেম্বর ২০২৬",
        "20 พ.ย. 2569",
        "20 tháng 11 năm 2026",
    ):
        assert day(f"<div>{H1}<p class=article-date>{line}</p></div>") == "2026-11-20"
    fetched = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for line in ("3 ore fa", "3 часа назад", "Сегодня, 10:15", "3時間前", "vor einer Stunde", "an hour ago"):
        html = f"<div>{H1}<p class=article-date>{line}</p></div>"
        page = Page(url=URL, content=b"", fetched_at=fetched)
        found = resolve(read_clues(LexborHTMLParser(html), html.encode(), page), page).published_at
        assert found is not None
        assert found.date() == fetched.date()


def test_a_day_in_brackets_after_the_headline_is_the_last_resort() -> None:
    title = "<meta property=og:title content='Bears counted (News of 14 January 2020)'>"
    assert day(f"{title}<h1>Bears counted</h1>") == "2020-01-14"
    assert day(f"{title}<div><h1>Bears counted</h1><p class=date>15 January 2020</p></div>") == "2020-01-15"


def test_an_abbreviation_spells_its_moment_out() -> None:
    html = f"{H1}<abbr itemprop=datePublished title='2026-11-20T09:30:00+01:00'>20 November 2026</abbr>"
    found = fields(f"<article>{html}</article>").published_at
    assert found is not None
    assert found.isoformat() == "2026-11-20T09:30:00+01:00"


def test_a_live_blog_is_of_the_day_on_which_it_began() -> None:
    data = (
        '<script type="application/ld+json">{"@type": "LiveBlogPosting", "headline": "Ferry fog: live",'
        '"datePublished": "2024-08-04T13:23:00Z", "dateModified": "2024-08-05T19:49:50Z"}</script>'
        '<meta property="article:published_time" content="2024-08-05T19:49:50Z">'
        '<meta property="article:modified_time" content="2024-08-05T19:49:50Z">'
    )
    html = (
        f"{data}<article>{H1}<div class='byline date'>By Ada Lane Updated 20:49, 5 Aug 2024</div></article>"
    )
    found = fields(html)
    assert found.published_at == datetime(2024, 8, 4, 13, 23, tzinfo=UTC)
    assert found.modified_at == datetime(2024, 8, 5, 19, 49, 50, tzinfo=UTC)


def test_a_change_is_told_by_the_time_that_is_not_the_publications() -> None:
    html = (
        f"{H1}<p class='updated'><time itemprop=datePublished datetime='2026-11-24T11:20:00Z'>08h20</time>"
        " Atualizado <time itemprop=dateModified datetime='2026-11-24T12:05:00Z'>há uma hora</time></p>"
    )
    assert fields(html).modified_at == datetime(2026, 11, 24, 12, 5, tzinfo=UTC)


def test_a_change_without_an_offset_is_told_in_the_publications() -> None:
    data = '<meta property="article:published_time" content="2026-11-24T08:55:00+03:00">'
    line = "<div class='info-date'>Giriş: 24.11.2026 - 08:55 Son Güncelleme: 24.11.2026 - 10:20</div>"
    found = fields(data + H1 + line)
    assert found.modified_at is not None
    assert found.modified_at.isoformat() == "2026-11-24T10:20:00+03:00"
