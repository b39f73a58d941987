"""How deep a link is followed whose page is a list of others; how often a watch fired that upkeep let go."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the two columns."""
    op.add_column("link", sa.Column("follow", sa.Integer()))
    op.add_column("watch", sa.Column("fired_before", sa.Integer(), nullable=False, server_default="0"))
