"""A search's tree as each database's own query: FTS5's MATCH text, or conditions on a tsvector.

Everything in it is made of tokens from storage.folding, so nothing that was typed can be read as an operator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, column, func, not_, or_
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from storage.fulltext import EVERYTHING, PREFIXES, WEIGHTS, facet
from storage.grammar import Both, Either, Facet, Node, Without, Words, positive_words

_EVERY = f'"{EVERYTHING}"'
_NOTHING = f'"{EVERYTHING}{EVERYTHING}"'  # a token of no article
_WORDS: ColumnElement[Any] = column("words", TSVECTOR)
_BETWEEN = {Both: " & ", Either: " | "}
_LONG: ColumnElement[str] = column("long")
_UNKNOWN: Mapping[str, int] = MappingProxyType({})


def match_text(node: Node, sizes: Mapping[str, int] = _UNKNOWN) -> str:
    """Write a tree as FTS5 would have it; `sizes` tells how long the lists of words are, if known."""
    match node:
        case Words(tokens, field):
            return _phrase(tokens, field)
        case Facet(kind, value):
            return f'"{facet(kind, value)}"'
        case Either(parts):
            return f"({' OR '.join(match_text(part, sizes) for part in parts)})"
        case Without():
            return _all_of((node,), sizes)
        case Both(parts):
            return _all_of(parts, sizes)


def _all_of(parts: tuple[Node, ...], sizes: Mapping[str, int]) -> str:
    wanted = [part for part in parts if not isinstance(part, Without)]
    unwanted = [match_text(part.part, sizes) for part in parts if isinstance(part, Without)]
    found = f"({_narrowed(wanted, sizes) if wanted else _EVERY})"
    return f"({found} NOT ({' OR '.join(unwanted)}))" if unwanted else found


def _narrowed(wanted: Sequence[Node], sizes: Mapping[str, int]) -> str:
    """Ask first which articles pass the filters, of these which have a phrase's rarest word, then the rest.

    FTS5 makes one list of an AND within an AND, and looks every part of it up for each article that passes
    any. A NOT stays apart: it is the fence between those that are cheap to ask and those that are not.
    """
    filters = [part for part in wanted if is_filter(part)]
    others = [part for part in wanted if part not in filters]
    if not filters or not others:
        return " AND ".join(match_text(part, sizes) for part in wanted)
    phrases = [part for part in others if isinstance(part, Words) and len(part.tokens) > 1]
    rare = [_phrase((_rarest(part, sizes),), part.field) for part in phrases]
    gate = " AND ".join(map(match_text, filters))
    for more in ([rare] if rare else []) + [[match_text(part, sizes) for part in others]]:
        gate = " AND ".join([f"(({gate}) NOT {_NOTHING})", *more])
    return gate


def _rarest(phrase: Words, sizes: Mapping[str, int]) -> str:
    """Return the word with the shortest list, or the longest word: in most languages it is the same."""
    prefix = PREFIXES.get(phrase.field or "", "")
    return min(phrase.tokens, key=lambda word: (sizes.get(prefix + word, 0), -len(word)))


def is_filter(part: Node) -> bool:
    """Tell whether a part asks for properties alone: source, host, language."""
    return isinstance(part, Facet) or (isinstance(part, Either) and all(map(is_filter, part.parts)))


def _phrase(tokens: tuple[str, ...], field: str | None) -> str:
    if prefix := PREFIXES.get(field or ""):
        return f'"{" ".join(prefix + word for word in tokens)}"'
    words = f'"{" ".join(tokens)}"'
    return f"{field} : {words}" if field else words


def condition(node: Node) -> ColumnElement[bool]:
    """Write a tree as a condition on PostgreSQL's `fulltext` table.

    As much as can be is one tsquery: its index answers it whole, where a `not` around one reads the words.
    """
    told = _tsquery(node) if _needs_words(node) else None
    if told is not None:
        return _matches(told)
    match node:
        case Words(tokens):
            return _running(tokens)
        case Without(part):
            return not_(condition(part))
        case Either(parts):
            return or_(*map(condition, parts))
        case Both(parts):
            return and_(*map(condition, _gathered(parts)))
        case Facet(kind, value):
            return _matches(_quoted(kind, value))


def _needs_words(node: Node) -> bool:
    """Tell whether nothing can match that has none of the words looked for: else the index is no help."""
    match node:
        case Both(parts):
            return any(map(_needs_words, parts))
        case Either(parts):
            return all(map(_needs_words, parts))
        case _:
            return not isinstance(node, Without)


def _tsquery(node: Node) -> str | None:
    """Write a tree as a tsquery; None with a phrase, whose places may stand beside the tsvector."""
    match node:
        case Words(tokens, field):
            return None if len(tokens) > 1 and field is None else f"({_lexemes(tokens, field)})"
        case Facet(kind, value):
            return _quoted(kind, value)
        case Without(part):
            told = _tsquery(part)
            return None if told is None else f"!{told}"
        case Both(parts) | Either(parts):
            each = [told for told in map(_tsquery, parts) if told is not None]
            return f"({_BETWEEN[type(node)].join(each)})" if len(each) == len(parts) else None


def _quoted(kind: str, value: str) -> str:
    return f"'{facet(kind, value)}'"


def _gathered(parts: Sequence[Node]) -> Sequence[Node]:
    """Join those of the parts that one tsquery can tell, where there is one among them that it needs."""
    told = tuple(part for part in parts if _tsquery(part) is not None)
    if not any(map(_needs_words, told)):
        return parts
    return [Both(told), *(part for part in parts if part not in told)]


def ranking(node: Node) -> str:
    """Write all the words that a tree looks for as a tsquery that any of them satisfies; "" for none."""
    return " | ".join(f"({_lexemes(words.tokens, words.field)})" for words in positive_words(node))


def _running(tokens: tuple[str, ...]) -> ColumnElement[bool]:
    each = " & ".join(f"'{word}'" for word in dict.fromkeys(tokens))
    running = func.coalesce(_LONG, "")  # null is neither true nor false, and nothing's opposite
    found = and_(_matches(each), running.contains(f" {' '.join(tokens)} "))
    return or_(_matches(_lexemes(tokens, None)), found)


def _lexemes(tokens: tuple[str, ...], field: str | None) -> str:
    prefix = PREFIXES.get(field or "", "")
    weight = f":{WEIGHTS[field]}" if field and not prefix else ""
    return " <-> ".join(f"'{prefix}{word}'{weight}" for word in tokens)


def _matches(lexemes: str) -> ColumnElement[bool]:
    return _WORDS.op("@@", is_comparison=True)(cast(lexemes, TSQUERY))
