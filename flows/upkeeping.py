"""Upkeep as plain functions: snapshots and what was told let go, furniture learned, files put in shape."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from flows.clock import now
from flows.writer import Writer
from storage import Database
from storage.event_retention import forget_firings, forget_letters
from storage.furniture import learn_of, note_learned, unlearned_hosts
from storage.renewal import renew
from storage.retention import BATCH, last_attempt, let_go, outlived
from storage.upkeep import size, vacuum


@dataclass(frozen=True, slots=True)
class UpkeepReport:
    """How many snapshots were let go and blocks learned to be furniture; the size in bytes before and after.

    `letters` and `firings` are the dead letters and what watches told of that were let go; `reindexed` says
    that the word index was made anew.
    """

    snapshots: int
    letters: int
    firings: int
    furniture: int
    reindexed: bool
    bytes_before: int
    bytes_after: int

    def __str__(self) -> str:
        """Say it in one line."""
        before, after = (f"{number / 2**20:.1f} MiB" for number in (self.bytes_before, self.bytes_after))
        learned = f"{self.furniture} blocks learned to be furniture"
        renewed = "; the word index was made anew" if self.reindexed else ""
        told = f"; {self.letters} dead letters and {self.firings} firings of watches let go"
        told = told if self.letters or self.firings else ""
        sizes = f"the database takes {after}, {before} before"
        return f"{self.snapshots} snapshots let go{told}; {learned}{renewed}; {sizes}"


async def expire(database: Database) -> int:
    """Let every snapshot go that has outlived its sources' wishes, and return how many."""
    with Writer(database) as writer:
        hashes, since = await asyncio.to_thread(_outlived, database)
        gone = 0
        for start in range(0, len(hashes), BATCH):
            batch = hashes[start : start + BATCH]
            gone += await writer.run(partial(let_go, hashes=batch, since=since))
        return gone


async def forget(database: Database) -> tuple[int, int]:
    """Let dead letters and firings of watches go that are old, and return how many of each."""
    with Writer(database) as writer:
        letters = await writer.run(partial(forget_letters, now=now()))
        return letters, await writer.run(partial(forget_firings, now=now()))


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
    gone, told = await expire(database), await forget(database)
    learned, reindexed = await learn(database), await reindex(database)
    await asyncio.to_thread(vacuum, database)
    return UpkeepReport(gone, *told, learned, reindexed, before, bytes_of(database))
