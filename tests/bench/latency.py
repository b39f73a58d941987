"""How long after it came an article is in the archive, while `cleanwire serve` runs: dropped, pushed, named.

Run as `python tests/bench/latency.py [COUNT]`; one event after another, each awaited by asking the archive.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>
<nav><a href="/">Home</a></nav><article><h1>{title}</h1><p class="byline">By Mara Lindqvist</p>
<p>The harbour council voted on pier {n} late on Thursday, after a debate that lasted most of the evening.</p>
<p>Members said that plan {n} would cost less than feared, and that the work on it starts in spring.</p>
<p>Residents of the old quay had asked for a longer consultation, which was turned down by two votes.</p>
</article><footer><p>Back to top</p></footer></body></html>"""
DEADLINE = 60.0


def page(name: str) -> str:
    return PAGE.format(title=f"Council decides on pier {name} after a long evening", n=name)


class Site(BaseHTTPRequestHandler):
    """Every address is an article."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = page(self.path.rpartition("/")[2]).encode()
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
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


def bench(folder: Path, site: str, count: int) -> None:
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("CLEANWIRE_", "PREFECT_"))
    }
    env |= {"CLEANWIRE_ALLOW_NETWORKS": site, "CLEANWIRE_HOST_DELAY": "0", "CLEANWIRE_PREFECT": "off"}
    command = [sys.executable, "-P", "-m", "flows.cli", "serve", "--port", "0"]
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

            measure("a file dropped", count, database, drop)
            measure("a page's HTML pushed", count, database, push)
            measure("an address pushed, fetched", count, database, ask)
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
