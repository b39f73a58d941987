"""The schema's history; alembic is imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

REVISIONS = tuple(f"{number:04}" for number in range(1, 15))
HEAD = REVISIONS[-1]


def upgrade(connection: Connection) -> None:
    """Bring the connected database to the newest schema within the transaction that is open on it."""
    from alembic import command  # noqa: PLC0415 - half a second that an up-to-date database need not pay
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
