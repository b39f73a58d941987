import pytest

from parsers import Page, parse
from parsers.pager import follows

SITE = "https://news.example.com"
STORY = "<p>" + "The harbour council approved a second ferry line, ending a long debate. " * 6 + "</p>"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("/ferry?page=2", "/ferry"),
        ("/ferry?seite=2", "/ferry"),
        ("/ferry?x=1&page=3", "/ferry?page=2&x=1"),
        ("/ferry/2", "/ferry"),
        ("/ferry/2/", "/ferry/"),
        ("/ferry/page/2/", "/ferry/"),
        ("/ferry/3", "/ferry/2"),
        ("/ferry-2.html", "/ferry.html"),
        ("/ferry,page-2.html", "/ferry.html"),
        ("/ferry-seite-3", "/ferry-seite-2"),
        ("/story-123?page=2", "/story-123"),
        ("/story-123/2", "/story-123"),
        ("/pier-12/2/", "/pier-12/"),
    ],
)
def test_a_later_page_of_the_story_follows(address: str, url: str) -> None:
    assert follows(SITE + address, SITE + url)
    assert not follows(SITE + url, SITE + address)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("/story-124", "/story-123"),
        ("/story-3", "/story-2"),
        ("/series/pier-part-2", "/series/pier-part-1"),
        ("/article/12346.html", "/article/12345.html"),
        ("/story-123#top", "/story-123"),
        ("/story-123?utm_source=x", "/story-123"),
        ("/other?page=2", "/ferry"),
        ("/ferry?page=5", "/ferry"),
        ("/page/2", "/"),
        ("/?page=2", "/"),
    ],
)
def test_another_story_and_the_page_itself_do_not(address: str, url: str) -> None:
    assert not follows(SITE + address, SITE + url)


def test_another_host_does_not_follow() -> None:
    assert not follows("https://elsewhere.example/ferry?page=2", f"{SITE}/ferry")


@pytest.mark.parametrize(
    "pager",
    [
        '<a rel="next" href="?page=2">On</a>',
        '<div class="pagination"><a href="/ferry">1</a> <a href="/ferry?page=2">Next »</a></div>',
        '<a class="post-page-numbers" href="/ferry/2/">2</a>',
    ],
)
def test_a_pager_that_people_see_tells_the_next_page(pager: str) -> None:
    html = f"<html><body><main><h1>A second ferry line</h1>{STORY}{pager}</main></body></html>"
    draft = parse(Page(f"{SITE}/ferry", html.encode(), "text/html"))
    assert draft.next_page in {f"{SITE}/ferry?page=2", f"{SITE}/ferry/2/"}
