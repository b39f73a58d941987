"""What people see on a terminal: tables that fit 80 columns, a progress bar, one-line errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from flows.logs import masked
from flows.report import ELSEWHERE, SUCCESSES, Event, Report
from flows.terminal import plain, printable
from storage import Article, Attempt, Hit, WhyStory
from storage.snippets import Piece

COLOURS = {"failed": "red", "quarantined": "red", "refused": "yellow", "stored": "green", "revised": "cyan"}
PROBLEMS_SHOWN = 20
CAPTURED = timedelta(hours=1)  # bytes that are older came in an archive


class Bar:
    """A progress bar on stderr with counts by outcome; silent where stderr is no terminal."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._counts: Counter[str] = Counter()
        self._total = 0
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("", total=None)

    def expect(self, pages: int) -> None:
        """Add so many pages to what is to come."""
        self._total += pages
        self._progress.update(self._task, total=self._total)

    def tell(self, event: Event) -> None:
        """Count one page's end."""
        self._counts[event.state] += 1
        shown = "  ".join(f"{state} {count}" for state, count in self._counts.items())
        self._progress.update(self._task, advance=1, description=shown)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def show_report(report: Report) -> None:
    """Print a run's outcome on stdout, and on stderr why pages failed or were refused."""
    table = Table(box=None, pad_edge=False)
    table.add_column("outcome")
    table.add_column("pages", justify="right")
    table.add_column("meaning")
    for state, count, meaning in report.rows():
        table.add_row(f"[{COLOURS.get(state, 'default')}]{state}[/]", str(count), meaning)
    console = Console()
    if table.rows:
        console.print(table)
    console.print(summary(report))
    problems = Console(stderr=True)
    for event in report.problems[:PROBLEMS_SHOWN]:
        colour = COLOURS.get(event.state, "default")
        problems.print(
            f"[{colour}]{event.state}[/] {printable(masked(event.url))}: {printable(masked(event.reason))}",
            soft_wrap=True,
        )
    hidden = (
        sum(n for state, n in report.counts.items() if state not in {*SUCCESSES, ELSEWHERE}) - PROBLEMS_SHOWN
    )
    if hidden > 0:
        problems.print(f"and {hidden} more; `cleanwire why URL` tells of any one")


def summary(report: Report) -> str:
    """Say in one line what the run did."""
    known = report.counts["unchanged"] + report.counts["duplicate"]
    new = report.counts["stored"] + report.counts["revised"]
    line = f"{report.pages} page{'' if report.pages == 1 else 's'} in {report.seconds:.1f} s: {new} stored"
    were = "was" if known == 1 else "were"
    line += f", {known} {were} there already and {were} not stored twice" if known else ""
    return line + report.left_in_words


def show_hits(hits: Sequence[Hit], *, with_snippets: bool) -> None:
    """Print articles as a table that fits the terminal, with what was found of a text beneath its title.

    What was looked for stands out, between asterisks where this is no terminal.
    """
    console = Console()
    marks = ("", "") if console.is_terminal else ("*", "*")
    rows = [_row(hit, marks, with_snippets=with_snippets) for hit in hits]
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("id", justify="right", min_width=2, no_wrap=True)
    table.add_column("published", width=10)
    table.add_column("host", no_wrap=True, overflow="ellipsis", width=20)
    table.add_column("title", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("words", justify="right", width=6)
    for row in rows:
        table.add_row(*row)
    console.print(table if rows else "no articles")


def _row(hit: Hit, marks: tuple[str, str], *, with_snippets: bool) -> tuple[RenderableType, ...]:
    article = hit.article
    day = article.published_at.strftime("%Y-%m-%d") if article.published_at else "-"
    title = Text(plain(article.title), no_wrap=True, overflow="ellipsis")
    if article.status == "removed":
        title = Text.assemble(("removed: ", "red"), title, no_wrap=True, overflow="ellipsis")
    told: RenderableType = title
    if with_snippets:
        told = Group(title, _marked(hit.snippet, marks))
    return str(article.id), day, printable(article.host), told, str(article.word_count)


def _marked(pieces: Iterable[Piece], marks: tuple[str, str]) -> Text:
    line = Text(style="dim", no_wrap=False, overflow="fold")
    for piece in pieces:
        text = plain(piece.text)
        line.append(f"{marks[0]}{text}{marks[1]}" if piece.hit else text, "bold not dim" if piece.hit else "")
    return line


def show_article(article: Article) -> None:
    """Print one article: its fields, then its text."""
    console = Console()
    console.print(f"[bold]{printable(article.title)}[/]", soft_wrap=True)
    fields = {
        "id": f"{article.id}, version {article.version}, {article.status}",
        "url": article.canonical_url or article.url,
        "site": article.site_name or article.host,
        "authors": ", ".join(article.authors),
        "published": article.published_at.isoformat(" ") if article.published_at else "",
        "section": article.section or "",
        "language": article.language or "",
        "words": str(article.word_count),
    }
    for name, value in fields.items():
        if value:
            console.print(f"[dim]{name:>10}[/]  {printable(value)}", soft_wrap=True)
    for paragraph in article.text.split("\n\n"):
        console.print("\n" + "\n".join(printable(line) for line in paragraph.split("\n")))


def show_why(story: WhyStory) -> None:
    """Print a link's story: where it stands, when it was found, and each attempt."""
    console = Console()
    console.print(f"[bold]{printable(story.url)}[/]", soft_wrap=True)
    colour = COLOURS.get(story.state, "default")
    console.print(
        f"[{colour}]{story.state}[/]: {printable(story.reason) or 'no attempt yet'}", soft_wrap=True
    )
    found = f"found {_minute(story.discovered_at)} by {story.source or 'ingest or a push, and no source'}"
    console.print(printable(found), soft_wrap=True)
    for attempt in story.attempts:
        line = f"  {_minute(attempt.at)}  {attempt.state}: {attempt.reason}{_answer(attempt, story.url)}"
        console.print(printable(line), soft_wrap=True)
    if story.article is not None:
        console.print(f"article {story.article.id}: {printable(story.article.title)}", soft_wrap=True)
    if story.due_at is not None and story.state in {"due", "failed"}:
        console.print(f"to be tried again from {_minute(story.due_at)}")


def _answer(attempt: Attempt, asked: str) -> str:
    """Say with which status it was answered and where it led, as far as there is anything to say."""
    status = f"HTTP {attempt.status}" if attempt.status and str(attempt.status) not in attempt.reason else ""
    captured = ""
    if attempt.fetched_at and attempt.at - attempt.fetched_at > CAPTURED and asked[:4] == "http":
        captured = f"captured {_minute(attempt.fetched_at)}"
    led = f"led to {attempt.url}" if attempt.url and attempt.url != asked else ""
    told = ", ".join(filter(None, [status, captured, led]))
    return f" ({told})" if told else ""


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
