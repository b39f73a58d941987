"""Upkeep as plain functions: snapshots let go, furniture learned, the index and the files put in shape."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from flows.clock import now
from flows.writer import Writer
from storage import Database
from storage.furniture import learn_of, note_learned, unlearned_hosts
from storage.renewal import renew
from storage.retention import BATCH, last_attempt, let_go, outlived
from storage.upkeep import size, vacuum


@dataclass(frozen=True, slots=True)
class UpkeepReport:
    """How many snapshots were let go and blocks learned to be furniture; the size in bytes before and after.

    `reindexed` says that the word index was made anew.
    """

    snapshots: int
    furniture: int
    reindexed: bool
    bytes_before: int
    bytes_after: int

    def __str__(self) -> str:
        """Say it in one line."""
        before, after = (f"{number / 2**20:.1f} MiB" for number in (self.bytes_before, self.bytes_after))
        learned = f"{self.furniture} blocks learned to be furniture"
        renewed = "; the word index was made anew" if self.reindexed else ""
        sizes = f"the database takes {after}, {before} before"
        return f"{self.snapshots} snapshots let go; {learned}{renewed}; {sizes}"


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


async def learn(database: Database) -> int:
    """Learn what repeats across the pages of every host with new stories; return how many blocks are new."""
    with Writer(database) as writer:
        hosts, seq = await asyncio.to_thread(_unlearned, database)
        found = 0
        for host in hosts:
            found += await writer.run(partial(learn_of, host=host, now=now()))
        await writer.run(partial(note_learned, seq=seq))
        return found


def _unlearned(database: Database) -> tuple[list[str], int]:
    with database.read() as session:
        return unlearned_hosts(session)


async def reindex(database: Database) -> bool:
    """Make the word index anew where other rules made it; False where it is up to date."""
    with Writer(database) as writer:
        return await writer.run(renew)


def bytes_of(database: Database) -> int:
    """Ask the database its size."""
    with database.read() as session:
        return size(session)


async def keep_up(database: Database) -> UpkeepReport:
    """Do all upkeep; what it freed is given back last."""
    before = bytes_of(database)
    gone = await expire(database)
    learned, reindexed = await learn(database), await reindex(database)
    await asyncio.to_thread(vacuum, database)
    return UpkeepReport(gone, learned, reindexed, before, bytes_of(database))
