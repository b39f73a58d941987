"""What upkeep learns of publishers, which rules made the word index, and sources' numbers on SQLite."""

import unicodedata

import sqlalchemy as sa
from alembic import op

from storage.folding import RULES

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables; the word index that is there was made by the first rules."""
    op.create_table(
        "furniture",
        sa.Column("host", sa.Text(), primary_key=True),
        sa.Column("block", sa.Text(), primary_key=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
    )
    made_by = op.create_table(
        "made_by",
        sa.Column("part", sa.Text(), primary_key=True),
        sa.Column("rules", sa.Text(), nullable=False),
    )
    filled = op.get_bind().execute(sa.text("SELECT id FROM article LIMIT 1")).first() is not None
    rules = f"1, Unicode {unicodedata.unidata_version}" if filled else RULES
    op.bulk_insert(made_by, [{"part": "word index", "rules": rules}, {"part": "furniture", "rules": "0"}])
    if op.get_bind().dialect.name == "sqlite":
        # PostgreSQL's sequence gives no number twice; SQLite gives a deleted source's to the next one.
        op.execute("INSERT INTO counter (name, value) SELECT 'source', coalesce(max(id), 0) FROM source")
