"""How long it takes `cleanwire serve` to bring in an article: dropped, pushed, named, told of by a hub.

Run as `python tests/bench/latency.py [COUNT]`; one event after another, each awaited by asking the archive.
"""

from __future__ import annotations

import hmac
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import httpx

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>
<nav><a href="/">Home</a></nav><article><h1>{title}</h1><p class="byline">By Mara Lindqvist</p>
<p>The harbour council voted on pier {n} late on Thursday, after a debate that lasted most of the evening.</p>
<p>Members said that plan {n} would cost less than feared, and that the work on it starts in spring.</p>
<p>Residents of the old quay had asked for a longer consultation, which was turned down by two votes.</p>
</article><footer><p>Back to top</p></footer></body></html>"""
DEADLINE = 60.0
verified = threading.Event()


def page(name: str) -> str:
    return PAGE.format(title=f"Council decides on pier {name} after a long evening", n=name)


def feed(site: str, *names: str) -> str:
    """Write a feed of these stories, which names its hub."""
    links = f'<link rel="hub" href="http://{site}/hub"/><link rel="self" href="http://{site}/feed"/>'
    entries = "".join(f'<entry><link href="http://{site}/{name}"/></entry>' for name in names)
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{links}{entries}</feed>'


class Site(BaseHTTPRequestHandler):
    """Every address is an article, save a feed and its hub, which verifies whoever asks it (WebSub)."""

    protocol_version = "HTTP/1.1"
    asked: dict[str, str]

    def handle(self) -> None:
        with suppress(ConnectionError):  # the house closes what it keeps open when it ends
            super().handle()

    def do_GET(self) -> None:
        is_feed = self.path == "/feed"
        body = feed(self.headers["Host"]) if is_feed else page(self.path.rpartition("/")[2])
        kind = "application/atom+xml" if is_feed else "text/html; charset=utf-8"
        self.answer(404 if self.path == "/robots.txt" else 200, body.encode(), kind)

    def do_POST(self) -> None:
        Site.asked = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.answer(202, b"", "text/plain")
        known = ("hub.mode", "hub.topic")
        query = {name: Site.asked[name] for name in known} | {
            "hub.challenge": "yes", "hub.lease_seconds": "864000",
        }  # fmt: skip
        httpx.get(Site.asked["hub.callback"], params=query, trust_env=False).raise_for_status()
        verified.set()

    def answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def stored(database: Path, title: str) -> bool:
    with sqlite3.connect(database, timeout=30) as connection:
        found = connection.execute(
            "select 1 from article where title like ?", (f"%pier {title} %",)
        ).fetchone()
    connection.close()
    return found is not None


def measure(what: str, count: int, database: Path, send: Callable[[str], None]) -> None:
    times = []
    for number in range(count):
        name = f"{what[0]}{number}"
        began = time.monotonic()
        send(name)
        while not stored(database, name):
            if time.monotonic() - began > DEADLINE:
                sys.exit(f"{what} {number}: not stored within {DEADLINE:g} s")
            time.sleep(0.01)
        times.append(time.monotonic() - began)
    times.sort()
    last = times[max(0, round(0.95 * len(times)) - 1)]
    print(
        f"{what:<28} {count:4}  median {statistics.median(times):.2f} s  95 % within {last:.2f} s", flush=True
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def bench(folder: Path, site: str, count: int) -> None:
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("CLEANWIRE_", "PREFECT_"))
    }
    env |= {"CLEANWIRE_ALLOW_NETWORKS": site, "CLEANWIRE_HOST_DELAY": "0", "CLEANWIRE_PREFECT": "off"}
    port = free_port()
    env["CLEANWIRE_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-P", "-m", "flows.cli", "serve", "--port", str(port)]
    log = (folder / "serve.log").open("w")
    with (
        log,
        subprocess.Popen(
            command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=log, text=True
        ) as serve,
    ):
        assert serve.stdout is not None
        url = serve.stdout.readline().split()[2]
        token = (folder / "cleanwire.token").read_text().strip()
        database, part = folder / "cleanwire.db", folder / "part"
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=30) as client:

            def drop(name: str) -> None:
                part.write_text(page(name), encoding="utf-8")
                part.rename(folder / "inbox" / f"{name}.html")

            def push(name: str) -> None:
                pushed = {"url": f"https://news.example/{name}", "html": page(name)}
                client.post("/pages", json=pushed).raise_for_status()

            def ask(name: str) -> None:
                client.post("/pages", json={"urls": [f"http://{site}/{name}"]}).raise_for_status()

            def notify(name: str) -> None:
                body = feed(site, name).encode()
                mac = hmac.new(Site.asked["hub.secret"].encode(), body, "sha256").hexdigest()
                sent = {"X-Hub-Signature": f"sha256={mac}", "Content-Type": "application/atom+xml"}
                answered = httpx.post(Site.asked["hub.callback"], content=body, headers=sent, trust_env=False)
                answered.raise_for_status()

            measure("a file dropped", count, database, drop)
            measure("a page's HTML pushed", count, database, push)
            measure("an address pushed, fetched", count, database, ask)
            client.post("/sources", json={"url": f"http://{site}/feed"}).raise_for_status()
            if not verified.wait(DEADLINE):
                sys.exit(f"the hub was not asked within {DEADLINE:g} s")
            measure("told by a hub, fetched", count, database, notify)
        serve.terminate()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    site.daemon_threads = True
    threading.Thread(target=site.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="cleanwire-bench-") as folder:
        bench(Path(folder), f"127.0.0.1:{site.server_address[1]}", count)
    site.shutdown()


if __name__ == "__main__":
    main()
