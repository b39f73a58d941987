"""What people type into a search box, read into a small tree; nothing that is typed is an error.

Words side by side must all be there; OR (or |) stands between alternatives and binds closer than that, so
`budget tax OR levy` asks for budget and one of the others. "Quoted words" stand in this order; -word,
-"phrase", -field:value and -(group) must not be there (NOT does the same). Fields: title: author: source:
host: lang: section: tag:, and after: before:, which bound the whole search wherever they stand. What cannot
be read as one of these is taken as words; a group that is nested too deep is left out whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from parsers.urls import host_of
from storage.folding import tokens

LONGEST_QUERY = 4_000
MOST_TERMS = 256
DEEPEST = 8  # levels of a search's tree; one takes FTS5's parser up to ten of its 100 places
MOST_NESTED = 60  # groups within groups as typed, most of which can only be needless
FieldName = Literal["title", "author", "section", "tag", "source", "host", "lang"]
FIELDS: dict[str, FieldName] = {
    "title": "title",
    "author": "author",
    "section": "section",
    "tag": "tag",
    "source": "source",
    "host": "host",
    "lang": "lang",
    "language": "lang",
}
BOUNDS = {"after": True, "since": True, "before": False, "until": False}  # True: the earlier end
WORD_FIELDS = frozenset({"title", "author", "section", "tag"})
_QUOTES = str.maketrans("\u201c\u201d\u201e\u00ab\u00bb\0", '""""" ')
_LEXEME = re.compile(
    r"""(?P<minus>-*)(?:(?P<field>[A-Za-z]+):(?=[^\s)]))?(?:"(?P<quoted>[^"]*)"?|(?P<paren>[()])|(?P<bare>[^\s"()]+))"""
)
_RELATIVE = re.compile(r"([0-9]{1,6})(h|d|w|m|y)", re.IGNORECASE)
_HOST_ONLY = re.compile(r"^(?:[a-z]+://)?[.*]*|[:/?#].*$")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}
_CALENDAR = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Words:
    """Folded words that stand side by side in this order, in one field or anywhere."""

    tokens: tuple[str, ...]
    field: FieldName | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A property that the article has: its source, host or language, as typed and in lower case."""

    field: FieldName
    value: str


@dataclass(frozen=True, slots=True)
class Both:
    """Every part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The part does not hold."""

    part: Node


Node = Words | Facet | Both | Either | Without


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: `where` is None for everything; published at or after `since`, before `until`.

    Where more was typed than is looked for, it is not `whole`.
    """

    where: Node | None = None
    since: datetime | None = None
    until: datetime | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Lexeme:
    negative: bool
    field: str | None
    text: str
    quoted: bool
    paren: str


def parse_search(text: str, now: datetime) -> Search:
    """Read what was typed, as far as a search goes; relative times are reckoned from `now`, aware."""
    clean = text[:LONGEST_QUERY].encode("utf-8", "replace").decode("utf-8")
    reader = _Reader(_without_needless(_lexemes(clean.translate(_QUOTES))), now)
    typed = reader.group(0)
    where = None if typed is None else _within(typed, DEEPEST)
    whole = reader.whole and where == typed and len(text) <= LONGEST_QUERY
    return Search(where, reader.since, reader.until, whole)


def moment(text: str, now: datetime) -> datetime | None:
    """Read a time: 2026, 2026-11, 2026-11-01, ISO 8601, 7d (h, d, w, m, y before now), today, yesterday.

    Without an offset it is UTC; a day, month or year means its beginning. None for anything else.
    """
    text = text.strip()
    if relative := _RELATIVE.fullmatch(text):
        hours = int(relative[1]) * _HOURS[relative[2].lower()]
        earliest = datetime(1, 1, 1, tzinfo=UTC)
        return max(now - min(timedelta(hours=hours), now - earliest), earliest)
    if (day := text.lower()) in {"today", "yesterday"}:
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight if day == "today" else midnight - timedelta(days=1)
    try:
        if calendar := _CALENDAR.fullmatch(text):
            return datetime(int(calendar[1]), int(calendar[2] or 1), int(calendar[3] or 1), tzinfo=UTC)
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def both(parts: Sequence[Node | None]) -> Node | None:
    """Join what must all hold, leaving out what asks for nothing; None when nothing is left."""
    kept = tuple(dict.fromkeys(part for part in parts if part is not None))
    return kept[0] if len(kept) == 1 else Both(kept) if kept else None


def in_field(field: FieldName | None, text: str) -> Node | None:
    """Look for a text in one field, as words or as a facet; None when there is nothing in it to look for."""
    if field is None or field in WORD_FIELDS:
        words = tuple(tokens(text))
        return Words(words, field) if words else None
    value = text.strip().lower()
    if field == "host":
        value = _HOST_ONLY.sub("", value)
        value = host_of(f"//{value}") or value  # as it stands in addresses: xn--...
    return Facet(field, value.replace("_", "-") if field == "lang" else value) if value else None


def positive_words(node: Node | None) -> tuple[Words, ...]:
    """List the words and phrases that are looked for, in the order typed: what a snippet marks."""
    match node:
        case Words():
            return (node,)
        case Both(parts) | Either(parts):
            return tuple(words for part in parts for words in positive_words(part))
        case _:
            return ()


def _lexemes(text: str) -> list[_Lexeme]:
    found = []
    for match in _LEXEME.finditer(text):
        quoted = match["quoted"]
        words = quoted if quoted is not None else match["bare"] or ""
        found.append(
            _Lexeme(bool(match["minus"]), match["field"], words, quoted is not None, match["paren"] or "")
        )
    return found


def _without_needless(lexemes: list[_Lexeme]) -> list[_Lexeme]:
    """Leave out parentheses that stand directly within others."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for at, lexeme in enumerate(lexemes):
        if lexeme.paren == "(":
            opened.append(at)
        elif lexeme.paren and opened:
            ends[opened.pop()] = at
    ends |= {at: len(lexemes) + more for more, at in enumerate(reversed(opened))}
    doubled = (at for at, end in ends.items() if ends.get(at + 1) == end - 1)
    inner = [at + 1 for at in doubled if not lexemes[at + 1].negative and not lexemes[at + 1].field]
    needless = {*inner, *(ends[at] for at in inner)}
    return [lexeme for at, lexeme in enumerate(lexemes) if at not in needless]


class _Reader:
    """Reads lexemes from left to right; `since`, `until` and `whole` are filled on the way."""

    def __init__(self, lexemes: list[_Lexeme], now: datetime) -> None:
        self.since: datetime | None = None
        self.until: datetime | None = None
        self.whole = True
        self._lexemes = lexemes
        self._at = 0
        self._terms = 0
        self._now = now

    def group(self, depth: int, field: FieldName | None = None) -> Node | None:
        """Read up to the closing parenthesis of this depth, or to the end."""
        alternatives: list[list[Node]] = []
        joined = negative = False
        while (lexeme := self._next()) is not None:
            if lexeme.paren == ")":
                if depth:
                    break
                continue
            if not lexeme.field and not lexeme.quoted and lexeme.text in {"OR", "|", "AND", "NOT"}:
                joined = lexeme.text in {"OR", "|"} or (lexeme.text == "NOT" and joined)
                negative = lexeme.text == "NOT"
                continue
            part = self._part(lexeme, depth, field, negative=lexeme.negative != negative)
            if part is not None and joined and alternatives:
                alternatives[-1].append(part)
            elif part is not None:
                alternatives.append([part])
            joined = negative = False
        return both([_either(parts) for parts in alternatives])

    def _next(self) -> _Lexeme | None:
        if self._at == len(self._lexemes):
            return None
        self._at += 1
        return self._lexemes[self._at - 1]

    def _part(self, lexeme: _Lexeme, depth: int, field: FieldName | None, *, negative: bool) -> Node | None:
        name = (lexeme.field or "").lower()
        field = FIELDS.get(name, field)
        if lexeme.paren and depth == MOST_NESTED:
            self._pass_over()
            return None
        if lexeme.paren:
            part = self.group(depth + 1, field)
        elif name in BOUNDS and self._bound(BOUNDS[name] != negative, lexeme.text):
            return None
        else:
            unread = lexeme.field if lexeme.field and name not in FIELDS else ""
            part = self._term(field, f"{unread} {lexeme.text}")
        if part is None or not negative:
            return part
        return part.part if isinstance(part, Without) else Without(part)

    def _pass_over(self) -> None:
        """Go on behind the parenthesis that closes the one just read."""
        self.whole = False
        open_ones = 1
        while open_ones and (lexeme := self._next()) is not None:
            open_ones += {"(": 1, ")": -1}.get(lexeme.paren, 0)

    def _term(self, field: FieldName | None, text: str) -> Node | None:
        self._terms += 1
        if self._terms > MOST_TERMS:
            self.whole = False
            return None
        return in_field(field, text)

    def _bound(self, since: bool, text: str) -> bool:
        """Narrow the search's time; False when the text is no time."""
        when = moment(text, self._now)
        if when is None:
            return False
        if since:
            self.since = max(when, self.since or when)
        else:
            self.until = min(when, self.until or when)
        return True


def _within(node: Node, levels: int) -> Node | None:
    """Leave out groups below so many levels; alternatives side by side are of the level they stand in."""
    match node:
        case Both(parts) | Either(parts) if levels:
            joined = isinstance(node, Both)
            found = [_within(part, levels - (not joined or not isinstance(part, Either))) for part in parts]
            kept = [part for part in found if part is not None]
            return both(kept) if joined or not kept else _either(kept)
        case Without(part):
            kept_part = _within(part, levels)
            return None if kept_part is None else Without(kept_part)
        case Words() | Facet():
            return node
        case _:
            return None


def _either(parts: list[Node]) -> Node:
    kept = tuple(dict.fromkeys(parts))
    return kept[0] if len(kept) == 1 else Either(kept)
