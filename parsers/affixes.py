"""How blocks begin and end: found by two letters, and counted where the evidence is enough."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from parsers.blocks import Piece
from parsers.evidence import (
    Attributions,
    is_button,
    is_doubted,
    is_linked,
    is_rejected,
    names_alone,
    points_on,
)
from parsers.rule import Rule
from parsers.text import is_ended, measure

_LETTERS = 2  # no affix is shorter
_PREPOSITION = 2  # names that must follow an opener of one word ("By Ada Writer", not "By Monday")
OPENINGS = ("begins", "labels", "hints", "openers", "buttons")
MARKS = " -–—•*|·»→➡►▶⬇📷🔗📸👉👇📲📱📣📢🔔✉📧📩📰🎧📺\ufe0f"


@dataclass(frozen=True, slots=True)
class Words:
    """The words that decide between a sentence and a line of names: who said it, and what joins names."""

    attributions: Attributions
    joining: frozenset[str]
    agencies: frozenset[str]


class Affixes:
    """How blocks begin or end, found by their first or last letters; what else is needed is the key's."""

    def __init__(self, rules: Iterable[Rule], keys: Iterable[str], words: Words) -> None:
        self._last = "ends" in keys
        self._words = words
        self._known: dict[str, list[tuple[str, str, Rule]]] = {}
        for rule in rules:
            for key in keys:
                for affix in map(str.casefold, getattr(rule, key)):
                    self._known.setdefault(self._letters(affix), []).append((affix, key, rule))
        self._any = {letters: tuple(affix for affix, *_ in known) for letters, known in self._known.items()}
        self._says = {rule.says: re.compile("|".join(rule.says).casefold()) for rule in rules if rule.says}

    def _letters(self, text: str) -> str:
        return text[-_LETTERS:] if self._last else text[:_LETTERS]

    def match(self, piece: Piece, lower: str) -> str | None:
        """Name the rule of the first affix that has all the evidence it needs."""
        affixes = self._any.get(self._letters(lower), ())
        if not (lower.endswith(affixes) if self._last else lower.startswith(affixes)):
            return None  # as nearly every block: one call says so of all affixes
        size = measure(lower)
        for affix, key, rule in self._known.get(self._letters(lower), ()):
            if size > rule.longest or not (lower.endswith(affix) if self._last else _starts(lower, affix)):
                continue
            if self._proven(piece, lower, affix, key, rule):
                return rule.name
        return None

    def _proven(self, piece: Piece, lower: str, affix: str, key: str, rule: Rule) -> bool:
        """Whether a block that begins or ends like this is boilerplate: `key` says what it takes."""
        if key == "openers":
            return self._signs(piece, affix, rule)
        if key == "buttons":
            return is_button(piece)
        if key == "ends" and rule.says:
            return self._says[rule.says].search(lower) is not None
        if key == "ends" or is_linked(piece) or (key == "begins" and not rule.says):
            return True
        after = lower[len(affix) :]
        if key == "labels" and affix[-1].isalpha() and points_on(after):
            return True
        return not self._words.attributions.found(lower) and (
            bool(rule.says and self._says[rule.says].search(after))
            or (key == "labels" and piece.kind != "heading" and not is_ended(lower))
            or is_rejected(piece)
            or (key != "begins" and (is_doubted(piece) or piece.kind == "caption"))
        )

    def _signs(self, piece: Piece, affix: str, rule: Rule) -> bool:
        """Whether a line that begins like this only names people, places and days."""
        bare = " " not in affix.strip() and affix[-1] == " "
        if piece.kind == "heading" or (bare and is_ended(piece.text)):
            return False
        after = piece.text.lstrip(MARKS)[len(affix) :]
        joining = self._words.joining.union(rule.words)
        return names_alone(after, joining, self._words.agencies, _PREPOSITION if bare else 1)


def _starts(text: str, affix: str) -> bool:
    """Whether `affix` stands before `text` as whole words; scripts without spaces have no such words."""
    after = text[len(affix) : len(affix) + 1]
    return text.startswith(affix) and not (affix[-1].isalpha() and after.isalpha() and after < "\u3000")
