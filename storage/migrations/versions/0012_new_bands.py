"""Bands of the newest articles wait in a small table of their own; see clusters.py."""

import sqlalchemy as sa
from alembic import op

from storage import clusters

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table; find the near copies of an archive from before there were bands."""
    op.create_table(
        "band_new",
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("value", "article_id"),
        sqlite_with_rowid=False,
    )
    if op.get_bind().execute(sa.text("SELECT value FROM band LIMIT 1")).first() is None:
        clusters.rebuild(op.get_bind())
