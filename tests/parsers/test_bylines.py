"""Bylines on whole pages: who wrote, where a portal, a paper and a person are named."""

from datetime import UTC, datetime

import pytest

from parsers import Page, parse
from parsers.people import is_organisation, is_person

PORTAL = """<html lang="ko"><head><title>지하철 2호선 한때 운행 중단</title>
<meta property="og:title" content="지하철 2호선 한때 운행 중단"><meta property="og:type" content="article">
<meta property="og:article:author" content="항구일보 | 항만"><meta name="twitter:creator" content="항구일보">
<meta property="og:site_name" content="항만 뉴스"></head><body><div class="head">
<h2><span>지하철 2호선 한때 운행 중단</span></h2>
<div class="info"><span class="date_time">2026.11.24. 오전 9:12</span></div></div>
<article id="body_area">
<p>24일 오전 서울 지하철 2호선이 신호 장애로 40분간 운행이 중단돼 시민들이 불편을 겪었다.</p>
<p>공사 관계자는 “원인을 조사하고 있으며 재발 방지 대책을 마련하겠다”고 말했다.</p></article>
<div class="byline"><p class="byline_p"><span>김민수 기자 minsu@harbour.example</span></p></div>
</body></html>"""


def test_a_portals_page_is_by_the_journalist_and_by_neither_portal_nor_paper() -> None:
    draft = parse(Page("https://news.portal.example/article/001/4711", PORTAL.encode(), "text/html"))
    assert draft.authors == ("김민수",)
    assert draft.published_at is not None
    assert (draft.published_at.hour, draft.published_at.minute) == (9, 12)


@pytest.mark.parametrize("name", ["항구일보", "부두신문", "港新聞", "港口日报", "港城网", "港新聞編集部"])
def test_a_paper_whose_name_has_no_blanks_is_no_person(name: str) -> None:
    assert is_organisation(name)
    assert not is_person(name)


@pytest.mark.parametrize(
    "line",
    [
        "Há 3 horas", "منذ 3 ساعات", "۳ ساعت پیش", "3 घंटे पहले", "3 giờ trước", "3 jam yang lalu",
        "před 3 hodinami", "3 години тому", "3 uur geleden", "2026. 11. 24. 오전 9:00",
        "24 Kasım 2026 Salı 09:00", "۳ آذر ۱۴۰۵ - ۰۹:۰۰",
    ],
)  # fmt: skip
def test_a_line_below_the_headline_dates_the_story_in_any_language(line: str) -> None:
    told = "".join(
        f"<p>{n}. Ein zweites Schiff fährt ab Mai bis Mitternacht über den Hafen.</p>" for n in range(5)
    )
    line = f"<div class='meta'>{line}</div>"
    html = f"<title>Second ferry</title><article><h1>Second ferry</h1>{line}{told}</article>"
    fetched = datetime(2026, 11, 24, 12, tzinfo=UTC)
    draft = parse(Page("https://news.example/a/b", html.encode(), "text/html", fetched_at=fetched))
    assert draft.published_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


TOLD = "".join(
    f"<p>{n}. A second ferry will cross the harbour from May until midnight.</p>" for n in range(5)
)


def authors_of(byline: str, head: str = "", told: str = TOLD) -> tuple[str, ...]:
    html = f"<title>Second ferry</title>{head}<article><h1>Second ferry</h1>{byline}{told}</article>"
    return parse(Page("https://news.example/a/b", html.encode(), "text/html")).authors


def data(author: str) -> str:
    story = '{"@type": "NewsArticle", "headline": "Second ferry", "publisher": {"name": "Harbour News"}, '
    return f'<script type="application/ld+json">{story}"author": {author}}}</script>'


PAPER = data('{"@type": "Organization", "name": "Harbour News"}')


@pytest.mark.parametrize(
    ("byline", "head"),
    [
        (
            "<div><div><span>Fiona Stout</span><div><span>Transport correspondent</span></div></div></div>",
            PAPER,
        ),
        ("", PAPER + '<meta name="author" content="Fiona Stout, Harbour News">'),
        ('<p class="byline">By Fiona Stout</p>', data('"Press Trust of the Coast"')),
        ("<nav><ul><li><span>Reported by:</span><a>Fiona Stout</a></li></ul></nav>", PAPER),
        ("", data('{"@type": "Person", "name": "Edited By: Fiona Stout"}')),
    ],
)
def test_a_person_stands_before_the_paper_that_the_data_name(byline: str, head: str) -> None:
    assert authors_of(byline, head) == ("Fiona Stout",)


def test_a_paper_that_signs_its_story_itself_is_its_author() -> None:
    assert authors_of('<p class="byline">By Harbour News</p>', PAPER) == ("Harbour News",)


def test_a_reporter_in_the_brackets_that_open_an_agencys_story_wrote_it() -> None:
    told = "<p>港社西安11月24日电（记者李华）受强冷空气影响，渡轮24日停航，乘客改乘汽车过河。</p>" * 2
    assert authors_of("", told=f"{told}<div><span>【纠错】</span></div>") == ("李华",)


@pytest.mark.parametrize("line", ["© Вестник / Андрей Сороко", "【纠错】", "The End"])
def test_a_pictures_owner_and_a_button_are_no_authors(line: str) -> None:
    assert authors_of(f"<div>{line}</div>") == ()


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("<p>김민수 기자 minsu@harbour.example</p>", ("김민수",)),
        ("<p>[서울=항구뉴스] 김민수 기자</p>", ("김민수",)),
        ("<p>記者李明／台北報導</p>", ("李明",)),
        ("<p>本报记者 李明</p>", ("李明",)),
        ("<p>Tekst: Laura Hill Foto: Sam Pike</p>", ("Laura Hill",)),
        ('<p class="byline">LAURA HILL<br>Harbour Times</p>', ("LAURA HILL",)),
        ('<p class="byline">Laura Hill in Paris and Sam Pike in London</p>', ("Laura Hill", "Sam Pike")),
        ('<p class="byline">Laura Hill, Political Editor, and Sam Pike</p>', ("Laura Hill", "Sam Pike")),
        ('<p class="byline">Laura Hill, Head of Ferries & Ports</p>', ("Laura Hill",)),
    ],
)
def test_a_byline_that_nothing_else_confirms(byline: str, authors: tuple[str, ...]) -> None:
    assert authors_of(byline) == authors


def test_an_abbreviation_of_a_time_dates_the_story() -> None:
    stamp = '<abbr class="published" title="2026-05-13T19:20:00+02:00">7:20 PM</abbr>'
    html = (
        f"<title>Second ferry</title><article><h1>Second ferry</h1>{TOLD}<p>Posted at {stamp}</p></article>"
    )
    draft = parse(Page("https://news.example/a/b", html.encode(), "text/html"))
    assert draft.published_at == datetime.fromisoformat("2026-05-13T19:20:00+02:00")
