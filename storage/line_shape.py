"""The shape of a line of our own JSON Lines (see lines.py): what is read of it has the types it must have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Self, get_type_hints

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, create_model, model_validator

from storage.values import Article, ChangeKind, EditClass

LARGEST, SMALLER = 2**63 - 1, 2**31 - 1  # what the databases' columns of 64 and 32 bits hold


def _in_utc_too(moment: datetime) -> datetime:
    """Refuse a time whose offset leads out of the calendar; one without an offset is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        aware.astimezone(UTC)
    except OverflowError:
        raise ValueError("no time of this calendar") from None
    return aware


Moment = Annotated[datetime, AfterValidator(_in_utc_too)]
Number = Annotated[int, Field(ge=1, le=LARGEST)]
Count = Annotated[int, Field(ge=0, le=SMALLER)]
Version = Annotated[int, Field(ge=1, le=SMALLER)]
NearHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{96}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class SourceShape(BaseModel):
    """Where an article was found."""

    url: str
    kind: str
    name: str
    host: str
    language: str | None


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
    content: dict[str, Any] | None


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
    version: Version

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
