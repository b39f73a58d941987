"""The inbox within a test's own process: files that end it, are still written, or are not all pages."""

from __future__ import annotations

import asyncio
import os
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from flows import receiving
from flows.intake.inbox import Inbox, Taken, open_inbox
from flows.intake.tries import begin
from flows.receiving import receive
from storage import Database, open_database
from tests.flows.conftest import PAGE
from tests.flows.houses import house_of, until


def story(number: int) -> str:
    return PAGE.format(title=f"Council decides on pier {number}", slug=f"pier-{number}", number=number)


def opened(folder: Path) -> closing[Database]:
    return closing(open_database(f"sqlite:///{folder}/a.db"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_ends_the_process_is_set_aside_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, read = tmp_path / "inbox", receiving.batches

    def crashing(targets: list[str], *rest: object) -> object:
        if any("killer" in target for target in targets):
            raise RecursionError
        return read(targets, *rest)  # type: ignore[arg-type]

    async def live() -> None:
        with opened(tmp_path) as database, open_inbox(folder, 10**6) as inbox:
            async with house_of(database) as house:
                ended = [
                    folder / "failed" / "killer.html",
                    folder / "done" / "0.html",
                    folder / "done" / "1.html",
                ]
                await until(replace(house, inbox=inbox), lambda: all(one.exists() for one in ended), receive)

    folder.mkdir()
    (folder / "killer.html").write_text(story(99))
    os.utime(folder / "killer.html", (0, 0))
    monkeypatch.setattr(receiving, "batches", crashing)
    for _ in range(3):
        with pytest.raises(BaseException) as fault:  # noqa: PT011 - as bare as what nobody foresaw
            asyncio.run(live())
        assert "RecursionError" in repr(fault.value)
    for number in range(2):  # which were in hand beside it
        (folder / ".hand" / f"{number}.html").write_text(story(number))
        begin(folder / ".hand" / f"{number}.html")
    asyncio.run(live())
    assert names(folder / "failed") == ["killer.html", "killer.html.reason.txt"]
    assert "broke off 3 times" in (folder / "failed" / "killer.html.reason.txt").read_text()
    assert names(folder / ".hand") == []


def test_what_a_killed_process_counted_is_found_by_the_next(tmp_path: Path) -> None:
    for _ in range(3):
        with open_inbox(tmp_path, 10**6) as inbox:
            pushed = Taken(inbox.pushed / "a.warc", inbox.pushed / "a.warc", pushed=True)
            pushed.path.touch()
            assert inbox.fault(pushed) is None
            assert inbox.in_hand() == [pushed]
            begin(pushed.path)
    with open_inbox(tmp_path, 10**6) as inbox:
        assert "broke off" in (inbox.fault(pushed) or "")
        inbox.fail(pushed, "x")
        assert names(inbox.pushed) == []


def test_a_file_that_is_open_for_writing_waits_however_long_it_pauses(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path, 10**6)
    inbox.prepare()
    path = tmp_path / "slow.html"
    with path.open("w", encoding="utf-8") as slow:
        slow.write(story(1)[:300])
        slow.flush()
        os.utime(path, (0, 0))
        assert inbox.take(9)
        assert inbox.in_hand() == []
        slow.write(story(1)[300:])
    os.utime(path, (0, 0))
    assert not inbox.take(9)
    assert [taken.path.name for taken in inbox.in_hand()] == ["slow.html"]


def test_members_that_are_left_out_are_named_beside_the_archive(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    with zipfile.ZipFile(folder / "t.zip", "w") as archive:
        archive.writestr("good.html", story(1))
        archive.writestr("../../evil.html", story(2))
        archive.writestr("empty.html", "")
    with zipfile.ZipFile(folder / "bad.zip", "w") as archive:
        archive.writestr("../evil.html", story(2))
    for path in folder.iterdir():
        os.utime(path, (0, 0))

    async def live() -> None:
        with opened(tmp_path) as database, open_inbox(folder, 10**6) as inbox:
            async with house_of(database) as house:
                done = [folder / "done" / "t.zip", folder / "failed" / "bad.zip"]
                await until(replace(house, inbox=inbox), lambda: all(one.exists() for one in done), receive)

    asyncio.run(live())
    said = (folder / "done" / "t.zip.reason.txt").read_text().splitlines()
    assert [line.split(": ")[:2] for line in said] == [["t.zip", "../../evil.html"], ["t.zip", "empty.html"]]
    assert (
        (folder / "failed" / "bad.zip.reason.txt").read_text().startswith("bad.zip: ../evil.html: its name")
    )
    assert "t.zip is not all in" in caplog.text
