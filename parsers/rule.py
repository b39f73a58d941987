"""One rule of boilerplate.toml: what it looks for, how it is read and what it proves itself with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

_SELECTOR = re.compile(r"[a-z][a-z0-9-]*|(?:[a-z][a-z0-9-]*)?\.[\w-]+|#[\w-]+|\[[\w-]+=[\w-]+\]")
PLACES = frozenset({"", "top", "bottom"})
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
    says: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    openers: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
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
        if rule.where not in PLACES:
            raise RuleError(f"{name}: where is {rule.where!r}, not 'top' or 'bottom'")
        if wrong := [s for s in rule.selectors if not _SELECTOR.fullmatch(s)]:
            raise RuleError(f"{name}: {wrong[0]!r} is no tag, .class, #id, tag.class or [name=value]")
        return rule
