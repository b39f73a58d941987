"""Parsing that is broken off at any moment: nothing stays open, and the next page gets its own answer."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress

from flows.workshop import Workshop
from parsers import Draft, Page
from tests.flows.conftest import PAGE


def page(number: int) -> Page:
    title = f"Council decides on pier {number} after a long evening"
    content = PAGE.format(title=title, slug=f"pier-{number}", number=number)
    return Page(f"https://harbour-post.example/pier-{number}", content.encode(), "text/html")


async def broken_off(workshop: Workshop, number: int, steps: int) -> None:
    """Begin to parse, and break it off after so many steps of the loop."""
    task = asyncio.create_task(workshop.parse(page(number)))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_broken_off_at_any_moment_it_leaves_nothing_open_and_mixes_nothing_up() -> None:
    async def main() -> list[object]:
        found: list[object] = []
        async with Workshop(1) as workshop:
            await broken_off(workshop, 100, 3)  # while the process that forks starts
            for steps in range(1, 8):  # once it runs: while a worker is forked, connected to, asked
                found.append(await workshop.parse(page(steps)))
                await broken_off(workshop, 200 + steps, 1)
                await broken_off(workshop, 300 + steps, steps)
            found.append(await workshop.parse(page(8)))
        return found

    read = asyncio.run(main())
    gc.collect()  # what is still open would warn, which fails the test
    titles = [one.title for one in read if isinstance(one, Draft)]
    assert titles == [f"Council decides on pier {number} after a long evening" for number in range(1, 9)]
