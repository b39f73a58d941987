"""The bands of near copies, and the views that people read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ARTICLES_CURRENT = """
CREATE VIEW articles_current AS
SELECT a.id, a.title, a.subtitle, a.byline, a.authors, a.published_at, a.host, a.site_name, a.section, a.tags,
       a.language, a.kind, a.word_count, a.is_free, a.status, a.version, a.url, a.canonical_url,
       s.name AS source, a.cluster_id, a.id = a.cluster_id AS is_earliest_copy,
       a.first_seen_at, a.last_checked_at, a.text
FROM article a LEFT JOIN source s ON s.id = a.source_id
WHERE a.status <> 'removed'
"""
LINKS_BY_STATE = """
CREATE VIEW links_by_state AS
SELECT host, state, reason, count(*) AS links, max(checked_at) AS last_checked_at
FROM link GROUP BY host, state, reason
"""
REVISIONS_LISTED = """
CREATE VIEW revisions_listed AS
SELECT r.article_id, r.version, r.seen_at, r.edit, r.reason, r.changed, a.title AS current_title, a.url
FROM revision r JOIN article a ON a.id = r.article_id
"""


def _bands() -> None:
    op.create_table(
        "band",
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("article_id", LONG, nullable=False),
        sa.PrimaryKeyConstraint("value", "article_id"),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    """Make them; 0012 fills the bands of articles that are there, once it has made all that this takes."""
    _bands()
    for table in ("article", "attempt", "revision"):  # nothing asks by it, and every page paid for it
        op.drop_index(f"ix_{table}_snapshot_hash", table)
    for view in (ARTICLES_CURRENT, LINKS_BY_STATE, REVISIONS_LISTED):
        op.execute(view)
