"""The one guarded client: nothing else in Cleanwire ever opens a connection to the web.

A fetch looks the name up once, judges the address, connects to that very address, follows at most
MOST_REDIRECTS in its own loop with the same care at every hop, decodes within bounds and ends in time.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

import httpcore
import httpx

from flows.clock import unheard
from flows.intake.addresses import allow
from flows.intake.answers import fault_of, faults_in_words, refuse_type
from flows.intake.backend import GuardedBackend, GuardedStream, Resolver, SystemResolver
from flows.intake.deadline import Deadline
from flows.intake.decoding import Body
from flows.intake.errors import Refused, ended_at
from flows.intake.room import Room, Share
from flows.intake.sniff import looks_binary
from flows.intake.validators import NotModified, Validators
from flows.intake.web import web_client
from parsers import Page

MOST_REDIRECTS = 5
LONGEST_URL = 8192
ROOM = 12 * 2**20  # bytes for the bodies in hand and what is read from them
PART = 2**18  # of them that each may have however little is left: a page of 128 kB
OVER = 2**20  # bytes that may come at once beyond the most that is wanted of a body
READ_BODY = 2  # a body and what is read from it, in bodies
HOST = re.compile(rb"[\w.:-]{1,253}")
HIGHEST_PORT = 65535
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8,*/*;q=0.5"
SECRET_HEADERS = frozenset({"set-cookie", "set-cookie2", "www-authenticate", "authorization"})


class ClientSettings(Protocol):
    """What the client reads of the settings: see `flows.settings.Settings`."""

    @property
    def allow_networks(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def fetch_deadline(self) -> float: ...  # noqa: D102
    @property
    def max_bytes(self) -> int: ...  # noqa: D102
    @property
    def user_agent(self) -> str: ...  # noqa: D102


Turn = Callable[[str], AbstractAsyncContextManager[None]]


def at_once(_: str) -> AbstractAsyncContextManager[None]:
    """Let a request be made without waiting."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a fetch goes out: each request, redirects too, is made within the `turn` for its address.

    The body takes room from `share`, which the caller gives back; without one it has room while it is read.
    """

    turn: Turn = at_once
    share: Share | None = None


FREELY = Terms()


@dataclass(frozen=True, slots=True)
class Client:
    """An open client: hand it to `fetch`; `deadline` in seconds stands over a whole exchange.

    `took` hears how many seconds each exchange took, whatever came of it.
    `room` is for the bodies of all its answers: a page holds its share until nobody needs its bytes.
    """

    web: httpx.AsyncClient
    deadline: float
    max_bytes: int
    room: Room
    took: Callable[[float], None] = unheard


@asynccontextmanager
async def open_client(
    settings: ClientSettings,
    *,
    resolve: Resolver | None = None,
    dial: httpcore.AsyncNetworkBackend | None = None,
) -> AsyncIterator[Client]:
    """Open the client for a while; `resolve` and `dial` stand in for name service and network in tests."""
    system = SystemResolver()
    backend = GuardedBackend(
        allow(settings.allow_networks), resolve or system, dial or httpcore.AnyIOBackend()
    )
    headers = {"User-Agent": settings.user_agent, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate"}
    try:
        async with web_client(backend, ssl.create_default_context(), headers) as web:
            yield Client(web, settings.fetch_deadline, settings.max_bytes, Room(ROOM, PART))
    finally:
        system.close()


async def fetch(
    client: Client,
    url: str,
    known: Validators | None = None,
    *,
    packed: bool = False,
    most: int | None = None,
    terms: Terms = FREELY,
) -> Page | NotModified:
    """Fetch a page, feed or robots.txt within the deadline; raises Refused, Gone or Unreachable.

    `known` makes the request conditional; `packed` lets a gzip file be the answer, which is given as it is.
    What the `terms` raise is passed on.
    With `most`, a body of whatever type is taken as far as so many bytes and a little more.
    """
    with client.room.share() as own:
        errand = _Errand(client, url, known or Validators(), packed, most, terms.turn, terms.share or own)
        return await _exchange(errand)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What a fetch was asked for."""

    client: Client
    url: str
    known: Validators
    packed: bool
    most: int | None
    turn: Turn
    share: Share


async def _exchange(errand: _Errand) -> Page | NotModified:
    """Fetch, with every fault in our own words."""
    began, deadline = time.monotonic(), Deadline(errand.client.deadline)
    try:
        with faults_in_words(errand.client.deadline):
            return await _follow(errand, deadline)
    finally:
        errand.client.took(time.monotonic() - began)


def checked(url: str | httpx.URL) -> httpx.URL:
    """Take an http(s) address with a host; Refused for anything else."""
    try:
        urlsplit(str(url))  # finds brackets that httpx takes for a host
        parsed = httpx.URL(url)
        port, _ = parsed.port, parsed.host  # both are decoded only when they are asked for
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise Refused("the address is not a URL") from None
    if parsed.scheme not in {"http", "https"}:
        raise Refused(
            f"{parsed.scheme[:20] or 'an address without a scheme'}: only http and https are fetched"
        )
    if (
        HOST.fullmatch(parsed.raw_host) is None
        or not 0 < (1 if port is None else port) <= HIGHEST_PORT
        or len(str(parsed)) > LONGEST_URL
    ):
        raise Refused("the address has no sound host, no valid port or more than 8192 characters")
    return parsed


async def _follow(errand: _Errand, deadline: Deadline) -> Page | NotModified:
    """Go from hop to hop until an answer is no redirect; credentials stay with the origin they are for."""
    first = here = checked(errand.url)
    for _ in range(MOST_REDIRECTS + 1):
        same = (here.scheme, here.host, here.port) == (first.scheme, first.host, first.port)
        credentials = httpx.BasicAuth(first.username, first.password) if same and first.userinfo else None
        here = _bare(here)
        with ended_at(None if here == _bare(first) else str(here)):
            async with errand.turn(str(here)), deadline.running():
                response = await _answer(errand, here, credentials)
                try:
                    if response.status_code not in REDIRECTS:
                        return await _arrive(errand, response, deadline)
                    target = _target(here, response)
                finally:
                    await response.aclose()
        with ended_at(str(_bare(target))):
            here = checked(target)
    with ended_at(str(_bare(here))):
        raise Refused(f"more than {MOST_REDIRECTS} redirects")


def _bare(url: httpx.URL) -> httpx.URL:
    """Leave out of an address what is nobody's business and what no server is asked for."""
    return url.copy_with(username=None, password=None, fragment=None)


async def _answer(errand: _Errand, here: httpx.URL, credentials: httpx.BasicAuth | None) -> httpx.Response:
    """Send one request and give its answer as soon as its headers are there."""
    web = errand.client.web
    request = web.build_request("GET", here, headers=_conditions(errand.known))
    try:
        return await web.send(request, auth=credentials, stream=True)
    except (httpx.InvalidURL, httpx.RemoteProtocolError, UnicodeError):  # it reads the Location before we do
        raise Refused("a redirect to something that is not a URL") from None


def _target(here: httpx.URL, response: httpx.Response) -> httpx.URL:
    """Read where a redirect leads; Refused where it does not say."""
    location = response.headers.get("location", "").strip()
    if not location:
        raise Refused(f"a redirect ({response.status_code}) that leads nowhere")
    try:
        return here.join(location)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise Refused("a redirect to something that is not a URL") from None


def _conditions(known: Validators) -> dict[str, str]:
    """Write the validators as request headers."""
    named_values = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in named_values.items() if value}


async def _arrive(errand: _Errand, response: httpx.Response, deadline: Deadline) -> Page | NotModified:
    """Turn the last answer into a page, or say why it is none."""
    if response.status_code == NOT_MODIFIED and errand.known != Validators():
        return NotModified(str(response.url))
    now = datetime.now(UTC)
    fault = fault_of(response, now)
    if fault is not None:
        raise fault
    content_type = response.headers.get("content-type")
    if errand.most is None:
        refuse_type(content_type, packed=errand.packed)
    content = await _body(errand, response, deadline)
    if (
        errand.most is None
        and looks_binary(content)
        and not (errand.packed and content.startswith(b"\x1f\x8b"))
    ):
        raise Refused("the body is binary, not a page")
    return Page(
        url=str(response.url),
        content=content,
        content_type=content_type,
        fetched_at=now,
        status=response.status_code,
        headers=tuple((k, v) for k, v in response.headers.multi_items() if k not in SECRET_HEADERS),
        original_url=str(checked(errand.url).copy_with(username=None, password=None)),
    )


async def _body(errand: _Errand, response: httpx.Response, deadline: Deadline) -> bytes:
    """Read the body off the wire, decoded and bounded; Unreachable where it is cut off."""
    max_bytes, share = errand.client.max_bytes, errand.share
    if errand.most is not None:
        max_bytes = errand.most + OVER
    length = response.headers.get("content-length", "")
    if errand.most is None and length.isdigit() and int(length[:20]) > max_bytes:
        raise Refused(f"the body is larger than {max_bytes} bytes (CLEANWIRE_MAX_BYTES)")
    body = Body(response.headers.get("content-encoding", ""), max_bytes)
    stream = response.extensions["network_stream"]
    if isinstance(stream, GuardedStream):
        stream.grant(max_bytes)
    async for piece in response.aiter_raw():
        for size in body.steps(piece):
            if errand.most is not None and size >= errand.most:
                return body.begun()
            if not share.has_room(size * READ_BODY):
                await deadline.stand(share.hold(size * READ_BODY))
            else:
                await share.hold(size * READ_BODY)
    return body.close()
