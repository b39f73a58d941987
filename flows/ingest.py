"""@flow ingest: the pipeline in batches, each one task run, with a report as an artifact."""

from __future__ import annotations

import time

from prefect import flow, get_run_logger, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff
from pydantic import SecretStr

from flows.logs import safe
from flows.pipeline import open_desk, work
from flows.report import Event, Report
from flows.settings import load_settings
from flows.shift import Desk
from flows.targets import Batch, batches
from storage import open_database
from storage.sources import progress


@task(
    name="ingest batch",
    task_run_name="batch {number}: {pages} pages",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=2),
    retry_jitter_factor=0.5,
)
async def ingest_batch(desk: Desk, batch: Batch, number: int, pages: int) -> Report:  # noqa: ARG001 - for its name
    """Bring one batch of links to its end."""
    return await work(desk, batch)


@flow(name="ingest", flow_run_name="ingest {targets}", persist_result=False, validate_parameters=True)
async def ingest(targets: list[str], database: SecretStr | None = None) -> Report:
    """Ingest targets into `database` (CLEANWIRE_DATABASE when None; a URL may hold a password) and report."""
    started, report, settings, logger = time.monotonic(), Report(), load_settings(), get_run_logger()

    def tell(event: Event) -> None:
        if event.state in {"failed", "quarantined"}:
            logger.warning(safe(f"{event.state} {event.url}: {event.reason}"))

    opened = open_database(database.get_secret_value() if database else settings.database)
    try:
        async with open_desk(opened, settings, tell) as desk:
            starts = await desk.writer.run(progress)
            for number, batch in enumerate(batches(targets, settings.max_bytes, starts), 1):
                report.merge(await ingest_batch(desk, batch, number, len(batch.links)))
    finally:
        opened.close()
    report.seconds = time.monotonic() - started
    await acreate_markdown_artifact(key="ingest-report", markdown=report.as_markdown(), description="Ingest")
    return report
