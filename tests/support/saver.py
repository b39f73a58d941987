"""A worker that saves made-up pages until all are settled: `saver.py URL WORKER PAGES BATCH`, killed at will.

It says "ready" once the database is open and one line for each batch that was committed: the URLs, by commas.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from parsers import Draft, Page
from storage import Link, claim, discover, open_database, release_host, save_many

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def parsed(url: str) -> tuple[Page, Draft]:
    """What a fetch and the parser would give for an address: a text of its own."""
    words = " ".join(f"{url[-6:]}x{number % 97}" for number in range(120))
    host = url.split("/")[2]
    return Page(url, words.encode()), Draft(
        url=url, title=f"About {url}", text=words, host=host, word_count=120
    )


def main(database: str, worker: str, pages: int, batch: int) -> None:
    """Discover the pages, then claim, save and acknowledge batch after batch."""
    db = open_database(database)
    print("ready", flush=True)
    urls = [f"https://site{number % 9}.example/{number:06}" for number in range(pages)]
    with db.write() as session:
        discover(session, [Link(url, url.split("/")[2]) for url in urls], None, now=NOW)
    while True:
        with db.write() as session:
            held = claim(session, NOW, 3, batch, worker=worker, lease=600)
        if not held:
            break
        with db.write() as session:
            save_many(session, [(one, *parsed(one.url)) for one in held], NOW)
            for host in {one.host for one in held}:
                release_host(session, host, worker, None)
        print(",".join(one.url for one in held), flush=True)
    db.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
