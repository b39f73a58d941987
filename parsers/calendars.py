"""Dates of other scripts as the patterns of dates.py read them: digits, years, half days, long months."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
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

# What stands between a day and its time: weekdays, and words for "at"; and Moscow's own letters for its zone.
_WEEKDAY: Final = re.compile(
    r"\((?:[月火水木金土日]曜?日?|[월화수목금토일](?:요일)?)\)"
    r"|(?<=\d{4})[\s,]+(?:pazartesi|sal\u0131|çarşamba|perşembe|cumartesi|cuma|pazar)\b(?=,?\s*\d)",
    re.IGNORECASE,
)
_AT: Final = re.compile(r"(?<=\s)(?:\u043e|στις|lúc|ساعت|เวลา)\s+(?=\d{1,2}[:.]\d\d)")
_ARABIC_HALF: Final = re.compile(  # before and after noon, behind the time
    r"(?<!\d)(\d{1,2})(:\d\d(?::\d\d)?)\s?(ص|صباح\w*|م|مساء\w*|ظهر\w*)(?![\u0621-\u064a])"
)
_MOSCOW: Final = re.compile(r"(?<=\d)\s?\(?(?:\u041c\u0421\u041a|\u043c\u0441\u043a)\b\)?")
_PERSIAN_MONTHS: Final = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
_PERSIAN: Final = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s+({'|'.join(_PERSIAN_MONTHS)})(?:\s*ماه)?\s+(1[34]\d\d)(?!\d)"
)
_PERSIAN_DIGIT: Final = re.compile("[\u06f0-\u06f9]")
_PERSIAN_FIGURES: Final = re.compile(r"(?<!\d)(1[34]\d\d)[/.-]([01]?\d)[/.-]([0-3]?\d)(?!\d)")
_LONG_MONTHS: Final = 6  # of the Persian year, of 31 days each; the others have 30


def western(text: str) -> str:
    """The text with ASCII digits, years of our era, hours of 24 and months of one word; others stay."""
    persian = _PERSIAN_DIGIT.search(text) is not None
    text = "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
    text = _HALF.sub(lambda match: str(int(match[2]) % _NOON + _NOON * (match[1] in _LATER)), text)
    if _THAI_LETTER.search(text):
        text = text.replace("พ.ศ. ", "")
        text = _THAI_SHORT.sub(lambda match: _THAI_MONTHS[match[0]], text)
        text = _THAI_YEAR.sub(lambda match: str(int(match[0]) - BUDDHIST), text)
    if persian:
        text = _PERSIAN_FIGURES.sub(lambda match: _of_persia(*map(int, match.groups())), text)
    text = _PERSIAN.sub(
        lambda match: _of_persia(int(match[3]), _PERSIAN_MONTHS.index(match[2]) + 1, int(match[1])), text
    )
    text = _ARABIC_HALF.sub(
        lambda match: f"{int(match[1]) % _NOON + _NOON * (match[3][0] != 'ص')}{match[2]}", text
    )
    text = _MOSCOW.sub(" MSK", _AT.sub("", _WEEKDAY.sub("", text)))
    text = _ARABIC_TWICE.sub("", _ARABIC_LONG.sub(r"\1\2", text))
    return _VIETNAMESE.sub(r"\1.\2.\3", _HEBREW_IN.sub("", text))


def _of_persia(year: int, month: int, day: int) -> str:
    """A day of the Persian calendar as one of ours, by its cycle of 33 years with eight leap days.

    The cycle agrees with the equinox, which the calendar follows, in the years 1178 to 1633 (Birashk 1993).
    """
    cycles, rest = divmod(year + 1_595, 33)
    before = 31 * (month - 1) - max(0, month - 1 - _LONG_MONTHS)
    days = 365 * (year + 1_595) + 8 * cycles + (rest + 3) // 4 + before + day
    return date.fromordinal(days - 356_033).isoformat()
