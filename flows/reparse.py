"""@flow reparse: today's parser over stored pages; each batch is a task run, first compared, then written.

With CLEANWIRE_DASK_SCHEDULER the batches are read and compared on that cluster, whose workers reach the same
database; what they find is written here, batch by batch in the same order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows.announcing import telling
from flows.cluster import mapped
from flows.errors import WorkFault
from flows.reparsing import Compared, Reparse, ReparseReport, compare, open_reparse
from flows.runs import BATCH, archive, leave_report
from flows.workshop import Workshop
from parsers import parser_version
from storage.reparse import Reading

PAGES_THERE = 250  # in a batch for the cluster: each starts a parser process of its own


@task(
    name="compare batch", task_run_name="compare batch {number}: {pages} pages", cache_policy=NO_CACHE,
    persist_result=False,
)  # fmt: skip
async def compare_batch(run: Reparse, batch: Sequence[int], number: int, pages: int) -> None:  # noqa: ARG001 - for its name
    """Compare one batch."""
    await run.compare(batch)


@task(name="compare batch there", task_run_name="compare {pages} pages there", cache_policy=NO_CACHE, **BATCH)
async def compare_there(database: SecretStr, batch: Sequence[int], pages: int, parser: str) -> Compared:  # noqa: ARG001 - the same
    """Compare one batch on a worker of the cluster; WorkFault where another parser is installed."""
    if parser_version() != parser:
        raise WorkFault("this Dask worker has another version of Cleanwire's parser: install the same one")
    with archive(database) as (opened, _):
        async with Workshop(1) as workshop:
            return await compare(opened, workshop, batch)


@task(name="write batch", task_run_name="write batch {number}", cache_policy=NO_CACHE, **BATCH)
async def write_batch(run: Reparse, batch: Sequence[Reading], number: int) -> None:  # noqa: ARG001 - the same
    """Write one batch that was compared."""
    await run.write(batch)


@flow(name="reparse", flow_run_name="today's parser over stored pages", persist_result=False)
async def reparse(database: SecretStr | None = None, *, dry_run: bool = False) -> ReparseReport:
    """Read every stored page that another parser has read, tell field by field what differs, and write it."""
    logger = get_run_logger()
    with archive(database) as (opened, settings):
        async with telling(opened), open_reparse(opened) as run:
            await run.count()
            if settings.dask_scheduler is None:
                await _compare_here(run)
            else:
                await _compare_there(run, settings.dask_scheduler, database or SecretStr(settings.database))
            for line in run.report.lines():
                logger.info(line)
            if not dry_run:
                for number, readings in enumerate(run.compared(), 1):
                    await write_batch(run, readings, number)
    told = "\n".join(f"- {line.strip()}" for line in run.report.lines())
    await leave_report("reparse", told, run.report.table())
    return run.report


async def _compare_here(run: Reparse) -> None:
    """Compare every batch in this process's own parser processes."""
    number = 0
    while batch := await run.next_batch():
        number += 1
        await compare_batch(run, batch, number, len(batch))


async def _compare_there(run: Reparse, scheduler: str, database: SecretStr) -> None:
    """Compare every batch on the cluster."""

    async def batches() -> AsyncIterator[list[int]]:
        while batch := await run.next_batch(PAGES_THERE):
            yield batch

    def parameters(batch: list[int]) -> dict[str, Any]:
        return {"database": database, "batch": batch, "pages": len(batch), "parser": parser_version()}

    async for _, compared in mapped(scheduler, compare_there, batches(), parameters):
        run.keep(compared)
