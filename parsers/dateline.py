"""Datelines: the place, and the agency, that open a wire story ("BERLIN (dpa) - ")."""

from __future__ import annotations

import re
from typing import Final

_PLACE: Final = r"[A-ZÀ-ÞĀ-Ž][\w.'’/ -]{1,40}?"
_DATELINE: Final = re.compile(
    rf"^(?P<line>{_PLACE}(?:,\s*[\w.’' ]{{2,30}}){{0,2}}\s*\([^()]{{2,40}}\)|[A-ZÀ-Þ][A-ZÀ-Þ.'’/ -]{{2,40}}"
    r"(?:,\s*[\w.’' ]{2,30}){0,2})\s*(?:[—–-]{1,2}|:)\s+(?=\S)"
)


def find_dateline(text: str) -> str | None:
    """The dateline that opens a story's text, without its dash; None where it has none.

    A place alone counts only in capitals; in mixed case it needs an agency in brackets.
    """
    match = _DATELINE.match(text[:160].lstrip())
    return match["line"].strip() if match else None
