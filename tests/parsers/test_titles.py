"""Titles of pages without an h1: the headline alone, whatever parts the site's name from it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from parsers.clues import read_clues
from parsers.model import Page
from parsers.resolve import resolve


def title(element: str, site: str, url: str = "https://www.coast.example/news/2026/a-12") -> str:
    html = f'<title>{element}</title><meta property="og:site_name" content="{site}"><body><p>Fog.</p>'
    page = Page(url=url, content=b"")
    return resolve(read_clues(LexborHTMLParser(html), html.encode(), page), page).title


WORDS = st.lists(
    st.sampled_from(
        [
            "Council",
            "votes",
            "to",
            "rebuild",
            "the",
            "old",
            "ferry",
            "pier",
            "after",
            "winter",
            "storm",
            "Anna-Maria",
            "2026",
        ]
    ),
    min_size=4,
    max_size=9,
)
PARTING = st.sampled_from(
    [" | ", " - ", " – ", " — ", " · ", " » ", " > ", " ‹ ", " ★ ", " // ", " :: ", "｜"]
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(WORDS, PARTING, st.sampled_from(["Harbour Daily", "The Bay", "Kystavisen"]), st.booleans())
def test_the_sites_name_goes_whatever_parts_it(
    words: list[str], parting: str, site: str, first: bool
) -> None:
    headline = " ".join(words)
    element = f"{site}{parting}{headline}" if first else f"{headline}{parting}{site}"
    assert title(element, site) == headline


@pytest.mark.parametrize(
    ("element", "site", "headline"),
    [
        ("Ferry strike: what we know | Harbour Daily", "Harbour Daily", "Ferry strike: what we know"),
        ("Town fights the sea - and wins - Harbour Daily", "Harbour Daily", "Town fights the sea - and wins"),
        ("Welt - ein Nachruf - WELT", "WELT", "Welt - ein Nachruf"),
        ("老城渡轮码头将重建-港口网", "港口网", "老城渡轮码头将重建"),
        ("老城渡轮码头将重建--港口网", "港口网", "老城渡轮码头将重建"),
        ("老城渡轮码头将重建：港口网", "港口网", "老城渡轮码头将重建"),
        ("渡轮：老城码头将重建-港口网", "港口网", "渡轮：老城码头将重建"),
        ("杭州地铁故障延误一小时--时政--港城网", "港城网", "杭州地铁故障延误一小时"),
        ("지하철 2호선 한때 멈춰 < 사회 < 기사본문 - 항구일보", "항구일보", "지하철 2호선 한때 멈춰"),
        ("地下鉄が一時運転見合わせ（港新聞）", "港新聞", "地下鉄が一時運転見合わせ"),
        (
            "Ferry pier is rebuilt at last (for now)",
            "Harbour Daily",
            "Ferry pier is rebuilt at last (for now)",
        ),
        ("El puerto reabre tras la tormenta | EL PAIS", "El País", "El puerto reabre tras la tormenta"),
        (
            "Council rebuilds the ferry pier | Harbour Daily | News for all",
            "Harbour Daily",
            "Council rebuilds the ferry pier",
        ),
        ("Harbour Daily » Blog Archive » The pier that moved", "Harbour Daily", "The pier that moved"),
        ("Ferry pier rebuilt – live | Harbour Daily", "Harbour Daily", "Ferry pier rebuilt – live"),
        (
            "Ferry pier rebuilt - as it happened | Harbour Daily",
            "Harbour Daily",
            "Ferry pier rebuilt - as it happened",
        ),
        ("Ferry pier rebuilt – in pictures | Bay", "The Bay", "Ferry pier rebuilt – in pictures"),
        ("[Harbour Daily] Ferry pier is rebuilt", "Harbour Daily", "Ferry pier is rebuilt"),
        ("【港新聞】老城渡轮码头将重建", "港新聞", "老城渡轮码头将重建"),
        ("[Video] Ferry pier is rebuilt | Bay", "The Bay", "[Video] Ferry pier is rebuilt"),
        ("Ferry pier rebuilt | The Bay (UK)", "The Bay", "Ferry pier rebuilt"),
        ("地下鉄が一時運転見合わせ - 社会 : 港新聞", "港新聞", "地下鉄が一時運転見合わせ"),
        ("Ministro deixa o cargo - 24/11/2026 - Poder - Folha", "Folha do Cais", "Ministro deixa o cargo"),
        ("Cais reabre após tempestade - 24.11.2026 | Folha", "Folha do Cais", "Cais reabre após tempestade"),
    ],
)
def test_a_headline_keeps_its_own_marks(element: str, site: str, headline: str) -> None:
    assert title(element, site) == headline


def test_an_element_named_headline_is_one_before_the_sidebars_titles() -> None:
    html = (
        '<title>Harbour Daily</title><meta property="og:site_name" content="Harbour Daily"><body>'
        '<div class="post"><div class="headline">Man charged after knife attack</div><p>Fog.</p></div>'
        '<div class="sidebar"><h4 class="title"><a href="/x">Council freezes tax</a></h4></div>'
    )
    page = Page(url="https://www.coast.example/news/2026/a-12", content=b"")
    fields = resolve(read_clues(LexborHTMLParser(html), html.encode(), page), page)
    assert fields.title == "Man charged after knife attack"


@pytest.mark.parametrize(
    "heading",
    [
        'Ferry fire off Corfu kills two<span class="badge">Premium</span>',
        "Ferry fire off Corfu kills two<small>By Jane Holt</small>",
        "<b>Live</b>Ferry fire off Corfu kills two",
        "FERRY FIRE OFF CORFU KILLS TWO",
    ],
)
def test_a_badge_glued_to_the_headline_and_its_capitals_are_none_of_it(heading: str) -> None:
    told = "Ferry fire off Corfu kills two"
    html = f'<title>{told} | Bay</title><meta property="og:title" content="{told}"><body><h1>{heading}</h1>'
    page = Page(url="https://www.coast.example/news/2026/a-12", content=b"")
    assert resolve(read_clues(LexborHTMLParser(html), html.encode(), page), page).title == told


def test_a_longer_headline_than_the_one_told_stays_whole() -> None:
    html = "<title>Ferry fire kills two</title><body><h1>Ferry fire kills two off Corfu</h1><p>Fog.</p>"
    page = Page(url="https://www.coast.example/news/2026/a-12", content=b"")
    found = resolve(read_clues(LexborHTMLParser(html), html.encode(), page), page)
    assert found.title == "Ferry fire kills two off Corfu"
