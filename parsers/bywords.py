"""The words that bylines are made of: what opens and joins names, roles, agencies, and what is no name."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_LISTS: Final = (
    "roles",
    "organisations",
    "organisation_words",
    "never",
    "never_words",
    "particles",
    "surnames",
)


@dataclass(frozen=True, slots=True)
class Bywords:
    """What parsers/people.toml lists: openers and joiners as patterns, the rest as sets of small words."""

    openers: re.Pattern[str]
    joiners: re.Pattern[str]
    roles: frozenset[str]
    organisations: frozenset[str]
    organisation_words: frozenset[str]
    never: frozenset[str]
    never_words: frozenset[str]
    particles: frozenset[str]
    surnames: frozenset[str]


@cache
def bywords() -> Bywords:
    """Read people.toml, once."""
    table = tomllib.loads(files("parsers").joinpath("people.toml").read_text(encoding="utf-8"))
    openers = "|".join(re.escape(word) for word in sorted(table["openers"], key=len, reverse=True))
    joiners = "|".join(re.escape(each) for word in table["joiners"] for each in _spellings(word))
    return Bywords(
        re.compile(rf"^(?:{openers})(?:\s*[:：/\uff0f]\s*|\s+|$)", re.IGNORECASE),
        re.compile(rf"\s+(?:&|\+|{joiners})\s+"),
        *(frozenset(table[key]) for key in _LISTS),
    )


def _spellings(word: str) -> list[str]:
    """A joining word as written small and in capitals; En, Con and Dan are names, And and Und are not."""
    return [word, word.upper(), *([word.title()] if word in {"and", "und", "with", "mit"} else [])]
