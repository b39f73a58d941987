"""Values that stand in a damaged archive and cannot be read: told apart from faults of the program."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects.sqlite import DATETIME


class Illegible(Exception):  # noqa: N818 - what a value is
    """A value of the archive is not what its column holds; the message shows it."""


class LegibleTime(DATETIME):
    """SQLite's text as a time; Illegible for one that is none."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Wrap what SQLAlchemy reads the text with."""
        read = super().result_processor(dialect, coltype)

        def process(value: Any) -> Any:
            try:
                return value if read is None else read(value)
            except (TypeError, ValueError):
                raise Illegible(f"{str(value)[:40]!r} is no time") from None

        return process


def read_json(text: str) -> Any:
    """Read a value's JSON; Illegible for what is none."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        raise Illegible(f"{str(text)[:40]!r} is no JSON") from None
