"""A lede is kept with the story that it begins, in scripts whose paragraphs look short to a scorer too."""

import pytest

from parsers import Page, parse

KOREAN = (
    "24일 오전 항구시 여객선이 기관 고장으로 40분간 바다에 멈춰 출근길 시민들이 불편을 겪었다.",
    "해운사에 따르면 이날 오전 7시 42분쯤 남항과 북항 사이 구간에서 기관 고장이 발생했다.",
    "해운사 관계자는 “원인을 조사하고 있으며 재발 방지 대책을 마련하겠다”고 말했다.",
    "배에서 만난 직장인 이모(34)씨는 “안내 방송이 전혀 없었다”며 “추위에 떨었다”고 했다.",
    "사고 구간에는 하루 평균 9만명이 여객선을 이용하는 것으로 집계됐다.",
    "해운사는 환불을 원하는 승객에게 부두 창구에서 요금을 돌려주고 있다.",
)
JAPANESE = (
    "24日午前7時40分ごろ、港市の渡し船で機関の故障が発生し、約40分間運航を見合わせた。",
    "運航会社によると、指令所の通信機器が故障したのが原因という。けが人はいなかった。",
    "桟橋では乗客が改札口にあふれ、入場が制限された。",
    "会社員の男性（34）は「会社に連絡もできず困った」と話した。",
    "同社は「深くおわびする」とコメントしている。",
    "国土交通省は再発防止策を報告するよう求めた。",
    "同じ航路では先月も同様のトラブルがあった。",
    "専門家は設備の老朽化を指摘している。",
)


@pytest.mark.parametrize(("language", "told"), [("ko", KOREAN), ("ja", JAPANESE)])
def test_the_first_of_a_storys_divisions_is_kept(language: str, told: tuple[str, ...]) -> None:
    title = told[0][4:22]
    html = (
        f'<html lang="{language}"><head><title>{title}</title><meta property="og:title" content="{title}">'
        '<meta property="og:type" content="article"></head><body><header><nav><ul><li><a href="/">A</a></li>'
        '<li><a href="/b">B</a></li></ul></nav></header><div id="content"><div class="head">'
        f'<h1 class="headline">{title}</h1><div class="info"><span>2026.11.24. 09:12</span></div>'
        '</div><article id="article_body" class="article_content"><span class="photo"><img src="a.jpg">'
        '<em class="desc">x</em></span><br>'
        + "".join(f"<div>{each}</div>" for each in told)
        + f'</article><div class="ranking"><h4>Top</h4><ul><li><a href="/1">{title[:12]} 2</a></li>'
        f'<li><a href="/2">{title[:12]} 3</a></li></ul></div></div><footer>© 2026</footer></body></html>'
    )
    draft = parse(Page("https://news.example/2026/11/24/a-story", html.encode(), "text/html"))
    assert draft.text == "\n\n".join(told)


def test_a_line_above_the_story_in_another_element_is_no_lede() -> None:
    above = "Sign up here for the letter that our editors write each morning about the port."
    told = "".join(
        f"<p>{n}. The council approved a second ferry line on Monday, ending a debate of four years, and the "
        "chair said that crossings will start in May and run every twenty minutes until midnight.</p>"
        for n in range(5)
    )
    html = f'<body><div class="promo"><p>{above}</p></div><h1>Ferry line</h1><article>{told}</article></body>'
    draft = parse(Page("https://news.example/2026/11/24/a-story", html.encode(), "text/html"))
    assert above not in draft.text
