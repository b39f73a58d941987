"""Looking again at articles that may have changed: plain async functions, no Prefect."""

from __future__ import annotations

from functools import partial

from flows.clock import now
from flows.pipeline import Watch, open_desk, work_due
from flows.report import Report
from flows.settings import Settings
from flows.shift import Desk
from storage import Database
from storage.recheck import make_due


async def ask_again(desk: Desk) -> int:
    """Make due the pages whose time to be looked at again has come, and say how many."""
    budget = desk.settings.recheck_budget
    return await desk.writer.run(partial(make_due, now=now(), budget=budget))


async def recheck_and_work(database: Database, settings: Settings, watch: Watch) -> tuple[int, Report]:
    """Look again at what may have changed, after the new pages that are due; give how many were asked for."""
    async with open_desk(database, settings, watch.tell) as desk:
        asked = await ask_again(desk)
        watch.expect(asked)
        return asked, await work_due(desk)
