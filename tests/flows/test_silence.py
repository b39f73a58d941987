"""The automations on a real Prefect server: a run that fell silent or never began is marked Crashed."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from uuid import UUID, uuid4

from prefect import flow
from prefect.client.orchestration import PrefectClient
from prefect.states import Pending, Running
from prefects import ask

from flows.automations import HEARTBEAT, NEVER, SILENCE, install
from flows.clock import now
from flows.runs import TAG
from tests.flows.serving import until

LATER = timedelta(seconds=5)
LOOK = 3.0  # seconds between two looks


@flow
async def work() -> None:
    """Stand for any flow: its runs are only written down here."""


def say(api: str, run: UUID, event: str, ago: timedelta) -> None:
    """Tell the server an event of a run, as of so long ago."""
    resource = {"prefect.resource.id": f"prefect.flow-run.{run}"}
    tag = {"prefect.resource.id": f"prefect.tag.{TAG}", "prefect.resource.role": "tag"}
    body = {"id": str(uuid4()), "event": event, "resource": resource, "related": [tag]}
    ask(api, "/events", [body | {"occurred": (now() - ago).isoformat()}])


def state(api: str, run: UUID) -> str:
    return str(ask(api, f"/flow_runs/{run}")["state_type"])


def test_runs_that_fell_silent_or_never_began_are_marked(prefect_api: str) -> None:
    async def begin() -> list[UUID]:
        async with PrefectClient(prefect_api) as client:
            await install(client)
            states = (Running(), Running(), Pending(), Pending())
            # Without the tag, so that the server's own events of them, which are of now, do not count.
            return [(await client.create_flow_run(work, state=one)).id for one in states]

    silent, beats, waits, starts = asyncio.run(begin())

    def marked() -> bool:
        # Told again and again: what comes before the server has taken the automations in is not judged.
        say(prefect_api, beats, HEARTBEAT, SILENCE / 2)
        say(prefect_api, beats, HEARTBEAT, LATER)
        say(prefect_api, starts, "prefect.flow-run.Pending", NEVER - 2 * LATER - SILENCE)
        say(prefect_api, waits, "prefect.flow-run.Pending", NEVER + LATER)
        say(prefect_api, silent, HEARTBEAT, SILENCE + LATER)
        time.sleep(LOOK)
        return [state(prefect_api, run) for run in (silent, waits)] == ["CRASHED", "CRASHED"]

    until(marked)
    assert (state(prefect_api, beats), state(prefect_api, starts)) == ("RUNNING", "PENDING")
