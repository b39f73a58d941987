"""Prefect puts flows/ first on sys.path: no module there may hide another one."""

from __future__ import annotations

import sys
from pathlib import Path

FLOWS = Path(__file__).parents[2] / "flows"


def test_no_module_of_flows_hides_the_standard_library_or_a_room() -> None:
    names = {path.stem for path in FLOWS.iterdir()} - {"__init__", "__pycache__", "py"}
    assert names
    assert not names & (set(sys.stdlib_module_names) | {"flows", "parsers", "storage"})


def test_modules_with_flows_hold_no_types() -> None:
    for path in FLOWS.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "@flow" in text and "from prefect" in text:
            assert "\nclass " not in text, f"{path.name}: loaded by path and by name it would exist twice"
