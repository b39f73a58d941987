from datetime import UTC, datetime

import pytest

from parsers import Block, Draft
from parsers.render import FORMATS

DRAFT = Draft(
    url="https://news.example.com/a",
    title="Ferry <b>late</b> *again*",
    text="# One\n\nTwo",
    authors=("Ada Writer",),
    published_at=datetime(2026, 5, 3, tzinfo=UTC),
    site_name="Example",
    language='en"><script>',
    blocks=(
        Block("heading", "Head", 1),
        Block("paragraph", "# One <script>alert(1)</script>\nline"),
        Block("list", "a\nb", items=("a", "b"), ordered=True),
        Block("list", "c", items=("c",)),
        Block("quote", "said\nso"),
        Block("table", "x\ty\n1|\t2", items=("x\ty", "1|\t2")),
        Block("caption", "A ferry"),
    ),
)


def test_text_is_the_title_and_the_story() -> None:
    assert FORMATS["text"](DRAFT) == "Ferry <b>late</b> *again*\n\n# One\n\nTwo\n"


def test_markdown_takes_nothing_of_the_page_for_a_mark() -> None:
    assert FORMATS["markdown"](DRAFT).split("\n\n") == [
        "# Ferry \\<b\\>late\\</b\\> \\*again\\*",
        "*Ada Writer · 2026-05-03 · Example*",
        "## Head",
        "\\# One \\<script\\>alert(1)\\</script\\>  \nline",
        "1. a\n2. b",
        "- c",
        "> said\n>\n> so",
        "| x | y |\n| --- | --- |\n| 1\\| | 2 |",
        "*A ferry*\n",
    ]


def test_html_lets_no_word_of_the_page_be_markup() -> None:
    html = FORMATS["html"](DRAFT)
    assert "<script>" not in html
    assert html.startswith('<article lang="en&quot;&gt;&lt;script&gt;">')
    for element in (
        "<h2>Head</h2>",
        "<ol><li>a</li><li>b</li></ol>",
        "<ul><li>c</li></ul>",
        "<blockquote>said<br>so</blockquote>",
    ):
        assert element in html
    assert "<td>1|</td><td>2</td>" in html
    assert "<figcaption>A ferry</figcaption>" in html


def test_a_draft_with_nothing_but_text_is_rendered_bare() -> None:
    bare = Draft(url="u", title="", text="One", blocks=(Block("paragraph", "One"),))
    assert FORMATS["html"](bare) == "<article>\n\n<p>One</p>\n</article>\n"
    assert FORMATS["markdown"](bare) == "One\n"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("23. November ist der Tag", "23\\. November ist der Tag"),
        ("1) is first", "1\\) is first"),
        ("&lt;script&gt; and AT&T &copy;", "\\&lt;script\\&gt; and AT&T \\&copy;"),
        ("He said this.\n=====", "He said this.  \n\\====="),
        ("~~never~~ about ~5", "\\~\\~never\\~\\~ about ~5"),
        ("- a", "\\- a"),
        ("2024 was", "2024 was"),
    ],
)
def test_markdown_shows_what_the_page_shows(text: str, marked: str) -> None:
    draft = Draft(url="u", title="", text=text, blocks=(Block("paragraph", text),))
    assert FORMATS["markdown"](draft) == f"{marked}\n"


def test_lists_keep_their_numbers_and_short_rows_their_columns() -> None:
    five = Block("list", "5. a\n6. b", items=("a", "b"), ordered=True)
    table = Block("table", "a\tb\nc", items=("a|\tb", "c"))
    draft = Draft(url="u", title="", text="x", blocks=(five, table))
    assert FORMATS["markdown"](draft) == "5. a\n6. b\n\n| a\\| | b |\n| --- | --- |\n| c |  |\n"
    assert '<ol start="5"><li>a</li>' in FORMATS["html"](draft)


def test_a_heading_keeps_the_hash_at_its_end() -> None:
    draft = Draft(url="u", title="Hit song No. #", text="x", blocks=(Block("heading", "C #", 2),))
    assert FORMATS["markdown"](draft) == "# Hit song No. \\#\n\n## C \\#\n"
