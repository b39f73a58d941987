"""What Prefect's server is to do for Cleanwire by itself; `python -m flows.automations` installs it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events import EventTrigger, Posture, ResourceSpecification
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore

from flows.runs import TAG

GONE = "Its process is gone. Nothing is lost: the next run takes up what it held."
SILENCE = timedelta(seconds=90)  # three heartbeats of PREFECT_FLOWS_HEARTBEAT_FREQUENCY=30, its least
HEARTBEAT = "prefect.flow-run.heartbeat"
NEVER = timedelta(minutes=15)  # more than a worker's infrastructure takes to start, its image to be pulled
ENDS = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}


def automations() -> tuple[AutomationCore, ...]:
    """Declare the automations: a run tagged cleanwire is marked Crashed that falls silent or never begins."""
    began = {"prefect.flow-run.Running", "prefect.flow-run.Cancelling"}
    return (
        _mark_crashed(
            "Cleanwire: mark runs whose process is gone", "Its runs send a heartbeat every 30 s.",
            after={HEARTBEAT}, expect=ENDS | {HEARTBEAT}, within=SILENCE,
        ),
        _mark_crashed(
            "Cleanwire: mark runs whose process never came", "A run is pending while its process starts.",
            after={"prefect.flow-run.Pending"}, expect=ENDS | began | {HEARTBEAT}, within=NEVER,
        ),
    )  # fmt: skip


def _mark_crashed(
    name: str, says: str, *, after: set[str], expect: set[str], within: timedelta
) -> AutomationCore:
    """Declare that a run is marked Crashed where none of `expect` follows `after` within that time."""
    missing = EventTrigger(
        after=after, expect=expect, for_each={"prefect.resource.id"},
        match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
        match_related=ResourceSpecification({"prefect.resource.id": [f"prefect.tag.{TAG}"]}),
        posture=Posture.Proactive, threshold=1, within=within,
    )  # fmt: skip
    crashed = ChangeFlowRunState(state=StateType.CRASHED, name=None, message=GONE)
    description = f"{says} See deploy/README.md."
    return AutomationCore(name=name, description=description, trigger=missing, actions=[crashed])


async def install(client: PrefectClient) -> None:
    """Make the automations, or bring those of the same name up to date.

    One that is as it should be is left alone: an update makes the server forget which runs it watches.
    """
    for wanted in automations():
        found = await client.read_automations_by_name(wanted.name)
        if not found:
            await client.create_automation(wanted)
        elif AutomationCore.model_validate(found[0].model_dump()) != wanted:
            await client.update_automation(found[0].id, wanted)


async def main() -> None:
    """Install them on the configured server."""
    async with get_client() as client:
        await install(client)


if __name__ == "__main__":
    asyncio.run(main())
