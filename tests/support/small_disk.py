"""A disk too small for an archive: a file system in memory, which only root may mount, and only on Linux."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage import Database

TABLES = ("snapshot", "article", "attempt")


@contextmanager
def mounted(owner: os.stat_result, kibibytes: int) -> Iterator[Path | None]:
    """Mount so small a disk for a user and give its folder; None where that is not allowed."""
    with tempfile.TemporaryDirectory(prefix="cleanwire-disk-") as folder:
        Path(folder).chmod(0o755)
        disk = Path(folder) / "disk"
        disk.mkdir()
        options = f"size={kibibytes}k,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            yield None
            return
        try:
            yield disk
        finally:
            subprocess.run(["umount", "--lazy", str(disk)], check=True)  # noqa: S607 - wherever it stands


def enlarge(disk: Path, kibibytes: int) -> None:
    """Give a mounted disk room."""
    command = ["mount", "-o", f"remount,size={kibibytes}k", str(disk)]
    subprocess.run(command, check=True)


@contextmanager
def on_small_disk(db: Database) -> Iterator[Path | None]:
    """Have PostgreSQL's largest tables on a disk of 512 KiB; None where none can be mounted."""
    with db.alone() as server:
        data = Path(server.exec_driver_sql("SHOW data_directory").scalar_one())
    with mounted(data.stat(), 512) as disk:
        if disk is None:
            yield None
            return
        _do(db, f"CREATE TABLESPACE small LOCATION '{disk}'", *_moved("small"))
        try:
            yield disk
        finally:
            _do(db, *_moved("pg_default"), "DROP TABLESPACE small")


def _moved(tablespace: str) -> list[str]:
    return [f"ALTER TABLE {table} SET TABLESPACE {tablespace}" for table in TABLES]


def _do(db: Database, *statements: str) -> None:
    with db.alone() as server:
        for statement in statements:
            server.exec_driver_sql(statement)
