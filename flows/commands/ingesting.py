"""`cleanwire ingest`: with a Prefect API the flow runs there, with none the pipeline runs here at once."""

from __future__ import annotations

import asyncio

from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_json
from flows.commands.tracking import say_untracked, tracked
from flows.errors import Stopped, UsageFault
from flows.report import Report
from flows.screen import Bar, show_report
from flows.settings import Settings, prefect_is_configured


def ingest(targets: list[str], db: str | None, *, as_json: bool) -> int:
    """Ingest targets and print the report; 0 when all went well, 1 when some of it failed."""
    settings = settings_for(db)
    if not all(target.strip() for target in targets):
        raise UsageFault("an empty TARGET: name an address, a file or a folder, or - for standard input")
    try:
        report = _tracked(targets, settings) if prefect_is_configured() else _here(targets, settings)
    except KeyboardInterrupt:
        raise Stopped("stopped; what was in hand comes back with the next run") from None
    if as_json:
        print_json(report.as_json())
    else:
        show_report(report)
    return 1 if report.failed else 0


def _here(targets: list[str], settings: Settings) -> Report:
    """Run the pipeline in this process."""
    from flows.pipeline import ingest_targets

    say_untracked(settings)
    with opened(settings.database, make=True) as database, Bar() as bar:
        return asyncio.run(ingest_targets(database, settings, targets, bar))


def _tracked(targets: list[str], settings: Settings) -> Report:
    """Run the flow under the configured Prefect API."""
    from flows.ingest import ingest as flow

    return tracked(settings, lambda database: flow(targets, database), make=True)
