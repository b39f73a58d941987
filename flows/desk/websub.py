"""Where hubs reach us (WebSub): they verify what we asked for, and push what is new in a feed.

A push is believed by its signature alone. One that is unsigned or wrongly signed is answered 403 and changes
nothing: the Recommendation (7.1.2) has it ignored and leaves the status to us; a 2xx would tell an honest hub
with a wrong secret that all is well, and 256 bits need no hiding from those who guess. Links are in the
ledger before 202 is answered; a push that comes twice finds them there and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import PlainTextResponse
from sqlmodel import Session

from flows.clock import now
from flows.desk.access import house_of
from flows.desk.answers import faults
from flows.house import House
from flows.intake.errors import PoisonError
from flows.intake.links import link_of
from flows.intake.listing import NotAListing
from flows.intake.websub import PATH, is_signed
from flows.logs import safe
from parsers import Page
from storage import Link, discover
from storage.subscriptions import Callback, callback, denied, pushed, verified

FEEDS = frozenset({"rss", "rdf", "atom", "jsonfeed"})
LONGEST_REASON = 200
LONGEST_CHALLENGE = 4096
MOST_DIGITS = 9  # of a lease in seconds: some thirty years
router = APIRouter(prefix=PATH, tags=["websub"])
Text = Annotated[str, Query(max_length=LONGEST_CHALLENGE)]


@router.get("/{token}", response_class=PlainTextResponse, responses=faults(404))
async def verify(  # noqa: PLR0913, PLR0917 - the Recommendation's parameters
    request: Request,
    token: str,
    mode: Annotated[Text, Query(alias="hub.mode")],
    topic: Annotated[Text, Query(alias="hub.topic")],
    challenge: Annotated[Text, Query(alias="hub.challenge")] = "",
    lease: Annotated[Text, Query(alias="hub.lease_seconds")] = "",
    reason: Annotated[Text, Query(alias="hub.reason")] = "",
) -> PlainTextResponse:
    """Echo a hub's challenge when it is about what we asked for; 404 for anything else; hear a denial."""
    house = house_of(request)
    if await house.read(lambda session: callback(session, token)) is None:
        raise HTTPException(404, "nobody is subscribed here")
    if mode == "denied":
        said = f"the hub denied it: {safe(reason)[:LONGEST_REASON]}" if reason else "the hub denied it"
        agreed = await house.desk.writer.run(lambda session: denied(session, token, topic, said, now()))
    else:
        seconds = int(lease) if lease.isascii() and lease.isdigit() and len(lease) <= MOST_DIGITS else 0
        agreed = await house.desk.writer.run(
            lambda session: verified(session, token, mode, topic, seconds, now())
        )
    if not agreed:
        raise HTTPException(404, "nothing of the kind was asked for here")
    return PlainTextResponse(challenge)


@router.post("/{token}", status_code=202, responses=faults(400, 403, 404, 410, 413))
async def push(request: Request, token: str) -> Response:
    """Take a feed that a hub pushes: what it lists is in the ledger when 202 is answered."""
    house = house_of(request)
    known = await house.read(lambda session: callback(session, token))
    if known is None:
        raise HTTPException(404, "nobody is subscribed here")
    if known.state == "leaving":
        raise HTTPException(410, "this subscription has ended")
    body = await request.body()
    if not is_signed(known.secret, request.headers.get("x-hub-signature"), body):
        raise HTTPException(403, "the signature is missing or wrong")
    links = await _links(house, Page(known.topic, body, request.headers.get("content-type")))
    await house.desk.writer.run(lambda session: _enter(session, known, links))
    house.wake.set()
    return Response(status_code=202)


async def _links(house: House, page: Page) -> list[Link]:
    """Read what a pushed feed lists; 400 for what is no feed."""
    links: list[Link] = []
    try:
        async with house.desk.workshop.reading(page, house.settings.max_bytes) as reading:
            kind = reading.listing.kind
            async for items in reading.portions:
                links += [link_of(item.url, item.hints) for item in items]
    except (NotAListing, PoisonError) as fault:
        raise HTTPException(400, f"not a feed that can be read: {safe(fault.reason)}") from None
    if kind not in FEEDS:
        raise HTTPException(400, f"a source of kind {kind}, but no feed")
    return links


def _enter(session: Session, known: Callback, links: Sequence[Link]) -> None:
    """Enter what is new, and note the push."""
    discover(session, links, known.source_id, now=now())
    pushed(session, known.id, now())
