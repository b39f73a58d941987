"""The transport: httpx over a pool whose every connection is guarded; no proxy, cookie or HTTP/2.

HTTP/2 stays off: many answers share one connection there, so that the bytes one answer may bring cannot be
counted below the decoder, and with one request at a time to a host it would bring nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from flows.intake.backend import GuardedBackend

MOST_CONNECTIONS = 1024
MOST_IDLE = 256
IDLE_SECONDS = 30.0


class _Stream(httpx.AsyncByteStream):
    """A body as httpcore gives it, raw."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._response.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._response.aclose()


class GuardedTransport(httpx.AsyncBaseTransport):
    """Carries requests over guarded connections; httpcore's errors pass as they are."""

    def __init__(self, backend: GuardedBackend, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=MOST_IDLE,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and give its answer as soon as the headers are there."""
        url = request.url
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Stream(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


def web_client(backend: GuardedBackend, tls: ssl.SSLContext, headers: dict[str, str]) -> httpx.AsyncClient:
    """Build the httpx client: no redirects, no environment, a cookie jar that keeps nothing."""
    return httpx.AsyncClient(
        transport=GuardedTransport(backend, tls),
        headers=headers,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
        timeout=None,  # noqa: S113 - one deadline stands over the whole exchange, in client.fetch
    )
