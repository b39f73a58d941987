"""The schema that people read about is the schema that is there."""

from __future__ import annotations

from pathlib import Path

from schema import page

WRITTEN = Path(__file__).parents[2] / "storage" / "SCHEMA.md"


def test_the_page_about_the_schema_is_up_to_date() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == page(), (
        "run: python tests/support/schema.py > storage/SCHEMA.md"
    )
