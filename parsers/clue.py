"""A clue: one candidate value for one field, and where on the page it stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldName = Literal[
    "title", "subtitle", "description", "author", "published", "modified", "language", "section", "tag",
    "image", "site_name", "free", "kind", "license", "canonical", "next_page", "body", "base",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clue:
    """One candidate: `value` is the raw text, `rule` names what read it, `place` where it stood.

    `note` says what the place adds: an author's schema.org type, a picture's caption. `steps` is how many
    levels above the headline the two meet (0: metadata, which stands nowhere).
    """

    field: FieldName
    value: str
    rule: str
    place: str
    note: str = ""
    steps: int = 0
