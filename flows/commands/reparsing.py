"""`cleanwire reparse`: with a Prefect API the flow runs there, with none the work is done here at once."""

from __future__ import annotations

import asyncio
import sys
from typing import TextIO

from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_json
from flows.commands.tracking import say_untracked, tracked
from flows.logs import safe
from flows.reparsing import ReparseReport, open_reparse
from flows.report import Event
from flows.screen import PROBLEMS_SHOWN, Bar
from flows.settings import Settings, prefect_is_configured
from storage import Database


def reparse(db: str | None, *, dry_run: bool, as_json: bool) -> int:
    """Read stored pages anew, tell what differs before anything is written; 1 when pages broke the parser."""
    settings = settings_for(db)
    out = sys.stderr if as_json else sys.stdout
    report = (_tracked if prefect_is_configured() else _here)(settings, out, dry_run=dry_run)
    for problem in report.problems[:PROBLEMS_SHOWN]:
        print(f"article {problem.article_id}: {safe(problem.url)}: {safe(problem.reason)}", file=sys.stderr)
    if as_json:
        print_json(report.as_json())
    else:
        print(_written(report, dry_run=dry_run))
    return 1 if report.failed else 0


def _here(settings: Settings, out: TextIO, *, dry_run: bool) -> ReparseReport:
    """Do the work in this process."""
    say_untracked(settings)
    with opened(settings.database) as database:
        return asyncio.run(_work(database, out, dry_run=dry_run))


async def _work(database: Database, out: TextIO, *, dry_run: bool) -> ReparseReport:
    async with open_reparse(database) as run:
        with Bar() as bar:
            bar.expect(await run.count())
            while batch := await run.next_batch():
                await run.compare(batch)
                for _ in batch:
                    bar.tell(Event("", "compared", ""))
        _tell(run.report, out)
        if not dry_run:
            for readings in run.compared():
                await run.write(readings)
        return run.report


def _tracked(settings: Settings, out: TextIO, *, dry_run: bool) -> ReparseReport:
    """Run the flow under the configured Prefect API; its log tells what differs before it writes."""
    from flows.reparse import reparse as flow

    report: ReparseReport = tracked(settings, lambda database: flow(database, dry_run=dry_run))
    _tell(report, out)
    return report


def _tell(report: ReparseReport, out: TextIO) -> None:
    print("\n".join(report.lines()), file=out, flush=True)


def _written(report: ReparseReport, *, dry_run: bool) -> str:
    if dry_run:
        return "nothing was written (--dry-run)"
    later = f"; {report.moved_on} had changed meanwhile and wait for the next run" if report.moved_on else ""
    return f"{report.written} new versions written{later}"
