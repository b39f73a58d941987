"""Room for bodies in hand: who waits, who goes on, and that somebody always does."""

from __future__ import annotations

import asyncio

import pytest

from flows.intake.deadline import Deadline
from flows.intake.room import Room


def test_shares_wait_where_there_is_no_room_and_one_may_always_grow() -> None:
    async def main() -> list[str]:
        room, ends = Room(100), list[str]()

        async def page(name: str, *sizes: int) -> None:
            with room.share() as share:
                for size in sizes:
                    await share.hold(size)
                    await asyncio.sleep(0)
                ends.append(name)

        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            for name, sizes in {"a": (60, 500), "b": (40, 300), "c": (10, 900)}.items():
                group.create_task(page(name, *sizes))
        with room.share() as share:
            assert share.has_room(100)
            assert share.size == 0
        return ends

    assert sorted(asyncio.run(main())) == ["a", "b", "c"]


def test_only_one_share_at_a_time_holds_more_than_its_part() -> None:
    async def main() -> None:
        room = Room(100)
        with room.share() as large, room.share() as other:
            await large.hold(1000)
            assert large.has_room(2000)
            assert not other.has_room(1)
            waiting = asyncio.create_task(other.hold(200))
            await asyncio.sleep(0)
            assert not waiting.done()
            await large.hold(0)
            await waiting
            assert other.size == 200

    asyncio.run(main())


def test_shares_of_usual_size_never_wait_for_a_large_one() -> None:
    async def main() -> None:
        room = Room(100, part=10)
        with room.share() as large, room.share() as small, room.share() as other:
            await large.hold(1000)
            async with asyncio.timeout(5):
                await small.hold(4)
                await small.hold(10)
            assert not small.has_room(11)
            waiting = asyncio.create_task(other.hold(11))
            await asyncio.sleep(0)
            assert not waiting.done()
            await small.hold(0)
            await asyncio.sleep(0)
            assert not waiting.done()
            await large.hold(0)
            await waiting

    asyncio.run(main())


def test_who_asks_for_nothing_more_takes_nobodys_favour_along() -> None:
    async def main() -> None:
        room = Room(100)
        with room.share() as large:
            await large.hold(1000)
            with room.share() as empty:
                await empty.hold(0)
            await large.hold(2000)
        with room.share() as next_large, room.share() as small:
            await next_large.hold(200)
            assert not small.has_room(1)

    async def within_seconds() -> None:
        async with asyncio.timeout(5):
            await main()

    asyncio.run(within_seconds())


def test_the_clock_stands_while_the_server_waits_for_us() -> None:
    async def main() -> None:
        deadline = Deadline(0.2)
        async with deadline.running():
            await deadline.stand(asyncio.sleep(0.4))
        with pytest.raises(TimeoutError):
            async with deadline.running():
                await asyncio.sleep(5)
        with pytest.raises(TimeoutError):
            async with deadline.running():
                await asyncio.sleep(0.1)

    asyncio.run(main())
