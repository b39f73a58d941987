"""Opening an archive: made, migrated, refused with one line; and what plain SQL finds in it."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage import (
    CannotOpen,
    Database,
    SchemaTooNew,
    articles,
    changes,
    history,
    migrations,
    open_database,
    why,
)
from storage.database import ReadOnly
from storage.integrity import faults
from storage.models import Row

FOLDER = Path(migrations.__file__).parent
OPEN = "import sys, storage; storage.open_database(sys.argv[1]).close(); print('alembic' in sys.modules)"
FIRST = Path(__file__).parent / "first_schema.sql"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    return str(request.getfixturevalue("empty_postgres"))


def opened(url: str) -> str:
    """Open in a process of its own and tell whether alembic was needed."""
    done = subprocess.run([sys.executable, "-c", OPEN, url], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.strip()


def test_several_processes_may_open_a_new_database_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert len(list(pool.map(opened, [empty_url] * 3))) == 3
    assert opened(empty_url) == "False"


def test_threads_of_one_process_may_too(empty_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        for db in pool.map(open_database, [empty_url] * 3):
            db.close()


def test_the_migrations_make_the_tables_that_the_models_name(db: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(steps)) == migrations.REVISIONS
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_modelled})
        assert compare_metadata(context, Row.metadata) == []


def _is_modelled(name: str | None, kind: str, _parents: object) -> bool:
    if kind == "table":
        return name in Row.metadata.tables
    return name != "link_url"  # PostgreSQL's is a hash, which SQLAlchemy has no word for


def at_first_schema(url: str) -> None:
    """Make a database as the first schema had it, with an article of two versions and its copy elsewhere."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in FIRST.read_text(encoding="utf-8").split(";\n\n"):
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_database_of_the_first_schema_keeps_its_data(empty_url: str) -> None:
    at_first_schema(empty_url)
    with closing(open_database(empty_url)) as db, db.read() as session:
        found = list(articles(session))
        assert [one.title for one in found] == ["Ferry line approved elsewhere", "Ferry line approved"]
        assert [one.cluster_id for one in found] == [1, 1]
        assert [one.id for one in articles(session, "ferry approved -elsewhere")] == [1]
        assert found[1].authors == ("Ann Lee",)
        assert found[1].published_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
        assert [one.content["title"] for one in history(session, 1)] == [
            "Ferry line aproved",
            "Ferry line approved",
        ]
        assert [one.kind for one in changes(session)] == ["created", "revised", "created"]
        story = why(session, "https://a.example/ferry")
        assert story is not None
        assert story.article == found[1]
        made_here = ("near", "cluster", "leads to article", "last try", "missing")
        assert not [line for line in faults(db) if any(words in line for words in made_here)]


@pytest.mark.parametrize("moment", [0.0, 0.1, 0.25, 0.4, 0.6])
def test_killed_while_it_migrates_a_database_is_as_it_was_or_as_it_should_be(
    empty_url: str, moment: float
) -> None:
    at_first_schema(empty_url)
    migrate = f"import storage, sys; print(flush=True); {OPEN}"
    with subprocess.Popen([sys.executable, "-c", migrate, empty_url], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment)
        process.kill()
    with closing(open_database(empty_url)) as db, db.read() as session:
        assert [one.cluster_id for one in articles(session)] == [1, 1]


def test_a_newer_schema_is_refused_by_name(db: Database, database_url: str) -> None:
    with db.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match=r"its schema \(9999\) is newer .* Upgrade Cleanwire"):
        open_database(database_url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("no url at all", "cannot be read: write sqlite:///"),
        ("oracle://x/y", "oracle is not supported"),
        ("nosuch://x/y", "nosuch is not supported"),
        ("sqlite://", "an archive needs a file"),
        ("sqlite:///nowhere/at/all.db", "The folder nowhere/at does not exist: make it first"),
        ("postgresql://ann:geheim@127.0.0.1:1/x?password=geheim", "Is the server running"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(url: str, message: str) -> None:
    with pytest.raises(CannotOpen) as caught:
        open_database(url)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("These are my notes.\n" * 100, encoding="utf-8")
    with pytest.raises(CannotOpen, match="Is it a SQLite file"):
        open_database(f"sqlite:///{file}")
    assert file.read_text(encoding="utf-8") == "These are my notes.\n" * 100


def test_a_database_without_an_archive_may_stay_as_it_is(empty_url: str) -> None:
    for _ in range(2):
        with pytest.raises(CannotOpen, match="there is no archive here"):
            open_database(empty_url, make=False)
    open_database(empty_url).close()
    open_database(empty_url, make=False).close()


def test_an_error_within_a_transaction_leaves_nothing_behind(db: Database) -> None:
    add = text("INSERT INTO host (host, failures) VALUES ('a.example', 0)")
    with pytest.raises(IntegrityError), db.write() as session:
        session.connection().execute(add, [{}, {}])
    with db.read() as session:
        assert session.connection().execute(text("SELECT count(*) FROM host")).scalar() == 0


def test_a_reader_sees_one_moment(db: Database) -> None:
    add = text("INSERT INTO host (host, failures) VALUES ('a.example', 0)")
    count = text("SELECT count(*) FROM host")
    with db.read() as session:
        assert session.connection().execute(count).scalar() == 0
        with db.write() as other:
            other.connection().execute(add)
        assert session.connection().execute(count).scalar() == 0
    with db.read() as session:
        assert session.connection().execute(count).scalar() == 1


def test_a_naive_time_is_refused_before_it_is_stored(db: Database) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
    table = Row.metadata.tables["host"]
    with pytest.raises(Exception, match="naive time"), db.write() as session:
        session.connection().execute(table.insert(), {"host": "a", "failures": 0, "next_at": naive})


def test_people_read_the_views_with_plain_sql(empty_url: str) -> None:
    at_first_schema(empty_url)
    with closing(open_database(empty_url)) as db, db.read() as session:
        query = "SELECT title, byline, host, status FROM articles_current WHERE is_earliest_copy"
        assert [tuple(row) for row in session.connection().execute(text(query))] == [
            ("Ferry line approved", "By Ann Lee", "a.example", "corrected")
        ]
        query = "SELECT edit, current_title FROM revisions_listed WHERE version = 2"
        assert tuple(session.connection().execute(text(query)).one()) == ("headline", "Ferry line approved")
        query = "SELECT host, state, links FROM links_by_state ORDER BY host"
        assert [tuple(row) for row in session.connection().execute(text(query))] == [
            ("a.example", "revised", 1), ("b.example", "stored", 1),
        ]  # fmt: skip


@pytest.mark.parametrize("forbidden", ["a.db", "."])
def test_an_archive_that_may_only_be_read_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forbidden: str
) -> None:
    file, barred = tmp_path / "a.db", tmp_path / forbidden
    url = f"sqlite:///{file}"
    at_first_schema(url)
    with monkeypatch.context() as patch:  # root may write everything: so it is told not to
        patch.setattr("storage.database.os.access", lambda path, _: path != barred)
        with pytest.raises(CannotOpen, match="its schema is older than this program's: open it once where"):
            open_database(url)
    open_database(url).close()
    monkeypatch.setattr("storage.database.os.access", lambda path, _: path != barred)
    with closing(open_database(url)) as db:
        with db.read() as session:
            assert len(list(articles(session, "ferry"))) == 2
            with pytest.raises(OperationalError, match="readonly"):
                session.connection().exec_driver_sql("DELETE FROM change")
        with pytest.raises(ReadOnly, match=r"a\.db: may only be read: allow this user"), db.write():
            pass
