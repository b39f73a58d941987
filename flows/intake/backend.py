"""The network below the client: every connection is judged by address, and pinned to what was judged."""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpcore

from flows.intake.addresses import Allowed, fault
from flows.intake.errors import Refused, Unreachable

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
SocketOptions = Iterable[Any]

HEADER_BYTES = 256 * 1024
MOST_ADDRESSES = 4
RESOLVER_THREADS = 32
QUIET = 0.05  # seconds for which an idle connection is taken to be as it was


class SystemResolver:
    """The machine's own name service, in threads of its own so that dead names do not hold up living ones."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Look the name up once; OSError where it has no address."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def close(self) -> None:
        """Let the threads go without waiting for look-ups that nobody needs."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedStream(httpcore.AsyncNetworkStream):
    """A connection that reads no more than it was granted since the last request was written.

    Until the client grants a body (`grant`), that is HEADER_BYTES: endless headers and 1xx answers end there.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._left = HEADER_BYTES
        self._socket: socket.socket | None = None
        self._quiet_until = 0.0

    def grant(self, size: int) -> None:
        """Let this answer bring `size` more bytes over the wire."""
        self._left = size + HEADER_BYTES

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        """Read a piece; Unreachable once the grant is spent."""
        if self._left <= 0:
            raise Unreachable("the server sends more than a page's headers and body may hold")
        data = await self._stream.read(max_bytes, timeout)
        self._left -= len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        """Send a piece of a request; what the last answer was granted ends here."""
        self._left = HEADER_BYTES
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """Speak TLS to the host's name over the address that was judged."""
        return GuardedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """Pass on what the connection knows of itself.

        Whether it is readable is asked of every idle connection before each request: so the socket is kept,
        since looking for it costs ten times the question, and so is a no, for a moment.
        """
        if info != "is_readable":
            return self._stream.get_extra_info(info)
        if self._quiet_until < time.monotonic():
            if self._socket is None:
                self._socket = self._stream.get_extra_info("socket")
            if _is_readable(self._socket):
                return True
            self._quiet_until = time.monotonic() + QUIET
        return False


def _is_readable(connection: socket.socket | None) -> bool:
    """Tell whether an idle connection has something to say: that it is closed, mostly."""
    number = -1 if connection is None else connection.fileno()
    if number < 0:
        return True
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))


@dataclass(frozen=True, slots=True)
class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Looks a name up once, judges every address it has and dials only those that may be dialled."""

    allowed: Allowed
    resolve: Resolver
    dial: httpcore.AsyncNetworkBackend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a permitted address of `host`; Refused where none is, Unreachable where it has none."""
        addresses = self._permitted(host, port, await self._look_up(host, port))
        for address in addresses[:-1]:
            try:
                stream = await self.dial.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return GuardedStream(stream)
        last = await self.dial.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)
        return GuardedStream(last)

    async def _look_up(self, host: str, port: int) -> Sequence[str]:
        """Resolve the name, faults in our own words."""
        try:
            found = await self.resolve(host, port)
        except UnicodeError:
            raise Refused(f"{host!r} is not a host name") from None
        except OSError:
            raise Unreachable(f"the name {host} does not resolve; check it and the network") from None
        if not found:
            raise Unreachable(f"the name {host} has no address")
        return found

    def _permitted(self, host: str, port: int, addresses: Sequence[str]) -> list[str]:
        """Keep the addresses that may be dialled; Refused, with the first fault, where none may."""
        faults = {address: fault(address, host, port, self.allowed) for address in addresses}
        permitted = [address for address, why in faults.items() if why is None]
        if not permitted:
            address, why = next(iter(faults.items()))
            whose = address if address == host else f"{host} is at {address}, which"
            raise Refused(f"{whose} is {why}; CLEANWIRE_ALLOW_NETWORKS opens it where that is meant")
        return permitted[:MOST_ADDRESSES]

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature
        socket_options: SocketOptions | None = None,  # noqa: ARG002 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no page lives behind a local socket."""
        raise Refused(f"{path!r} is a local socket")

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks between its own retries."""
        await asyncio.sleep(seconds)
