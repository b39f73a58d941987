"""Opening the archive: one set of rules for SQLite and PostgreSQL, and the schema brought up to date.

SQLite: write-ahead log, BEGIN IMMEDIATE for every transaction that writes (a deferred one loses to "database
is locked" whatever the timeout), foreign keys on, synchronous NORMAL. PostgreSQL: psycopg 3.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlmodel import Session

from storage import migrations
from storage.codec import compact_json
from storage.damage import Illegible, read_json

BUSY_SECONDS = 60
MIGRATION_LOCK = 0x636C65616E77  # "cleanw": the advisory lock that migrating processes share on PostgreSQL
_STAMPED = "alembic_version"  # the table that tells which schema a database has
_one_migration_a_process = threading.Lock()  # alembic keeps its context in module globals


class DatabaseError(Exception):
    """What went wrong with the archive, in one line that names it and says what to do."""


class CannotOpen(DatabaseError):  # noqa: N818 - reads as what happened
    """The database cannot be reached, read or made."""


class SchemaTooNew(DatabaseError):  # noqa: N818 - the same
    """A newer Cleanwire made this database."""


class ReadOnly(DatabaseError):  # noqa: N818 - the same
    """The archive may be read here, but not written."""


class Unavailable(DatabaseError):  # noqa: N818 - the same
    """The database failed in the middle of the work; the open transaction was rolled back whole."""


def _first_line(error: BaseException) -> str:
    """Return the first line of a driver's message: the rest is SQL and advice for programmers."""
    original = getattr(error, "orig", None) or error
    return str(original).strip().split("\n", 1)[0]


class Database:
    """An open archive; `read` and `write` hand out sessions, and any thread may ask for one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.url = shown(engine.url)
        self.dialect = engine.dialect.name
        self.may_write = not _is_read_only(engine.url)
        self._writer = engine.execution_options(writes=True)
        self._reader = engine
        if self.dialect == "postgresql":
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open one transaction: committed at the end of the block, rolled back whole by any error in it.

        Raises ReadOnly where SQLite's file or its folder may only be read.
        """
        if not self.may_write:
            raise ReadOnly(f"{self.url}: may only be read: allow this user to write the file and its folder")
        with self._explained(), Session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a view of the archive that stands still while the block lasts."""
        with self._explained(), Session(self._reader) as session:
            yield session

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Lend a connection without a transaction, for what no transaction may hold: VACUUM, PRAGMA."""
        options = {"isolation_level": "AUTOCOMMIT"} if self.dialect == "postgresql" else {"begins": False}
        with self._explained(), self.engine.execution_options(**options).connect() as lent:
            yield lent

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            said = _first_line(error)
            advice = "free space or bring the database back, then run the command again"
            if "database is locked" in said:
                advice = "another process writes to it for long; run the command again once it is done"
            raise Unavailable(f"{self.url}: {said}. Nothing was half-written: {advice}") from error
        except Illegible as error:
            raise Unavailable(f"{self.url}: {error}; `cleanwire upkeep --check` names the row") from error


def shown(url: URL) -> str:
    """Write a database URL with its password masked, wherever in the URL it stands."""
    query = {key: "***" if "password" in key else value for key, value in url.query.items()}
    return re.sub(r"%2A%2A%2A", "***", url.set(query=query).render_as_string(hide_password=True))


def open_database(url: str, *, make: bool = True) -> Database:
    """Open the archive at a SQLAlchemy URL, make or migrate its tables; raises CannotOpen or SchemaTooNew.

    With `make` false, a database that holds no archive is CannotOpen, and a SQLite file stays away.
    """
    address = _address(url)
    if not make and not _is_there(address):
        raise _no_archive(address)
    engine = _engine(address)
    try:
        _bring_up_to_date(engine, make=make)
    except DBAPIError as error:
        engine.dispose()
        raise CannotOpen(
            f"{shown(address)}: cannot open the database ({_first_line(error)}). {_advice(address)}"
        ) from error
    except DatabaseError:
        engine.dispose()
        raise
    return Database(engine)


def _no_archive(address: URL) -> CannotOpen:
    return CannotOpen(
        f"{shown(address)}: there is no archive here: check the name (--db or CLEANWIRE_DATABASE) and the "
        "folder; `cleanwire ingest` makes one"
    )


def new_rows(session: Session, table: Any) -> Any:
    """Start an INSERT into `table` that leaves out rows whose key is there already."""
    dialect = session.get_bind().dialect.name
    maker = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return maker(table).on_conflict_do_nothing()


def _unread(url: str) -> str:
    """Show a URL that could not be read, without what may be its password."""
    return repr(re.sub(r"//.*@", "//***@", url, flags=re.DOTALL)[:100])


def _address(url: str) -> URL:
    """Read the URL and refuse what the archive cannot live in, before any driver sees it."""
    try:
        address = make_url(url)
        kind = address.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise CannotOpen(
            f"{_unread(url)}: this database URL cannot be read: write sqlite:///FILE.db or "
            "postgresql+psycopg://HOST/NAME (--db or CLEANWIRE_DATABASE)"
        ) from None
    if kind == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise CannotOpen(
            f"{shown(address)}: {kind} is not supported: use sqlite:/// or postgresql+psycopg://"
        )
    if not address.database or address.database == ":memory:":
        raise CannotOpen(f"{shown(address)}: an archive needs a file: write sqlite:///FILE.db")
    return address


def _advice(address: URL) -> str:
    if address.get_backend_name() == "postgresql":
        return "Is the server running, and are user, password and database right?"
    folder = Path(address.database or "").parent
    if not folder.is_dir():
        return f"The folder {folder} does not exist: make it first"
    return "Is it a SQLite file that this user may read and write?"


def _engine(address: URL) -> Engine:
    if address.get_backend_name() == "postgresql":
        wait = {} if "connect_timeout" in address.query else {"connect_timeout": 10}
        return create_engine(address, json_serializer=compact_json, pool_pre_ping=True, connect_args=wait)
    if _is_read_only(address):
        engine = create_engine(
            address, json_deserializer=read_json, creator=lambda: _connect_read_only(address)
        )
    else:
        engine = create_engine(
            address, json_serializer=compact_json, json_deserializer=read_json,
            connect_args={"timeout": BUSY_SECONDS},
        )  # fmt: skip
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _is_there(address: URL) -> bool:
    """Tell whether a SQLite file is there; only a server knows of its databases."""
    file = address.database or ""
    return address.get_backend_name() != "sqlite" or file.startswith("file:") or Path(file).exists()


def _is_read_only(address: URL) -> bool:
    """Tell whether a SQLite archive is there that this user may not write."""
    file = Path(address.database or "")
    is_there = address.get_backend_name() == "sqlite" and file.is_file()
    return is_there and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def _connect_read_only(address: URL) -> sqlite3.Connection:
    """Open the file for reading; where its folder takes no new files and no log is there, as it lies."""
    file = Path(address.database or "").absolute()
    as_it_lies = not os.access(file.parent, os.W_OK) and not Path(f"{file}-wal").exists()
    how = "mode=ro&immutable=1" if as_it_lies else "mode=ro"
    return sqlite3.connect(f"file:{quote(str(file))}?{how}", BUSY_SECONDS, uri=True, check_same_thread=False)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where _begin_sqlite says, not where pysqlite does
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA cache_size=-49152")  # KiB: a run with its parser processes stays below 300 MiB
    connection.execute("PRAGMA wal_autocheckpoint=32768")  # pages: batches write many of them again and again
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA secure_delete=OFF")  # where Debian has it on, free pages are written too
    connection.execute("PRAGMA journal_size_limit=134217728")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("begins", True):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


def _bring_up_to_date(engine: Engine, *, make: bool) -> None:
    with engine.connect() as connection:
        if _is_current(connection):
            return
        if not make and not inspect(connection).has_table(_STAMPED):
            raise _no_archive(engine.url)
    if _is_read_only(engine.url):
        raise CannotOpen(
            f"{shown(engine.url)}: may only be read, and its schema is older than this program's: open it "
            "once where it may be written"
        )
    if engine.dialect.name == "sqlite":
        _use_write_ahead_log(engine)
    with _one_migration_a_process, engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        if not _is_current(connection):  # another process may have done it while this one waited
            migrations.upgrade(connection)


def _is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table(_STAMPED):
        return False
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if version is not None and version not in migrations.REVISIONS:
        raise SchemaTooNew(
            f"{shown(connection.engine.url)}: its schema ({version}) is newer than this program's "
            f"({migrations.HEAD}). Upgrade Cleanwire, or name another database"
        )
    return version == migrations.HEAD


def _use_write_ahead_log(engine: Engine) -> None:
    """Switch to the write-ahead log; SQLite does not wait here when two processes do it at once, so we do."""
    connection = engine.raw_connection()
    try:
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                connection.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]
            except engine.dialect.loaded_dbapi.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise OperationalError(None, None, error) from error
                time.sleep(0.02)
            else:
                return
    finally:
        connection.close()
