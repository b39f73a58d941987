"""Upkeep as plain functions: old snapshots let go in small transactions, then the files put in shape."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from flows.clock import now
from flows.writer import Writer
from storage import Database
from storage.retention import BATCH, last_attempt, let_go, outlived
from storage.upkeep import size, vacuum


@dataclass(frozen=True, slots=True)
class UpkeepReport:
    """How many snapshots were let go, and the database's size in bytes before and after."""

    snapshots: int
    bytes_before: int
    bytes_after: int

    def __str__(self) -> str:
        """Say it in one line."""
        before, after = (f"{number / 2**20:.1f} MiB" for number in (self.bytes_before, self.bytes_after))
        return f"{self.snapshots} snapshots let go; the database takes {after}, {before} before"


async def expire(database: Database) -> int:
    """Let every snapshot go that has outlived its sources' wishes, and return how many."""
    with Writer(database) as writer:
        hashes, since = await asyncio.to_thread(_outlived, database)
        gone = 0
        for start in range(0, len(hashes), BATCH):
            batch = hashes[start : start + BATCH]
            gone += await writer.run(partial(let_go, hashes=batch, since=since))
        return gone


def _outlived(database: Database) -> tuple[list[str], int]:
    with database.read() as session:
        return outlived(session, now()), last_attempt(session)


def bytes_of(database: Database) -> int:
    """Ask the database its size."""
    with database.read() as session:
        return size(session)


async def keep_up(database: Database) -> UpkeepReport:
    """Do all upkeep: retention first, then what it freed is given back."""
    before = bytes_of(database)
    gone = await expire(database)
    await asyncio.to_thread(vacuum, database)
    return UpkeepReport(gone, before, bytes_of(database))
