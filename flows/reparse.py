"""@flow reparse: today's parser over stored pages; each batch is a task run, first compared, then written."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow, get_run_logger, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from flows.reparsing import Reparse, ReparseReport, open_reparse
from flows.settings import load_settings
from storage import open_database
from storage.reparse import Reading, Stored


@task(
    name="compare batch", task_run_name="compare batch {number}: {pages} pages", cache_policy=NO_CACHE,
    persist_result=False,
)  # fmt: skip
async def compare_batch(run: Reparse, batch: Sequence[Stored], number: int, pages: int) -> None:  # noqa: ARG001 - for its name
    """Compare one batch."""
    await run.compare(batch)


@task(name="write batch", task_run_name="write batch {number}", cache_policy=NO_CACHE, persist_result=False)
async def write_batch(run: Reparse, batch: Sequence[Reading], number: int) -> None:  # noqa: ARG001 - the same
    """Write one batch that was compared."""
    await run.write(batch)


@flow(name="reparse", persist_result=False)
async def reparse(database: SecretStr | None = None, *, dry_run: bool = False) -> ReparseReport:
    """Read every stored page that another parser has read, tell field by field what differs, and write it."""
    opened = open_database(database.get_secret_value() if database else load_settings().database)
    logger, number = get_run_logger(), 0
    try:
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
    finally:
        opened.close()
    told = "\n".join(f"- {line.strip()}" for line in run.report.lines())
    await acreate_markdown_artifact(key="reparse-report", markdown=told, description="Reparse")
    return run.report
