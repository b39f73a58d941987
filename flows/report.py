"""What a run came to: how many pages ended in which state, and every one that people should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from flows.logs import masked

SUCCESSES = ("stored", "revised", "unchanged", "duplicate")
REMOVED = "removed"  # no state of a link: the page of an article is gone, and its link has failed
FAULTS = ("failed", "quarantined")
LEFT = ("due", "claimed")
STATES = (*SUCCESSES, "refused", *FAULTS, *LEFT)
ELSEWHERE = "elsewhere"
MEANING = {
    "stored": "new articles",
    "revised": "known articles with a new version",
    "unchanged": "nothing new: already stored",
    "duplicate": "the same article by another link",
    REMOVED: "gone: the article keeps its text and is marked",
    "refused": "no article, or not to be fetched",
    "failed": "could not be had",
    "quarantined": "broke the parser and was set aside",
    "due": "left for a later run",
    "claimed": "in another worker's hands",
    ELSEWHERE: "brought in by another worker meanwhile",
}
PROBLEMS_KEPT = 1000  # a report names this many problems; the ledger has them all


@dataclass(frozen=True, slots=True)
class Event:
    """One page's end: its address, the state it is in now and why; article and version where it has one.

    `comes_back` says of one that failed that it is tried again later.
    """

    url: str
    state: str
    reason: str
    article_id: int | None = None
    version: int | None = None
    comes_back: bool = False


@dataclass(slots=True)
class Report:
    """A run's outcome: pages by state, and the ones that failed, were refused or set aside.

    `left` is how many pages were due and left, as their hosts rested or other workers held them;
    `passed_over` how many files were left out of folders, as hidden, linked, or no pages by their names;
    `coming_back` how many of the pages that failed are tried again later.
    """

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Event] = field(default_factory=list)
    seconds: float = 0.0
    left: int = 0
    passed_over: int = 0
    coming_back: int = 0

    def add(self, event: Event) -> None:
        """Count one page, and keep it by name where somebody should look."""
        self.counts[event.state] += 1
        self.coming_back += event.comes_back and event.state == "failed"
        if event.state not in SUCCESSES and len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(event)

    def add_of_others(self, event: Event) -> None:
        """Count a page that this run did not end: what another worker brought in is none of its own."""
        if event.state in SUCCESSES:
            self.counts[ELSEWHERE] += 1
        elif event.state in LEFT:
            self.counts[event.state] += 1
        else:
            self.add(event)

    def merge(self, other: Report) -> None:
        """Take another part of the same run in."""
        self.counts.update(other.counts)
        self.left += other.left
        self.coming_back += other.coming_back
        self.passed_over += other.passed_over
        self.problems.extend(other.problems[: PROBLEMS_KEPT - len(self.problems)])

    @property
    def left_in_words(self) -> str:
        """Say how many pages were left to others or out, to stand at a line's end; nothing where none was."""
        left = f"; {self.left} left whose host rests or is held by another" if self.left else ""
        passed = (
            f"; files passed over (hidden, linked or no pages): {self.passed_over}"
            if self.passed_over
            else ""
        )
        return left + passed

    @property
    def pages(self) -> int:
        """How many pages the run had."""
        return self.counts.total()

    @property
    def failed(self) -> bool:
        """Whether some of the work failed, so that the exit status says so."""
        return any(self.counts[state] for state in FAULTS)

    def rows(self) -> Iterable[tuple[str, int, str]]:
        """Give (state, pages, meaning) of every state that occurred, in a fixed order."""
        return ((state, self.counts[state], self._meaning(state)) for state in MEANING if self.counts[state])

    def _meaning(self, state: str) -> str:
        if state != "failed" or not self.coming_back:
            return MEANING[state]
        some = "" if self.coming_back == self.counts[state] else f"{self.coming_back} of them "
        return f"{MEANING[state]}; {some}tried again later"

    def as_json(self) -> dict[str, object]:
        """Give the report as JSON-able values."""
        return {
            "pages": self.pages,
            "seconds": round(self.seconds, 3),
            "left": self.left,
            "passed_over": self.passed_over,
            "counts": {state: self.counts[state] for state in MEANING if self.counts[state]},
            "problems": [
                {"url": masked(event.url), "state": event.state, "reason": event.reason}
                for event in self.problems
            ],
        }

    def as_markdown(self) -> str:
        """Give the report as a Markdown page: a table by state, then the problems."""
        lines = ["| outcome | pages | meaning |", "|---|---:|---|"]
        lines += [f"| {state} | {count} | {meaning} |" for state, count, meaning in self.rows()]
        lines += ["", f"{self.pages} pages in {self.seconds:.1f} s{self.left_in_words}."]
        if self.problems:
            lines += ["", "| page | outcome | why |", "|---|---|---|"]
            lines += [
                f"| {_cell(masked(event.url))} | {event.state} | {_cell(event.reason)} |"
                for event in self.problems
            ]
        return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Keep a value inside its table cell, and out of markup."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")
