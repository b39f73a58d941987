"""The shape of a line of our own JSON Lines (see lines.py): what is read of it has the types it must have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, get_type_hints

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, create_model, model_validator

from parsers import Hints
from parsers.urls import authority
from storage.codec import storable
from storage.sources import ARCHIVE
from storage.values import Article, ArticleStatus, ChangeKind, EditClass, LinkState

LARGEST, SMALLER = 2**63 - 1, 2**31 - 1  # what the databases' columns of 64 and 32 bits hold
HIGHEST = 2**62  # of what is counted: the archive goes on counting from there
LONGEST_KEPT = 36_500  # days


def _in_utc_too(moment: datetime) -> datetime:
    """Refuse a time whose offset leads out of the calendar; one without an offset is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        aware.astimezone(UTC)
    except OverflowError:
        raise ValueError("no time of this calendar") from None
    return aware


Moment = Annotated[datetime, AfterValidator(_in_utc_too)]
Number = Annotated[int, Field(ge=1, le=HIGHEST)]
Count = Annotated[int, Field(ge=0, le=SMALLER)]
Version = Annotated[int, Field(ge=1, le=SMALLER)]
NearHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{96}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


def _address(url: str) -> str:
    """Refuse an address that the ledger cannot hold, or whose host cannot be told."""
    authority(url)
    if not url.strip() or storable(url) != url:
        raise ValueError("no address")
    return url


Address = Annotated[str, AfterValidator(_address)]


def _has_text(content: dict[str, Any]) -> dict[str, Any]:
    """Refuse what a superseded version held where its title or text is missing."""
    if not isinstance(content.get("title"), str) or not isinstance(content.get("text"), str):
        raise ValueError("a version without title and text")  # noqa: TRY004 - pydantic takes no other
    return content


Content = Annotated[dict[str, Any], AfterValidator(_has_text)]


class SourceShape(BaseModel):
    """Where links were found; lines that an earlier Cleanwire wrote tell no number and no settings."""

    url: str
    kind: str
    name: str
    host: str
    language: str | None
    id: Version | None = None
    active: bool = False
    poll_seconds: Annotated[int, Field(ge=1, le=SMALLER)] | None = None
    added_at: Moment | None = None
    links_found: Count = 0
    keep_days: Annotated[int, Field(ge=1, le=LONGEST_KEPT)] | None = None
    keep_count: Count | None = None
    attributes: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_polled(self) -> Self:
        """Refuse what marks how far an archive is read: no article has that as its source."""
        if self.kind == ARCHIVE:
            raise ValueError("no source of articles")
        return self


class TryShape(BaseModel):
    """One try at a link."""

    at: Moment
    worker: str
    state: LinkState
    reason: str
    url: str | None = None
    status: Count | None = None
    snapshot_hash: str | None = None
    article_id: Number | None = None
    version: Version | None = None
    fetched_at: Moment | None = None


class LinkShape(BaseModel):
    """A link that led to the article; nobody holds it."""

    url: Address
    original_url: str | None = None
    source_id: Version | None = None
    state: Literal["due", "stored", "revised", "unchanged", "duplicate", "refused", "failed", "quarantined"]
    reason: str
    hints: Hints | None = None
    discovered_at: Moment
    due_at: Moment | None = None
    checked_at: Moment | None = None
    attempts: Count = 0
    etag: str | None = None
    last_modified: str | None = None
    snapshot_hash: str | None = None
    location: Address | None = None
    hops: Count | None = None
    follow: Count | None = None
    tries: list[TryShape]

    @model_validator(mode="after")
    def _may_be_claimed(self) -> Self:
        """Refuse one that is due at no time."""
        if self.state == "due" and self.due_at is None:
            raise ValueError("due, but it does not say when")
        return self


class RevisionShape(BaseModel):
    """One version; `content` is null for the current one."""

    version: Version
    seen_at: Moment
    edit: EditClass
    reason: str
    changed: list[str]
    content_hash: str
    snapshot_hash: str
    parser_version: str
    content: Content | None


class ChangeShape(BaseModel):
    """One record of the change stream."""

    seq: Number
    kind: ChangeKind
    version: Version
    at: Moment
    fields: list[str]


class History(BaseModel):
    """What a line has beside its article's own fields."""

    position: Annotated[int, Field(ge=0, le=LARGEST)]
    source: SourceShape | None
    addresses: Annotated[list[Key], Field(min_length=1)]
    revisions: list[RevisionShape]
    changes: Annotated[list[ChangeShape], Field(min_length=1)]
    links: list[LinkShape] | None = None
    other_sources: list[SourceShape] = Field(default_factory=list)
    version: Version
    status: ArticleStatus
    snapshot_hash: str

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Refuse a history with gaps: each version once, and only the current one without content."""
        if [one.version for one in self.revisions] != list(range(1, self.version + 1)):
            raise ValueError("its revisions are not its versions")
        if [one.content is None for one in self.revisions[-2:]] not in ([True], [False, True]):
            raise ValueError("all its versions but the current one have content")
        if any(one.content is None for one in self.revisions[:-1]):
            raise ValueError("a version has lost its content")
        if max(one.version for one in self.changes) > self.version:
            raise ValueError("a change of a version that it has not")
        if self.status == "removed" and all(one.edit != "removed" for one in self.revisions):
            raise ValueError("it is removed, but no version says so")
        if self.revisions[-1].snapshot_hash != self.snapshot_hash:
            raise ValueError("its snapshot is not that of its current version")
        return self

    @model_validator(mode="after")
    def _tells_its_sources(self) -> Self:
        """Refuse links of a source that the line does not tell."""
        told = {one.id for one in (self.source, *self.other_sources) if one is not None}
        if not {one.source_id for one in self.links or ()} <= {None, *told}:
            raise ValueError("a link of a source that it does not tell")
        return self


_OWN: dict[str, Any] = {
    "id": Number, "cluster_id": Number, "version": Version, "word_count": Count, "near_hash": NearHash | None,
}  # fmt: skip


def _types() -> dict[str, Any]:
    """Give the type of each of an article's fields, tighter where the database asks for it."""
    hints = get_type_hints(Article)
    tighter = {datetime: Moment, datetime | None: Moment | None}
    return {name: (_OWN.get(name) or tighter.get(hint, hint), ...) for name, hint in hints.items()}


Line: type[History] = create_model("Line", __base__=History, **_types())
