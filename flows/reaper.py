"""Runs whose process is gone are marked Crashed, so that none keeps its deployment's only slot for ever.

The automations do so too, but only for a run that has sent a heartbeat, and while the server watches. Here
every run of the deployments that this house runs is looked at, whoever left it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events.filters import (
    EventFilter,
    EventNameFilter,
    EventOccurredFilter,
    EventResourceFilter,
)
from prefect.states import Crashed
from prefect.types import DateTime

from flows.automations import GONE, HEARTBEAT
from flows.clock import now

LOOK = 30.0  # seconds between two looks
SILENCE = timedelta(minutes=3)  # no process takes so long to start, nor to send its next heartbeat
HOLD_A_SLOT = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
log = logging.getLogger(__name__)


async def reap(deployments: Collection[UUID]) -> None:
    """Mark the lost runs of these deployments Crashed, again and again."""
    async with get_client() as client:
        while True:
            try:
                await bury(client, deployments, now())
            except httpx.HTTPError as fault:
                log.warning("lost runs are not looked for: %s", fault)
            await asyncio.sleep(LOOK)


async def bury(client: PrefectClient, deployments: Collection[UUID], at: datetime) -> None:
    """Mark Crashed each run of these deployments that holds a slot and at that time is silent for SILENCE."""
    holding = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=list(deployments)),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=HOLD_A_SLOT)),
    )
    for run in await client.read_flow_runs(flow_run_filter=holding):
        if await _is_lost(client, run, at):
            log.warning("run %s is marked Crashed: its process is gone", run.name)
            await client.set_flow_run_state(run.id, Crashed(message=GONE), force=True)


async def _is_lost(client: PrefectClient, run: FlowRun, at: datetime) -> bool:
    """Tell whether a run has for SILENCE neither changed its state nor sent a heartbeat."""
    if run.state is None or run.state.timestamp > at - SILENCE:
        return False
    beats = EventFilter(
        event=EventNameFilter(name=[HEARTBEAT]),
        resource=EventResourceFilter(id=[f"prefect.flow-run.{run.id}"]),
        occurred=EventOccurredFilter(
            since=DateTime.fromtimestamp((at - SILENCE).timestamp(), at.tzinfo),
            until=DateTime.fromtimestamp((at + SILENCE).timestamp(), at.tzinfo),  # clocks differ
        ),
    )
    return not (await client.read_events(beats, limit=1)).events
