"""Commands that only read: `query`, `show` and `why`."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from flows.commands.opening import opened, settings_for
from flows.errors import UsageFault, WorkFault
from flows.screen import printable, show_articles
from storage import Article

CSV_FIELDS = ("id", "published_at", "host", "title", "authors", "language", "section", "word_count", "url")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query asks for."""

    words: str
    source: str | None
    host: str | None
    author: str | None
    language: str | None
    since: str | None
    until: str | None
    limit: int
