"""Sources as lists of them are written and read: what OPML, CSV, plain lists and sitelists share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
UNKNOWN_KIND = "auto"  # found out when the source is first polled


@dataclass(frozen=True, slots=True)
class Entry:
    """One source of a list: `attributes` keeps, under its own name, whatever else the list said of it."""

    url: str
    kind: str = UNKNOWN_KIND
    name: str = ""
    language: str | None = None
    folder: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=lambda: NO_ATTRIBUTES)
