"""The resolved fields of a page, each with its origin and the candidates that it was chosen from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from datetime import datetime

from parsers.clue import Clue
from parsers.hygiene import one_line
from parsers.model import ArticleKind, Block, Draft, Image, Origin, Page, Precision
from parsers.weigh import Option, Verdict

MAX_CANDIDATES = 12
MAX_ORIGINS = 6  # of one candidate
MAX_RAW = 500  # characters of a raw value that an origin keeps
QUOTED = 100  # characters of a long value that an origin quotes


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
    ranked: Mapping[str, tuple[list[Verdict], list[Option]]] = field(default_factory=dict)

    @property
    def candidates(self) -> dict[str, tuple[Candidate, ...]]:
        """The values that stood for each chosen field, the likeliest first; written out when asked for."""
        return {name: _candidates(ranked, taken) for name, (ranked, taken) in self.ranked.items()}


def _candidates(ranked: list[Verdict], taken: list[Option]) -> tuple[Candidate, ...]:
    chosen = {option.value for option in taken}
    return tuple(
        Candidate(
            verdict.option.value,
            round(verdict.score, 2),
            verdict.option.value in chosen,
            tuple(map(origin, verdict.option.clues[:MAX_ORIGINS])),
        )
        for verdict in ranked[:MAX_CANDIDATES]
    )


def origin(clue: Clue) -> Origin:
    """The clue as an origin, its raw text cut at 500 characters and freed of what no database takes."""
    return Origin(clue.rule, clue.place[:100], one_line(clue.value, MAX_RAW))


def as_draft(fields: Fields, page: Page, text: str, blocks: tuple[Block, ...]) -> Draft:
    """The fields and the story as one Draft of the page, every value with its origin."""
    values = {each.name: getattr(fields, each.name) for each in dataclass_fields(Fields)}
    del values["ranked"]
    values["provenance"] = _derived(fields, page, text, blocks) | dict(fields.provenance)
    return Draft(url=page.url, original_url=page.original_url, text=text, blocks=blocks, **values)


def _derived(fields: Fields, page: Page, text: str, blocks: tuple[Block, ...]) -> dict[str, Origin]:
    """Say where the values come from that no clue stands for: the address, the story, and what follows."""
    story = Origin("story", f"{len(blocks)} blocks kept", text[:QUOTED])
    origins = {
        "url": Origin("address", "where the page was read", page.url[:QUOTED]),
        "host": Origin("address", "url" if page.url.startswith("http") else "canonical_url", fields.host),
        "text": story,
        "blocks": story,
        "word_count": Origin("count", "text", str(fields.word_count)),
        "kind": Origin("default", "nothing on the page says otherwise", fields.kind),
    }
    if page.original_url:
        origins["original_url"] = Origin("address", "where the page was found", page.original_url[:QUOTED])
    if fields.published_precision and "published_at" in fields.provenance:
        origins["published_precision"] = fields.provenance["published_at"]
    return origins
