"""List pages made of boxes alike, however a box leads to its story, and stories that only look so."""

import pytest

from parsers import NotAnArticle, Page, parse

STORIES = [
    (
        "Night ferry returns to Quayside",
        "The night ferry will sail again from Monday after a pause of two years.",
    ),
    (
        "Seal blocks the ramp",
        "A seal slept on the ramp for forty minutes, and nobody had the heart to wake it.",
    ),
    (
        "Lighthouse keeper retires",
        "After thirty years the keeper hands over the lamp to a machine from Norway.",
    ),
    (
        "Fish market to move",
        "The market moves to the old customs house in May, the traders decided on Friday.",
    ),
    (
        "Harbour wall holds",
        "The new wall withstood its first storm, engineers said after a morning below it.",
    ),
    ("Museum finds a bell", "A bell from the wreck of 1911 was found in a cellar, wrapped in a newspaper."),
]
CHINESE = [
    ("夜航渡轮周一恢复", "停航两年之后，夜航渡轮将从周一起恢复，首班船晚上十点从旧码头开出。"),
    ("海豹占领码头坡道", "一只海豹在坡道上睡了四十分钟，码头工人谁也不忍心把它叫醒，班船因此晚点。"),
    ("灯塔看守人退休", "看守灯塔三十年之后，他将把灯交给一台从挪威运来的机器，并搬到山上居住。"),
    ("鱼市五月搬迁", "商户周五投票决定，鱼市五月搬到旧海关大楼，原址将改成一座小公园。"),
    ("防波堤经受住风暴", "工程师在堤下检查了一上午之后表示，新建的防波堤经受住了第一场风暴。"),
    ("博物馆找到古钟", "一九一一年沉船上的钟在一间地窖里被人找到，外面裹着一张当年的报纸。"),
]
BOXES = {
    "button": '<div class="item"><h2>{head}</h2><p>{said}</p><a class="btn" href="/news/{n}">More</a></div>',
    "link in the teaser": '<div class="item"><h2>{head}</h2><p>{said} <a href="/news/{n}">More</a></p></div>',
    "overlay": '<div class="card"><a href="/news/{n}"></a><h3>{head}</h3><p>{said}</p></div>',
    "picture": '<li><a href="/news/{n}"><img src="/{n}.jpg"></a><h3>{head}</h3><p>{said}</p></li>',
    "linked headline": '<article class="post-{n} post"><h2><a href="/news/{n}">{head}</a></h2>'
    '<div><time datetime="2026-11-0{n}">{n} Nov</time> by <a>Ada Lane</a></div><p>{said}</p></article>',
}
ARTICLE = '<meta property="og:type" content="article">'
DATA = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Harbour"}</script>'


def reason(body: str, path: str, head: str = "") -> str | None:
    html = (
        f"<html><head><meta charset=utf-8><title>Harbour | Harbour Daily</title>{head}</head>"
        f"<body><main>{body}</main></body></html>"
    )
    url = f"https://harbour.example.com/{path}" if path != "saved" else "file:///pages/harbour.html"
    try:
        parse(Page(url, html.encode(), "text/html"))
    except NotAnArticle as no:
        return no.reason
    return None


def boxes(box: str, stories: list[tuple[str, str]] = STORIES) -> str:
    return "".join(box.format(n=n, head=head, said=said) for n, (head, said) in enumerate(stories, 1))


@pytest.mark.parametrize("head", ["", ARTICLE])
@pytest.mark.parametrize("stories", [STORIES, CHINESE], ids=["English", "Chinese"])
@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES.keys())
def test_boxes_alike_that_lead_to_stories_are_a_list(
    box: str, stories: list[tuple[str, str]], head: str
) -> None:
    for path in ("news/local/", "harbour", "category/harbour/page/2/", "saved"):
        assert reason(f"<h1>Harbour</h1>{boxes(box, stories)}", path, head) in {"section", "empty"}


@pytest.mark.parametrize(
    ("path", "expected"), [("", "home"), ("?s=harbour", "search"), ("search?q=a", "search")]
)
def test_no_data_make_a_front_page_or_a_search_a_story(path: str, expected: str) -> None:
    assert reason(boxes(BOXES["overlay"]), path, DATA) == expected


def test_a_list_by_a_topics_address_is_the_topics() -> None:
    assert reason(boxes(BOXES["button"]), "tag/harbour/") == "tag"


@pytest.mark.parametrize(
    "box",
    [
        '<section class="s"><h2>{head}</h2><p>{said} See <a href="/n/{n}">a page</a> of May.</p></section>',
        '<section class="s"><h2>{head}</h2><p>{said}</p><a href="https://shop.example.net/{n}">Buy</a></section>',
        '<section class="s"><h2>{head}</h2><a href="{n}.jpg"><img src="{n}.jpg"></a><p>{said}</p></section>',
        '<section class="s"><h2>{head}</h2><p>{said}</p><a href="#top">Back to the list</a></section>',
        '<section class="s"><h2>{head}</h2><p>{said}</p><a href="/tickets">Tickets</a></section>',
    ],
    ids=["sentence", "shop", "picture", "top", "same page"],
)
def test_sections_that_lead_nowhere_are_a_story(box: str) -> None:
    for path in ("news/six-things", "category/travel/six-things", "archives/1911"):
        assert reason(f"<h1>Six things to see in the harbour</h1>{boxes(box)}", path) is None


@pytest.mark.parametrize("head", [ARTICLE, DATA])
def test_a_short_story_beside_boxes_is_one(head: str) -> None:
    told = " ".join(said for _, said in STORIES[:2])
    body = f"<h1>Night ferry</h1><p>{told}</p>{boxes(BOXES['button'], STORIES[2:])}"
    assert reason(body, "news/night-ferry", head) is None
