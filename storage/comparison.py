"""Two readings of one page, compared field by field; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["filled", "lost", "changed", "shorter by a third", "longer by a third"]
VERDICTS: tuple[Verdict, ...] = ("filled", "lost", "changed", "shorter by a third", "longer by a third")
APART = ("word_count",)  # follows from the text
THIRD = 1 / 3


def compare(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, Verdict]:
    """Name the fields that differ between two contents (codec.kept_content), in order, and how each does."""
    return {
        name: _verdict(name, before.get(name), after[name])
        for name in after
        if name not in APART and _present(before.get(name)) != _present(after[name])
    }


def _present(value: object) -> object:
    """Take an empty text or list for what it is: nothing."""
    return None if value in ("", [], ()) else value


def _verdict(name: str, before: object, after: object) -> Verdict:
    if _present(before) is None:
        return "filled"
    if _present(after) is None:
        return "lost"
    if name == "text":
        old, new = len(str(before)), len(str(after))
        if new <= old * (1 - THIRD):
            return "shorter by a third"
        if new >= old * (1 + THIRD):
            return "longer by a third"
    return "changed"


@dataclass(slots=True)
class Tally:
    """How many readings differed in which field and how: "authors: 312 filled, 4 lost"."""

    counts: Counter[tuple[str, Verdict]] = field(default_factory=Counter)

    def add(self, differences: Mapping[str, Verdict]) -> None:
        """Count one article's differences."""
        self.counts.update(differences.items())

    def merge(self, other: Tally) -> None:
        """Take another part of the same comparison in."""
        self.counts.update(other.counts)

    def as_json(self) -> dict[str, dict[str, int]]:
        """Give the counts by field and verdict, the fields in alphabetical order."""
        fields = sorted({name for name, _ in self.counts})
        return {
            name: {verdict: self.counts[name, verdict] for verdict in VERDICTS if self.counts[name, verdict]}
            for name in fields
        }

    def lines(self) -> Iterator[str]:
        """Give one line a field, such as "text: 8 changed; shorter by a third: 2"."""
        for name, found in self.as_json().items():
            short = ", ".join(f"{n} {verdict}" for verdict, n in found.items() if " " not in verdict)
            long = [f"{verdict}: {n}" for verdict, n in found.items() if " " in verdict]
            if short:
                yield f"{name}: {'; '.join([short, *long])}"
            else:
                yield f"{name} {'; '.join(long)}"
