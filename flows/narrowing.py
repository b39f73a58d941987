"""What a search is narrowed by: as people type it, in a shell or over HTTP, and as the archive takes it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import cast

from flows.clock import now
from storage import Filters
from storage.grammar import moment

TIMES = ("since", "until")


class NotATime(Exception):  # noqa: N818 - says what it is
    """What was typed for `name` is no time; the message says what would be."""

    def __init__(self, name: str) -> None:
        super().__init__("give a date (2026-11-23), a time or an age (7d, 12h)")
        self.name = name


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What to narrow a search by as it was typed, None for nothing; times are a date, a time or an age.

    `after` is the cursor of the page before.
    """

    source: str | None = None
    host: str | None = None
    author: str | None = None
    language: str | None = None
    section: str | None = None
    since: str | None = None
    until: str | None = None
    one_per_cluster: bool = False
    ranked: bool = False
    after: str | None = None


def filters_of(by: Narrowing) -> Filters:
    """Turn what was typed into what find() and articles() take; NotATime names what is none."""
    at = now()
    filters: dict[str, object] = {"now": at}
    for name, typed in asdict(by).items():
        if typed:
            filters[name] = moment(typed, at) if name in TIMES else typed
            if filters[name] is None:
                raise NotATime(name)
    return cast("Filters", filters)
