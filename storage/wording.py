"""A search in words: what was understood of what somebody typed, told back. Pure."""

from __future__ import annotations

from storage.grammar import (
    DEEPEST,
    LONGEST_QUERY,
    MOST_TERMS,
    Both,
    Either,
    Facet,
    Node,
    Search,
    Without,
    Words,
)

EVERY_ARTICLE = "every article"


def understood(search: Search) -> str:
    """Say what a search asks for, with every blank between words written as AND."""
    parts = [] if search.where is None else [_said(search.where, inside=False)]
    parts += [f"published since {search.since:%Y-%m-%d %H:%M} UTC"] if search.since else []
    parts += [f"published before {search.until:%Y-%m-%d %H:%M} UTC"] if search.until else []
    return ", ".join(parts) or EVERY_ARTICLE


def left_out(search: Search) -> str | None:
    """Say that of what was typed not all is looked for; None where it is."""
    if search.whole:
        return None
    most = f"{LONGEST_QUERY:,} characters, {MOST_TERMS} words and phrases, groups {DEEPEST} deep"
    return f"a search has at most {most}: what goes beyond was not looked for"


def _said(node: Node, *, inside: bool) -> str:
    match node:
        case Words(tokens, field):
            text = tokens[0] if len(tokens) == 1 else f'"{" ".join(tokens)}"'
            return f"{field}:{text}" if field else text
        case Facet(field, value):
            return f"{field}:{value}"
        case Without(part):
            return f"NOT {_said(part, inside=True)}"
        case Both(parts):
            joined = " AND ".join(_said(part, inside=True) for part in parts)
        case Either(parts):
            joined = " OR ".join(_said(part, inside=True) for part in parts)
    return f"({joined})" if inside else joined
