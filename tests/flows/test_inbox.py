"""Files dropped into the inbox of a house that runs: the good, the hostile, and a kill in between."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.flows.conftest import PAGE, Run, write_pages
from tests.flows.newsstand import newsstand
from tests.flows.serving import Served, served, until
from tests.flows.test_kill import one


def story(number: int) -> str:
    title = f"Council decides on pier {number} after a long evening"
    return PAGE.format(title=title, slug=f"pier-{number}", number=number)


def nameless(number: int) -> str:
    """A story that names no address of its own."""
    return story(number).replace('rel="canonical"', 'rel="nothing"')


def reason(house: Served, name: str) -> str:
    return (house.inbox / "failed" / f"{name}.reason.txt").read_text(encoding="utf-8")


def drop(house: Served, name: str, text: str) -> None:
    """Move a complete file into the inbox, as programs do that know how."""
    part = house.folder / "part"
    part.write_text(text, encoding="utf-8")
    part.rename(house.inbox / name)


def drop_the_hostile(house: Served) -> None:
    inbox = house.inbox
    (inbox / "out.html").symlink_to("/etc/passwd")
    (inbox / "folder").mkdir()
    (inbox / "folder" / "page.html").write_text(story(1), encoding="utf-8")
    os.mkfifo(inbox / "pipe.html")
    (inbox / "empty.html").touch()
    (inbox / ".hidden.html").write_text(story(2), encoding="utf-8")
    (inbox / "coming.html.part").write_text(story(3), encoding="utf-8")
    with (inbox / "huge.html").open("wb") as huge:
        huge.truncate(2 * 2**30)
    drop(house, "broken.zip", "no archive")
    drop(house, "login\n\x1b[31m.html", "<html><title>Log in</title><p>Sign in to go on.</p></html>")
    drop(house, "x" * 200 + ".html", story(4))
    drop(
        house,
        os.fsdecode(b"not utf-8 \xff.html"),
        "<html><title>Log in</title><p>Sign in to go on.</p></html>",
    )
    for number in range(20):
        drop(house, f"gone-{number}.html", story(1000))
        (inbox / f"gone-{number}.html").unlink(missing_ok=True)


def test_the_inbox_survives_what_is_dropped(tmp_path: Path, cleanwire: Run) -> None:
    url = f"sqlite:///{tmp_path}/cleanwire.db"
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "before.html").write_text(story(5), encoding="utf-8")
    with (
        newsstand() as stand,
        served(tmp_path, CLEANWIRE_ALLOW_NETWORKS=stand.authority, CLEANWIRE_HOST_DELAY="0") as house,
    ):
        drop_the_hostile(house)
        with (house.inbox / "slow.html").open("w", encoding="utf-8") as slow:
            for piece in story(6).splitlines(keepends=True):
                slow.write(piece)
                slow.flush()
                time.sleep(0.15)
        drop(house, "list.txt", "\n".join(stand.addresses(3)))
        drop(house, "same.html", nameless(7))
        until((house.inbox / "done" / "same.html").exists)
        drop(house, "same.html", nameless(8))
        until(lambda: one(url, "select count(*) from article") >= 8)
        drop(house, "list.txt", "\n".join(stand.addresses(3)))
        drop(house, "bad.html.reason.txt", nameless(9))
        until((house.inbox / "done" / "bad.html_reason.txt").exists)
        drop(house, "bad.html", "<html><title>Log in</title><p>Sign in to go on.</p></html>")
        until((house.inbox / "failed" / "bad.html").exists)
        until(lambda: len(list((house.inbox / "done").iterdir())) >= 8)
        assert house.stop() == 0
        done = sorted(path.name for path in (house.inbox / "done").iterdir())
        assert {name[-9:] for name in done[:2]} == {"same.html", "-list.txt"}
        assert [name for name in done[2:] if len(name) < 40] == [
            "bad.html_reason.txt", "before.html", "list.txt", "same.html", "slow.html"
        ]  # fmt: skip
        left = {path.name for path in house.inbox.iterdir() if not path.name.startswith(".")}
        assert left == {"done", "failed", "folder", "pipe.html", "empty.html", "coming.html.part"}
        assert (house.inbox / "folder" / "page.html").exists()
        assert not list((house.inbox / ".hand").iterdir())
        assert "symbolic link" in reason(house, "out.html")
        assert "larger than" in reason(house, "huge.html")
        assert reason(house, "broken.zip").startswith("not a .zip that can be read")
        assert reason(house, "login__[31m.html").startswith("refused: no article")
        assert "\x1b" not in house.log
        assert "Traceback" not in house.log
    gone = one(url, "select count(*) from article where canonical_url like '%pier-1000'")
    assert one(url, "select count(*) from article") == 9 + gone
    assert one(url, "select count(*) from revision where version > 1") == 0
    resting = (house.inbox / "done" / "slow.html").as_uri()
    assert cleanwire("why", resting).stdout.splitlines()[1].startswith("stored")


def test_killed_while_pages_come_in_it_loses_and_doubles_nothing(tmp_path: Path, empty_postgres: str) -> None:
    """On PostgreSQL; the whole story of a house (test_whole_story.py) has its kill on SQLite."""
    files, pushes, url = 60, 10, empty_postgres
    env = {"CLEANWIRE_DATABASE": url, "CLEANWIRE_TOKEN": "a-token-that-nobody-guesses"}
    write_pages(tmp_path / "inbox", files)
    for kill in range(3):
        with served(tmp_path, **env) as house, house.client(env["CLEANWIRE_TOKEN"]) as client:
            for number in range(files + kill * pushes, files + (kill + 1) * pushes):
                pushed = {"url": f"https://pushed.example/{number}", "html": nameless(number)}
                assert client.post("/pages", json=pushed).status_code == 202
            if kill < 2:
                goal = (kill + 1) * files // 4
                until(lambda goal=goal: one(url, "select count(*) from article") >= goal)
                house.stop(signal.SIGKILL)
            else:
                until(lambda: len(list((house.inbox / "done").iterdir())) == files)
                until(lambda: not list((house.inbox / ".pushed").iterdir()))
                assert house.stop() == 0
    assert not list((house.inbox / "failed").iterdir())
    assert one(url, "select count(*) from link where url like 'https://pushed.example/%'") == 3 * pushes
    assert one(url, "select count(*) from attempt where state not in ('stored', 'unchanged')") == 0
    for table in ("link", "article", "revision"):
        assert one(url, f"select count(*) from {table}") == files + 3 * pushes  # noqa: S608 - our own names
