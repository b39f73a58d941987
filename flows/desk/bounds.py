"""Bounds that stand before every path: how large a body may be, how long it may take, and when all ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from fastapi import HTTPException
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

USUAL = 2**20  # bytes of a body, where no path says otherwise
BODY_SECONDS = 60.0
DRAINED = 2**26  # bytes of a body too large that are read and dropped, so that its sender hears the answer
DRAIN_SECONDS = 10.0
HEADERS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))


class Bounds:
    """Answers 413 to a body over its path's limit, declared or chunked, and 408 to one that dribbles in.

    `limits` are bytes by the beginning of the path. What is broken off because `stopping` is set, the server
    having waited as long as it does, is answered 503.
    """

    def __init__(self, app: ASGIApp, limits: Mapping[str, int], stopping: asyncio.Event) -> None:
        self._app = app
        self._limits = limits
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body counted, and its answer with headers that every answer has."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        most = next((most for start, most in self._limits.items() if path.startswith(start)), USUAL)
        answer = _Answer(send)
        try:
            await self._app(scope, _counted(scope, receive, most), answer.send)
        except asyncio.CancelledError:
            if not self._stopping.is_set():
                raise
            if not answer.begun:
                await JSONResponse({"detail": "stopping"}, 503)(scope, receive, answer.send)


def _counted(scope: Scope, receive: Receive, most: int) -> Receive:
    """Wrap `receive` so that it raises for what is too much or too late."""
    until = asyncio.get_running_loop().time() + BODY_SECONDS
    headers = dict(scope["headers"])
    declared = headers.get(b"content-length", b"0")
    left, whole = most, False

    async def counted() -> Message:
        nonlocal left, whole
        if whole:
            return await receive()
        if declared.isdigit() and int(declared[:20]) > most:
            await _drain(receive if b"expect" not in headers else None)  # such a sender waits to be asked
            raise HTTPException(413, f"the body is larger than {most} bytes")
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, f"no whole body within {BODY_SECONDS:g} s") from None
        left -= len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if left < 0:
            await _drain(None if whole else receive)
            raise HTTPException(413, f"the body is larger than {most} bytes")
        return message

    return counted


async def _drain(receive: Receive | None) -> None:
    """Read the rest of a body and drop it, within bounds: a connection that is cut takes the answer along."""
    left = DRAINED
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while receive is not None and left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


class _Answer:
    """The way back, on which every answer gets HEADERS; `begun` says that its first part is out."""

    def __init__(self, send: Send) -> None:
        self.begun = False
        self._send = send

    async def send(self, message: Message) -> None:
        """Send one part of the answer."""
        if message["type"] == "http.response.start":
            self.begun = True
            present = {name.lower() for name, _ in message["headers"]}
            added = [header for header in HEADERS if header[0] not in present]
            message = {**message, "headers": [*message["headers"], *added]}
        await self._send(message)
