"""The sources over HTTP: those that are kept, and new ones."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlmodel import Session

from flows.aside import aside
from flows.desk.access import house_of, may_read, may_write
from flows.desk.answers import faults, read_json
from flows.finding import Added, add
from flows.house import House
from flows.intake.client import open_client
from flows.intake.errors import IntakeError
from flows.intake.listing import NotAListing
from flows.keeping import shown
from flows.logs import masked, safe
from storage.sources import Source
from storage.sources import sources as find_sources

AT_ONCE = 2  # addresses that are found out side by side
router = APIRouter(tags=["sources"])
_listed = TypeAdapter(list[Source])


class Address(BaseModel):
    """Where a source is, or a page that names one."""

    model_config = ConfigDict(extra="forbid")
    url: Annotated[str, Field(min_length=1, max_length=8192, examples=["https://example.com/feed"])]


class Kept(BaseModel):
    """A source that was found there: what it is, who named it, how many pages it lists, whether it is new."""

    url: str
    kind: str
    title: str | None
    named_by: str
    pages: int
    new: bool


def finders() -> asyncio.Semaphore:
    """Make what bounds how many addresses are found out at once."""
    return asyncio.Semaphore(AT_ONCE)


@router.get(
    "/sources", response_model=list[Source], responses=faults(401, 403, 503), dependencies=[Depends(may_read)]
)
async def listed(request: Request) -> Response:
    """List every source with its yield, in the order they were added; secrets in addresses are masked."""
    return await read_json(house_of(request), _listed, _masked)


def _masked(session: Session) -> list[Source]:
    return [shown(one) for one in find_sources(session)]


@router.post(
    "/sources",
    status_code=201,
    responses=faults(401, 403, 408, 413, 422, 429, 503),
    dependencies=[Depends(may_write)],
)
async def found(request: Request, address: Address) -> list[Kept]:
    """Find out what an address is a source of, and keep what is found; it is due to be polled at once."""
    request.app.state.pace.take()
    url = address.url if "://" in address.url else f"https://{address.url}"
    async with request.app.state.finders:
        try:
            kept = await aside(partial(_add, house_of(request), url))
        except (IntakeError, NotAListing) as fault:
            raise HTTPException(422, safe(f"{url}: {fault.reason}")[:500]) from None
    return [_kept(one) for one in kept]


async def _add(house: House, url: str) -> list[Added]:
    """Find and keep; aside, because what a stranger's server sends is read here."""
    async with open_client(house.settings) as client:
        return await add(house.database, client, url, house.settings)


def _kept(one: Added) -> Kept:
    it = one.found
    return Kept(
        url=masked(it.url), kind=it.kind, title=it.title, named_by=it.named_by, pages=it.pages, new=one.new
    )
