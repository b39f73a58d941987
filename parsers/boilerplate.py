"""The rules of boilerplate.toml, compiled once: what a block says, looks like or stands in decides."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from bs4.element import Tag

from parsers.affixes import MARKS, OPENINGS, Affixes, Words
from parsers.blocks import Piece
from parsers.evidence import Attributions, is_doubted, is_linked
from parsers.rule import PLACES, Rule, RuleError
from parsers.text import fold, is_ended, measure

_PARTS = re.compile(r"[.#\[\]]")  # of a selector: the tag, then the class, the id or the attribute's value
_LONG = 120  # characters, measured, of a paragraph that is surely the story's
_SENTENCE = 20  # and of a sentence
_SENTENCES = 2  # so many of these end the story's top or bottom as one long paragraph does
_FOLDED = 170  # characters: no phrase is longer, nor any block made of known words
_QUESTIONS = ("?", "\uff1f", "\u061f")
_CREDITED = re.compile(r"(.{15,}[.!?\u201d\"\u00bb])\s*\S.{2,80}")  # a caption and the credit behind it
_TELLING = 3  # letters of a word that tells what a block is
_JOINING = frozenset({"and", "the", "per", "auf", "via", "zum", "bei", "sur", "new", "del"})
_READ = frozenset({"role", "rel", "data-component", "data-testid", "itemprop"})  # by selectors like [rel=tag]
LOOKED_AT = _READ | {"class", "id"}  # attributes that a selector may name


class _Matcher:
    """The rules of one place ("", "top" or "bottom"), as look-ups."""

    def __init__(self, rules: Sequence[Rule], words: Words) -> None:
        self._phrases = {fold(phrase): rule.name for rule in rules for phrase in rule.phrases}
        self._words = [(frozenset(rule.words), rule) for rule in rules if rule.words]
        self._begins = Affixes(rules, OPENINGS, words)
        self._ends = Affixes(rules, ("ends",), words)
        self._patterns = [(re.compile("|".join(r.patterns)), r) for r in rules if r.patterns]
        self._attributions = words.attributions
        self._lengths = sorted({rule.longest for _, rule in self._patterns})
        self._any_pattern = _unions(self._patterns, self._lengths)
        self.longest = max((rule.longest for rule in rules), default=0)

    def match(self, piece: Piece, folded: str, lower: str) -> str | None:
        """Name the rule that a block meets: its text, folded, in lower case with straight apostrophes.

        A heading may be made of share-bar words or a date ("Instagram and Facebook", "May 2024").
        """
        text = piece.text
        if len(text) > self.longest:
            return None
        if piece.kind == "list" and not (is_linked(piece) or is_doubted(piece)):
            folded = ""  # "Instagram", "Reuters" and "Videos" may be what a story lists
        asks = text.endswith(_QUESTIONS) and " " not in folded  # "More?" is a question, and no button's
        if folded and not asks and (name := self._phrases.get(folded.strip("+ "))):
            return name
        if name := self._begins.match(piece, lower) or self._ends.match(piece, lower):
            return name
        said = folded.split() if piece.kind != "heading" else []
        for words, rule in self._words if said else ():
            if len(folded) <= rule.longest and _made_of(words, said):
                return rule.name
        # Nearly every block meets none of them: one call says so of all patterns.
        place = bisect_left(self._lengths, len(text))
        together = self._any_pattern[place] if place < len(self._lengths) else None
        for pattern, rule in self._patterns if together and together.fullmatch(lower) else ():
            if len(text) <= rule.longest and pattern.fullmatch(lower):
                told = piece.kind == "paragraph" and not is_doubted(piece) and is_ended(text)
                return None if told and self._attributions.found(lower) else rule.name
        return None


def _unions(patterns: Sequence[tuple[re.Pattern[str], Rule]], lengths: list[int]) -> list[re.Pattern[str]]:
    """Join for each length the patterns of all rules that look at blocks so long."""
    return [
        re.compile("|".join(known.pattern for known, rule in patterns if rule.longest >= longest))
        for longest in lengths
    ]


def _made_of(words: frozenset[str], said: list[str]) -> bool:
    """Whether a block is made of `words` and numbers, at least one of them a word."""
    known = False
    for word in said:
        bare = word.strip("0123456789")
        if bare and bare not in words:
            return False
        known |= len(bare) >= _TELLING and bare not in _JOINING
    return known


class Rules:
    """Rules ready for use."""

    def __init__(self, rules: Iterable[Rule], words: Words) -> None:
        self.rules = tuple(rules)
        self._selectors = {selector: rule.name for rule in self.rules for selector in rule.selectors}
        self._named = frozenset(part for key in self._selectors for part in _PARTS.split(key)[1:])
        self._at = {
            place: _Matcher([r for r in self.rules if r.where == place], words) for place in sorted(PLACES)
        }
        self._longest = max(matcher.longest for matcher in self._at.values())

    @property
    def tags(self) -> frozenset[str]:
        """The tags that a selector names with nothing else."""
        return frozenset(selector for selector in self._selectors if selector.isalnum())

    def text(self, piece: Piece, places: Sequence[str] = ("",)) -> str | None:
        """Name the rule that drops a block for what it says, in one of these places."""
        text = piece.text.replace("İ", "I")  # whose small letter is two characters
        if len(text) > self._longest:
            return None
        folded = fold(text) if len(text) <= _FOLDED else ""
        lower = text.casefold().replace("\u2019", "'").lstrip(MARKS)
        for place in places:
            if name := self._at[place].match(piece, folded, lower):
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
            left = _SENTENCES
            for piece in order:
                if not piece.rule:
                    self._judge(piece, (place,))
                if not piece.rule:
                    left -= _weight(piece)
                if left <= 0:
                    break

    def _judge(self, piece: Piece, places: Sequence[str]) -> None:
        piece.rule = self.text(piece, places)
        if piece.kind == "caption" and piece.rule == "credit" and (told := _CREDITED.fullmatch(piece.text)):
            piece.text = told[1]
            piece.rule = self.text(piece, places)
        if piece.kind != "list" or piece.rule:
            return
        named = [(item, self.text(_item(piece, item), places)) for item in piece.items]
        kept = tuple(item for item, name in named if not name)
        if not kept:
            piece.rule = named[0][1]
        elif len(kept) < len(named):
            piece.items, piece.text = kept, "\n".join(kept)


def _item(piece: Piece, item: str) -> Piece:
    """One item of a list, linked and scored as all of it is."""
    linked = round(len(item) * piece.linked / len(piece.text))
    return Piece("list", item, linked=linked, score=piece.score)


def _weight(piece: Piece) -> int:
    """How much of the story's start or end a block is: all of it where it is long, half for a sentence."""
    if piece.kind not in {"paragraph", "quote"}:
        return 0
    size = measure(piece.text) - 2 * piece.linked
    return _SENTENCES if size >= _LONG else int(size >= _SENTENCE and is_ended(piece.text))


@cache
def rules() -> Rules:
    """Read the rules that ship with Cleanwire, once."""
    table = tomllib.loads(files("parsers").joinpath("boilerplate.toml").read_text("utf-8"))
    if unknown := set(table) - {"rule", "said", "joining", "agencies"}:
        raise RuleError(f"boilerplate.toml: unknown key {', '.join(sorted(unknown))}")
    names = (frozenset(table["joining"]), frozenset(table["agencies"]))
    words = Words(Attributions(table["said"]), *names)
    return Rules(map(Rule.read, table["rule"]), words)


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
