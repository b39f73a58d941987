"""A web server on loopback that answers as a test tells it to: raw bytes, at its own pace, or never."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Handler = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """What the client asked for and when; header names are lower case."""

    path: str
    headers: dict[str, str]
    at: float
    connection: int
    method: str = "GET"
    body: bytes = b""


@dataclass
class Server:
    """A running server: `routes` may change while it runs; `requests` and `most_at_once` are what it saw.

    `most_at_once` is the largest number of requests under way on any one host.
    """

    port: int = 0
    routes: dict[str, Handler] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    most_at_once: int = 0
    latency: float = 0.0
    _open: Counter[str] = field(default_factory=Counter)
    _connections: int = 0

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.netloc}{path}"

    def on(self, host: int, path: str) -> str:
        """Give an address on one of the further hosts: the same server, but another host to a client."""
        return f"http://127.0.1.{host + 1}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number = self._connections
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            async for request in _requests(reader, number):
                self.requests.append(request)
                host = request.headers.get("host", "")
                self._open[host] += 1
                self.most_at_once = max(self.most_at_once, self._open[host])
                try:
                    await asyncio.sleep(self.latency)
                    await self.routes.get(request.path, not_found)(request, writer)
                    await writer.drain()
                finally:
                    self._open[host] -= 1
        writer.transport.abort()


async def _requests(reader: asyncio.StreamReader, connection: int) -> AsyncIterator[Request]:
    while head := await reader.readuntil(b"\r\n\r\n"):
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = first.split()
        yield Request(path, headers, time.monotonic(), connection, method, body)


@contextmanager
def running(hosts: int = 0) -> Iterator[Server]:
    """Serve from a thread of its own until the block ends; on so many hosts more, see `Server.on`."""
    server = Server()
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def main() -> None:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        more = [
            await asyncio.start_server(server.serve, f"127.0.1.{host + 1}", server.port)
            for host in range(hosts)
        ]
        ready.set()
        await stop.wait()
        for one in (listening, *more):
            one.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            await asyncio.wait([task])
        await asyncio.sleep(0.01)  # connections that were dropped tell their transports

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def raw(data: bytes, *, close: bool = True) -> Handler:
    """Answer with exactly these bytes."""

    async def handler(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if close:
            writer.close()

    return handler


def answer(body: bytes | str = b"", status: int = 200, **headers: str) -> Handler:
    """Answer properly; header names are written with underscores."""
    content = body.encode() if isinstance(body, str) else body
    lines = {"content_type": "text/html; charset=utf-8", "content_length": str(len(content)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return raw(f"HTTP/1.1 {status} Yes\r\n{head}\r\n".encode() + content, close=False)


def conditional(body: bytes | str, etag: str, **headers: str) -> Handler:
    """Answer 304 to whoever already has this version."""

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        known = request.headers.get("if-none-match") == etag
        chosen = answer(status=304, etag=etag) if known else answer(body, etag=etag, **headers)
        await chosen(request, writer)

    return handler


def redirect(location: str, status: int = 302) -> Handler:
    return answer(status=status, location=location)


def endless(start: bytes, again: bytes, pause: float = 0.0) -> Handler:
    """Begin, then go on until the client hangs up."""

    async def handler(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(pause)

    return handler


def stalled(start: bytes) -> Handler:
    """Begin, then say nothing more."""

    async def handler(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        await writer.drain()
        await asyncio.sleep(3600)

    return handler


async def reset(_: Request, writer: asyncio.StreamWriter) -> None:
    """Break the connection off in the middle of a body."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>half")
    await writer.drain()
    writer.transport.abort()


not_found = answer("nothing here", 404)
