"""No page may hang, crash or balloon the parser: a Draft of clean text or NotAnArticle, nothing else."""

import random
import re
import unicodedata
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import Draft, NotAnArticle, Page, parse

SAMPLES = sorted((Path(__file__).parents[2] / "flows" / "samples").glob("*.*"))
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
JUNK = [
    b"\0",
    b"\xff\xfe",
    b"&#0;",
    b"&#xD800;",
    b"&#x202E;",
    b"<script>",
    b"<!--",
    b"]]>",
    b"<p",
    b"<table><tr><td>",
    b"\xed\xa0\x80",
    b"<a href='",
    b"</div></div></div>",
    b"<plaintext>",
    b"<svg><p>",
    b"&nbsp;&zwj;",
    b"<br>" * 40,
    b'<script type="application/ld+json">[[[[{"@type":',
    b'"articleBody": "\\ud800 x',
    b"<blockquote>" * 50,
    b"<ul><li>" * 60,
    b"<font>" * 30,
    b"<b>" * 30,
    b'{"datePublished": "9999-99-99"}',
    b"<h1></h1><h1> </h1>",
]


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in strings(part)]
    if isinstance(value, tuple):
        return [text for part in value for text in strings(part)]
    if hasattr(value, "__dataclass_fields__"):
        return [text for each in fields(value) for text in strings(getattr(value, each.name))]
    return []


def outcome(content: bytes, content_type: str | None = None) -> Draft | NotAnArticle:
    try:
        return parse(Page("https://news.example.com/a", content, content_type))
    except NotAnArticle as no:
        return no


def assert_clean(draft: Draft | NotAnArticle) -> None:
    if isinstance(draft, NotAnArticle):
        assert draft.reason
        return
    for text in strings(draft):
        assert not FORBIDDEN.search(text), text[:200]
        text.encode()
    assert type(draft.title) is str
    assert {type(block.text) for block in draft.blocks} <= {str}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_mutated_pages_are_articles_or_not(sample: Path) -> None:
    chance = random.Random(sample.name)  # noqa: S311 - the same pages every time
    content = sample.read_bytes()
    for _ in range(12):
        mutated = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(mutated))
            match chance.randrange(4):
                case 0:
                    mutated[at:at] = chance.choice(JUNK)
                case 1:
                    del mutated[at : at + chance.randrange(1, 400)]
                case 2:
                    mutated[at:at] = mutated[at // 2 : at // 2 + chance.randrange(2000)]
                case _:
                    mutated[at] = chance.randrange(256)
        assert_clean(outcome(bytes(mutated)))


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(JUNK), st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass"))
        ),
        max_size=30,
    )
)
def test_any_soup_of_markup_is_an_article_or_not(parts: list[bytes]) -> None:
    prose = (
        b"<p>The council approved a second ferry line on Monday, ending a debate of four years at last.</p>"
    )
    assert_clean(outcome(b"<html><body><article>" + prose * 3 + b"".join(parts) + prose * 2))


@pytest.mark.parametrize(
    "content",
    [
        b"<div>" * 100_000 + b"x",
        b"<p>" * 200_000,
        b"<a " * 50_000,
        b"<p " + b"a='b' " * 100_000 + b">x",
        b"<ul><li>" * 2_000 + b"deep story text that goes on for a while",
        b"<table><tr><td>" * 700 + b"deep story",
        b'<script type="application/ld+json">' + b"[" * 200_000,
        b'<script type="application/ld+json">{"a":' + b"9" * 10_000 + b"}</script>",
        b"&" * 300_000,
        b"<!--" * 50_000,
        b"<select>" + b"<option>x" * 56_000,
        b"<div>" * 4_900 + b"<li>x" * 12_000,
        ("\u202e" * 1000 + "evil text " * 100).encode(),
    ],
    ids=[
        "depth",
        "breadth",
        "tags",
        "attributes",
        "lists",
        "tables",
        "json-depth",
        "json-number",
        "entities",
        "comments",
        "options",
        "deep-items",
        "bidi",
    ],
)
def test_hostile_pages_cost_little_and_break_nothing(content: bytes) -> None:
    assert_clean(outcome(content, "text/html"))


def test_the_text_is_in_one_form_and_holds_no_soft_hyphens() -> None:
    words = "Bundes\u00adrat\u200b tagt\u2028heute über die Förderung der Fähren. " * 12
    draft = outcome(f"<html><body><article><h1>Rat</h1><p>{words}</p></article></body></html>".encode())
    assert isinstance(draft, Draft)
    assert "Bundesrat tagt heute" in draft.text
    assert unicodedata.normalize("NFC", draft.text) == draft.text
