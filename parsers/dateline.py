"""Datelines: the place, and the agency, that open a wire story ("BERLIN (dpa) - ")."""

from __future__ import annotations

import re
from typing import Final

_GREAT: Final = "A-ZÀ-ÞĀ-ŽА-ЯЁ"
_PLACE: Final = rf"[{_GREAT}][\w.'’/ -]{{1,40}}?"
_DAY: Final = r"(?:,\s*[\w.’' ]{2,30}){0,2}"
_AGENCY: Final = rf"(?:[{_GREAT}\d]|dpa|epd|afp|apa|sda|kna|sid|efe|ots|dts|pap)[^()]{{0,38}}"
_DASH: Final = r"\s*(?:\.?\s?[—–_-]{1,2}|:)\s+(?=\S)"
_DATELINES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?P<line>{_PLACE}{_DAY}\s*\({_AGENCY}\)|[{_GREAT}][{_GREAT}.'’/ -]{{2,40}}{_DAY}){_DASH}",
        rf"^(?P<line>\([{_GREAT}]{{2,12}}\)\s+[—–-]\s+[{_GREAT}]{{3,30}}{_DAY}){_DASH}",
        rf"^(?P<line>[{_GREAT}][{_GREAT}.'’ -]{{2,40}}{_DAY}\s+/[\w ]{{2,20}}/)(?:\.|{_DASH})",
        r"^(?P<line>[\u0621-\u064a ]{2,24}\([\u0621-\u064a ]{2,20}\))" + _DASH,
        r"^【?(?P<line>新华社\w{2,12}\d{1,2}月\d{1,2}日电|[\u3040-\u9fff]{1,10}(?:共同|時事|支局)(?=】))",
    )
)
_NO_PLACE: Final = re.compile(  # what newsrooms write in capitals before a dash or a colon
    r"(?:BREAKING|UPDATED?|URGENT|EXCLUSIVE|EXKLUSIV|WATCH|LIVE|VIDEO|PHOTOS?|OPINION|ANALYSIS|CORRECTION|EILMELDUNG"
    r"|NATO|UEFA|FIFA|UNESCO|UNICEF|OPEC|СРОЧНО|ОБНОВЛЕНО)\b"
)


def find_dateline(text: str) -> str | None:
    """The dateline that opens a story's text, without its dash; None where it has none.

    A place alone counts only in capitals; in mixed case it needs an agency in brackets or strokes.
    """
    opening = text[:160].lstrip()
    if _NO_PLACE.match(opening):
        return None
    match = next((found for each in _DATELINES if (found := each.match(opening))), None)
    return match["line"].strip() if match else None
