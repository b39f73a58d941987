"""@flow upkeep: retention, furniture, the word index and vacuum, a task run each."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows.runs import BATCH, archive, leave_report
from flows.upkeeping import UpkeepReport, bytes_of, expire, forget, learn, reindex
from storage import Database
from storage.upkeep import vacuum


@task(name="let old snapshots go", cache_policy=NO_CACHE, **BATCH)
async def let_snapshots_go(database: Database) -> int:
    """Let every snapshot go that has outlived its sources' wishes."""
    return await expire(database)


@task(name="let go what was told", cache_policy=NO_CACHE, **BATCH)
async def let_told_go(database: Database) -> tuple[int, int]:
    """Let old dead letters and firings of watches go."""
    return await forget(database)


@task(name="learn furniture", cache_policy=NO_CACHE, **BATCH)
async def learn_furniture(database: Database) -> int:
    """Learn what repeats across publishers' pages."""
    return await learn(database)


@task(name="renew the word index", cache_policy=NO_CACHE, **BATCH)
async def renew_word_index(database: Database) -> bool:
    """Make the word index anew where other rules made it."""
    return await reindex(database)


@task(name="vacuum", cache_policy=NO_CACHE, **BATCH)
async def give_space_back(database: Database) -> None:
    """Give free space back."""
    await asyncio.to_thread(vacuum, database)


@flow(name="upkeep", flow_run_name="let old snapshots go, give space back", persist_result=False)
async def upkeep(database: SecretStr | None = None) -> UpkeepReport:
    """Let old snapshots go, give their space back, and report."""
    with archive(database) as (opened, _):
        before = bytes_of(opened)
        gone, told = await let_snapshots_go(opened), await let_told_go(opened)
        learned, reindexed = await learn_furniture(opened), await renew_word_index(opened)
        await give_space_back(opened)
        report = UpkeepReport(gone, *told, learned, reindexed, before, bytes_of(opened))
    get_run_logger().info(str(report))
    await leave_report("upkeep", f"{report}.\n", [asdict(report)])
    return report
