"""How text becomes the words that search compares: one rule for both databases, at write and at query time.

Letters lose their case and their diacritics; scripts that put no spaces between words (Chinese, Japanese,
Thai, Lao, Khmer, Burmese, Tibetan) and Korean, whose endings join the word, become one token a character, so
that any part of them is found as a phrase. Case folding and normal forms: The Unicode Standard, sections
3.11 and 3.13.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

RULES = f"1, Unicode {unicodedata.unidata_version}"  # what follows; a change of it that changes words is 2
LONGEST = 64
KEPT_CLASSES = frozenset({0, 8, 9})  # combining classes: no mark above or below; kana voicing; virama
JOINERS = "\u00ad\u200b\u200c\u200d\u2060\ufeff"  # soft hyphen and invisible joiners stand inside words
UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fff\u3005-\u3007"
    "\u3040-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
WRITTEN = (range(0x80, 0x20000), range(0x20000, 0x33480), range(0xE0100, 0xE01F0))  # planes that hold letters
LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
PUNCTUATION = "\u2018\u2019\u201c\u201d\u2013\u2014\u2026«»•·€£°"  # with it gone, most Western text is ASCII
_LATIN_MARKS = re.compile("[\u0300-\u036f]+")
_ASCII_TOKEN = re.compile(r"[a-z0-9]+")
_ASCII_FOLDED = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)
).ljust(256)


def _ranges(points: Iterable[int]) -> str:
    """Write code points as the inside of a regular expression's character class."""
    spans: list[list[int]] = []
    for point in points:
        if spans and point == spans[-1][1] + 1:
            spans[-1][1] = point
        else:
            spans.append([point, point])
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in spans)


def _written() -> Iterator[int]:
    return (point for span in WRITTEN for point in span)


@cache
def _dropped() -> re.Pattern[str]:
    marks = (
        point for span in WRITTEN for point in span if unicodedata.combining(chr(point)) not in KEPT_CLASSES
    )
    return re.compile(f"[{_ranges(marks)}{JOINERS}]+")


@cache
def _token() -> re.Pattern[str]:
    unspaced = re.compile(f"[{UNSPACED}]")
    letters = (
        point
        for point in _written()
        if unicodedata.category(chr(point))[0] in "LNM" and not unspaced.match(chr(point))
    )
    return re.compile(rf"[a-z0-9{_ranges(letters)}]+|(?=[{UNSPACED}])[^\W_]")


@cache
def _run() -> re.Pattern[str]:
    marks = (point for point in _written() if unicodedata.category(chr(point))[0] == "M")
    return re.compile(rf"(?:[^\W_]|[{_ranges(marks)}{JOINERS}])+")


@cache
def _sign() -> re.Pattern[str]:
    marks = _ranges(point for point in _written() if unicodedata.category(chr(point))[0] == "M")
    return re.compile(f"[{UNSPACED}][\u1160-\u11ff\ud7b0-\ud7fb{marks}{JOINERS}]*|[^{UNSPACED}]+")


def signs(run: str) -> Iterator[re.Match[str]]:
    """Yield the parts of a run that are words of their own: a sign with its marks, Hangul's parts as one."""
    return _sign().finditer(run)


def runs(text: str) -> Iterator[re.Match[str]]:
    """Yield the stretches of a text, as it stands, that tokens() makes words of."""
    return _run().finditer(text)


def fold(text: str) -> str:
    """Take away case, diacritics, compatibility forms and invisible joiners."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize(
        "NFKD", text.replace("\u2122", " ")
    ).casefold()  # a trade mark is no word "tm"
    for (
        letter,
        plain,
    ) in LETTERS.items():  # they have no decomposition, and people type them without the stroke
        text = text.replace(letter, plain)
    text = _LATIN_MARKS.sub("", text)
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _dropped().sub("", unicodedata.normalize("NFKD", text)))


def tokens(text: str) -> list[str]:
    """Split text into folded words, each cut at 64 characters; punctuation separates and is gone."""
    if not text.isascii():
        for sign in PUNCTUATION:
            text = text.replace(sign, " ")
    if text.isascii():
        found = text.encode().translate(_ASCII_FOLDED).decode().split()
    else:
        folded = fold(text)
        found = (_ASCII_TOKEN if folded.isascii() else _token()).findall(folded)
    return [word[:LONGEST] for word in found] if max(map(len, found), default=0) > LONGEST else found
