"""A news site on loopback that remembers who asked for what and when."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.flows.conftest import PAGE


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: its path, and when it began and ended (monotonic seconds)."""

    path: str
    began: float
    ended: float


@dataclass(slots=True)
class Newsstand:
    """The site: its address, its latency in seconds, and every visit so far."""

    url: str
    latency: float
    visits: list[Visit] = field(default_factory=list)
    gone: bool = False

    @property
    def authority(self) -> str:
        """Give host:port, as CLEANWIRE_ALLOW_NETWORKS takes it."""
        return self.url.removeprefix("http://")

    def addresses(self, count: int) -> list[str]:
        """Give the addresses of so many stories."""
        return [f"{self.url}/story/{number}" for number in range(count)]


@contextmanager
def newsstand(latency: float = 0.0) -> Iterator[Newsstand]:
    """Open the site for a while; every /story/N is a different article."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            began = time.monotonic()
            time.sleep(stand.latency)
            if self.path.startswith("/to?"):
                self.send_response(302)
                self.send_header("Location", self.path.partition("?")[2])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            number = self.path.rpartition("/")[2]
            found = self.path.startswith("/story/") and not stand.gone
            title = f"Council decides on pier {number} after a long evening"
            page = PAGE.format(title=title, slug=f"pier-{number}", number=number)
            page = page.replace("https://harbour-post.example/pier-", f"{stand.url}/story/")
            body = page.encode() if found else b"nothing here"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            stand.visits.append(Visit(self.path, began, time.monotonic()))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stand = Newsstand(f"http://127.0.0.1:{server.server_address[1]}", latency)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stand
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
