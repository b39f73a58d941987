"""One worker beside others and beside its own parsers: who did what, and how much at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows.clock import now
from flows.pipeline import open_desk, work, work_due
from flows.report import Event, Report
from flows.settings import Settings
from flows.targets import Batch
from flows.workshop import Workshop
from parsers import Page
from parsers.model import Draft, NotAnArticle
from storage import Database, Link, Outcome, claim, discover, open_database, settle
from tests.flows.conftest import PAGE

HOST = "harbour-post.example"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path}/archive.db")
    yield database
    database.close()


def page(number: int) -> Page:
    markup = PAGE.format(title=f"Council decides on pier {number}", slug=f"pier-{number}", number=number)
    return Page(f"https://{HOST}/pier-{number}", markup.encode())


def at_hand(*pages: Page) -> Batch:
    return Batch([Link(one.url, HOST) for one in pages], {one.url: one for one in pages})


def test_what_another_worker_ended_is_not_counted_as_ones_own(archive: Database) -> None:
    theirs = [Link(f"https://{HOST}/{name}", HOST) for name in ("stored", "refused")]
    with archive.write() as session:
        discover(session, theirs, None, now=now())
        held = claim(session, now(), 1, 2, worker="another", lease=60)
    mine = replace(page(0), url="stdin:mine")
    batch = Batch([Link(mine.url, ""), *theirs], {mine.url: mine})

    async def main() -> Report:
        begun = asyncio.Event()  # the work has asked for the others' pages too once its own is told of

        async def other() -> None:
            await begun.wait()
            with archive.write() as session:
                for one in held:
                    name = one.url.rpartition("/")[2]
                    settle(session, one, Outcome(name, "said the other"), now())  # type: ignore[arg-type]

        async with (
            open_desk(archive, Settings(), lambda _: begun.set()) as desk,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(other())
            return await work(desk, batch)

    report = asyncio.run(main())
    assert report.as_json()["counts"] == {"stored": 1, "refused": 1, "elsewhere": 1}
    assert report.problems == [Event(f"https://{HOST}/refused", "refused", "said the other")]
    assert report.pages == 3


def test_pages_of_one_host_that_are_at_hand_are_parsed_side_by_side(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = asyncio.Barrier(2)
    whole = Workshop.parse

    async def parse(workshop: Workshop, one: Page) -> Draft | NotAnArticle:
        async with asyncio.timeout(20):
            await both.wait()
        return await whole(workshop, one)

    monkeypatch.setattr(Workshop, "parse", parse)

    async def main() -> Report:
        async with open_desk(archive, Settings(), lambda _: None) as desk:
            return await work(desk, at_hand(*map(page, range(4))))

    assert asyncio.run(main()).counts == {"stored": 4}


def test_more_hosts_than_are_worked_side_by_side_come_to_their_ends_in_one_run(archive: Database) -> None:
    pages = {f"https://{number}.example/pier": page(number) for number in range(9)}
    found = [Link(url, f"{number}.example") for number, url in enumerate(pages)]
    with archive.write() as session:
        discover(session, found, None, now=now())

    async def main() -> Report:
        async with open_desk(archive, Settings(hosts=2), lambda _: None) as desk:
            desk.shelf.update({url: replace(one, url=url) for url, one in pages.items()})
            return await work_due(desk)

    assert asyncio.run(main()).pages == 9
