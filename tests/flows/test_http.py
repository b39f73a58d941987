"""Connections that say nothing, or never come to the end of a head, are not kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.responses import PlainTextResponse

from flows.desk.http import Protocol, listen

WHOLE, HALF = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost"


class Impatient(Protocol):
    head_seconds = 0.2


@asynccontextmanager
async def running() -> AsyncIterator[int]:
    config = uvicorn.Config(
        PlainTextResponse("here"), http=Impatient, lifespan="off", log_config=None, timeout_keep_alive=3600
    )
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(server._serve([listener]))  # noqa: SLF001 - no signal handlers
        yield listener.getsockname()[1]
        server.should_exit = True
        await serving


def test_who_sends_no_whole_head_is_hung_up_on() -> None:
    async def heard(port: int, *said: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in said:
            writer.write(piece)
            if piece == WHOLE:
                await reader.readuntil(b"here")
        try:
            return await reader.read()
        finally:
            writer.close()

    async def main() -> None:
        async with running() as port, asyncio.timeout(60):
            for said in ((b"",), (HALF,), (WHOLE, HALF)):
                assert await heard(port, *said) == b""

    asyncio.run(main())
