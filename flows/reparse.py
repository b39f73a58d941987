"""@flow reparse: today's parser over stored pages; each batch is a task run, first compared, then written."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows.reparsing import Reparse, ReparseReport, open_reparse
from flows.runs import BATCH, archive, leave_report
from storage.reparse import Reading, Stored


@task(
    name="compare batch", task_run_name="compare batch {number}: {pages} pages", cache_policy=NO_CACHE,
    persist_result=False,
)  # fmt: skip
async def compare_batch(run: Reparse, batch: Sequence[Stored], number: int, pages: int) -> None:  # noqa: ARG001 - for its name
    """Compare one batch."""
    await run.compare(batch)


@task(name="write batch", task_run_name="write batch {number}", cache_policy=NO_CACHE, **BATCH)
async def write_batch(run: Reparse, batch: Sequence[Reading], number: int) -> None:  # noqa: ARG001 - the same
    """Write one batch that was compared."""
    await run.write(batch)


@flow(name="reparse", flow_run_name="today's parser over stored pages", persist_result=False)
async def reparse(database: SecretStr | None = None, *, dry_run: bool = False) -> ReparseReport:
    """Read every stored page that another parser has read, tell field by field what differs, and write it."""
    logger, number = get_run_logger(), 0
    with archive(database) as (opened, _):
        async with open_reparse(opened) as run:
            await run.count()
            while batch := await run.next_batch():
                number += 1
                await compare_batch(run, batch, number, len(batch))
            for line in run.report.lines():
                logger.info(line)
            if not dry_run:
                for number, readings in enumerate(run.compared(), 1):
                    await write_batch(run, readings, number)
    told = "\n".join(f"- {line.strip()}" for line in run.report.lines())
    await leave_report("reparse", told, run.report.table())
    return run.report
