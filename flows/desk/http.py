"""The HTTP server: uvicorn on a socket of ours, in the loop that everything else runs in."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from flows.desk.app import make_app
from flows.errors import UsageFault
from flows.house import House

MOST_CONNECTIONS = 512  # more are answered 503
HEAD_SECONDS = 30.0
LAST_SECONDS = 5  # that requests under way have when the house closes


class Protocol(H11Protocol):
    """HTTP/1.1 that hangs up on who has not sent a whole head within HEAD_SECONDS: uvicorn waits for ever."""

    head_seconds = HEAD_SECONDS
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._time()

    def data_received(self, data: bytes) -> None:
        """Wait on, or no longer."""
        super().data_received(data)
        self._time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop()
        super().connection_lost(exc)

    def _time(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._timer is None:
            self._timer = self.loop.call_later(self.head_seconds, self.transport.close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: the house has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Open the socket to listen on, port 0 for any that is free; UsageFault says why it cannot be had."""
    name = host.strip("[]")
    try:
        family, _, _, _, address = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=1024)
    except (OSError, UnicodeError) as error:
        said = _words(error)
        raise UsageFault(
            f"{host}:{port}: cannot listen there ({said}); name another address or port (--host, --port)"
        ) from None


def _words(error: OSError | UnicodeError) -> str:
    """Say what is wrong with an address, in the system's words."""
    if isinstance(error, UnicodeError):
        return "not a host name"
    number = error.errno if error.errno and not isinstance(error, socket.gaierror) else None
    return os.strerror(number) if number else error.strerror or str(error)


def url_of(listener: socket.socket) -> str:
    """Give the address that a socket listens on, as a URL."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def answer_requests(house: House, listener: socket.socket) -> None:
    """Answer requests until the house is stopping, and then those that are under way."""
    config = uvicorn.Config(
        make_app(house),
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=LAST_SECONDS,
    )
    server = _Server(config)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listener]))
        await house.stopping.wait()
        server.should_exit = True
        await serving
