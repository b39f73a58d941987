"""Opening the database and the settings for a command, with every fault as a line for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows.errors import UsageFault, WorkFault
from flows.settings import BadSettingError, Settings, load_settings
from storage import Database, DatabaseError, Unavailable, open_database


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
    except Unavailable as error:
        raise WorkFault(str(error)) from None
    except ExceptionGroup as group:
        known, others = group.split((Unavailable, WorkFault))
        if known is None or others is not None:
            raise
        raise WorkFault(str(_first(known))) from None
    finally:
        database.close()


def _first(group: ExceptionGroup[Exception]) -> BaseException:
    """Give the first fault of a group that tasks side by side have raised."""
    first: BaseException = group
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    return first
