"""What people type is read the way they mean it, and nothing they type is an error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typed import HOSTILE

from storage.grammar import (
    LONGEST_QUERY,
    MOST_TERMS,
    Both,
    Either,
    Facet,
    Node,
    Search,
    Without,
    Words,
    moment,
    parse_search,
    positive_words,
)
from storage.snippets import snippet
from storage.wording import left_out

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
properties = settings(derandomize=True, deadline=None, max_examples=200)
A, B, C = Words(("a",)), Words(("b",)), Words(("c",))


def where(typed: str) -> Node | None:
    return parse_search(typed, NOW).where


def nested(levels: int) -> Node:
    """Give a search of so many groups within groups; what stands deeper is left out whole."""
    node = Both((A, B))
    for _ in range(levels - 1):
        node = Both((A, Either((B, node))))
    return node


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a", A),
        ("a b", Both((A, B))),
        ("a AND b", Both((A, B))),
        ("a a", A),
        ('"a b"', Words(("a", "b"))),
        ("\u201ca b\u201d", Words(("a", "b"))),
        ('"a b', Words(("a", "b"))),
        ("a OR b", Either((A, B))),
        ("a | b", Either((A, B))),
        ("a b OR c", Both((A, Either((B, C))))),
        ("(a b) OR c", Either((Both((A, B)), C))),
        ("a or b", Both((A, Words(("or",)), B))),
        ("-a", Without(A)),
        ("--a", Without(A)),
        ("NOT a", Without(A)),
        ("NOT -a", A),
        ("a OR NOT b", Either((A, Without(B)))),
        ("a NOT b OR c", Both((A, Either((Without(B), C))))),
        ("host:*.B\u00fccher.example.", Facet("host", "xn--bcher-kva.example")),
        ('a -"b c"', Both((A, Without(Words(("b", "c")))))),
        ("a OR -b", Either((A, Without(B)))),
        ("-(a b)", Without(Both((A, B)))),
        (f"{'(' * 90}-(-(-((a b)))){')' * 90}", Without(Both((A, B)))),
        (f"a {'(' * 300}b OR c{')' * 300} c", Both((A, Either((B, C)), C))),
        (f"{'(' * 300}a OR (b c){')' * 300}", Either((A, Both((B, C))))),
        (f"{'(' * 300}a -(b c)", Both((A, Without(Both((B, C)))))),
        (f"a {'-(' * 70}b{')' * 70} c", Both((A, C))),
        (f"a {'(b OR (a ' * 30}c{'))' * 30}", nested(8)),
        ("a-b", Words(("a", "b"))),
        ("title:a", Words(("a",), "title")),
        ('title:"a b"', Words(("a", "b"), "title")),
        ("TITLE:a", Words(("a",), "title")),
        ("title:(a OR b)", Either((Words(("a",), "title"), Words(("b",), "title")))),
        ("-author:lee", Without(Words(("lee",), "author"))),
        ("section:politics tag:budget", Both((Words(("politics",), "section"), Words(("budget",), "tag")))),
        ("host:Example.COM", Facet("host", "example.com")),
        ('source:"BBC News"', Facet("source", "bbc news")),
        ("lang:en language:fr", Both((Facet("lang", "en"), Facet("lang", "fr")))),
        ("title:", Words(("title",))),
        ("title: a", Both((Words(("title",)), A))),
        ("foo:a", Words(("foo", "a"))),
        ("foo:(a b)", Both((A, B))),
        ("https://x.example/a", Words(("https", "x", "example", "a"))),
        ("AT&T", Words(("at", "t"))),
        ("c++", Words(("c",))),
        ("after:never", Words(("after", "never"))),
        ("((a", A),
        ("a))", A),
        (") a OR OR b (", Either((A, B))),
        ("OR", None),
        ("", None),
        (" \t\n", None),
        ("-", None),
        ('""', None),
        ("!!!", None),
        ('title:!!! host:""', None),
        ("a\0b", Both((A, B))),
    ],
)
def test_typed_words_are_read_as_meant(typed: str, meant: Node | None) -> None:
    assert where(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("after:7d", Search(None, NOW - timedelta(days=7))),
        ("before:2026-11-01", Search(None, None, datetime(2026, 11, 1, tzinfo=UTC))),
        ("-after:2026", Search(None, None, datetime(2026, 1, 1, tzinfo=UTC))),
        ("after:2026-03 after:2026-05", Search(None, datetime(2026, 5, 1, tzinfo=UTC))),
        (
            "before:2026 before:2025 a",
            Search(A, None, datetime(2025, 1, 1, tzinfo=UTC)),
        ),
        ("(a OR after:today)", Search(A, datetime(2026, 11, 23, tzinfo=UTC))),
    ],
)
def test_bounds_in_time_hold_for_the_whole_search(typed: str, meant: Search) -> None:
    assert parse_search(typed, NOW) == meant


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-5", datetime(2026, 11, 5, tzinfo=UTC)),
        ("2026-11-05T10:00:00+05:30", datetime(2026, 11, 5, 4, 30, tzinfo=UTC)),
        ("2026-11-05 10:00", datetime(2026, 11, 5, 10, tzinfo=UTC)),
        ("3h", NOW - timedelta(hours=3)),
        ("2W", NOW - timedelta(weeks=2)),
        ("1m", NOW - timedelta(days=30)),
        ("1y", NOW - timedelta(days=365)),
        ("999999y", datetime(1, 1, 1, tzinfo=UTC)),
        ("yesterday", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-13", None),
        ("0000", None),
        ("0001-01-01T00:00+14:00", None),
        ("7 days", None),
        ("٧d", None),
        ("", None),
    ],
)
def test_times_are_read_as_people_write_them(text: str, when: datetime | None) -> None:
    assert moment(text, NOW) == when


def test_a_search_is_bounded() -> None:
    assert where(f"{'x' * LONGEST_QUERY} late") == Words(("x" * 64,))
    many = where(" ".join(f"w{number}" for number in range(MOST_TERMS + 10)))
    assert isinstance(many, Both)
    assert len(many.parts) == MOST_TERMS
    assert where("(" * 900 + "a") == A


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("a" * LONGEST_QUERY, True), ("a" * LONGEST_QUERY + " b", False),
        (" OR ".join(f"w{n}" for n in range(MOST_TERMS)), True),
        (" OR ".join(f"w{n}" for n in range(MOST_TERMS + 1)), False),
        (f"{'(' * 300}a{')' * 300}", True), (f"{'-(' * 70}a", False),
        ("".join(f"(a OR -(b{n} " for n in range(9)), False),
    ],
)  # fmt: skip
def test_a_search_tells_whether_all_that_was_typed_is_looked_for(typed: str, whole: bool) -> None:
    search = parse_search(typed, NOW)
    assert search.whole == whole
    assert (left_out(search) is None) == whole


def test_what_a_snippet_marks_is_what_was_looked_for() -> None:
    node = where("a OR b -c title:d (-e)")
    assert positive_words(node) == (A, B, Words(("d",), "title"))


HANGUL = "\u1112\u1161\u11ab\u1100\u116e\u11a8"  # a word of two signs, each in three parts


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("\ud55c\uad6d", f"A {HANGUL}\u110b\u1165", HANGUL),
        ("\u30ac\u30b9", "\u6771\u30ab\u3099\u30b9", "\u30ab\u3099\u30b9"),
        ("bbc", "BBC\u4e2d\u6587", "BBC"),
        ("\u0e01\u0e34\u0e19", "x\u0e44\u0e1b\u0e01\u0e34\u0e19", "\u0e01\u0e34\u0e19"),
    ],
    ids=["hangul in parts", "kana and its voicing", "letters before signs", "thai"],
)
def test_a_hit_is_marked_whatever_its_signs_are_made_of(typed: str, text: str, marked: str) -> None:
    assert [piece.text for piece in snippet(text, positive_words(where(typed))) if piece.hit] == [marked]


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_typed_is_an_error(typed: str) -> None:
    assert parse_search(typed, NOW).where is None or positive_words(where(typed)) is not None


words = st.sampled_from(
    ["a", "b", '"', '"a b"', "(", ")", "OR", "NOT", "-", "title:", "host:", "after:", "7d", ":"]
)
pieces = st.lists(st.tuples(st.one_of(words, st.text(max_size=5)), st.sampled_from(["", " "])))


@properties
@given(pieces)
def test_any_mixture_of_operators_is_a_search(found: list[tuple[str, str]]) -> None:
    search = parse_search("".join(left + right for left, right in found), NOW)
    assert all(words.tokens for words in positive_words(search.where))


@properties
@given(st.text())
def test_quoted_text_is_one_phrase(text: str) -> None:
    quoted = where(f'"{text.replace(chr(34), " ")}"')
    assert quoted is None or isinstance(quoted, Words | Both)
