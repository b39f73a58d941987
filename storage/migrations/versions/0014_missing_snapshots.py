"""How many pages may be missing, having been let go or never come: at first, those that are."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Count them."""
    op.execute(
        """INSERT INTO counter (name, value) SELECT 'snapshot', count(DISTINCT r.snapshot_hash)
        FROM revision r LEFT JOIN snapshot s ON s.hash = r.snapshot_hash WHERE s.hash IS NULL"""
    )
