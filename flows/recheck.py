"""@flow recheck: articles that may have changed are looked at again; each half is one task run."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows.announcing import telling
from flows.pipeline import open_desk, work_due
from flows.rechecking import ask_again
from flows.report import Report
from flows.runs import BATCH, archive, by_state, leave_report, warning
from flows.shift import Desk


@task(name="ask for pages again", cache_policy=NO_CACHE, **BATCH)
async def make_due(desk: Desk) -> int:
    """Make due the pages whose time to be looked at again has come."""
    return await ask_again(desk)


@task(name="look at what is due", cache_policy=NO_CACHE, **BATCH)
async def look_again(desk: Desk) -> Report:
    """Bring every page that is due to its end, new ones first."""
    return await work_due(desk)


@flow(name="recheck", flow_run_name="look again at what may have changed", persist_result=False)
async def recheck(database: SecretStr | None = None) -> tuple[int, Report]:
    """Look again at articles that may have changed in `database` (CLEANWIRE_DATABASE when None)."""
    with archive(database) as (opened, settings):
        async with telling(opened), open_desk(opened, settings, warning()) as desk:
            asked, worked = await make_due(desk), await look_again(desk)
    said = f"pages to look at again: {asked}.\n\n{worked.as_markdown()}"
    await leave_report("recheck", said, by_state(worked))
    return asked, worked
