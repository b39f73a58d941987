"""decide() is pure: the same draft against the same version gives the same verdict, with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import Draft, Image
from storage import Revision, decide
from storage.codec import editorial
from storage.identity import address_key, address_keys, content_hash

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TEXT = "The council met on Monday. It approved 14 new ferries.\n\nThe vote was 9 to 2, the mayor said."
BEFORE = Draft(
    url="https://a.example/1", title="Ferries approved", text=TEXT, host="a.example", tags=("ferry",)
)


def version(draft: Draft, edit: str = "first") -> Revision:
    """The version that a draft made when it was saved."""
    return Revision(
        article_id=1, version=1, seen_at=NOW, edit=edit, reason="", changed=(),  # type: ignore[arg-type]
        content_hash="", snapshot_hash="", parser_version="0", content=editorial(draft),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "edit"),
    [
        ({"text": TEXT.replace("council", "concil")}, "typo"),
        ({"text": TEXT.replace("14", "15")}, "substantive"),
        ({"text": TEXT.replace("approved", "rejected")}, "substantive"),
        ({"text": TEXT + "\n\nThe opposition will sue."}, "substantive"),
        ({"text": TEXT.replace("Monday. ", "")}, "substantive"),
        ({"text": TEXT + "\n\nCorrection: an earlier version gave the wrong day."}, "correction"),
        ({"text": "Korrektur: Der Tag war falsch.\n\n" + TEXT}, "correction"),
        ({"title": "Ferries at last"}, "headline"),
        ({"title": "Ferries at last", "text": TEXT.replace("council", "concil")}, "headline"),
        ({"authors": ("Ann Lee",)}, "details"),
        ({"tags": ()}, "details"),
        ({"published_at": NOW, "is_free": False}, "details"),
    ],
)
def test_every_kind_of_edit_has_its_name(change: dict[str, object], edit: str) -> None:
    decision = decide(replace(BEFORE, **change), version(BEFORE))  # type: ignore[arg-type]
    assert (decision.action, decision.edit) == ("revise", edit)
    assert set(decision.changed) == set(change)
    assert decision.reason == f"{edit}: {', '.join(decision.changed)}"


@pytest.mark.parametrize(
    ("before", "after", "edit"),
    [
        ("a million people", "a billion people", "substantive"),
        ("troops in Iran", "troops in Iraq", "substantive"),
        ("that was legal", "that was illegal", "substantive"),
        ("left on Monday", "left on Sunday", "substantive"),
        ("it recieved help", "it received help", "typo"),
        ("a definately new line", "a definitely new line", "typo"),
        ("seven people were killed", "seventeen people were killed", "substantive"),
        ("他有罪，市长否认了这些指控。", "他无罪，市长否认了这些指控。", "substantive"),
        ("火事で三人が死亡した。", "火事で五人が死亡した。", "substantive"),
        ('It\'s "over", he said', "It’s “over”, he said", "typo"),
        ("", "A correction was made on Nov. 20, 2026: the year was wrong.", "correction"),
        ("", "(This Nov. 20 story has been corrected to fix the year)", "correction"),
        ("", "Editors’ Note: the year was wrong.", "correction"),
        ("", "Correction le 5 mars 2026 à 18 h 30 : l’année", "correction"),
        ("", "In einer früheren Version dieses Artikels hieß es anders.", "correction"),
        ("", "Fe de errores: el año.", "correction"),
        ("", "The story was told twice on Friday.", "substantive"),
        ("", "The article was amended by parliament in May.", "substantive"),
        ("", "The story has been corrected to say that it was May.", "correction"),
        ("", "Correctional officers walked out of the prison on Friday.", "substantive"),
        ("", "Clarifications were sought from the ministry.", "substantive"),
        ("", "This report said that the pier would open.", "substantive"),
        ("", "An earlier version of this article misstated the year.", "correction"),
        ("", "(Corrects spelling in paragraph 2)", "correction"),
        ("", "CORRECTION, 3 May: the year was wrong.", "correction"),
        ("", "Correction appended", "correction"),
    ],
)
def test_another_word_is_no_typing_error_and_not_every_paragraph_a_correction(
    before: str, after: str, edit: str
) -> None:
    was, now = (replace(BEFORE, text=f"{TEXT}\n\n{part}".strip()) for part in (before, after))
    assert decide(now, version(was)).edit == edit


@pytest.mark.parametrize(
    "change",
    [
        {"modified_at": NOW},
        {"images": (Image("https://cdn.example/1?w=300"),)},
        {"text": TEXT.replace(" ", "  ")},
        {"description": ""},
        {"word_count": 7},
    ],
)
def test_what_changes_with_every_rendering_makes_no_version(change: dict[str, object]) -> None:
    decision = decide(replace(BEFORE, **change), version(BEFORE))  # type: ignore[arg-type]
    assert (decision.action, decision.reason) == ("keep", "same title, text and fields")


def test_an_old_correction_note_is_not_a_new_one() -> None:
    noted = replace(BEFORE, text=f"{TEXT}\n\nCorrection: the day was wrong.")
    assert decide(replace(noted, text=noted.text + "\n\nMore to come."), version(noted)).edit == "substantive"


def test_no_version_before_and_a_page_that_is_back() -> None:
    assert decide(BEFORE, None).action == "create"
    assert decide(BEFORE, version(BEFORE, "removed")).reason == "the page is back"


def test_the_same_moment_in_the_pages_own_offset_is_a_detail_worth_keeping() -> None:
    local = replace(BEFORE, published_at=NOW.astimezone(timezone(timedelta(hours=2))))
    assert decide(local, version(local)).action == "keep"
    assert decide(local, version(replace(BEFORE, published_at=NOW))).changed == ("published_at",)


@given(st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_two_texts_have_a_verdict_and_equal_ones_none(one: str, other: str) -> None:
    first, second = replace(BEFORE, text=one), replace(BEFORE, text=other)
    assert decide(first, version(first)).action == "keep"
    decision = decide(second, version(first))
    assert decision == decide(second, version(first))
    assert (decision.action == "keep") == (content_hash(first) == content_hash(second))


@pytest.mark.parametrize(
    "other",
    [
        "http://a.example/story",
        "https://www.a.example/story/",
        "https://A.example:443/story?utm_source=x&fbclid=1",
        "https://a.example/story#comments",
    ],
)
def test_one_address_in_many_spellings(other: str) -> None:
    assert address_key(other) == address_key("https://a.example/story")


@pytest.mark.parametrize(
    "other",
    [
        "https://b.example/story",
        "https://a.example/story/2",
        "https://a.example/story?id=2",
        "https://a.example:8080/story",
        "https://m.a.example/story",
        "https://a.example:port/story",
    ],
)
def test_two_addresses_stay_two(other: str) -> None:
    assert address_key(other) != address_key("https://a.example/story")


def test_the_end_of_an_ipv6_address_is_no_port() -> None:
    assert address_key("https://[2001:db8::1]:8080/a") != address_key("https://[2001:db8::1:8080]/a")


@given(st.text(max_size=100))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_whatever_is_called_an_address_has_a_key(url: str) -> None:
    assert len(address_key(url)) == 16
    named = replace(BEFORE, canonical_url=url, original_url=url)
    assert address_key(BEFORE.url) in address_keys(named, BEFORE.url, url)
