"""@flow poll: which sources are due -> their new links -> the pages; each half is one task run."""

from __future__ import annotations

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows.announcing import telling
from flows.logs import brief
from flows.pipeline import open_desk, work_due
from flows.polls import PollReport
from flows.polls import poll as poll_sources
from flows.report import Report
from flows.runs import BATCH, archive, by_state, leave_report, warning
from flows.shift import Desk


@task(name="poll sources", cache_policy=NO_CACHE, **BATCH)
async def poll_due(desk: Desk, named: list[int] | None) -> PollReport:
    """Poll the sources that are due, or those named by their numbers."""
    return await poll_sources(desk, named)


@task(name="ingest what is due", cache_policy=NO_CACHE, **BATCH)
async def ingest_due(desk: Desk) -> Report:
    """Bring every page that is due to its end."""
    return await work_due(desk)


@flow(name="poll", flow_run_name="poll what is due", persist_result=False)
async def poll(
    database: SecretStr | None = None, sources: list[int] | None = None
) -> tuple[PollReport, Report]:
    """Poll what is due in `database` (CLEANWIRE_DATABASE when None), ingest what is due then, and report.

    `sources` are the numbers of those to be polled instead, due or not.
    """
    logger = get_run_logger()
    with archive(database) as (opened, settings):
        async with telling(opened), open_desk(opened, settings, warning()) as desk:
            polled, worked = await poll_due(desk, sources), await ingest_due(desk)
    for url, reason in polled.faults.items():
        logger.warning(brief(f"failed {url}: {reason}"))
    for url, reason in polled.warnings.items():
        logger.warning(brief(f"{url}: {reason}"))
    await leave_report("poll", f"{polled}.\n\n{worked.as_markdown()}", by_state(worked))
    return polled, worked
