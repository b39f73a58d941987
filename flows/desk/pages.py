"""Pages in: addresses to be fetched, or a page's HTML; what is accepted is on the disk first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlmodel import Session

from flows.clock import now
from flows.desk.access import house_of, may_write
from flows.desk.answers import faults
from flows.desk.pace import Bucket
from flows.house import House
from flows.intake.answers import refuse_type
from flows.intake.errors import Refused, Unreadable
from flows.intake.links import asked_for, link_of
from flows.intake.listing import NOTHING_SAID, address
from flows.intake.pushes import USUAL_TYPE, keep_push
from flows.intake.sniff import looks_binary
from flows.logs import safe
from flows.targets import web_link
from parsers import Page
from storage import Link, discover
from storage.ledger import states

MOST_URLS = 1000  # in one request
LONGEST_URL = 8192
LONGEST_TYPE = 255
PRINTABLE = r"^[\x20-\x7e]*$"  # the type becomes a header of the record that keeps the page
RATE, BURST = 20.0, 100  # requests a second, and at once; URLS_EACH addresses more count as one
URLS_EACH = 50
PUSHES_AT_ONCE = 4  # bodies in memory
JSON = "application/json"
PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
router = APIRouter(tags=["pages"])
log = logging.getLogger(__name__)
_document = TypeAdapter(dict[str, Any])
Url = Annotated[str, Field(max_length=LONGEST_URL, examples=["https://example.com/story"])]


class Addresses(BaseModel):
    """Pages to be fetched."""

    model_config = ConfigDict(extra="forbid")
    urls: Annotated[list[Url], Field(min_length=1, max_length=MOST_URLS)]


class Pushed(BaseModel):
    """A page as somebody has it; its address is not asked."""

    model_config = ConfigDict(extra="forbid")
    url: Url
    html: str = Field(min_length=1)
    content_type: str = Field(USUAL_TYPE, max_length=LONGEST_TYPE, pattern=PRINTABLE)


class Accepted(BaseModel):
    """A page that was taken in: its address and state in the ledger, and where to ask what became of it.

    The state `accepted` says that its HTML waits in the inbox.
    """

    url: str
    state: str
    why: str


class Receipt(BaseModel):
    """What was taken in, in the order in which it was named."""

    pages: list[Accepted]


def _body(form: type[BaseModel]) -> dict[str, Any]:
    return form.model_json_schema()


BODIES = {
    "parameters": [
        {
            "name": "url",
            "in": "query",
            "description": "The page's address, where the body is its HTML.",
            "schema": {"type": "string", "maxLength": LONGEST_URL},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"oneOf": [_body(Addresses), _body(Pushed)]}},
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in PAGE_TYPES},
        },
    },
}


def pace() -> Bucket:
    """Make the bucket that all who write share."""
    return Bucket(RATE, BURST)


def pushes() -> asyncio.Semaphore:
    """Make what bounds how many bodies are in memory at once."""
    return asyncio.Semaphore(PUSHES_AT_ONCE)


@router.post(
    "/pages",
    status_code=202,
    responses=faults(401, 403, 408, 413, 415, 422, 429, 503),
    dependencies=[Depends(may_write)],
    openapi_extra=BODIES,
)
async def take_in(request: Request) -> Receipt:
    """Take pages in: {"urls": [...]}, {"url", "html", "content_type"?}, or a page's HTML with ?url=."""
    bucket: Bucket = request.app.state.pace
    bucket.take()
    house, kind = house_of(request), _media_type(request)
    async with request.app.state.pushes:
        body = await request.body()
        if kind == JSON:
            wanted = await asyncio.to_thread(_read, body)
            if isinstance(wanted, Addresses):
                bucket.take(len(wanted.urls) // URLS_EACH)
                return await _enter(house, wanted.urls)
            page = _page(wanted.url, wanted.html.encode("utf-8", "replace"), _as_utf8(wanted.content_type))
        elif kind in PAGE_TYPES:
            page = _page(request.query_params.get("url", ""), body, request.headers["content-type"])
        else:
            raise HTTPException(415, f"send {JSON} or a page as {', '.join(PAGE_TYPES)}")
        return await _keep(house, page)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _read(body: bytes) -> Addresses | Pushed:
    """Read one of the two forms; 422 names the first thing that is wrong."""
    try:
        document = _document.validate_json(body)
        return (Addresses if "urls" in document else Pushed).model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise HTTPException(422, f"{place}: {first['msg']}".removeprefix(": ")[:200]) from None


async def _enter(house: House, urls: Sequence[str]) -> Receipt:
    """Enter addresses into the ledger, due at once, and ring for the worker."""
    links = [_link(url, f"urls.{place}") for place, url in enumerate(urls)]
    now_in = await house.desk.writer.run(partial(_discover, links))
    house.wake.set()
    return Receipt(pages=[_accepted(link.url, now_in[link.url]) for link in links])


def _discover(links: Sequence[Link], session: Session) -> dict[str, str]:
    discover(session, links, None, now=now(), again=True)
    return states(session, [link.url for link in links])


def _link(url: str, place: str) -> Link:
    """Make a link of an address; 422 for what is none of the web."""
    absolute = address(url, "")
    try:
        return asked_for(link_of(web_link(absolute or url).url, NOTHING_SAID))
    except Unreadable as fault:
        raise HTTPException(422, f"{place}: {safe(fault.reason)}"[:300]) from None


def _page(url: str, content: bytes, content_type: str) -> Page:
    """Make a page of what was sent; 415 or 422 says what it is not."""
    link = _link(url, "url")
    if len(content_type) > LONGEST_TYPE or not content_type.isprintable():
        raise HTTPException(422, f"content-type: longer than {LONGEST_TYPE}, or with control characters")
    try:
        refuse_type(content_type, packed=False)
    except Refused as fault:
        raise HTTPException(415, fault.reason) from None
    if looks_binary(content):
        raise HTTPException(415, "the body is binary, not a page")
    return Page(link.url, content, content_type)


async def _keep(house: House, page: Page) -> Receipt:
    """Keep a page in the inbox and ring for who takes it from there."""
    most = house.settings.max_bytes
    if len(page.content) > most:
        raise HTTPException(413, f"the page is larger than {most} bytes (CLEANWIRE_MAX_BYTES)")
    if not page.content.strip():
        raise HTTPException(422, "the page is empty")
    try:
        await asyncio.to_thread(keep_push, page, house.inbox.pushed, now())
    except OSError as error:
        log.warning("a pushed page could not be kept: %s", error)
        raise HTTPException(503, "the page could not be kept; try again", {"Retry-After": "60"}) from None
    house.inbox.ring.set()
    return Receipt(pages=[_accepted(page.url, "accepted")])


def _accepted(url: str, state: str) -> Accepted:
    return Accepted(url=url, state=state, why=f"/why?url={quote(url, safe='')}")


def _as_utf8(content_type: str) -> str:
    """Say that a page which came inside JSON is UTF-8 now, whatever it was."""
    return f"{content_type.partition(';')[0].strip()}; charset=utf-8"
