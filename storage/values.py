"""The values that walk through the archive: a name for every station from a found link to a told story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from parsers import Block, Hints, Image, Origin

LinkState = Literal[
    "due", "claimed", "stored", "revised", "unchanged", "duplicate", "refused", "failed", "quarantined"
]
SavedState = Literal["stored", "revised", "unchanged", "duplicate", "removed"]
EditClass = Literal[
    "first",
    "details",
    "typo",
    "headline",
    "substantive",
    "correction",
    "canonical",
    "removed",
    "restored",
    "reparsed",
]
ChangeKind = Literal["created", "revised", "reparsed", "removed", "merged"]
ArticleStatus = Literal["live", "corrected", "removed"]


@dataclass(frozen=True, slots=True)
class Link:
    """A page that was found: `host` is "" for files, which need no politeness and are claimed one by one.

    `follow` says what becomes of it should it be a list of others, such as a feed: above 1, what it lists is
    entered with one less; at 1 it is only named as what it is; at 0 it is read as a page like any other.
    """

    url: str
    host: str
    hints: Hints = field(default_factory=Hints)
    original_url: str | None = None
    follow: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A link that one worker holds until `lease_until`; `attempt` counts from 1.

    `etag`, `last_modified` and `snapshot_hash` are what its last fetch left: None when there was none.
    `location` is where redirects have led so far, over `hops` hosts: it is asked next, of `host`.
    """

    link_id: int
    url: str
    host: str
    worker: str
    lease_until: datetime
    attempt: int
    hints: Hints = field(default_factory=Hints)
    etag: str | None = None
    last_modified: str | None = None
    snapshot_hash: str | None = None
    location: str | None = None
    hops: int = 0
    follow: int = 0


@dataclass(frozen=True, slots=True)
class Postponed:
    """A claim that goes back before its end: due again at `at`, or at once; the try is not counted.

    With `location`, a redirect led there and `host` is asked next.
    """

    reason: str
    at: datetime | None = None
    location: str | None = None
    host: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a claim ended without a saved page; with `retry_at` the link comes due again then.

    `gone` says that the server answered 404 or 410: the link's article, if it has one, is marked removed.
    """

    state: LinkState
    reason: str
    retry_at: datetime | None = None
    status: int | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """What a page came to: the link's state, the reason that decide() gave, the article's version.

    Its state is `removed` where the page is gone, whose link has failed.
    """

    state: SavedState
    reason: str
    article_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article's current version; times are aware, `published_at` in the page's own offset.

    `host` and `url` are where it was fetched; `status` removed keeps the text that was last seen.
    `cluster_id` is the id of the earliest article of its near copies, its own id where it has none.
    """

    id: int
    url: str
    host: str
    title: str
    text: str
    word_count: int
    version: int
    status: ArticleStatus
    kind: str
    discovered_at: datetime
    fetched_at: datetime
    parsed_at: datetime
    first_seen_at: datetime
    last_checked_at: datetime
    content_hash: str
    cluster_id: int
    snapshot_hash: str
    parser_version: str
    original_url: str | None = None
    canonical_url: str | None = None
    source_id: int | None = None
    site_name: str | None = None
    subtitle: str | None = None
    description: str | None = None
    byline: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: str | None = None
    modified_at: datetime | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    blocks: tuple[Block, ...] = ()
    is_free: bool | None = None
    dateline: str | None = None
    license: str | None = None
    near_hash: str | None = None
    provenance: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of an article as it was seen at `seen_at`: what kind of edit made it, and its content.

    `changed` names the fields that differ from the version before; `content` holds the article's
    editorial fields by name, lists and nested values as JSON would have them.
    """

    article_id: int
    version: int
    seen_at: datetime
    edit: EditClass
    reason: str
    changed: tuple[str, ...]
    content_hash: str
    snapshot_hash: str
    parser_version: str
    content: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One record of the change stream: a reader who has seen `seq` N never misses one below it."""

    seq: int
    kind: ChangeKind
    article_id: int
    version: int
    at: datetime
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a link: when, by whom, and how it ended; `fetched_at` is when its bytes were fetched."""

    at: datetime
    worker: str
    state: LinkState
    reason: str
    status: int | None = None
    url: str | None = None
    snapshot_hash: str | None = None
    article_id: int | None = None
    version: int | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WhyStory:
    """A link's whole story: found by what and when, each attempt, where it stands now and why."""

    url: str
    state: LinkState
    reason: str
    host: str
    source: str | None
    discovered_at: datetime
    due_at: datetime | None
    attempts: tuple[Attempt, ...]
    article: Article | None
