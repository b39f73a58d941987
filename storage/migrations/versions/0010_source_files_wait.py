"""How often in a row a file of a source failed, and until when it is left alone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the two columns; whatever failed before has failed once."""
    op.add_column("source_file", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("source_file", sa.Column("due_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE source_file SET failures = 1 WHERE error IS NOT NULL")
