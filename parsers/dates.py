"""Dates: what a page wrote, as an aware time or a day, in the notations and languages of the wild."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any, Final

from parsers.calendars import western
from parsers.model import Precision

MAX_CHARS: Final = 400  # of one raw value that is looked at
ISO_CHARS: Final = 40  # of a value that is a timestamp and nothing else
FIRST_YEAR: Final = 1900  # digitised archives give their papers' own dates
SLACK: Final = timedelta(days=1)  # a page may run ahead of the fetch by its time zone

_TIME: Final = (
    r"(?P<hour>\d{1,2})\s?[:.h時시时點点]\s?(?P<minute>\d{2})(?:[:.分분](?P<second>\d{2})(?:[.,]\d{1,9})?)?(?!\d)"
    r"\s*(?P<half>[apAP]\.?\s?[mM]\b\.?)?"
)
_ZONE: Final = (
    r"\s*(?:Uhr\s*)?(?:\(?(?P<zone>[zZ]\b|(?:UTC|GMT)\s?[+-]\d{1,2}(?::?\d{2})?|[+-]\d{2}:?\d{2}\b|[+-]\d{2}\b"
    r"|\b(?:[ECMP]T|[A-Z]{3,4})\b))?"
)
_AFTER: Final = re.compile(
    rf"\.?(?:\s*[T,;|•·–—-]\s*|\s+(?:at|um|à|a las|alle|às|klo?\.?|om|o|u|в|pukul|\W)\s*|\s+)?{_TIME}{_ZONE}"
)
_BARE_HOUR: Final = re.compile(
    r"[\s,;|–—-]*(?P<hour>\d{1,2})(?P<minute>)(?P<second>)\s?(?P<half>[apAP]\.?[mM]\b\.?)" + _ZONE
)
_BEFORE: Final = re.compile(
    rf"{_TIME}\s*(?:(?:Uhr|Uhr am|hrs?)\b)?{_ZONE}\s*(?:on|am|,|-|–|\|)?\s*(?:[^\W\d_]+,?\s*)?$"
)
_COMPACT: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)"
    r"(?:T?(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)"
    r"(?P<second>[0-5]\d)?(?P<half>)" + _ZONE + r")?(?![\d])"
)
_YEAR_FIRST: Final = re.compile(
    r"(?<![\d.])(?P<year>(?:1[89]|20)\d\d)\s?[-/.年년]\s?(?P<month>\d{1,2})\s?[-/.月월]\s?(?P<day>\d{1,2})"
    r"(?:[日일]|\b|(?=T))"
)
_YEAR_LAST: Final = re.compile(
    r"(?<![\d.,])(?P<first>\d{1,2})\s?[./-]\s?(?P<second_>\d{1,2})\s?[./-]\s?"
    r"(?P<year>(?:19|20)\d\d|\d\d)(?![\d])"
)
_DAY_FIRST: Final = re.compile(
    r"(?<![\d.])(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[\s,./-]*(?:of |de |d['’])?"
    r"(?P<name>[^\W\d_][^\s\d.,;:/()|-]{1,13})\.?,?"
    r"[\s,./-]*(?:de |del |г\.? )?(?P<year>(?:1[89]|20)\d\d)\b"
)
_MONTH_FIRST: Final = re.compile(
    r"\b(?P<name>[^\W\d_][^\s\d.,;:/()|-]{1,13})\.?\s*(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)"
    r"(?P<year>(?:1[89]|20)\d\d)\b"
)
_JS: Final = re.compile(
    r"\b[A-Z][a-z]{2} (?P<name>[A-Z][a-z]{2}) (?P<day>\d{1,2}) "
    + _TIME
    + r"\s*(?P<zone>[A-Z]{3,4}|[+-]\d{4})? (?P<year>\d{4})"
)
_YEAR_NAME: Final = re.compile(
    r"\b(?P<year>(?:1[89]|20)\d\d)\.?\s*(?:m\.\s*)?(?P<name>[^\W\d_][^\s\d.,;:/()|-]{1,13})\.?\s*(?P<day>\d{1,2})\b"
)
_ISO: Final = re.compile(  # RFC 3339, as nearly all data are written: Python reads it a dozen times as fast
    r"(?:1[89]|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-7]):[0-5]\d)", re.ASCII
)
_EPOCH: Final = re.compile(r"^\s*(\d{9,10}|\d{13})(?:\.\d+)?\s*$")
_EPOCH_BEGINS: Final = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET: Final = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")
_WIDEST: Final = 18 * 60  # minutes: no offset is farther from Greenwich
_HOURS: Final = 24  # of a day, as the end of a range writes its midnight
_MINUTES: Final = 60  # of an hour
_MILLISECONDS: Final = 13  # digits of an epoch that counts them
_ZONES: Final = {  # minutes east of Greenwich, where news means one thing by it (RFC 5322, 4.3)
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "BST": 60, "WEST": 60, "CET": 60, "MEZ": 60, "CEST": 120,
    "MESZ": 120, "EET": 120, "SAST": 120, "EEST": 180, "MSK": 180, "EAT": 180, "WIB": 420, "HKT": 480,
    "SGT": 480, "JST": 540, "KST": 540, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "EDT": -240,
    "EST": -300, "CDT": -300, "CST": -360, "MDT": -360, "MST": -420, "PDT": -420, "PST": -480, "ET": -300,
    "CT": -360, "MT": -420, "PT": -480, "IST": 330, "PKT": 300, "NPT": 345, "ICT": 420, "BRT": -180,
    "ART": -180, "AKST": -540, "AKDT": -480, "HST": -600, "TRT": 180, "WAT": 60, "CAT": 120,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as a page wrote it: `zoned` is False where it named no offset and UTC was assumed."""

    at: datetime
    precision: Precision
    zoned: bool


def parse_date(raw: str, fetched_at: datetime | None = None, *, month_first: bool = False) -> Moment | None:
    """The first date that a raw value holds, None where there is none; relative ones need `fetched_at`."""
    return next(find_dates(raw, fetched_at, month_first=month_first), None)


def possible(moment: Moment, fetched_at: datetime | None) -> bool:
    """Whether an article can bear this date: from newspapers' archives on, until the fetch and a day.

    The first day of 1970 at midnight is a field that nobody filled in, in any offset.
    """
    unset = abs(moment.at - _EPOCH_BEGINS) <= SLACK and moment.precision == "second"
    return (
        not unset and moment.at.year >= FIRST_YEAR and (fetched_at is None or moment.at - SLACK <= fetched_at)
    )


def find_dates(
    raw: str, fetched_at: datetime | None = None, *, month_first: bool = False
) -> Iterator[Moment]:
    """Every date in a raw value, by kind of notation: the most explicit first."""
    if _ISO.fullmatch(raw) and (stamp := _stamp(raw)):
        yield Moment(stamp, "second", zoned=True)
        return
    text = unicodedata.normalize("NFKC", raw[:MAX_CHARS])
    if not text.isascii():
        text = western(text)
    epoch = _EPOCH.match(text)
    if epoch:
        yield from _from_epoch(epoch[1])
        return
    stated = _YEAR_FIRST.match(text.lstrip()) if len(text) <= ISO_CHARS else None
    if stated:  # ISO 8601 and its kin say one thing
        moment = _moment(stated, text.lstrip(), month_first=month_first)
        yield from [moment] if moment else []
        return
    for pattern in (_YEAR_FIRST, _JS, _COMPACT, _DAY_FIRST, _MONTH_FIRST, _YEAR_NAME, _YEAR_LAST):
        for match in pattern.finditer(text):
            moment = _moment(match, text, month_first=month_first)
            if moment:
                yield moment
    if fetched_at is not None and fetched_at.year >= FIRST_YEAR:
        yield from _relative(text, fetched_at)


def _stamp(raw: str) -> datetime | None:
    """A timestamp of RFC 3339 in whole seconds; None where it names no day or hour that there is."""
    with suppress(ValueError):
        return datetime.fromisoformat(raw).replace(microsecond=0)
    return None


def _from_epoch(digits: str) -> Iterator[Moment]:
    seconds = int(digits) / (1000 if len(digits) == _MILLISECONDS else 1)
    yield Moment(datetime.fromtimestamp(int(seconds), UTC), "second", zoned=True)


def _moment(match: re.Match[str], text: str, *, month_first: bool) -> Moment | None:
    parts = match.groupdict()
    day = _day(parts, month_first=month_first)
    if day is None:
        return None
    clock: dict[str, str | None] | None = parts if parts.get("hour") else None
    if clock is None:
        found = _AFTER.match(text, match.end()) or _BARE_HOUR.match(text, match.end())
        found = found or _BEFORE.search(text[max(0, match.start() - 40) : match.start()])
        clock = found.groupdict() if found else None
    return _with_clock(day, clock)


def _day(parts: dict[str, str | None], *, month_first: bool) -> date | None:
    year = int(parts["year"] or 0)
    if year < 100:  # noqa: PLR2004 - two digits: this century
        year += 2000
    if parts.get("name"):
        month = months().get(_fold(parts["name"] or ""), 0)
        number = int(parts["day"] or 0)
    elif parts.get("first"):
        number, month = int(parts["first"] or 0), int(parts["second_"] or 0)
        if month > 12 or (month_first and number <= 12):  # noqa: PLR2004 - a year has twelve months
            number, month = month, number
    else:
        month, number = int(parts["month"] or 0), int(parts["day"] or 0)
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _with_clock(day: date, clock: dict[str, str | None] | None) -> Moment | None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if clock is None:
        return Moment(midnight, "day", zoned=False)
    hour, minute, second = int(clock["hour"] or 0), int(clock["minute"] or 0), int(clock["second"] or 0)
    half = (clock.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    zone = clock.get("zone") or ""
    if _is_senseless(zone):
        return None
    offset = _offset(zone)
    try:
        at = datetime(day.year, day.month, day.day, hour, minute, min(second, 59), tzinfo=offset or UTC)
        at.astimezone(UTC)
    except (ValueError, OverflowError):
        return Moment(midnight, "day", zoned=False)
    return Moment(at, "second", zoned=offset is not None)


def _is_senseless(zone: str) -> bool:
    """Whether what stands for an offset is none, nor the end of a range of hours: +99:99, never -19:30."""
    numbers = _OFFSET.search(zone)
    return numbers is not None and (int(numbers[2]) > _HOURS or int(numbers[3] or 0) >= _MINUTES)


def _offset(zone: str) -> timezone | None:
    numbers = _OFFSET.search(zone)
    if numbers:
        minutes = int(numbers[2]) * 60 + int(numbers[3] or 0)
        return (
            timezone(timedelta(minutes=-minutes if numbers[1] == "-" else minutes))
            if minutes <= _WIDEST
            else None
        )
    minutes_east = _ZONES.get(zone.upper())
    return None if minutes_east is None else timezone(timedelta(minutes=minutes_east))


def _relative(text: str, fetched_at: datetime) -> Iterator[Moment]:
    low = text.lower()
    pattern, seconds, days = _relative_words()
    for match in pattern.finditer(low):
        number, unit = match["number"] or match["number2"], match["unit"] or match["unit2"]
        length = seconds[unit]
        at = fetched_at - timedelta(seconds=(int(number) if number.isdecimal() else 1) * length)
        if length < 86_400:  # noqa: PLR2004 - shorter than a day
            yield Moment(at.replace(microsecond=0), "second", zoned=True)
        else:
            yield Moment(at.replace(hour=0, minute=0, second=0, microsecond=0), "day", zoned=True)
    for words, back in days:
        if found := words.search(low):
            day = fetched_at - timedelta(days=back)
            clock = _AFTER.match(low, found.end())
            told = _with_clock(day.date(), clock.groupdict()) if clock else None
            midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
            yield told or Moment(midnight, "day", zoned=True)


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).replace("İ", "i").lower()


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("parsers").joinpath("months.toml").read_text(encoding="utf-8"))


@cache
def months() -> dict[str, int]:
    """Month numbers by name in lower case, and by every unambiguous beginning of three letters or more."""
    full = [
        (unicodedata.normalize("NFC", name), number)
        for names in _words()["months"].values()
        for number, name in enumerate(names, 1)
        if name
    ]
    short: dict[str, set[int]] = {}
    for name, number in full:
        for length in range(3, len(name)):
            short.setdefault(name[:length], set()).add(number)
    table = {name: numbers.pop() for name, numbers in short.items() if len(numbers) == 1}
    table.update(full)
    table.update({"mar": 3, "jun": 6, "jul": 7, "apr": 4, "aug": 8, "may": 5, "mai": 5, "nov": 11, "sept": 9})
    return table


@cache
def _relative_words() -> tuple[re.Pattern[str], dict[str, int], list[tuple[re.Pattern[str], int]]]:
    words = _words()
    seconds = {word: unit["seconds"] for unit in words["units"].values() for word in unit["words"]}
    units = "|".join(re.escape(word) for word in sorted(seconds, key=len, reverse=True))
    before, after = ("|".join(map(re.escape, words["ago"][key])) for key in ("before", "after"))
    pattern = re.compile(
        rf"(?<!\w)(?P<number>\d{{1,3}}|\b(?:an?|one|un[ae]?)\b)\s?(?P<unit>{units})\s?(?:{after})|"
        rf"\b(?:{before})\s+(?P<number2>\d{{1,3}}|eine[rm]?|une?|una)\s?(?P<unit2>{units})\b"
    )
    days = [
        (re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in day["words"])), day["back"])
        for day in words["days"].values()
    ]
    return pattern, seconds, days
