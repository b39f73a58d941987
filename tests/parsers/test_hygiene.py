from hypothesis import given
from hypothesis import strategies as st

from parsers.hygiene import FIELD_LIMIT, clean, one_line, plain

ANY = st.text(st.characters(), max_size=300)  # lone surrogates and control characters too


@given(ANY)
def test_a_cleaned_text_can_be_stored_and_is_clean(text: str) -> None:
    found = clean(text)
    assert found.encode("utf-8") is not None
    assert "\x00" not in found
    assert clean(found) == found


@given(ANY)
def test_one_line_is_one_line_and_idempotent(text: str) -> None:
    found = one_line(text)
    assert len(found.splitlines()) <= 1
    assert found == found.strip()
    assert one_line(found) == found


@given(ANY)
def test_plain_never_raises_and_fits(text: str) -> None:
    assert len(plain(text)) <= FIELD_LIMIT


def test_bidi_overrides_and_soft_hyphens_go_but_joiners_stay() -> None:
    assert clean("a\u202eb\u00adc\u2066d") == "abcd"
    assert clean("می\u200cخواهم") == "می\u200cخواهم"


def test_metadata_loses_tags_and_doubled_entities() -> None:
    assert plain("Tom &amp;amp; Jerry <b>win</b>") == "Tom & Jerry win"
    assert plain("3 < 4 & 5 > 2") == "3 < 4 & 5 > 2"


def test_an_endless_value_is_cut() -> None:
    assert len(one_line("word " * 100_000)) <= FIELD_LIMIT
