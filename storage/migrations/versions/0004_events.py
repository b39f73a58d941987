"""Events out and in: receivers of webhooks and their deliveries, watches, hubs' subscriptions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def _columns(kind: Any, names: str) -> list[sa.Column[Any]]:
    """One column a name; a name that ends in "?" may be null."""
    return [sa.Column(name.rstrip("?"), kind, nullable=name.endswith("?")) for name in names.split()]


def _belongs(column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], ondelete=ondelete)


def _receivers() -> None:
    op.create_table(
        "receiver",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_columns(sa.Text(), "url secret last_error? worker?"),
        *_columns(sa.Boolean(), "all_changes"),
        *_columns(LONG, "seq"),
        *_columns(sa.Integer(), "failures"),
        *_columns(TIME, "added_at delivered_at? next_at? disabled_at? lease_until?"),
        sa.UniqueConstraint("url"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", LONG, primary_key=True),
        *_columns(sa.Integer(), "receiver_id attempts"),
        *_columns(sa.Text(), "message_id type body error?"),
        *_columns(LONG, "first_seq last_seq"),
        *_columns(TIME, "created_at dead_at?"),
        _belongs("receiver_id", "receiver"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index("delivery_receiver", "delivery", ["receiver_id", "id"])


def _watches() -> None:
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_columns(sa.Integer(), "receiver_id"),
        *_columns(sa.Text(), "query"),
        *_columns(LONG, "since"),
        *_columns(TIME, "added_at"),
        _belongs("receiver_id", "receiver"),
    )
    op.create_index("ix_watch_receiver_id", "watch", ["receiver_id"])
    op.create_table(
        "firing",
        sa.Column("watch_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("article_id", LONG, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        *_columns(LONG, "seq"),
        *_columns(TIME, "at"),
        _belongs("watch_id", "watch"),
    )


def _subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_columns(sa.Integer(), "source_id? failures"),
        *_columns(sa.Text(), "topic hub token secret state last_error?"),
        *_columns(TIME, "asked_at? lease_until? pushed_at? due_at"),
        _belongs("source_id", "source", "SET NULL"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_subscription_source_id", "subscription", ["source_id"])


def upgrade() -> None:
    """Make the tables, and note of each source that nobody was told of its failing."""
    _receivers()
    _watches()
    _subscriptions()
    op.add_column(
        "source", sa.Column("told_failing", sa.Boolean(), nullable=False, server_default=sa.false())
    )
