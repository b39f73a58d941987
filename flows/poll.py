"""@flow poll: which sources are due -> their new links -> the pages; each half is one task run."""

from __future__ import annotations

from prefect import flow, get_run_logger, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows.logs import safe
from flows.pipeline import open_desk, work_due
from flows.polls import PollReport
from flows.polls import poll as poll_sources
from flows.report import Event, Report
from flows.settings import load_settings
from flows.shift import Desk
from storage import open_database


@task(name="poll sources", cache_policy=NO_CACHE, persist_result=False)
async def poll_due(desk: Desk) -> PollReport:
    """Poll the sources that are due."""
    return await poll_sources(desk.writer, desk.settings, desk.client)


@task(name="ingest what is due", cache_policy=NO_CACHE, persist_result=False)
async def ingest_due(desk: Desk) -> Report:
    """Bring every page that is due to its end."""
    return await work_due(desk)


@flow(name="poll", persist_result=False)
async def poll(database: SecretStr | None = None) -> tuple[PollReport, Report]:
    """Poll what is due in `database` (CLEANWIRE_DATABASE when None), ingest what is due then, and report."""
    settings, logger = load_settings(), get_run_logger()

    def tell(event: Event) -> None:
        if event.state in {"failed", "quarantined"}:
            logger.warning(safe(f"{event.state} {event.url}: {event.reason}"))

    opened = open_database(database.get_secret_value() if database else settings.database)
    try:
        async with open_desk(opened, settings, tell) as desk:
            polled, worked = await poll_due(desk), await ingest_due(desk)
    finally:
        opened.close()
    for url, reason in polled.faults.items():
        logger.warning(safe(f"failed {url}: {reason}"))
    report = f"{polled}.\n\n{worked.as_markdown()}"
    await acreate_markdown_artifact(key="poll-report", markdown=report, description="Poll")
    return polled, worked
