"""@flow ingest: the pipeline in batches, each one task run, with a report as an artifact."""

from __future__ import annotations

import time

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows.pipeline import open_desk, work
from flows.report import Report
from flows.runs import BATCH, archive, by_state, leave_report, warning
from flows.shift import Desk
from flows.targets import Batch, batches
from storage.sources import progress


@task(name="ingest batch", task_run_name="batch {number}: {pages} pages", cache_policy=NO_CACHE, **BATCH)
async def ingest_batch(desk: Desk, batch: Batch, number: int, pages: int) -> Report:  # noqa: ARG001 - for its name
    """Bring one batch of links to its end."""
    return await work(desk, batch)


@flow(name="ingest", flow_run_name="ingest {targets}", persist_result=False)
async def ingest(targets: list[str], database: SecretStr | None = None) -> Report:
    """Ingest targets into `database` (CLEANWIRE_DATABASE when None; a URL may hold a password) and report."""
    started, report = time.monotonic(), Report()
    with archive(database) as (opened, settings):
        async with open_desk(opened, settings, warning()) as desk:
            starts = await desk.writer.run(progress)
            for number, batch in enumerate(batches(targets, settings.max_bytes, starts), 1):
                report.merge(await ingest_batch(desk, batch, number, len(batch.links)))
    report.seconds = time.monotonic() - started
    await leave_report("ingest", report.as_markdown(), by_state(report))
    return report
