"""The values that walk through the workshop: what arrives, what leaves, and why nothing left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

BlockKind = Literal["paragraph", "heading", "list", "quote", "table", "caption"]
ArticleKind = Literal["article", "live", "opinion", "video", "audio", "gallery", "review", "interview"]
Precision = Literal["second", "day"]


@dataclass(frozen=True, slots=True)
class Hints:
    """What the feed or sitemap that listed a page said of it: candidates, never the truth."""

    title: str | None = None
    published: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it arrived: its bytes, where they came from, and when.

    `url` is the address the bytes came from; `original_url` the one that was discovered, before redirects.
    `fetched_at` is aware; relative dates ("two hours ago") are reckoned from it.
    """

    url: str
    content: bytes
    content_type: str | None = None
    fetched_at: datetime | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    original_url: str | None = None
    hints: Hints = Hints()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a field's value came from: the rule that chose it, the place on the page, the raw text there."""

    rule: str
    place: str
    raw: str


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the story: `level` is a heading's 1-6, `items` a list's entries or a table's rows.

    A table's rows are its cells joined by tabs. `text` is the plain rendering of any kind.
    """

    kind: BlockKind
    text: str
    level: int = 0
    items: tuple[str, ...] = ()
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the story with its absolute address, caption and credit where the page gives them."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A block that was taken out, its text cut at 200 characters, and the rule that did it."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A parsed article: field names follow schema.org NewsArticle; `provenance` names each field's origin.

    `text` is the paragraphs of `blocks` joined by a blank line (captions apart). `published_at` and
    `modified_at` are aware and carry the page's own offset; a date that is impossible or in the future
    is None, its raw value in `provenance`. `is_free` is None where the page does not say.
    """

    url: str
    title: str
    text: str
    blocks: tuple[Block, ...] = ()
    original_url: str | None = None
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


class NotAnArticle(Exception):  # noqa: N818 - the name in the design: it is a verdict, not a fault
    """The page is no article; `reason` is one of a few words such as "home", "listing", "login", "empty".

    `detail` says in words what was seen, for people.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[NotAnArticle], tuple[str, str]]:
        """Cross process borders whole."""
        return (NotAnArticle, (self.reason, self.detail))
