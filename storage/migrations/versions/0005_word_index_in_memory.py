"""FTS5 gathers a batch's words in memory and merges less often: half of what storing words cost."""

from alembic import op
from sqlalchemy import text

revision = "0005"
down_revision = "0004"

GATHERED = 16 * 2**20  # bytes of words held until they are written: those of some 1,000 articles
MERGED = 8  # segments of one size before they become one; 4 unless set


def upgrade() -> None:
    """Write FTS5's own settings; PostgreSQL's index has none to set."""
    if op.get_bind().dialect.name == "sqlite":
        set_option = text("INSERT INTO fulltext (fulltext, rank) VALUES (:name, :value)")
        for name, value in (("hashsize", GATHERED), ("automerge", MERGED)):
            op.get_bind().execute(set_option, {"name": name, "value": value})
