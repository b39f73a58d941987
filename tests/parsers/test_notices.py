import tomllib
from importlib.resources import files

import pytest

from parsers.notices import known
from tests.parsers.test_verdict import PROSE, page, reason

TABLES = tomllib.loads(files("parsers").joinpath("notices.toml").read_text("utf-8"))
OPENGRAPH = '<meta property="og:type" content="article">'
DATA = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A page"}</script>'


def proofs(key: str) -> list[tuple[str, str]]:
    return [(name, heading) for name, table in TABLES.items() for heading in table[key]]


@pytest.mark.parametrize(("name", "heading"), proofs("notes"))
def test_a_heading_that_says_nothing_else_is_a_notice(name: str, heading: str) -> None:
    assert known()[name].heads(heading)


@pytest.mark.parametrize(("name", "heading"), proofs("stories"))
def test_a_headline_with_a_notices_words_is_none(name: str, heading: str) -> None:
    assert not known()[name].heads(heading)


@pytest.mark.parametrize("name", TABLES)
def test_every_phrase_is_found(name: str) -> None:
    phrases = TABLES[name]["phrases"]
    assert [phrase for phrase in phrases if not known()[name].heads(f"» {phrase}! 404")] == []


@pytest.mark.parametrize("head", ["", OPENGRAPH])
@pytest.mark.parametrize(
    ("html", "title", "expected"),
    [
        ("<h1>Oops!</h1><p>We can't find the page you asked for. Try our search.</p>", "Oops!", "error"),
        ("<h1>451</h1><p>Not here.</p>", "451: Unavailable for legal reasons", "error"),
        (
            (
                "<p>Sorry, you have been blocked. You cannot read this site. Why have I been blocked? "
                "This site uses a service to protect itself from attacks. What you just did set it off."
                "</p>"
            ),
            "Attention Required! | Cloudflare",
            "error",
        ),
        ("<h1>页面不存在</h1><p>您访问的页面不存在或已被删除，请返回首页。</p>", "页面不存在", "error"),
        (
            (
                '<h1>Log in to Harbour News</h1><form><input type="password"></form>'
                "<p>No account yet? Create one in a minute, it is free and opens all our stories to you.</p>"
            ),
            "Log in to Harbour News",
            "login",
        ),
        (
            (
                "<h2>We value your privacy</h2><p>We and our 842 partners store and/or access information on "
                "devices, such as cookies, and use personal data to show what you like. You may consent to "
                "it, to our and our partners' cookies, or change your mind at any time on every page.</p>"
            ),
            "Harbour News",
            "consent",
        ),
        (
            (
                "<h1>We, Harbour, are part of the Harbour family of brands</h1><p>When you use our sites and "
                "apps, we use cookies to: provide our sites and apps to you; authenticate users, apply "
                "security measures, and measure your use of our sites and apps.</p><p>If you click ‘Accept "
                "all’, we and our partners, including 245 who are part of a framework, will also store "
                "and/or access information on a device and use precise geolocation data and other personal "
                "data for personalised advertising.</p><button>Accept all</button>"
            ),
            "Harbour is part of the Harbour family of brands",
            "consent",
        ),
        (
            (
                "<h2>We've detected unusual activity from your computer network</h2><p>To continue, please "
                "click the box below to let us know you're not a robot.</p><h3>Why did this happen?</h3><p>"
                "Please make sure your browser supports JavaScript and cookies and that you are not blocking "
                "them from loading. For more information you can review our terms.</p><h3>Need Help?</h3><p>"
                "For inquiries related to this message please contact our support team and provide the "
                "reference ID below.</p>"
            ),
            "Harbour - Are you a robot?",
            "error",
        ),
        (
            (
                "<h1>Choose your subscription</h1><div><h3>Digital</h3><p>$1 a week for the first year, then "
                "$3.99. Cancel anytime.</p><button>Subscribe</button></div><div><h3>All access</h3><p>$4 a "
                'week. Paper and digital.</p></div><p>Already a subscriber? <a href="/l">Log in</a></p>'
            ),
            "Subscribe - Harbour Daily",
            "empty",
        ),
    ],
)
def test_opengraph_makes_no_article_of_a_notice(html: str, title: str, head: str, expected: str) -> None:
    assert reason(page(html, title, head)) == expected


@pytest.mark.parametrize("head", ["", OPENGRAPH, DATA])
@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Page not found: library loses 400-year-old book", PROSE),
        ("Access denied: wheelchair users shut out of town hall", PROSE),
        (
            "Regulator fines firm over cookie consent",
            (
                "The regulator fined the company 12 million euros for cookies without consent.</p><p>"
                "The company had asked for consent to cookies after it had stored them, the regulator found."
            ),
        ),
        ("Subscribe to the ferry: islanders pay by the month", PROSE),
    ],
)
def test_a_short_story_on_errors_and_consent_is_a_story(title: str, said: str, head: str) -> None:
    form = '<footer><form>Log in <input type="password"></form></footer>'
    assert reason(page(f"<h1>{title}</h1><p>{said}</p>{form}", title, head)) is None


@pytest.mark.parametrize(
    "told",
    [
        "Police in Harbourton arrested two men on Tuesday after a break-in at a bank.",
        "２０日午前、港町で火事があり、住宅１棟が全焼した。けが人はなかった。",
    ],
)
@pytest.mark.parametrize("vouched", [OPENGRAPH, DATA, '<span class="date">20 November 2026</span>'])
def test_one_sentence_is_a_story_where_something_calls_it_one(told: str, vouched: str) -> None:
    head, below = ("", vouched) if vouched.startswith("<span") else (vouched, "")
    assert reason(page(f"<h1>Break-in</h1>{below}<p>{told}</p>", "Break-in", head)) is None


def test_a_list_below_an_introduction_is_a_section() -> None:
    links = "".join(f'<h2><a href="/s{n}">Headline number {n} on fog and ferries</a></h2>' for n in range(9))
    html = page(f"<h1>Local news</h1><p>{PROSE}</p>{links}", "Local news")
    assert reason(html, "https://news.example.com/local") == "section"
