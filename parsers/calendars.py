"""Dates of other scripts as the patterns of dates.py read them: digits, years, half days, long months."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BUDDHIST: Final = 543  # years that the Thai calendar is ahead
_NOON: Final = 12
_HALF: Final = re.compile(r"(午後|下午|오후|午前|上午|오전)\s?(\d{1,2})(?=\s?[:時时點点시])")
_LATER: Final = frozenset({"午後", "下午", "오후"})
_THAI_YEAR: Final = re.compile(r"(?<!\d)(25[4-9]\d)(?!\d)")
_THAI_LETTER: Final = re.compile("[\u0e01-\u0e3a]")
_THAI_MONTHS: Final = {  # as the Royal Society of Thailand shortens them
    "ม.ค.": "มกราคม", "ก.พ.": "กุมภาพันธ์", "มี.ค.": "มีนาคม", "เม.ย.": "เมษายน", "พ.ค.": "พฤษภาคม",
    "มิ.ย.": "มิถุนายน", "ก.ค.": "กรกฎาคม", "ส.ค.": "สิงหาคม", "ก.ย.": "กันยายน", "ต.ค.": "ตุลาคม",
    "พ.ย.": "พฤศจิกายน", "ธ.ค.": "ธันวาคม",
}  # fmt: skip
_THAI_SHORT: Final = re.compile("|".join(map(re.escape, sorted(_THAI_MONTHS, key=len, reverse=True))))
_ARABIC_LONG: Final = re.compile(r"(تشرين|كانون)\s+(ال\w+)")
_ARABIC_TWICE: Final = re.compile(r"(?<=[\u0621-\u064a])\s?/\s?[\u0621-\u064a]+")
_HEBREW_IN: Final = re.compile(r"(?<=\s)ב(?=[א-ת]{3})")
_VIETNAMESE: Final = re.compile(r"(\d{1,2}) tháng (\d{1,2})(?: năm|,)? ((?:19|20)\d\d)")


def western(text: str) -> str:
    """The text with ASCII digits, years of our era, hours of 24 and months of one word; others stay."""
    text = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
    text = _HALF.sub(lambda match: str(int(match[2]) % _NOON + _NOON * (match[1] in _LATER)), text)
    if _THAI_LETTER.search(text):
        text = _THAI_SHORT.sub(lambda match: _THAI_MONTHS[match[0]], text)
        text = _THAI_YEAR.sub(lambda match: str(int(match[0]) - BUDDHIST), text)
    text = _ARABIC_TWICE.sub("", _ARABIC_LONG.sub(r"\1\2", text))
    return _VIETNAMESE.sub(r"\1.\2.\3", _HEBREW_IN.sub("", text))
