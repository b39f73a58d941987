"""`cleanwire poll`: with a Prefect API the flow runs there, with none the polls run here at once."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from functools import partial

from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_json
from flows.commands.tracking import say_untracked, tracked
from flows.errors import WorkFault
from flows.logs import masked, safe
from flows.polls import PollReport, poll_and_work
from flows.report import Report
from flows.screen import Bar, show_report
from flows.settings import Settings, prefect_is_configured
from storage.sources import named_sources


def poll(names: list[str] | None, db: str | None, *, as_json: bool) -> int:
    """Poll what is due or named, ingest what is new and print both reports; 1 when some of it failed."""
    settings = settings_for(db)
    named = _numbers(names, settings) if names else None
    run = _tracked if prefect_is_configured() else _here
    polled, worked = run(settings, named)
    for word, told in (("failed", polled.faults), ("warning", polled.warnings)):
        for url, reason in told.items():
            print(f"{word} {safe(url)}: {safe(reason)}", file=sys.stderr)
    if not (polled.polled or polled.faults):
        print("cleanwire: no source is due; `cleanwire sources list` shows when each is", file=sys.stderr)
    if as_json:
        faults = {masked(url): reason for url, reason in polled.faults.items()}
        warnings = {masked(url): reason for url, reason in polled.warnings.items()}
        sources = asdict(polled) | {"faults": faults, "warnings": warnings}
        print_json({"sources": sources, "pages": worked.as_json()})
    else:
        print(polled)
        show_report(worked)
    return 1 if polled.faults or worked.failed else 0


def _numbers(names: list[str], settings: Settings) -> list[int]:
    """Find the sources that are named by number or address; WorkFault for the first that is not there."""
    with opened(settings.database) as database, database.read() as session:
        found = named_sources(session, names)
    numbers = []
    for name, number in found.items():
        if number is None:
            raise WorkFault(f"{name}: no such source; `cleanwire sources list` shows them")
        numbers.append(number)
    return numbers


def _here(settings: Settings, named: list[int] | None) -> tuple[PollReport, Report]:
    """Poll in this process."""
    say_untracked(settings)
    with opened(settings.database) as database, Bar() as bar:
        return asyncio.run(poll_and_work(database, settings, bar, named))


def _tracked(settings: Settings, named: list[int] | None) -> tuple[PollReport, Report]:
    """Run the flow under the configured Prefect API."""
    from flows.poll import poll as flow

    return tracked(settings, partial(flow, sources=named))
