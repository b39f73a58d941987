"""What an index leads to: its files, each asked on its own condition, and those still owed asked again.

A file that cannot be had, or that kills its reader, costs only itself: it is asked again at the next poll,
and then after twice as long each time, up to a day.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.intake.entries import with_user
from flows.intake.errors import IntakeError, Unreachable
from flows.intake.listing import Listing, NotAListing
from flows.intake.validators import Validators
from parsers.dates import parse_date
from storage.files import SourceFile

MOST_FILES = 50  # sitemaps read in one poll
MOST_KEPT = 2 * MOST_FILES  # files remembered of one source
DEEPEST = 3  # indexes of indexes
DOUBT = timedelta(days=2)  # a day that a file names, in whichever zone, and the day it lasts
SECOND_PAUSE = timedelta(minutes=30)  # after a second failure in a row; doubled each time
LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: what it is, without items (None where nothing changed), and its validators."""

    listing: Listing | None
    known: Validators


Ask = Callable[[str, Validators], Awaitable[Answer]]


class Index:
    """A walk through the files of the index at `root`, of which `known` are remembered.

    `ask` reads one file on condition. What says that it is as it was before `since` is left out; None reads
    all. What could not be had the last time comes first, what fails again and again comes last.
    """

    def __init__(
        self, root: str, known: Iterable[SourceFile], since: datetime | None, now: datetime, ask: Ask
    ) -> None:
        self._root, self._since, self._now, self._ask = root, since, now, ask
        self._known = {one.url: one for one in known}
        self._asked: dict[str, SourceFile] = {}
        self._listed: dict[str, SourceFile] = {}

    async def follow(self, listing: Listing | None) -> None:
        """Read what has changed, level by level, each file once, within caps; None for an unchanged root."""
        level = self._due(self._root, listing)
        for _ in range(DEEPEST):
            below: list[SourceFile] = []
            for one in level:
                if one.url not in self._asked and one.url != self._root and len(self._asked) < MOST_FILES:
                    below += await self._read(one)
            level = below

    def kept(self) -> list[SourceFile]:
        """Give the files to be remembered: those asked now, and others that nobody has taken back."""
        rest = [one for url, one in self._listed.items() if url in self._known]
        full = {one.above for one in self._listed.values()}
        rest += [one for one in self._known.values() if one.above not in full]
        files = {one.url: one for one in rest} | self._asked
        inner = {self._root, *files}
        asked = sorted(files.values(), key=lambda one: one.url not in self._asked)
        return [one for one in asked if one.above in inner][:MOST_KEPT]

    def failed(self) -> list[SourceFile]:
        """Give the files that were asked now and could not be had."""
        return [one for one in self._asked.values() if one.error]

    async def _read(self, one: SourceFile) -> Sequence[SourceFile]:
        """Read one file, and give what it leads to; one that cannot be had is owed and leads to nothing."""
        try:
            answer = await self._ask(one.url, Validators(one.etag, one.last_modified))
        except (IntakeError, NotAListing) as fault:
            self._asked[one.url] = self._owed(one, fault)
            return ()
        said = answer.known
        self._asked[one.url] = SourceFile(one.url, one.above, one.changed, said.etag, said.last_modified)
        return self._due(one.url, answer.listing)

    def _owed(self, one: SourceFile, fault: IntakeError | NotAListing) -> SourceFile:
        """Put a file off: not at first, then twice as long each time; and as long as its server asks."""
        failures = one.failures + 1
        pause = min(SECOND_PAUSE * 2 ** min(failures - 2, 20), LONGEST_PAUSE) if failures > 1 else timedelta()
        wish = fault.retry_after if isinstance(fault, Unreachable) else None
        due_at = self._now + max(pause, timedelta(seconds=wish or 0.0))
        return SourceFile(
            one.url, one.above, one.changed, error=fault.reason, failures=failures, due_at=due_at
        )

    def _due(self, above: str, listing: Listing | None) -> list[SourceFile]:
        """Give what is to be read of an index, as it lists its files now or as they are remembered."""
        if listing is None:
            files = [one for one in self._known.values() if one.above == above]
        else:
            changed = listing.dated or (None,) * len(listing.more)
            more = [with_user(url, self._root) for url in listing.more]
            files = [self._file(url, above, at) for url, at in zip(more, changed, strict=True)]
            self._listed |= {one.url: one for one in files}
        return sorted(filter(self._is_due, files), key=lambda one: (one.failures != 1, one.failures))

    def _file(self, url: str, above: str, changed: str | None) -> SourceFile:
        """Make what an index lists a file, with what is remembered of it."""
        known = self._known.get(url)
        return replace(known, above=above, changed=changed) if known else SourceFile(url, above, changed)

    def _is_due(self, one: SourceFile) -> bool:
        """Tell whether a file is owed or may have changed since then, give or take a day for its zone."""
        if one.error:
            return one.due_at is None or one.due_at <= self._now
        moment = parse_date(one.changed or "")
        return not self._since or moment is None or moment.at + DOUBT > self._since
