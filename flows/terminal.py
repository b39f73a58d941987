"""Text that is safe to print."""

from __future__ import annotations

from rich.markup import escape


def printable(text: str) -> str:
    """Make text safe for a terminal: no control characters, no markup of the screen's own."""
    return escape(plain(text))


def plain(text: str) -> str:
    """Put a blank in the place of every control character."""
    return "".join(char if char.isprintable() else " " for char in text)
