"""A link that redirects lead from host to host: where it is asked next, and over how many hosts it came."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the two columns, empty."""
    op.add_column("link", sa.Column("location", sa.Text()))
    op.add_column("link", sa.Column("hops", sa.Integer()))
