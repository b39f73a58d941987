"""Keeping the database's files in shape: space given back, and what its query planner knows renewed."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from storage.database import Database

WORTH_IT = 0.2  # share of a SQLite file that must be free before it is written anew: that stops all writers


def size(session: Session) -> int:
    """Return the database's size in bytes."""
    if session.get_bind().dialect.name == "postgresql":
        query = "SELECT pg_database_size(current_database())"
    else:
        query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    return int(session.connection().execute(text(query)).scalar_one())


def vacuum(database: Database) -> None:
    """Give free space back and renew the planner's statistics; raises Unavailable when others hold it up.

    PostgreSQL: VACUUM ANALYZE, beside writers. SQLite: the log is emptied into the file, and the file written
    anew where a fifth of it is free, for which writers wait and as much disk again is needed.
    """
    with database.alone() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("VACUUM (ANALYZE)"))
            return
        free = "SELECT 1.0 * freelist_count / page_count FROM pragma_freelist_count(), pragma_page_count()"
        if connection.execute(text(free)).scalar_one() >= WORTH_IT:
            connection.execute(text("VACUUM"))
        connection.execute(text("PRAGMA optimize"))
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
