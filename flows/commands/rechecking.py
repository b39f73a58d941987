"""`cleanwire recheck`: with a Prefect API the flow runs there, with none that happens here at once."""

from __future__ import annotations

import asyncio

from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_json
from flows.commands.tracking import say_untracked, tracked
from flows.rechecking import recheck_and_work
from flows.report import Report
from flows.screen import Bar, show_report
from flows.settings import Settings, prefect_is_configured


def recheck(db: str | None, *, as_json: bool) -> int:
    """Look again at articles that may have changed, and print the report; 1 when some of it failed."""
    settings = settings_for(db)
    asked, worked = _tracked(settings) if prefect_is_configured() else _here(settings)
    if as_json:
        print_json({"rechecked": asked, "pages": worked.as_json()})
    else:
        print(f"pages to look at again: {asked}")
        show_report(worked)
    return 1 if worked.failed else 0


def _here(settings: Settings) -> tuple[int, Report]:
    """Look at the pages in this process."""
    say_untracked(settings)
    with opened(settings.database) as database, Bar() as bar:
        return asyncio.run(recheck_and_work(database, settings, bar))


def _tracked(settings: Settings) -> tuple[int, Report]:
    """Run the flow under the configured Prefect API."""
    from flows.recheck import recheck as flow

    return tracked(settings, flow)
