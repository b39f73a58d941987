"""Runs that a killed runner left behind, on a real Prefect server: marked, and their slot free again."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions, StateType
from prefect.states import Pending, Running
from prefects import ask

from flows.automations import HEARTBEAT
from flows.clock import now
from flows.reaper import bury
from tests.flows.serving import until


async def begin(client: PrefectClient, deployment: UUID, *, runs: bool = False) -> tuple[UUID, StateType]:
    """Begin a run as a runner does, and give what the server made of it."""
    run = await client.create_flow_run_from_deployment(deployment)
    got = await client.set_flow_run_state(run.id, Pending())
    if runs:
        got = await client.set_flow_run_state(run.id, Running())
    assert got.state is not None
    return run.id, got.state.type


def beat(api: str, run: UUID, at: datetime) -> None:
    """Send a run's heartbeat, and wait until the server has written it down."""
    resource = f"prefect.flow-run.{run}"
    event = {"event": HEARTBEAT, "resource": {"prefect.resource.id": resource}, "id": str(run)}
    ask(api, "/events", [event | {"occurred": at.isoformat()}])
    wanted: dict[str, Any] = {"resource": {"id": [resource]}, "event": {"name": [HEARTBEAT]}}
    wanted["occurred"] = {
        side: (at + days * timedelta(days=1)).isoformat() for side, days in (("since", -1), ("until", 1))
    }
    until(lambda: ask(api, "/events/filter", {"filter": wanted})["events"])


def test_a_lost_run_gives_its_slot_back_and_one_that_lives_stays(prefect_api: str) -> None:
    async def main() -> None:
        async with PrefectClient(prefect_api) as client:
            flow = await client.create_flow_from_name("a flow")
            alone, foreign = [
                await client.create_deployment(
                    flow,
                    name,
                    concurrency_limit=1,
                    concurrency_options=ConcurrencyOptions(
                        collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
                    ),
                )
                for name in ("alone", "foreign")
            ]
            free = await client.create_deployment(flow, "free")
            lost, _ = await begin(client, alone)
            _, refused = await begin(client, alone)
            others, _ = await begin(client, foreign)
            silent, _ = await begin(client, free, runs=True)
            lives, _ = await begin(client, free, runs=True)
            await bury(client, [alone, free], now())
            states = {one: (await client.read_flow_run(one)).state_type for one in (lost, silent, lives)}
            assert states == {lost: "PENDING", silent: "RUNNING", lives: "RUNNING"}, "they may still begin"

            later = now() + timedelta(minutes=10)
            beat(prefect_api, lives, later - timedelta(minutes=1))
            await bury(client, [alone, free], later)
            states = {
                one: (await client.read_flow_run(one)).state_type for one in (lost, silent, lives, others)
            }
            assert states == {lost: "CRASHED", silent: "CRASHED", lives: "RUNNING", others: "PENDING"}
            assert refused != "PENDING"
            assert (await begin(client, alone))[1] == "PENDING", "its slot is free again"

    asyncio.run(main())
