"""When a try's bytes were fetched, be it years before; where a version stood that moved on."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the two columns, empty."""
    op.add_column("attempt", sa.Column("fetched_at", sa.DateTime(timezone=True)))
    op.add_column("revision", sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
