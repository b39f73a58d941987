"""The first tables: sources, hosts, links and attempts, snapshots, articles, their history and changes.

Written out, not derived from models.py: a migration stays as it was on the day it shipped.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LISTED = sa.JSON().with_variant(JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def _columns(kind: Any, names: str) -> list[sa.Column[Any]]:
    """One column a name; a name that ends in "?" may be null."""
    return [sa.Column(name.rstrip("?"), kind, nullable=name.endswith("?")) for name in names.split()]


def _refers(column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], ondelete=ondelete)


def _sources_and_hosts() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_columns(sa.Text(), "url kind name host language? etag? last_modified? content_hash? last_error?"),
        *_columns(sa.Boolean(), "active"),
        *_columns(sa.Integer(), "poll_seconds? failures links_found keep_days? keep_count?"),
        *_columns(TIME, "added_at polled_at? due_at? changed_at?"),
        *_columns(LISTED, "attributes"),
        sa.UniqueConstraint("url"),
    )
    op.create_index("ix_source_due_at", "source", ["due_at"])
    op.create_table(
        "host",
        sa.Column("host", sa.Text(), primary_key=True),
        *_columns(sa.Text(), "worker?"),
        *_columns(TIME, "lease_until? next_at?"),
        *_columns(sa.Integer(), "failures"),
    )


def _articles() -> None:
    op.create_table(
        "article",
        sa.Column("id", LONG, primary_key=True, autoincrement=False),
        sa.Column("position", LONG, nullable=False),
        *_columns(sa.Integer(), "source_id?"),
        *_columns(sa.Text(), "url original_url? canonical_url? site_name? host title subtitle? description?"),
        *_columns(LISTED, "authors"),
        *_columns(sa.Text(), "byline? published_precision? language? section?"),
        *_columns(LISTED, "tags"),
        *_columns(sa.Text(), "kind dateline? license? status"),
        *_columns(sa.Boolean(), "is_free?"),
        *_columns(sa.Integer(), "published_offset? modified_offset? word_count version"),
        *_columns(TIME, "published_at? modified_at? discovered_at fetched_at parsed_at"),
        *_columns(TIME, "first_seen_at last_checked_at"),
        *_columns(LONG, "cluster_id"),
        *_columns(sa.Text(), "content_hash near_hash? snapshot_hash parser_version text"),
        *_columns(LISTED, "images blocks provenance"),
        _refers("source_id", "source.id", "SET NULL"),
        sa.UniqueConstraint("position"),
    )
    op.create_index("article_host", "article", ["host", "position"])
    op.create_index("article_source", "article", ["source_id", "position"])
    for column in ("cluster_id", "content_hash", "snapshot_hash"):
        op.create_index(f"ix_article_{column}", "article", [column])
    op.create_table(
        "address",
        sa.Column("key", sa.LargeBinary(), primary_key=True),
        *_columns(LONG, "article_id"),
        _refers("article_id", "article.id", "CASCADE"),
    )
    op.create_index("ix_address_article_id", "address", ["article_id"])


def _links() -> None:
    op.create_table(
        "link",
        sa.Column("id", LONG, primary_key=True),
        *_columns(
            sa.Text(), "url original_url? host state reason worker? etag? last_modified? snapshot_hash?"
        ),
        *_columns(sa.Integer(), "source_id? attempts"),
        *_columns(LISTED, "hints?"),
        *_columns(TIME, "discovered_at due_at? checked_at?"),
        *_columns(LONG, "article_id?"),
        _refers("source_id", "source.id", "SET NULL"),
        _refers("article_id", "article.id", "SET NULL"),
    )
    op.create_index("ix_link_article_id", "link", ["article_id"])
    for name, columns in (("link_due", ["host", "due_at"]), ("link_held", ["worker"])):
        present = sa.text(f"{columns[-1]} IS NOT NULL")
        op.create_index(name, "link", columns, sqlite_where=present, postgresql_where=present)
    if op.get_bind().dialect.name == "postgresql":
        # A b-tree refuses values above 2,704 bytes; a hash takes an address of any length.
        op.execute("ALTER TABLE link ADD CONSTRAINT link_url EXCLUDE USING hash (url WITH =)")
    else:
        op.create_index("link_url", "link", ["url"], unique=True)
    op.create_table(
        "attempt",
        sa.Column("id", LONG, primary_key=True),
        *_columns(LONG, "link_id article_id?"),
        *_columns(TIME, "at"),
        *_columns(sa.Text(), "worker state reason url? snapshot_hash?"),
        *_columns(sa.Integer(), "status? version?"),
        *_columns(LISTED, "headers?"),
        _refers("link_id", "link.id", "CASCADE"),
    )
    op.create_index("ix_attempt_link_id", "attempt", ["link_id"])
    op.create_index("ix_attempt_snapshot_hash", "attempt", ["snapshot_hash"])


def _history() -> None:
    op.create_table(
        "snapshot",
        sa.Column("hash", sa.Text(), primary_key=True),
        *_columns(sa.Integer(), "size"),
        *_columns(sa.Text(), "content_type?"),
        *_columns(TIME, "stored_at"),
        *_columns(sa.LargeBinary(), "content"),
    )
    op.create_table(
        "revision",
        sa.Column("article_id", LONG, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        *_columns(TIME, "seen_at"),
        *_columns(sa.Text(), "edit reason content_hash snapshot_hash parser_version"),
        *_columns(LISTED, "changed content?"),
        _refers("article_id", "article.id", "CASCADE"),
    )
    op.create_index("ix_revision_snapshot_hash", "revision", ["snapshot_hash"])
    op.create_table(
        "change",
        sa.Column("seq", LONG, primary_key=True, autoincrement=False),
        *_columns(LONG, "article_id"),
        *_columns(sa.Text(), "kind"),
        *_columns(sa.Integer(), "version"),
        *_columns(TIME, "at"),
        *_columns(LISTED, "fields"),
    )
    op.create_index("ix_change_article_id", "change", ["article_id"])
    counter = op.create_table(
        "counter", sa.Column("name", sa.Text(), primary_key=True), *_columns(LONG, "value")
    )
    op.bulk_insert(counter, [{"name": "article", "value": 0}, {"name": "change", "value": 0}])


def upgrade() -> None:
    """Make the tables and start both counters at nought."""
    _sources_and_hosts()
    _articles()
    _links()
    _history()
