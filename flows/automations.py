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

SILENCE = timedelta(seconds=90)  # three heartbeats of PREFECT_FLOWS_HEARTBEAT_FREQUENCY=30, its least
HEARTBEAT = "prefect.flow-run.heartbeat"
ENDS = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}


def automations() -> tuple[AutomationCore, ...]:
    """Declare the automations: a run tagged cleanwire that sends no heartbeat any more is marked Crashed."""
    silent = EventTrigger(
        after={HEARTBEAT}, expect=ENDS | {HEARTBEAT}, for_each={"prefect.resource.id"},
        match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
        match_related=ResourceSpecification({"prefect.resource.id": [f"prefect.tag.{TAG}"]}),
        posture=Posture.Proactive, threshold=1, within=SILENCE,
    )  # fmt: skip
    message = "Its process is gone. Nothing is lost: the next run takes up what it held."
    return (
        AutomationCore(
            name="Cleanwire: mark runs whose process is gone",
            description="Runs tagged cleanwire send a heartbeat every 30 s; see deploy/README.md.",
            trigger=silent,
            actions=[ChangeFlowRunState(state=StateType.CRASHED, name=None, message=message)],
        ),
    )


async def install(client: PrefectClient) -> None:
    """Make the automations, or bring those of the same name up to date."""
    for wanted in automations():
        found = await client.read_automations_by_name(wanted.name)
        if found:
            await client.update_automation(found[0].id, wanted)
        else:
            await client.create_automation(wanted)


async def main() -> None:
    """Install them on the configured server."""
    async with get_client() as client:
        await install(client)


if __name__ == "__main__":
    asyncio.run(main())
