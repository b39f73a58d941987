"""A consistent copy of a SQLite archive while others write to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.database import Database, Unavailable


def copy_sqlite(database: Database, target: Path) -> None:
    """Copy the archive as it stands into `target`, a new file, by SQLite's online backup API.

    All in one step: a copy in many steps begins anew whenever another process writes. In the write-ahead log
    nobody waits for it. Raises Unavailable when it cannot be read or written.
    """
    source = database.engine.raw_connection()
    try:
        with closing(sqlite3.connect(target)) as copy:
            source.driver_connection.backup(copy)  # type: ignore[union-attr]
    except sqlite3.Error as error:
        raise Unavailable(f"{database.url}: cannot be copied to {target}: {error}") from error
    finally:
        source.close()
