"""A consistent copy of the archive in a file, beside whoever writes: whole under its name, or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from flows.errors import UsageFault, WorkFault
from storage import Database
from storage.atomic import locked
from storage.backup import copy_sqlite

IN_USE = ("-wal", "-journal")  # what SQLite would mix with a new file of the old one's name


def back_up(database: Database, target: Path) -> int:
    """Write the copy, put it in the place of `target` in one step, and return its size in bytes.

    SQLite gives a SQLite file, PostgreSQL what pg_dump writes in its custom format. UsageFault names a target
    that cannot be one; WorkFault or Unavailable says what went wrong, and `target` is as it was.
    """
    _check(database, target)
    try:
        with _beside(target) as copy:
            if database.dialect == "sqlite":
                copy_sqlite(database, copy)
            else:
                _dump(database.engine.url, copy)
            size = copy.stat().st_size
            _put(copy, target)
    except OSError as error:
        raise WorkFault(f"{target}: {error.strerror}; free space or name another file") from None
    return size


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a file to write to, in a folder beside `target`; what a killed run left there goes first."""
    folder = target.absolute().with_name(f".{target.name}.part")
    folder.mkdir(mode=0o700, exist_ok=True)
    with locked(folder, os.O_RDONLY):
        for left in folder.iterdir():
            left.unlink()
        try:
            yield folder / "copy"
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _check(database: Database, target: Path) -> None:
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise UsageFault(f"{target}: name a file in a folder that exists")
    own = database.engine.url.database if database.dialect == "sqlite" else None
    if own and target.exists() and target.samefile(own):
        raise UsageFault(f"{target}: that is the database itself; name another file")
    for ending in IN_USE:
        beside = target.with_name(target.name + ending)
        if beside.exists():
            raise UsageFault(
                f"{target}: a program has it open ({beside.name}); close it or name another file"
            )


def _dump(url: URL, copy: Path) -> None:
    """Run pg_dump, which sees the database as it stood when it began; it ends when this process ends."""
    program = shutil.which("pg_dump")
    if program is None:
        raise WorkFault(
            "pg_dump is not on PATH: install PostgreSQL's client programs of the server's version"
        )
    arguments, secret = dump_command(program, url, copy)
    end, leash = os.pipe()
    try:
        done = subprocess.run(  # noqa: S603 - a program of the operator's own PATH, with no shell between
            [sys.executable, "-P", "-m", "flows.leash", *arguments],
            stdin=end, env=os.environ | secret, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        os.close(end)
        os.close(leash)
    if done.returncode:
        raise WorkFault(f"pg_dump: {' '.join(done.stderr.split()) or f'exit status {done.returncode}'}")


def dump_command(program: str, url: URL, copy: Path) -> tuple[list[str], dict[str, str]]:
    """Give pg_dump's arguments, and the password for its environment: arguments are for all to see."""
    query = dict(url.query)
    password = query.pop("password", url.password)
    name = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    arguments = ["--format=custom", "--no-owner", f"--file={copy}", f"--dbname={name.render_as_string()}"]
    return [program, *arguments], {"PGPASSWORD": str(password)} if password else {}


def _put(copy: Path, target: Path) -> None:
    """Bring the copy to the disk, then give it its name, which from then on stands for the whole of it."""
    _sync(copy)
    copy.replace(target)
    _sync(target.absolute().parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
