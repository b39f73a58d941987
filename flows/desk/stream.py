"""The change stream over HTTP: a page of it as JSON, or all that comes as Server-Sent Events.

The form of the events is that of the HTML standard, section 9.2.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, TypeAdapter
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from flows.desk.access import house_of, may_read
from flows.desk.answers import faults, read_json
from flows.house import House
from storage import Change, DatabaseError, last_seq
from storage import changes as find_changes

HIGHEST = 2**63 - 1
MOST = 1000  # changes on a page
LOOK = 1.0  # seconds between two looks at the archive
HEARTBEAT = 15.0  # seconds after which a silent stream says that it lives
RETRY = 2000  # milliseconds after which a client that was cut off comes again
MOST_STREAMS = 64
EVENTS = "text/event-stream"
log = logging.getLogger(__name__)
router = APIRouter(tags=["changes"], dependencies=[Depends(may_read)])
Seq = Annotated[int, Query(ge=0, le=HIGHEST, description="The last number that you have seen.")]


class Changes(BaseModel):
    """Changes in order; ask `since` their `last` for those after them, `newest` is the last there is now."""

    changes: list[Change]
    last: int
    newest: int


_page, _change = TypeAdapter(Changes), TypeAdapter(Change)
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {EVENTS: {"schema": {"type": "string"}}},
        "description": "JSON, or events if asked for.",
    },
    **faults(401, 403, 422, 503),
}


@router.get("/changes", response_model=Changes, responses=ANSWERS)
async def changes(
    request: Request,
    since: Seq = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    last_event_id: Annotated[int | None, Header(ge=0, le=HIGHEST)] = None,
) -> Response:
    """Give what was created, revised, removed or merged, in order; with Accept: text/event-stream, for ever.

    An event's id is the change's number: a client that sends the last one it saw misses none.
    """
    house = house_of(request)
    since = since if last_event_id is None else last_event_id
    if EVENTS not in request.headers.get("accept", ""):
        return await read_json(house, _page, partial(_after, since, limit))
    if request.app.state.streams.locked():
        raise HTTPException(503, f"{MOST_STREAMS} streams are open", {"Retry-After": "10"})
    return StreamingResponse(_events(house, since, request.app.state.streams), media_type=EVENTS)


def streams() -> asyncio.Semaphore:
    """Make what bounds how many streams are open at once."""
    return asyncio.Semaphore(MOST_STREAMS)


def _after(since: int, limit: int, session: Session) -> Changes:
    found = list(find_changes(session, since, limit))
    return Changes(changes=found, last=found[-1].seq if found else since, newest=last_seq(session))


async def _events(house: House, since: int, streams: asyncio.Semaphore) -> AsyncIterator[bytes]:
    """Write changes as they come, until the house closes or the client goes."""
    loop = asyncio.get_running_loop()
    async with streams:
        yield f"retry: {RETRY}\n\n".encode()
        said = loop.time()
        while not house.stopping.is_set():
            try:
                written, since = await house.read(partial(_written, since))
            except (DatabaseError, SQLAlchemyError) as fault:
                log.warning("a stream of changes ends: %s", fault)
                return
            if not written and loop.time() - said >= HEARTBEAT:
                written = b": still here\n\n"
            if written:
                yield written
                said = loop.time()
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await house.stopping.wait()


def _written(since: int, session: Session) -> tuple[bytes, int]:
    """Write what came after a number as events, and give the number of the last."""
    found = list(find_changes(session, since, MOST))
    events = (b"id: %d\ndata: %b\n\n" % (one.seq, _change.dump_json(one)) for one in found)
    return b"".join(events), found[-1].seq if found else since
