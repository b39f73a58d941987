"""The rules of boilerplate.toml, compiled once: what a block says, looks like or stands in decides."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Self

from bs4.element import Tag

from parsers.blocks import Piece
from parsers.text import fold

_SELECTOR = re.compile(r"[a-z][a-z0-9-]*|(?:[a-z][a-z0-9-]*)?\.[\w-]+|#[\w-]+|\[[\w-]+=[\w-]+\]")
_PARTS = re.compile(r"[.#\[\]]")  # of a selector: the tag, then the class, the id or the attribute's value
_PLACES = frozenset({"", "top", "bottom"})
_LONG = 120  # characters of a paragraph that is surely the story's
_LETTERS = 2  # no affix is shorter
_FOLDED = 170  # characters: no phrase is longer, nor any block made of known words
_TELLING = 3  # letters of a word that tells what a block is
_JOINING = frozenset({"and", "the", "per", "auf", "via", "zum", "bei", "sur", "new", "del"})
_READ = frozenset({"role", "rel", "data-component", "data-testid", "itemprop"})  # by selectors like [rel=tag]
_LIMIT = 300  # characters: unless a rule says otherwise it does not look at longer blocks


class RuleError(ValueError):
    """A rule that cannot be used; the message names it and what is wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of boilerplate, and its proofs: `drops` are taken out by it, `keeps` are not.

    The head of boilerplate.toml says what each key means.
    """

    name: str
    phrases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    longest: int = _LIMIT
    where: str = ""
    drops: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """Read a rule from its TOML table; raises RuleError for an unknown key or a rule without proofs."""
        name = table.get("name", "(a rule without a name)")
        if unknown := set(table) - {field.name for field in fields(cls)}:
            raise RuleError(f"{name}: unknown key {', '.join(sorted(unknown))}")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
        rule = cls(**{"name": name, **values})
        if not (rule.drops and rule.keeps):
            raise RuleError(f"{name}: a rule proves itself with `drops` and `keeps`")
        if rule.where not in _PLACES:
            raise RuleError(f"{name}: where is {rule.where!r}, not 'top' or 'bottom'")
        if wrong := [s for s in rule.selectors if not _SELECTOR.fullmatch(s)]:
            raise RuleError(f"{name}: {wrong[0]!r} is no tag, .class, #id, tag.class or [name=value]")
        return rule


class _Affixes:
    """How blocks begin or end, found by their first or last letters."""

    def __init__(self, rules: Iterable[Rule], key: str) -> None:
        self._last = key == "ends"
        self._known: dict[str, list[tuple[str, Rule]]] = {}
        for rule in rules:
            for affix in getattr(rule, key):
                self._known.setdefault(self._letters(affix), []).append((affix, rule))
        self._any = {letters: tuple(affix for affix, _ in known) for letters, known in self._known.items()}

    def _letters(self, text: str) -> str:
        return text[-_LETTERS:] if self._last else text[:_LETTERS]

    def match(self, text: str) -> str | None:
        affixes = self._any.get(self._letters(text), ())
        if not (text.endswith(affixes) if self._last else text.startswith(affixes)):
            return None  # as nearly every block: one call says so of all affixes
        for affix, rule in self._known.get(self._letters(text), ()):
            if len(text) <= rule.longest and (text.endswith(affix) if self._last else _starts(text, affix)):
                return rule.name
        return None


def _starts(text: str, affix: str) -> bool:
    """Whether `affix` stands before `text` as whole words; scripts without spaces have no such words."""
    after = text[len(affix) : len(affix) + 1]
    return text.startswith(affix) and not (affix[-1].isalpha() and after.isalpha() and after < "\u3000")


class _Matcher:
    """The rules of one place ("", "top" or "bottom"), as look-ups."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._phrases = {fold(phrase): rule.name for rule in rules for phrase in rule.phrases}
        self._words = [(frozenset(rule.words), rule) for rule in rules if rule.words]
        self._begins = _Affixes(rules, "begins")
        self._ends = _Affixes(rules, "ends")
        self._patterns = [(re.compile("|".join(r.patterns)), r) for r in rules if r.patterns]
        self.longest = max((rule.longest for rule in rules), default=0)

    def match(self, text: str, folded: str, lower: str, kind: str) -> str | None:
        """Name the rule that a block meets: its text, folded, in lower case with straight apostrophes.

        A heading may be made of share-bar words or a date ("Instagram and Facebook", "May 2024").
        """
        if len(text) > self.longest:
            return None
        if folded and (name := self._phrases.get(folded)):
            return name
        if name := self._begins.match(lower) or self._ends.match(lower):
            return name
        for words, rule in self._words if folded and kind != "heading" else ():
            if _made_of(words, folded, rule.longest):
                return rule.name
        for pattern, rule in self._patterns:
            if len(text) <= rule.longest and pattern.fullmatch(lower):
                return rule.name
        return None


def _made_of(words: frozenset[str], folded: str, longest: int) -> bool:
    """Whether a block is made of `words` and numbers, at least one of them a word."""
    if len(folded) > longest:
        return False
    known = False
    for word in folded.split():
        bare = word.strip("0123456789")
        if bare and bare not in words:
            return False
        known |= len(bare) >= _TELLING and bare not in _JOINING
    return known


class Rules:
    """Rules ready for use."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._selectors = {selector: rule.name for rule in self.rules for selector in rule.selectors}
        self._named = frozenset(part for key in self._selectors for part in _PARTS.split(key)[1:])
        self._at = {place: _Matcher([r for r in self.rules if r.where == place]) for place in sorted(_PLACES)}

    @property
    def tags(self) -> frozenset[str]:
        """The tags that a selector names with nothing else."""
        return frozenset(selector for selector in self._selectors if selector.isalnum())

    def text(self, text: str, places: Sequence[str] = ("",), kind: str = "paragraph") -> str | None:
        """Name the rule that drops a block of this text in one of these places."""
        if len(text) > max(self._at[place].longest for place in places):
            return None
        folded = fold(text) if len(text) <= _FOLDED else ""
        lower = text.casefold().replace("\u2019", "'").lstrip(" -–—•*|·»→►▶📷🔗📸👉")
        for place in places:
            if name := self._at[place].match(text, folded, lower, kind):
                return name
        return None

    def names(self, attribute: str, value: str) -> bool:
        """Whether a selector may choose an element for this attribute: most have none that any rule knows."""
        if attribute == "class":
            return not self._named.isdisjoint(value.split())
        return (attribute == "id" and value in self._named) or (
            attribute in _READ and f"{attribute}={value}" in self._named
        )

    def tag(self, tag: Tag) -> str | None:
        """Name the rule that drops this element and all that is in it."""
        known = self._selectors
        if not tag.attrs:
            return known.get(tag.name)
        for key in _keys(tag):
            if key in known:
                return known[key]
        return None

    def judge(self, pieces: Sequence[Piece]) -> None:
        """Set the `rule` of every piece that a rule drops, a list's items one by one."""
        live = [piece for piece in pieces if not piece.rule]
        for piece in live:
            self._judge(piece, ("",))
        for order, place in ((live, "top"), (live[::-1], "bottom")):
            for piece in order:
                if not piece.rule:
                    self._judge(piece, (place,))
                if not piece.rule and _is_story(piece):
                    break

    def _judge(self, piece: Piece, places: Sequence[str]) -> None:
        piece.rule = self.text(piece.text, places, piece.kind)
        if piece.kind != "list" or piece.rule:
            return
        named = [(item, self.text(item, places)) for item in piece.items]
        kept = tuple(item for item, name in named if not name)
        if not kept:
            piece.rule = named[0][1]
        elif len(kept) < len(named):
            piece.items, piece.text = kept, "\n".join(kept)


def _is_story(piece: Piece) -> bool:
    return piece.kind in {"paragraph", "quote"} and len(piece.text) - 2 * piece.linked >= _LONG


@cache
def rules() -> Rules:
    """Read the rules that ship with Cleanwire, once."""
    table = tomllib.loads(files("parsers").joinpath("boilerplate.toml").read_text("utf-8"))
    if unknown := set(table) - {"rule"}:
        raise RuleError(f"boilerplate.toml: unknown key {', '.join(sorted(unknown))}")
    return Rules(map(Rule.read, table["rule"]))


def _keys(tag: Tag) -> Iterator[str]:
    """Every selector that would choose `tag`."""
    yield tag.name
    for name, value in tag.attrs.items():
        if name == "class":
            for word in value:
                yield f".{word}"
                yield f"{tag.name}.{word}"
        elif name == "id":
            yield f"#{value}"
        elif name in _READ:
            yield f"[{name}={value if isinstance(value, str) else ' '.join(value)}]"
