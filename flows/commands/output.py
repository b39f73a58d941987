"""Printing records on stdout as JSON, JSON Lines or CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run (OWASP, CSV injection)


def plain(value: object) -> Any:
    """Turn a dataclass and what it holds into JSON-able values; times become ISO 8601 with their offset."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _dumps(value: object, indent: int | None = None) -> str:
    """Write a value as JSON; with escapes where standard output cannot carry every letter."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    return json.dumps(plain(value), indent=indent, ensure_ascii=not encoding.startswith("utf"))


def print_json(value: object) -> None:
    """Print one JSON value, indented."""
    print(_dumps(value, indent=2))


def print_json_list(records: Iterable[object]) -> None:
    """Print records as one JSON list, each as it comes."""
    opened = False
    for record in records:
        print("," if opened else "[")
        print(_dumps(record), end="")
        opened = True
    print("\n]" if opened else "[]")


def print_json_lines(records: Iterable[object]) -> None:
    """Print records one a line."""
    for record in records:
        print(_dumps(record))


def print_csv(records: Iterable[object], fields: Sequence[str]) -> None:
    """Print records as CSV with a head line; lists are joined by "; ", and no cell can be a formula."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(fields)
    for record in records:
        writer.writerow([_cell(plain(getattr(record, field))) for field in fields])


def _cell(value: object) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
