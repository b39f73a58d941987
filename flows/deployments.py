"""The flows as Prefect's deployments: what runs when, declared once.

`cleanwire serve` starts this module as a process of its own, which registers them with the configured server
and runs them here. A deployment that has a work pool is an operator's, made of deploy/prefect.yaml: it is
left to the workers of that pool.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect import Flow, get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger, ResourceSpecification
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from flows.automations import install
from flows.events import PAGE_REQUESTED
from flows.ingest import ingest
from flows.poll import poll
from flows.reaper import reap
from flows.recheck import recheck
from flows.reparse import reparse
from flows.runs import TAG
from flows.settings import load_settings
from flows.upkeep import upkeep

NIGHTLY = "17 3 * * *"
QUERY_SECONDS = 5.0  # between two questions of the runner for what is scheduled
FROM_EVENT = {  # a list must be handed over as JSON: bare jinja makes text, and the run is never created
    "__prefect_kind": "json",
    "value": {
        "__prefect_kind": "jinja",
        "template": "{{ event.payload.targets | tojson }}",
    },
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A flow with what its deployment says: seconds between two runs or a cron line, and triggers."""

    flow: Flow[Any, Any]
    says: str
    every: float | None = None
    cron: str | None = None
    triggers: Sequence[DeploymentEventTrigger] = ()

    async def deployment(self) -> RunnerDeployment:
        """Make the deployment: never two runs at a time where they follow a schedule."""
        schedules: list[IntervalSchedule | CronSchedule] = []
        if self.every is not None:
            schedules.append(IntervalSchedule(interval=timedelta(seconds=self.every)))
        if self.cron is not None:
            schedules.append(CronSchedule(cron=self.cron))
        alone = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
        return await self.flow.ato_deployment(
            name=self.flow.name, description=self.says, tags=[TAG], triggers=list(self.triggers),
            schedules=schedules, entrypoint_type=EntrypointType.MODULE_PATH,
            concurrency_limit=alone if schedules or self.flow is reparse else None,
        )  # fmt: skip


def plans(every: float) -> tuple[Plan, ...]:
    """Declare every deployment; `every` is the seconds between two rounds of poll and of recheck."""
    requested = DeploymentEventTrigger(
        name="Cleanwire: ingest pages that an event asks for", expect={PAGE_REQUESTED},
        match=ResourceSpecification({"prefect.resource.id": "cleanwire.page*"}),
        parameters={"targets": FROM_EVENT, "web_only": True},  # whoever sends an event reads no file here
    )  # fmt: skip
    return (
        Plan(poll, "Ask the sources that are due what is new, and ingest it.", every=every),
        Plan(recheck, "Look again at articles that may have changed.", every=every),
        Plan(upkeep, "Let old snapshots go, and give their space back.", cron=NIGHTLY),
        Plan(ingest, "Ingest the pages, feeds, files or folders that are named.", triggers=(requested,)),
        Plan(reparse, "Read the stored pages with today's parser."),
    )


async def register(runner: Runner, every: float) -> list[UUID]:
    """Register every deployment that is not left to a work pool, and give those that are run here."""
    async with get_client() as client:
        await install(client)
        return [
            await runner.aadd_deployment(await plan.deployment())
            for plan in plans(every)
            if not await _has_workers(client, plan.flow.name)
        ]


async def _has_workers(client: PrefectClient, name: str) -> bool:
    """Tell whether an operator has given this deployment to a work pool."""
    try:
        found = await client.read_deployment_by_name(f"{name}/{name}")
    except ObjectNotFound:
        return False
    return found.work_pool_name is not None


async def run_deployments() -> None:
    """Register the deployments, say on standard output how many, and run them until SIGTERM."""
    runner = Runner(name=TAG, pause_on_shutdown=False, query_seconds=QUERY_SECONDS)
    here = await register(runner, load_settings().poll_every)
    print(len(here), flush=True)  # noqa: T201 - the one word to whoever started this process
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    async with asyncio.TaskGroup() as group:
        reaping = group.create_task(reap(here))
        await runner.start()
        reaping.cancel()


if __name__ == "__main__":
    asyncio.run(run_deployments())
