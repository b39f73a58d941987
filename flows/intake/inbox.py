"""The inbox folder: what is dropped there, what is in hand, and what has come to its end.

    inbox/            people and programs drop files here
    inbox/.hand/      files that were taken, under the name that they will rest under
    inbox/.pushed/    pages handed in over HTTP, a WARC file each; gone once they are stored
    inbox/done/       files that are in the archive, NAME.reason.txt beside one that is not all there
    inbox/failed/     files that are not, each with NAME.reason.txt beside it

Every step is a rename within one file system, and what is in hand is found again after a kill.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from flows.clock import now
from flows.errors import UsageFault
from flows.intake.archives import is_zip
from flows.intake.tries import MOST, SUFFIX, forget, tries
from flows.intake.warc import is_warc
from flows.intake.writers import is_being_written
from storage.atomic import replaced

STEADY = 1.0  # seconds for which a file's size and time must stay as they are
MOVED = 3.0  # seconds: a file that was last written so long ago has been moved in, or lay here
PATIENCE = 60.0  # seconds that an empty file is given: shells make one before anything writes to it
PARTIAL = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".swp")
LONGEST_NAME = 150  # bytes, which leaves room for what is put before and behind it
NOTE = ".reason.txt"  # behind the name of the file that it speaks of
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file in hand at `path`; `rest` is where it will lie when it is done, and the address of its page."""

    path: Path
    rest: Path
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """How a file looked (size in bytes, time of its last change in ns), and since when it has (monotonic)."""

    size: int
    changed: int
    since: float


class Inbox:
    """The folder and what is known of the files in it; made by `open_inbox`, used from one thread at a time.

    `ring` is set when there is something new in it, `recovered` once all that an earlier process left in
    hand has come to its end.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder = folder
        self.ring, self.recovered = asyncio.Event(), asyncio.Event()
        self.hand, self.pushed = folder / ".hand", folder / ".pushed"
        self._done, self._failed = folder / "done", folder / "failed"
        self._max_bytes = max_bytes
        self._seen: dict[str, Seen] = {}
        self._named: set[str] = set()

    def prepare(self) -> None:
        """Make the folders that are missing; OSError where that cannot be."""
        for folder in (self.folder, self.hand, self.pushed, self._done, self._failed):
            folder.mkdir(parents=True, exist_ok=True)

    def take(self, most: int) -> bool:
        """Take at most `most` complete files in hand, and tell whether others wait for a look soon."""
        with os.scandir(self.folder) as entries:
            found = sorted(entry.name for entry in entries if not entry.name.startswith("."))
        self._seen = {name: seen for name, seen in self._seen.items() if name in set(found)}
        for name in found:
            if most <= 0:
                return True
            if self._is_ready(self.folder / name):
                most -= self._take(self.folder / name)
        return bool(self._seen)

    def in_hand(self) -> list[Taken]:
        """List what is in hand: taken files, then pushed pages, in order of their names."""
        files = [Taken(path, self._done / path.name) for path in _shown(self.hand)]
        return files + [Taken(path, path, pushed=True) for path in _shown(self.pushed)]

    def fault(self, taken: Taken) -> str | None:
        """Say, by what a look at it tells, why a file in hand is not to be read; None if it may be."""
        try:
            looked = taken.path.lstat()
        except FileNotFoundError:
            return "somebody removed it before it was read"
        if stat.S_ISLNK(looked.st_mode):
            return "a symbolic link: drop the file itself"
        if tries(taken.path) >= MOST:
            return f"work on it broke off {MOST} times, or ended the process; the log says how"
        if not (is_warc(taken.path) or is_zip(taken.path)) and looked.st_size > 2 * self._max_bytes:
            return f"{looked.st_size} bytes: larger than the {self._max_bytes} of CLEANWIRE_MAX_BYTES"
        return None

    def finish(self, taken: Taken, notes: str) -> None:
        """Put a file away as done, what is to be said of it beside it; a pushed page, now stored, goes."""
        forget(taken.path)
        if taken.pushed:
            taken.path.unlink(missing_ok=True)
            return
        if notes:
            _note(taken.rest, notes)
        _move(taken.path, taken.rest)

    def fail(self, taken: Taken, reason: str) -> None:
        """Put a file away as failed, the reason in a file beside it that is there first."""
        forget(taken.path)
        rest = self._failed / taken.path.name
        _note(rest, reason)
        _move(taken.path, rest)

    def _is_ready(self, path: Path) -> bool:
        """Tell whether an entry is to be taken now: a complete file, or a link, which is refused in hand."""
        if path in {self._done, self._failed} or path.suffix.lower() in PARTIAL:
            return False
        try:
            looked = path.lstat()
        except OSError:
            return False  # it has gone meanwhile
        if stat.S_ISLNK(looked.st_mode):
            return True
        if not stat.S_ISREG(looked.st_mode):
            self._mention(path.name, "is no file and stays where it is; drop files, or an archive of them")
            return False
        return self._is_complete(path.name, looked) and not self._is_open(path)

    def _is_open(self, path: Path) -> bool:
        """Tell whether somebody still writes to a file that has stopped growing."""
        is_open = is_being_written(path)
        if is_open:
            self._mention(path.name, "is still open for writing and waits")
        return is_open

    def _is_complete(self, name: str, looked: os.stat_result) -> bool:
        """Tell whether a file has stopped growing, or was whole when it came."""
        moment = time.monotonic()
        seen = self._seen.get(name)
        if seen is None or (seen.size, seen.changed) != (looked.st_size, looked.st_mtime_ns):
            self._seen[name] = seen = Seen(looked.st_size, looked.st_mtime_ns, moment)
        steady, age = moment - seen.since, time.time() - looked.st_mtime
        if not looked.st_size:
            return max(steady, age) >= PATIENCE
        return steady >= STEADY or age >= MOVED

    def _take(self, path: Path) -> bool:
        """Take a file in hand under a name that nothing here has; False where it has gone or is not ours."""
        self._seen.pop(path.name, None)
        try:
            path.rename(self.hand / self._free(_name(path.name)))
        except FileNotFoundError:
            return False
        except OSError as error:
            self._mention(path.name, f"cannot be taken: {error.strerror}")
            return False
        return True

    def _free(self, name: str) -> str:
        """Give this name, or where a file had it before, one with the time before it."""
        stamp = now().strftime("%Y%m%dT%H%M%S")
        more = (f"{stamp}-{number}-{name}" for number in count(2))
        folders = (self.hand, self._done, self._failed)
        return next(
            one
            for one in chain([name, f"{stamp}-{name}"], more)
            if not any(os.path.lexists(folder / one) for folder in folders)
        )

    def _mention(self, name: str, what: str) -> None:
        """Say something of an entry in the log, once."""
        if name not in self._named:
            self._named.add(name)
            log.warning("inbox: %s %s", name, what)


@contextmanager
def open_inbox(folder: Path, max_bytes: int) -> Iterator[Inbox]:
    """Open a folder as the inbox of this process alone; UsageFault where it cannot be."""
    try:
        Inbox(folder.absolute(), max_bytes).prepare()
        inbox = Inbox(folder.resolve(), max_bytes)
        lock = os.open(inbox.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UsageFault(
            f"{folder}: cannot be the inbox ({error.strerror}); name another (--inbox)"
        ) from None
    try:
        _lock(lock, folder)
        for part in inbox.pushed.glob(".*"):
            if part.suffix != SUFFIX:
                part.unlink()  # what was killed while it was written, and so never acknowledged
        yield inbox
    finally:
        os.close(lock)


def _lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UsageFault(
            f"{folder}: another `cleanwire serve` has this inbox; name another (--inbox)"
        ) from None


def _name(name: str) -> str:
    """Give a name that can be printed, is not too long and is no note's: a note of ours replaces no file."""
    clean = "".join(char if char.isprintable() else "_" for char in name)
    if clean.endswith(NOTE):
        clean = f"{clean.removesuffix(NOTE)}_{NOTE[1:]}"
    if len(clean.encode("utf-8", "replace")) <= LONGEST_NAME:
        return clean
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    return f"{digest}-{clean[-30:]}"


def _shown(folder: Path) -> list[Path]:
    """List a folder's files in order of their names, hidden ones left out."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _note(path: Path, text: str) -> None:
    """Write beside a file what is to be said of it."""
    with replaced(path.with_name(f"{path.name}{NOTE}")) as file:
        file.write(f"{text}\n".encode("utf-8", "backslashreplace"))


def _move(path: Path, rest: Path) -> None:
    """Move a file that may have been removed by somebody else."""
    try:
        path.replace(rest)
    except FileNotFoundError:
        log.warning("inbox: %s has gone", path.name)
