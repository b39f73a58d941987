import textwrap

import pytest

from parsers import Draft, Page, parse

WIRE = b"""Harbour council approves new ferry line

The harbour council approved a second ferry line on Monday, ending a debate of four years.

Crossings will start in May, the chair said, and run every twenty minutes until midnight.

Show More
Back to top button
"""


def test_wire_copy_has_its_headline_its_paragraphs_and_no_buttons() -> None:
    draft = parse(Page("file:///wire.txt", WIRE))
    assert draft.title == "Harbour council approves new ferry line"
    assert [block.kind for block in draft.blocks] == ["paragraph", "paragraph"]
    assert "Show More" not in draft.text
    assert "Back to top" not in draft.text


FIRST = (
    "The harbour council approved a second ferry line on Monday, ending a debate of four long years about the"
    " old pier."
)
SECOND = "Crossings will start in May, the chair said, and run every twenty minutes until midnight in summer."


def read(text: str) -> Draft:
    return parse(Page("file:///wire.txt", text.encode()))


@pytest.mark.parametrize(
    ("opening", "title", "authors", "day"),
    [
        ("Council approves ferry\n\nBy Jane Roe\n\n", "Council approves ferry", ("Jane Roe",), None),
        ("Ferry late\n\nBy Jane Roe | November 20, 2026\n\n", "Ferry late", ("Jane Roe",), "2026-11-20"),
        ("Title: Ferry approved\nAuthor: Jane Roe\nDate: 2026-11-20\nURL: https://x.example/\n\n",
         "Ferry approved", ("Jane Roe",), "2026-11-20"),
        ("# Ferry approved\n\n*By Jane Roe*\n\n", "Ferry approved", ("Jane Roe",), None),
        ("URGENT\nBC-Harbour-Pier, 1st Ld\n20 Nov 2026 10:15 GMT\n\nFerry approved\n\n",
         "Ferry approved", (), "2026-11-20"),
        ("dpa0123 4 pl 312  dpa 0456\n\nKommunen/Hafen/\nFerry approved =\n\n", "Ferry approved", (), None),
        ("", "", (), None),
    ],
)  # fmt: skip
def test_a_text_opens_with_its_headline_its_byline_and_editors_marks(
    opening: str, title: str, authors: tuple[str, ...], day: str | None
) -> None:
    draft = read(f"{opening}{FIRST}\n\n{SECOND}\n\nENDITEM")
    found = draft.published_at.date().isoformat() if draft.published_at else None
    assert (draft.title, draft.authors, found) == (title, authors, day)
    assert draft.text == f"{FIRST}\n\n{SECOND}"


def test_a_sentence_is_no_headline() -> None:
    draft = read("Two men were arrested on Tuesday in Harbourton, police said.\n\nThey will appear in court.")
    assert draft.title == ""
    assert len(draft.blocks) == 2


@pytest.mark.parametrize("columns", [64, 110])
def test_lines_cut_at_a_column_are_joined_however_paragraphs_are_told(columns: int) -> None:
    cut = [textwrap.wrap(part, columns) for part in (FIRST, SECOND)]
    blank = "\n\n".join("\n".join(lines) for lines in cut)
    indented = "\n".join(
        f"    {line}" if not place else line for lines in cut for place, line in enumerate(lines)
    )
    for story in (blank, indented):
        assert read(f"Ferry approved\n\n{story}").text == f"{FIRST}\n\n{SECOND}"
