"""Two workers on one PostgreSQL, in small: what `make bench` measures at full size."""

from __future__ import annotations

from tests.bench.cluster import drain, newsroom, verify


def test_two_workers_store_everything_once_and_share_no_host(empty_postgres: str) -> None:
    with newsroom(sources=6, pages=15, latency=0.02) as room:
        drain(empty_postgres, 2, room)
        assert sum(verify(empty_postgres, room)) == 90
