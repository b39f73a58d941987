"""Opening the database for a command, with every fault as a line for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from flows.errors import UsageFault, WorkFault
from storage import Database, DatabaseError, Unavailable, open_database


@contextmanager
def opened(url: str, *, make: bool = False) -> Iterator[Database]:
    """Open the database for a while; a fault of opening is usage, one of the work under way is the work's.

    It must be there, but for a command that brings something in: what reads or checks nothing else seems to
    have done its work.
    """
    try:
        database = open_database(url, make=make)
    except DatabaseError as error:
        raise UsageFault(str(error)) from None
    try:
        yield database
    except Unavailable as error:
        raise WorkFault(str(error)) from None
    except DBAPIError as error:
        raise _damaged(database, error) from None
    except ExceptionGroup as group:
        known, others = group.split((Unavailable, WorkFault, DBAPIError))
        if known is None or others is not None:
            raise
        first = _first(known)
        raise (
            _damaged(database, first) if isinstance(first, DBAPIError) else WorkFault(str(first))
        ) from None
    finally:
        database.close()


def _first(group: ExceptionGroup[Exception]) -> BaseException:
    """Give the first fault of a group that tasks side by side have raised."""
    first: BaseException = group
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    return first


def _damaged(database: Database, error: DBAPIError) -> WorkFault:
    """Say that the database answers with something that it should not, such as a damaged file."""
    cause = str(error.orig).strip().splitlines()[0]
    return WorkFault(f"{database.url}: {cause}; `cleanwire upkeep --check` tells whether it is damaged")
