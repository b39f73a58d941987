"""What a cluster keeps its state in, as the machine has it installed: PostgreSQL with its extensions, Redis.

The PostgreSQL of the other tests comes from a wheel, without pg_trgm, which Prefect's own tables need.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from prefects import free_port

START_SECONDS = 60
NOBODY = "nobody"  # PostgreSQL refuses to be run by root
UNSAFE = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def _programs() -> Path | None:
    """Find PostgreSQL's programs, of the newest version that has pg_trgm beside it."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if path := shutil.which("initdb"):
        found.append(Path(path).resolve().parent)
    usable = [path for path in found if _has_trigrams(path)]
    return max(
        usable, key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0, default=None
    )


def _has_trigrams(programs: Path) -> bool:
    asked = [programs / "pg_config", "--sharedir"]
    folder = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return Path(folder, "extension", "pg_trgm.control").exists()


@contextmanager
def postgresql(*databases: str) -> Iterator[str]:
    """Run a PostgreSQL with these databases for a while: gives its address, `postgresql://user@host:port`."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL with pg_trgm is installed (Debian: apt-get install postgresql)")
    user = NOBODY if os.geteuid() == 0 else None
    # Not in pytest's folder, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="cleanwire-cluster-") as folder:
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        data, port = Path(folder, "data"), free_port()
        init = [programs / "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"]
        subprocess.run(
            [*init, "--no-sync", data], user=user, cwd=folder, check=True, capture_output=True, timeout=120
        )
        command = [
            programs / "postgres",
            "-D",
            data,
            "-p",
            str(port),
            "-h",
            "127.0.0.1",
            "-k",
            folder,
            *UNSAFE,
        ]
        with _running(command, user, Path(folder)):
            address = f"postgresql://postgres@127.0.0.1:{port}"
            with psycopg.connect(_when_it_answers(address), autocommit=True) as admin:
                for name in databases:
                    admin.execute(f"CREATE DATABASE {name}".encode())
            yield address


@contextmanager
def redis() -> Iterator[int]:
    """Run a Redis that keeps nothing for a while: gives its port on loopback."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no Redis is installed (Debian: apt-get install redis-server)")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory() as folder, _running([*command], None, Path(folder)):
        yield port


@contextmanager
def _running(command: list[str | Path], user: str | None, folder: Path) -> Iterator[None]:
    """Run a server for a while, and end it."""
    server = subprocess.Popen(
        command, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def _when_it_answers(address: str) -> str:
    """Wait until a server takes connections, and give the address of its first database."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(f"{address}/postgres").close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.1)
        else:
            return f"{address}/postgres"
