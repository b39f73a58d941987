from parsers import Page, parse

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
