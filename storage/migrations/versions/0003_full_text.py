"""The word index: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL."""

from alembic import op
from sqlalchemy import text

from storage import fulltext
from storage.models import ARTICLE

revision = "0003"
down_revision = "0002"

BATCH = 500
SQLITE = """CREATE VIRTUAL TABLE fulltext USING fts5(title, author, body, facet, content='',
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co M*'")"""
POSTGRESQL = """CREATE TABLE fulltext (
    position bigint PRIMARY KEY REFERENCES article (position) ON UPDATE CASCADE ON DELETE CASCADE,
    words tsvector NOT NULL, "long" text)"""


def upgrade() -> None:
    """Make the index and put the articles that are there into it."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute(text(SQLITE))
    else:
        op.execute(text(POSTGRESQL))
        op.execute("CREATE INDEX fulltext_words ON fulltext USING gin (words)")
    found = connection.execute(ARTICLE.select().order_by(ARTICLE.c.position)).mappings()
    for rows in found.partitions(BATCH):
        fulltext.index(connection, rows)
