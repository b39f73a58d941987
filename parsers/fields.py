"""The resolved fields of a page, each with its origin and the candidates that it was chosen from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from datetime import datetime

from parsers.clue import Clue
from parsers.hygiene import one_line
from parsers.model import ArticleKind, Block, Draft, Image, Origin, Page, Precision

MAX_RAW = 500  # characters of a raw value that an origin keeps


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value that stood for a field: its score (higher is likelier) and whether it was taken."""

    value: str
    score: float
    taken: bool
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Every field of a Draft but its address and its story; names and meanings are the Draft's."""

    title: str = ""
    canonical_url: str | None = None
    site_name: str | None = None
    host: str = ""
    subtitle: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    byline: str | None = None
    published_at: datetime | None = None
    published_precision: Precision | None = None
    modified_at: datetime | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    is_free: bool | None = None
    kind: ArticleKind = "article"
    dateline: str | None = None
    word_count: int = 0
    license: str | None = None
    next_page: str | None = None
    provenance: Mapping[str, Origin] = field(default_factory=dict)
    candidates: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)


def origin(clue: Clue) -> Origin:
    """The clue as an origin, its raw text cut at 500 characters and freed of what no database takes."""
    return Origin(clue.rule, clue.place[:100], one_line(clue.value, MAX_RAW))


def as_draft(fields: Fields, page: Page, text: str, blocks: tuple[Block, ...]) -> Draft:
    """The fields and the story as one Draft of the page."""
    values = {each.name: getattr(fields, each.name) for each in dataclass_fields(Fields)}
    del values["candidates"]
    return Draft(url=page.url, original_url=page.original_url, text=text, blocks=blocks, **values)
