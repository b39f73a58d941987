"""Posting through the guarded client: the same care about addresses and time, and no redirect is followed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from flows.clock import now
from flows.intake.answers import faults_in_words, retry_after
from flows.intake.client import Client, checked
from flows.intake.errors import Refused

LONGEST_LOCATION = 8192


@dataclass(frozen=True, slots=True)
class Posted:
    """How a server answered: its status, its Retry-After in seconds, where it redirects to if it does."""

    status: int
    retry_after: float | None
    location: str | None

    @property
    def accepted(self) -> bool:
        """Whether the server took what was posted."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the 2xx of RFC 9110


async def post(client: Client, url: str, body: bytes, headers: Mapping[str, str], deadline: float) -> Posted:
    """Post a body within `deadline` seconds; raises Refused or Unreachable where no answer comes.

    Only the answer's head is read: what else the server sends is nobody's concern.
    """
    address = checked(url)
    credentials = httpx.BasicAuth(address.username, address.password) if address.userinfo else None
    bare = address.copy_with(username=None, password=None, fragment=None)
    request = client.web.build_request("POST", bare, content=body, headers=dict(headers))
    with faults_in_words(deadline):
        async with asyncio.timeout(deadline):
            try:
                response = await client.web.send(request, auth=credentials, stream=True)
            except (httpx.InvalidURL, httpx.RemoteProtocolError, UnicodeError):
                raise Refused("a redirect to something that is not a URL") from None
            await response.aclose()
    return Posted(
        response.status_code,
        retry_after(response.headers.get("retry-after"), now()),
        response.headers.get("location", "")[:LONGEST_LOCATION] or None,
    )
