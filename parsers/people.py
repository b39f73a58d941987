"""Authors: a raw byline as the names in it, people told from agencies, teams and roles."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from parsers.dates import months
from parsers.hygiene import plain

MAX_NAME: Final = 60  # characters; longer ones are sentences
MAX_WORDS: Final = 7
SENTENCE: Final = 3  # words beyond which two in lower case make a sentence
_URL: Final = re.compile(r"\(?\b(?:https?://|www\.)\S+|\S+@\S+\.\w+|(?<!\w)@\w+", re.IGNORECASE)
_PARENTHESIS: Final = re.compile(r"\s*[(\[{<][^()\[\]{}<>]{0,80}[)\]}>]")
_OTHERS: Final = re.compile(  # what follows names those who did something else, or sections
    r"\b(?:(?:edited|reviewed|checked|translated|photos?|photographs?|illustrations?|video) by"
    r"|medically reviewed|photos?:|fotos?:|bild(?:er)?:|published in|posted in|filed under"
    r"|übersetzt von|redigiert von|责任编辑|編集)|\|\s*in\s*\|",
    re.IGNORECASE,
)
_HARD: Final = re.compile(r"\s*(?:[;|•·‧∙●/\n\t→»›]|\s[–—-]\s|,\s*(?:and|und|et|y|e|og)\s)\s*")
_COMMA: Final = re.compile(r"\s*[,，、]\s*")
_EDGE: Final = " \t\"'“”„«»‹›*_:;,.|/\\–—-•·~+=<>()[]{}#©"
_TITLE_AFTER: Final = re.compile(
    r"^(?:jr|sr|ph\.?\s?d|m\.?\s?d|mba|msc|rn|bsc|esq|[ivx]{2,3}|dds|dvm|rd|cfa|cpa|jd|llm|facp|do|lmft|lcsw|rdn"
    r"|cpt|faan|mph|m\.?a|b\.?a|m\.?s|cscs|np|pharmd|od|psy\.?d|ed\.?d|obe|cfp|faclm)\.?$",
    re.IGNORECASE,
)
_DATEISH: Final = re.compile(
    r"\d{1,2}[./:-]\d{1,2}|\b(?:19|20)\d\d\b|\d{1,2}\s?(?:uhr|am|pm|min)\b|\d+\s", re.IGNORECASE
)
_TAIL: Final = re.compile(
    r"[\s,–—-]+(?:(?:on|am|vom|le|el|il|den|op|på|at|for|im|in|from|updated|published|posted|last"
    r"|aktualisiert|publié|publicado|veröffentlicht|stand|hace|il y a"
    r"|vor \d|im gespräch mit|im interview)\b.*"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)(?:day)?\b,?\s.*"
    r"|(?:january|february|march|april|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)\b\.?\s*\d.*|\d.*)$",
    re.IGNORECASE,
)
_ALNUM: Final = re.compile(r"\w+")
_CJK: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD: Final = re.compile(r"[^\W\d_][\w’'.-]*", re.UNICODE)


_LISTS: Final = ("roles", "organisations", "organisation_words", "never", "never_words", "particles")


@dataclass(frozen=True, slots=True)
class _Words:
    openers: re.Pattern[str]
    joiners: re.Pattern[str]
    roles: frozenset[str]
    organisations: frozenset[str]
    organisation_words: frozenset[str]
    never: frozenset[str]
    never_words: frozenset[str]
    particles: frozenset[str]


@cache
def _words() -> _Words:
    table = tomllib.loads(files("parsers").joinpath("people.toml").read_text(encoding="utf-8"))
    openers = "|".join(re.escape(word) for word in sorted(table["openers"], key=len, reverse=True))
    joiners = "|".join(re.escape(word) for word in table["joiners"])
    return _Words(
        re.compile(rf"^(?:{openers})(?:\s*[:：/]\s*|\s+|$)", re.IGNORECASE),
        re.compile(rf"\s+(?:&|\+|{joiners})\s+", re.IGNORECASE),
        *(frozenset(table[key]) for key in _LISTS),
    )


def split_names(raw: str) -> list[str]:
    """The names in a raw byline, in order, each once: without openers, roles, addresses and dates."""
    text = _PARENTHESIS.sub(" ", _URL.sub(" ", plain(raw.replace("\n", " | ").replace("\u3000", " "), 1_000)))
    text = _OTHERS.split(text, maxsplit=1)[0]
    names: list[str] = []
    for part in _HARD.split(text)[:40]:
        for piece in _commas(_open(part)):
            names.extend(_joined(piece))
    return unique(names)


def joined(one: str, other: str, raw: str) -> bool:
    """Whether a raw byline joins two of its names with "and" in one of the languages known."""
    found = raw.find(one)
    while found >= 0:
        between = _words().joiners.match(raw, found + len(one))
        if between and raw.startswith(other, between.end()):
            return True
        found = raw.find(one, found + 1)
    return False


def unique(names: Iterable[str]) -> list[str]:
    """The names in order, each once, folded by letters alone; of two spellings the first."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(fold(name), name)
    return list(seen.values())


def fold(name: str) -> str:
    """A name's letters and digits in lower case, single-spaced: what makes two spellings one name."""
    return " ".join(_ALNUM.findall(name.casefold()))


def is_person(name: str) -> bool:
    """Whether a name reads as a person's: two to five capitalised words, or two to five CJK letters."""
    words = _words()
    low = fold(name)
    if low in words.organisations or any(word in words.organisation_words for word in low.split()):
        return False
    if any(letter.isdigit() for letter in name):
        return False
    if _CJK.search(name):
        return 2 <= len(name.replace(" ", "")) <= 12  # noqa: PLR2004 - a name, and no sentence
    parts = name.split()
    significant = [part for part in parts if part.lower() not in words.particles]
    shaped = bool(significant) and all(not part[0].islower() for part in significant)
    return shaped and 2 <= len(parts) <= 5  # noqa: PLR2004 - one word is a nickname, six are a sentence


def is_organisation(name: str) -> bool:
    """Whether a name is a known agency, team or placeholder, or holds a word that only those bear."""
    words, low = _words(), fold(name)
    return low in words.organisations or any(word in words.organisation_words for word in low.split())


def _open(part: str) -> str:
    openers = _words().openers
    for _ in range(3):
        part = part.strip(_EDGE)
        match = openers.match(part)
        if not match or match.end() == len(part):
            return part
        part = part[match.end() :]
    return part


def _commas(part: str) -> list[str]:
    """The pieces between commas, degrees put back to their names and roles left out."""
    pieces: list[str] = []
    for piece in _COMMA.split(part):
        if _TITLE_AFTER.match(piece.strip()) and pieces:
            continue
        pieces.append(piece)
    return pieces


def _joined(piece: str) -> list[str]:
    """The names in a piece that joining words part, where what they part are names themselves."""
    parts = _words().joiners.split(piece)
    named = [name for part in parts if (name := _name(part))]
    single = "&" not in piece  # Maria and Katerina are two, Sand & Salt may be a firm
    if len(parts) > 1 and not all(is_person(name) or (single and len(name.split()) == 1) for name in named):
        whole = _name(piece)
        return [whole] if whole else named
    return named


def _name(text: str) -> str:
    """The text as one name, or "" where it is none."""
    words = _words()
    name = _TAIL.sub("", _open(text)).strip(_EDGE)
    low = name.lower()
    if not name or len(name) > MAX_NAME or low in words.never or not _WORD.search(name):
        return ""
    if _DATEISH.search(name) or len(name.split()) > MAX_WORDS:
        return ""
    tokens = fold(name).split()
    if all(token.isdigit() or token in months() for token in tokens) or words.never_words & set(tokens):
        return ""
    if any(token in words.roles for token in tokens) and not is_organisation(name):
        return ""
    small = [word for word in name.split() if word[0].islower() and word.lower() not in words.particles]
    if len(small) > 1 and len(tokens) > SENTENCE:
        return ""
    return name
