"""The tables: what they hold is meant to be read with plain SQL, so names are words and lists are JSON.

Times are UTC (SQLite keeps them as "2026-11-23 11:30:00.000000" with no offset); the page's own offset from
UTC stands beside `published_at` and `modified_at` in minutes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

from storage.codec import storable
from storage.damage import LegibleTime

LONG = BigInteger().with_variant(Integer, "sqlite")  # SQLite's row id is an INTEGER of 64 bits
JsonObject = dict[str, Any]


class Words(TypeDecorator[str]):
    """Text of any length, cleaned of what the databases refuse."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Clean a value on its way in."""
        return None if value is None else storable(value)


def in_utc(value: datetime | None) -> datetime | None:
    """Turn an aware time into UTC; a naive one is a fault of the caller (ValueError)."""
    if value is None:
        return None
    if value.tzinfo is None:
        msg = f"naive time {value!r}: give it an offset before it is stored"
        raise ValueError(msg)
    return value.astimezone(UTC)


class Utc(TypeDecorator[datetime]):
    """An aware time: UTC in the database, aware UTC when it comes back, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Read SQLite's times with an error that says what cannot be read."""
        legible = LegibleTime()  # type: ignore[no-untyped-call]
        return dialect.type_descriptor(legible if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC; a naive one is a fault of the caller (ValueError)."""
        value = in_utc(value)
        return value.replace(tzinfo=None) if value and dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Listed(TypeDecorator[Any]):
    """Lists and objects as JSON: `jsonb` on PostgreSQL, text on SQLite."""

    impl = JSON().with_variant(JSONB(), "postgresql")
    cache_ok = True


class Row(SQLModel):
    """What all tables share: one register of their own, so that nothing else's tables mingle with them."""

    metadata: ClassVar[MetaData] = MetaData()


def words(*, index: bool = False, key: bool = False) -> Any:
    """Declare a text column, cleaned on its way in; `key` makes it the primary key."""
    return Field(sa_type=Words, index=index, primary_key=key)


class SourceRow(Row, table=True):
    """Where links come from: a feed, a sitemap, a listing page, a folder."""

    __tablename__ = "source"
    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(sa_type=Words, unique=True)
    kind: str = words()
    name: str = words()
    host: str = words()
    active: bool = True
    language: str | None = words()
    poll_seconds: int | None = None
    added_at: datetime = Field(sa_type=Utc)
    polled_at: datetime | None = Field(sa_type=Utc)
    due_at: datetime | None = Field(sa_type=Utc, index=True)
    changed_at: datetime | None = Field(sa_type=Utc)
    etag: str | None = words()
    last_modified: str | None = words()
    content_hash: str | None = words()
    failures: int = 0
    last_error: str | None = words()
    links_found: int = 0
    keep_days: int | None = None
    keep_count: int | None = None
    attributes: JsonObject = Field(sa_type=Listed)
    told_failing: bool = False


class HostRow(Row, table=True):
    """A host as workers share it: who holds it until when, and when it may be asked again."""

    __tablename__ = "host"
    host: str = words(key=True)
    worker: str | None = words()
    lease_until: datetime | None = Field(sa_type=Utc)
    next_at: datetime | None = Field(sa_type=Utc)
    failures: int = 0


class LinkRow(Row, table=True):
    """The ledger: a row a URL, in one state, to be claimed from `due_at`; redirects led to `location`."""

    __tablename__ = "link"
    id: int | None = Field(default=None, primary_key=True, sa_type=LONG)
    url: str = words()
    original_url: str | None = words()
    host: str = words()
    source_id: int | None = Field(default=None, foreign_key="source.id", ondelete="SET NULL")
    state: str = words()
    reason: str = words()
    hints: JsonObject | None = Field(sa_type=Listed)
    discovered_at: datetime = Field(sa_type=Utc)
    due_at: datetime | None = Field(sa_type=Utc)
    checked_at: datetime | None = Field(sa_type=Utc)
    attempts: int = 0
    worker: str | None = words()
    etag: str | None = words()
    last_modified: str | None = words()
    snapshot_hash: str | None = words()
    article_id: int | None = Field(
        default=None, foreign_key="article.id", ondelete="SET NULL", index=True, sa_type=LONG
    )
    location: str | None = words()
    hops: int | None = None
    follow: int | None = None


class AttemptRow(Row, table=True):
    """One try at a link: what answered, with which headers, and what came of it.

    `fetched_at` is when its bytes were fetched: before the try, where they came in an archive.
    """

    __tablename__ = "attempt"
    id: int | None = Field(default=None, primary_key=True, sa_type=LONG)
    link_id: int = Field(foreign_key="link.id", ondelete="CASCADE", index=True, sa_type=LONG)
    at: datetime = Field(sa_type=Utc)
    worker: str = words()
    state: str = words()
    reason: str = words()
    url: str | None = words()
    status: int | None = None
    headers: list[list[str]] | None = Field(sa_type=Listed)
    snapshot_hash: str | None = words()
    article_id: int | None = Field(default=None, sa_type=LONG)
    version: int | None = None
    fetched_at: datetime | None = Field(sa_type=Utc)


class SnapshotRow(Row, table=True):
    """A page's bytes as they came, once per SHA-256 of them, compressed with zstd."""

    __tablename__ = "snapshot"
    hash: str = words(key=True)
    size: int
    content_type: str | None = words()
    stored_at: datetime = Field(sa_type=Utc)
    content: bytes = Field(sa_type=LargeBinary)


class ArticleRow(Row, table=True):
    """An article's current version; `position` orders articles by time of publication, newest highest."""

    __tablename__ = "article"
    id: int = Field(primary_key=True, sa_type=LONG)
    position: int = Field(unique=True, sa_type=LONG)
    source_id: int | None = Field(default=None, foreign_key="source.id", ondelete="SET NULL")
    url: str = words()
    original_url: str | None = words()
    canonical_url: str | None = words()
    site_name: str | None = words()
    host: str = words()
    title: str = words()
    subtitle: str | None = words()
    description: str | None = words()
    authors: list[str] = Field(sa_type=Listed)
    byline: str | None = words()
    published_at: datetime | None = Field(sa_type=Utc)
    published_offset: int | None = None
    published_precision: str | None = words()
    modified_at: datetime | None = Field(sa_type=Utc)
    modified_offset: int | None = None
    language: str | None = words()
    section: str | None = words()
    tags: list[str] = Field(sa_type=Listed)
    is_free: bool | None = None
    kind: str = words()
    dateline: str | None = words()
    word_count: int
    license: str | None = words()
    discovered_at: datetime = Field(sa_type=Utc)
    fetched_at: datetime = Field(sa_type=Utc)
    parsed_at: datetime = Field(sa_type=Utc)
    first_seen_at: datetime = Field(sa_type=Utc)
    last_checked_at: datetime = Field(sa_type=Utc)
    version: int
    status: str = words()
    content_hash: str = words(index=True)
    near_hash: str | None = words()
    cluster_id: int = Field(sa_type=LONG, index=True)
    snapshot_hash: str = words()
    parser_version: str = words()
    text: str = words()
    images: list[JsonObject] = Field(sa_type=Listed)
    blocks: list[JsonObject] = Field(sa_type=Listed)
    provenance: JsonObject = Field(sa_type=Listed)


class AddressRow(Row, table=True):
    """Every address an article is known by, as the hash that identity.address_key() makes of it."""

    __tablename__ = "address"
    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE", index=True, sa_type=LONG)


class RevisionRow(Row, table=True):
    """One row a version; `content` is null for the current version, whose fields stand in `article`.

    `edit` names its kind: `canonical`, its own page after a copy of it; `restored`, a page that is back.
    `position` is where the article stood up to the next version, if that moved it.
    """

    __tablename__ = "revision"
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE", primary_key=True, sa_type=LONG)
    version: int = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=Utc)
    edit: str = words()
    reason: str = words()
    changed: list[str] = Field(sa_type=Listed)
    content_hash: str = words()
    snapshot_hash: str = words()
    parser_version: str = words()
    content: JsonObject | None = Field(sa_type=Listed)
    position: int | None = Field(default=None, sa_type=LONG)


class ChangeRow(Row, table=True):
    """The change stream: `seq` has no holes and follows the order of commits (see changes.py)."""

    __tablename__ = "change"
    seq: int = Field(primary_key=True, sa_type=LONG)
    kind: str = words()
    article_id: int = Field(sa_type=LONG, index=True)
    version: int
    at: datetime = Field(sa_type=Utc)
    fields: list[str] = Field(sa_type=Listed)


class CounterRow(Row, table=True):
    """The last number given out: `article` ids, `change` seqs and, on SQLite, `source` ids come once.

    `snapshot` counts pages that were let go or never came.
    """

    __tablename__ = "counter"
    name: str = words(key=True)
    value: int = Field(sa_type=LONG)


def _table(name: str) -> Table:
    return Row.metadata.tables[name]


SOURCE, HOST, LINK, ATTEMPT = _table("source"), _table("host"), _table("link"), _table("attempt")
SNAPSHOT, ARTICLE, ADDRESS = _table("snapshot"), _table("article"), _table("address")
REVISION, CHANGE, COUNTER = _table("revision"), _table("change"), _table("counter")

# A claim looks for what is due on a host; a reader of one source, host or language wants its newest.
_DUE, _HELD = LINK.c.due_at.is_not(None), LINK.c.worker.is_not(None)
Index("link_due", LINK.c.host, LINK.c.due_at, sqlite_where=_DUE, postgresql_where=_DUE)
Index("link_held", LINK.c.worker, sqlite_where=_HELD, postgresql_where=_HELD)
Index("article_source", ARTICLE.c.source_id, ARTICLE.c.position)
Index("article_host", ARTICLE.c.host, ARTICLE.c.position)
