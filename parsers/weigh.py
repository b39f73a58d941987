"""Choosing among candidates: the learned weights of each option's features, summed and open to see."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from parsers.clue import Clue


@dataclass(frozen=True, slots=True)
class Option:
    """One value that a field could take, the clues that spoke for it, and what can be said of it."""

    value: str
    clues: tuple[Clue, ...]
    features: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """An option with its sum of weights: higher is likelier."""

    option: Option
    score: float


def bucket(name: str, value: float, bounds: tuple[float, ...]) -> str:
    """The feature that says below which of the ascending bounds a value lies ("steps<4", "steps<more")."""
    return f"{name}<{next((bound for bound in bounds if value < bound), 'more')}"


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """The learned weights of every field's features, as tests/training/fit_fields.py wrote them."""
    table: dict[str, dict[str, float]] = json.loads(
        files("parsers").joinpath("fields.json").read_text("utf-8")
    )
    return table


def weigh(field: str, options: Iterable[Option]) -> list[Verdict]:
    """The options of a field with their scores, best first; equal ones stay in the order given."""
    table = weights().get(field, {})
    verdicts = [
        Verdict(option, math.fsum(table.get(name, 0.0) for name in option.features)) for option in options
    ]  # fsum: a set's order changes from run to run, and so would the last bit of a plain sum
    return sorted(verdicts, key=lambda verdict: -verdict.score)
