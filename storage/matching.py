"""A search's tree as each database's own query: FTS5's MATCH text, or conditions on a tsvector.

Everything in it is made of tokens from storage.folding, so nothing that was typed can be read as an operator.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, cast, column, func, not_, or_
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from storage.fulltext import EVERYTHING, PREFIXES, WEIGHTS, facet
from storage.grammar import Both, Either, Facet, Node, Without, Words, positive_words

_EVERY = f'"{EVERYTHING}"'
_WORDS: ColumnElement[Any] = column("words", TSVECTOR)
_LONG: ColumnElement[str] = column("long")


def match_text(node: Node) -> str:
    """Write a tree as FTS5 would have it."""
    match node:
        case Words(tokens, field):
            return _phrase(tokens, field)
        case Facet(kind, value):
            return f'"{facet(kind, value)}"'
        case Either(parts):
            return f"({' OR '.join(map(match_text, parts))})"
        case Without():
            return _all_of((node,))
        case Both(parts):
            return _all_of(parts)


def _all_of(parts: tuple[Node, ...]) -> str:
    wanted = [match_text(part) for part in parts if not isinstance(part, Without)]
    unwanted = [match_text(part.part) for part in parts if isinstance(part, Without)]
    found = f"({' AND '.join(wanted) if wanted else _EVERY})"
    return f"({found} NOT ({' OR '.join(unwanted)}))" if unwanted else found


def _phrase(tokens: tuple[str, ...], field: str | None) -> str:
    if prefix := PREFIXES.get(field or ""):
        return f'"{" ".join(prefix + word for word in tokens)}"'
    words = f'"{" ".join(tokens)}"'
    return f"{field} : {words}" if field else words


def condition(node: Node) -> ColumnElement[bool]:
    """Write a tree as a condition on PostgreSQL's `fulltext` table."""
    match node:
        case Words(tokens, field):
            return _words(tokens, field)
        case Facet(kind, value):
            return _matches(f"'{facet(kind, value)}'")
        case Either(parts):
            return or_(*map(condition, parts))
        case Without(part):
            return not_(condition(part))
        case Both(parts):
            return and_(*map(condition, parts))


def ranking(node: Node) -> str:
    """Write all the words that a tree looks for as a tsquery that any of them satisfies; "" for none."""
    return " | ".join(f"({_lexemes(words.tokens, words.field)})" for words in positive_words(node))


def _words(tokens: tuple[str, ...], field: str | None) -> ColumnElement[bool]:
    found = _matches(_lexemes(tokens, field))
    if len(tokens) == 1 or field is not None:
        return found
    each = " & ".join(f"'{word}'" for word in dict.fromkeys(tokens))
    running = func.coalesce(_LONG, "")  # null is neither true nor false, and nothing's opposite
    return or_(found, and_(_matches(each), running.contains(f" {' '.join(tokens)} ")))


def _lexemes(tokens: tuple[str, ...], field: str | None) -> str:
    prefix = PREFIXES.get(field or "", "")
    weight = f":{WEIGHTS[field]}" if field and not prefix else ""
    return " <-> ".join(f"'{prefix}{word}'{weight}" for word in tokens)


def _matches(lexemes: str) -> ColumnElement[bool]:
    return _WORDS.op("@@", is_comparison=True)(cast(lexemes, TSQUERY))
