"""Opening the database and the settings for a command, with every fault as a line for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from flows.errors import UsageFault, WorkFault
from flows.settings import BadSettingError, Settings, load_settings
from storage.database import Database, DatabaseError, open_database


def settings_for(db: str | None) -> Settings:
    """Read the settings, `--db` before the environment; UsageFault names a variable that cannot be used."""
    try:
        settings = load_settings()
    except BadSettingError as error:
        raise UsageFault(str(error)) from None
    return settings.model_copy(update={"database": db}) if db else settings


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Open the database for a while; a fault of opening is usage, one of the work under way is the work's."""
    try:
        database = open_database(url)
    except DatabaseError as error:
        raise UsageFault(str(error)) from None
    try:
        yield database
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise WorkFault(
            f"the database failed in mid-run: {cause}; nothing is half-written, run the command again"
        ) from None
    finally:
        database.close()
