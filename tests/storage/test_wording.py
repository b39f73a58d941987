"""A search told back says what it will find."""

from __future__ import annotations

import pytest
from stock import NOW

from storage.grammar import parse_search
from storage.wording import understood

SAID = [
    ("minister AND budget", "minister AND budget"),
    ("minister budget", "minister AND budget"),
    ("Budget tax OR levy", "budget AND (tax OR levy)"),
    ('"public money" -section:sport', '"public money" AND NOT section:sport'),
    ("NOT (a b)", "NOT (a AND b)"),
    ("host:a.example | lang:EN", "host:a.example OR lang:en"),
    ("title:tax after:2026-11-01", "title:tax, published since 2026-11-01 00:00 UTC"),
    ("before:2027", "published before 2027-01-01 00:00 UTC"),
    ("", "every article"),
    ("()?! AND", "every article"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "said"), SAID)
def test_a_search_is_told_back_in_words(typed: str, said: str) -> None:
    assert understood(parse_search(typed, NOW)) == said


@pytest.mark.parametrize("typed", [typed for typed, _ in SAID if ":20" not in typed])
def test_what_is_told_back_is_understood_the_same_way(typed: str) -> None:
    said = understood(parse_search(typed, NOW))
    if said != "every article":
        assert parse_search(said, NOW).where == parse_search(typed, NOW).where
