"""How the house fares: for whoever keeps it alive, for whoever sends it work, for whoever looks in."""

from __future__ import annotations

import asyncio
from typing import Literal

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, TypeAdapter

from flows.desk.access import house_of, may_read
from flows.desk.answers import faults, read_json
from flows.health import look_over
from storage import last_seq
from storage.health import Health

READY_SECONDS = 5.0
router = APIRouter(tags=["health"])
_form = TypeAdapter(Health)


class Status(BaseModel):
    """A word for a machine."""

    status: Literal["ok", "ready"]


@router.get("/healthz")
async def alive() -> Status:
    """Say that the process is alive and its event loop turns."""
    return Status(status="ok")


@router.get("/readyz", responses=faults(503))
async def ready(request: Request) -> Status:
    """Say whether work can be taken in: the archive answers and the house is not closing."""
    house = house_of(request)
    if house.stopping.is_set():
        raise HTTPException(503, "stopping")
    try:
        async with asyncio.timeout(READY_SECONDS):
            await house.read(last_seq)
    except TimeoutError:
        raise HTTPException(503, f"the archive did not answer within {READY_SECONDS:g} s") from None
    return Status(status="ready")


@router.get(
    "/health", response_model=Health, responses=faults(401, 403, 503), dependencies=[Depends(may_read)]
)
async def health(request: Request) -> Response:
    """Look the archive over: links by state, what fails and why, the newest article, sizes."""
    return await read_json(house_of(request), _form, look_over)
