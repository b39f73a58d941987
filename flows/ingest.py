"""@flow ingest: the pipeline in batches, each one task run, with a report as an artifact.

With CLEANWIRE_DASK_SCHEDULER the batches go to that cluster, pages of archives with their bytes; its workers
write to the same database, each batch by the same rules as here.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from pydantic import SecretStr

from flows.announcing import telling
from flows.clock import now
from flows.cluster import mapped
from flows.logs import brief
from flows.pipeline import open_desk, remember, work
from flows.report import Event, Report
from flows.runs import BATCH, archive, by_state, leave_report, warning
from flows.settings import Settings
from flows.shift import Desk
from flows.targets import Batch, batches, is_web
from flows.writer import Writer
from storage import Database
from storage.sources import keep_progress, progress

LONGEST_NAME = 300


@task(name="ingest batch", task_run_name="batch {number}: {pages} pages", cache_policy=NO_CACHE, **BATCH)
async def ingest_batch(desk: Desk, batch: Batch, number: int, pages: int) -> Report:  # noqa: ARG001 - for its name
    """Bring one batch of links to its end."""
    return await work(desk, batch)


@task(name="ingest batch there", task_run_name="batch of {pages} pages there", cache_policy=NO_CACHE, **BATCH)
async def ingest_there(database: SecretStr, batch: Batch, pages: int) -> Report:  # noqa: ARG001 - the same
    """Bring one batch of links to its end on a worker of the cluster."""
    with archive(database) as (opened, settings):
        async with open_desk(opened, settings, warning()) as desk:
            return await work(desk, batch)


def run_name() -> str:
    """Name a run by its targets, of whose addresses Prefect is to show no password."""
    return brief(f"ingest {', '.join(flow_run.parameters['targets'])}")[:LONGEST_NAME]


@flow(name="ingest", flow_run_name=run_name, persist_result=False)
async def ingest(targets: list[str], database: SecretStr | None = None, web_only: bool = False) -> Report:
    """Ingest targets into `database` (CLEANWIRE_DATABASE when None; a URL may hold a password) and report.

    With `web_only`, which is what an event may ask for, files, folders and standard input are refused.
    """
    started = time.monotonic()
    targets, refused = of_web(targets) if web_only else (targets, [])
    with archive(database) as (opened, settings):
        await _turn_away(opened, refused)
        async with telling(opened):
            if settings.dask_scheduler is None:
                report = await _here(targets, opened, settings)
            else:
                named = database or SecretStr(settings.database)
                report = await _there(targets, opened, settings, named)
    for event in refused:
        report.add(event)
    report.seconds = time.monotonic() - started
    await leave_report("ingest", report.as_markdown(), by_state(report))
    return report


async def _turn_away(database: Database, refused: Sequence[Event]) -> None:
    """Let the ledger know of targets that an event may not ask for."""
    if refused:
        with Writer(database) as writer:
            await remember(writer, refused)


def of_web(targets: list[str]) -> tuple[list[str], list[Event]]:
    """Give those targets that are addresses of the web, and why the others are refused."""
    why = "an event may ask for http and https addresses only"
    refused = [Event(target, "refused", why) for target in targets if not is_web(target)]
    return [target for target in targets if is_web(target)], refused


async def _here(targets: list[str], database: Database, settings: Settings) -> Report:
    """Ingest batch after batch in this process."""
    report = Report()
    async with open_desk(database, settings, warning()) as desk:
        starts = await desk.writer.run(progress)
        for number, batch in enumerate(batches(targets, settings.max_bytes, starts), 1):
            report.merge(await ingest_batch(desk, batch, number, len(batch.links)))
    return report


async def _there(targets: list[str], database: Database, settings: Settings, named: SecretStr) -> Report:
    """Ingest the batches on the cluster; how far an archive is read is written down here, in order."""
    report = Report()
    with Writer(database) as writer:
        starts = await writer.run(progress)

        async def calls() -> AsyncIterator[Batch]:
            for batch in batches(targets, settings.max_bytes, starts):
                yield batch

        def parameters(batch: Batch) -> dict[str, Any]:
            return {"database": named, "batch": replace(batch, reached={}), "pages": len(batch.links)}

        assert settings.dask_scheduler is not None  # noqa: S101 - asked by the caller
        async for batch, done in mapped(settings.dask_scheduler, ingest_there, calls(), parameters):
            report.merge(done)
            await writer.run(partial(keep_progress, reached=batch.reached, now=now()))
    return report
