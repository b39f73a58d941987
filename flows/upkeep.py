"""@flow upkeep: retention and vacuum, a task run each."""

from __future__ import annotations

import asyncio

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows.settings import load_settings
from flows.upkeeping import UpkeepReport, bytes_of, expire
from storage import Database, open_database
from storage.upkeep import vacuum


@task(name="let old snapshots go", cache_policy=NO_CACHE, persist_result=False)
async def let_snapshots_go(database: Database) -> int:
    """Let every snapshot go that has outlived its sources' wishes."""
    return await expire(database)


@task(name="vacuum", cache_policy=NO_CACHE, persist_result=False)
async def give_space_back(database: Database) -> None:
    """Give free space back."""
    await asyncio.to_thread(vacuum, database)


@flow(name="upkeep", persist_result=False)
async def upkeep(database: SecretStr | None = None) -> UpkeepReport:
    """Let old snapshots go, give their space back, and report."""
    opened = open_database(database.get_secret_value() if database else load_settings().database)
    try:
        before = bytes_of(opened)
        gone = await let_snapshots_go(opened)
        await give_space_back(opened)
        report = UpkeepReport(gone, before, bytes_of(opened))
    finally:
        opened.close()
    get_run_logger().info(str(report))
    return report
