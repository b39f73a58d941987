"""Words are the same words however they are written, and both databases see the same ones."""

from __future__ import annotations

import sqlite3
import unicodedata
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.folding import RULES, fold, runs, tokens

properties = settings(derandomize=True, deadline=None, max_examples=100)
letters = st.text(st.characters(categories=["L", "N", "M", "P", "Z"]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Café CRÈME", ["cafe", "creme"]),
        ("Cafe\u0301", ["cafe"]),
        ("Straße, STRASSE", ["strasse", "strasse"]),
        ("Ørsted & Łódź", ["orsted", "lodz"]),
        ("\u0130stanbul", ["istanbul"]),
        ("AT&T", ["at", "t"]),
        ("U.S.", ["u", "s"]),
        ("c++", ["c"]),
        ("don\u2019t", ["don", "t"]),
        ("soft\u00adware", ["software"]),
        ("Acme\u2122", ["acme"]),
        ("\ufb01nance", ["finance"]),
        ("snake_case", ["snake", "case"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("が", ["が"]),
        ("か\u3099", ["が"]),
        ("서울에서", ["서", "울", "에", "서"]),
        ("हिन्दी किताब", ["हिन्दी", "किताब"]),
        ("عَرَبِيّ", ["عربي"]),
        ("ΣΊΣΥΦΟΣ", ["σισυφοσ"]),
        ("\ud800x\0y", ["x", "y"]),
        ("—!?", []),
        ("w" * 100, ["w" * 64]),
    ],
)
def test_text_becomes_words(text: str, words: list[str]) -> None:
    assert tokens(text) == words


@properties
@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@properties
@given(st.text(), st.text())
def test_words_do_not_depend_on_their_neighbours(left: str, right: str) -> None:
    assert tokens(f"{left}\n{right}") == tokens(left) + tokens(right)


@properties
@given(st.text())
def test_a_text_and_its_normal_forms_have_the_same_words(text: str) -> None:
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(unicodedata.normalize("NFC", text))


@properties
@given(letters)
def test_runs_hold_all_the_words_of_a_text(text: str) -> None:
    assert [word for run in runs(text) for word in tokens(run.group())] == tokens(text)


def test_sqlite_takes_every_token_as_it_is() -> None:
    """All characters that are words, folded: FTS5 must neither split them nor fold them further."""
    points = [chr(point) for point in range(0x11_0000) if not 0xD800 <= point < 0xE000]
    lines = ("\n".join(points[start : start + 4096]) for start in range(0, len(points), 4096))
    words = {word for line in lines for word in tokens(line)}
    assert len(words) > 100_000
    index = sqlite3.connect(":memory:")
    index.execute(
        "CREATE VIRTUAL TABLE t USING fts5(x, content='', "
        "tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co M*'\")"
    )
    index.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'row')")
    index.executemany("INSERT INTO t (rowid, x) VALUES (?, ?)", enumerate(sorted(words)))
    kept = {term for (term,) in index.execute("SELECT term FROM v")}
    index.close()
    assert words - kept == set()


def test_rules_that_make_other_words_bear_another_name() -> None:
    """Whoever changes a word here counts up folding.RULES, by which archives see that their index is old."""
    known = [chr(point) for point in range(0x530) if unicodedata.ucd_3_2_0.category(chr(point)) != "Cn"]
    made = zlib.crc32("\n".join(" ".join(tokens(f"a{one}b")) for one in known).encode())
    assert (RULES.partition(",")[0], made) == ("1", 1974363807)
