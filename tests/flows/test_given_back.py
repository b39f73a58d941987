"""What a worker holds when it is broken off is free at once: links and hosts."""

from __future__ import annotations

import asyncio

from hostile import Server, stalled
from sqlalchemy import select

from flows.clock import now
from flows.pipeline import work_due
from storage import Database, discover
from storage.models import HOST, LINK
from storage.values import Link
from tests.flows.houses import house_of


def test_a_run_that_is_cancelled_keeps_no_host_and_no_page(db: Database, server: Server) -> None:
    for number in range(2):
        server.routes[f"/{number}"] = stalled(b"HTTP/1.1 200 OK\r\n")

    async def main() -> None:
        async with house_of(db, server.netloc) as house:
            run = asyncio.create_task(work_due(house.desk))
            while "/0" not in server.paths():  # noqa: ASYNC110 - the server runs in another thread
                await asyncio.sleep(0.01)
            run.cancel()
            await asyncio.wait([run])

    with db.write() as session:
        links = [Link(server.url(f"/{number}"), server.netloc) for number in range(2)]
        discover(session, links, None, now=now())
    asyncio.run(main())
    with db.read() as session:
        assert session.connection().execute(select(HOST.c.worker, HOST.c.lease_until)).all() == [(None, None)]
        assert session.connection().execute(select(LINK.c.state).distinct()).scalars().all() == ["due"]
