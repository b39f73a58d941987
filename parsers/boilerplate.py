"""The rules of boilerplate.toml, compiled once: what a block says, looks like or stands in decides."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Self

from bs4 import Tag

from parsers.blocks import Piece
from parsers.text import fold

_SELECTOR = re.compile(r"(?P<tag>[a-z][a-z0-9-]*)?(?P<part>[.#][\w-]+|\[[\w-]+=[\w-]+\])?")
_LONGEST_PATTERN = 400  # characters: no pattern speaks of longer blocks, so none is tried on them


class RuleError(ValueError):
    """A rule that cannot be used; the message names it and what is wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of boilerplate, and its proofs: `drops` are taken out by it, `keeps` are not."""

    name: str
    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """Read a rule from its TOML table; raises RuleError for an unknown key or a rule without proofs."""
        name = table.get("name", "(a rule without a name)")
        if unknown := set(table) - {field.name for field in fields(cls)}:
            raise RuleError(f"{name}: unknown key {', '.join(sorted(unknown))}")
        lists: dict[str, Any] = {key: tuple(table[key]) for key in table if key != "name"}
        rule = cls(name=name, **lists)
        if not (rule.drops and rule.keeps):
            raise RuleError(f"{name}: a rule proves itself with `drops` and `keeps`")
        return rule


class Rules:
    """Rules ready for use: two look-ups and one regular expression a block, one look-up a class or id."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._phrases = {fold(phrase): rule.name for rule in self.rules for phrase in rule.phrases}
        self._selectors = {s: rule.name for rule in self.rules for s in map(_checked, rule.selectors)}
        self._names = [rule.name for rule in self.rules if rule.patterns]
        alternatives = "|".join(
            f"(?P<r{n}>{'|'.join(rule.patterns)})"
            for n, rule in enumerate(r for r in self.rules if r.patterns)
        )
        self._patterns = re.compile(alternatives, re.IGNORECASE) if alternatives else None

    def text(self, text: str) -> str | None:
        """Name the rule that drops a block of this text."""
        if len(text) > _LONGEST_PATTERN:
            return None
        if name := self._phrases.get(fold(text)):
            return name
        match = self._patterns.fullmatch(text) if self._patterns else None
        return self._names[int((match.lastgroup or "r0")[1:])] if match else None

    def tag(self, tag: Tag) -> str | None:
        """Name the rule that drops this element and all that is in it."""
        for key in _keys(tag):
            if name := self._selectors.get(key):
                return name
        return None

    def judge(self, pieces: Iterable[Piece]) -> None:
        """Set the `rule` of every piece whose text a rule drops."""
        for piece in pieces:
            if piece.rule:
                continue
            piece.rule = self.text(piece.text)
            if piece.kind == "list" and not piece.rule:
                self._judge_items(piece)

    def _judge_items(self, piece: Piece) -> None:
        """Take out a list's items that a rule drops, or the list where none is left."""
        named = [(item, self.text(item)) for item in piece.items]
        kept = tuple(item for item, name in named if not name)
        if not kept:
            piece.rule = named[0][1]
        elif len(kept) < len(named):
            piece.items, piece.text = kept, "\n".join(kept)


@cache
def rules() -> Rules:
    """Read the rules that ship with Cleanwire, once."""
    table = tomllib.loads(files("parsers").joinpath("boilerplate.toml").read_text("utf-8"))
    if unknown := set(table) - {"rule"}:
        raise RuleError(f"boilerplate.toml: unknown key {', '.join(sorted(unknown))}")
    return Rules(map(Rule.read, table["rule"]))


def _checked(selector: str) -> str:
    if not selector or not _SELECTOR.fullmatch(selector):
        raise RuleError(f"{selector!r} is no tag, .class, #id, tag.class or [name=value]")
    return selector


def _keys(tag: Tag) -> Iterable[str]:
    """Every selector that would choose `tag`."""
    yield tag.name
    for name, value in tag.attrs.items():
        if name == "class":
            for word in value:
                yield f".{word}"
                yield f"{tag.name}.{word}"
        elif name == "id":
            yield f"#{value}"
        elif name in {"role", "itemprop", "rel", "data-component", "data-testid"}:
            yield f"[{name}={value}]"
