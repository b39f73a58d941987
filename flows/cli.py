"""The commands; only thin calls. Every import that costs stands inside the command that pays for it."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from flows.commands.archive import app as archive
from flows.commands.options import (
    LARGEST,
    After,
    ArticleId,
    Author,
    Database,
    Host,
    Json,
    Language,
    OnePerCluster,
    Ranked,
    Since,
    Source,
    Until,
    Words,
)
from flows.commands.serving import app as serving
from flows.commands.sources import app as sources
from flows.commands.watch import app as watch
from flows.commands.webhooks import app as webhooks
from flows.errors import Stopped, UsageFault, WorkFault
from flows.logs import safe, start_logging

app = typer.Typer(
    name="cleanwire",
    help="Find news articles, strip the boilerplate, keep clean records with their history.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(archive)
app.add_typer(sources)
app.add_typer(watch)
app.add_typer(webhooks)
app.add_typer(serving)
Format = Literal["table", "json", "jsonl", "csv"]


@app.command(
    epilog="Examples:\n\ncleanwire ingest saved-pages/\n\ncleanwire ingest https://example.com/story"
)
def ingest(
    targets: Annotated[
        list[str], typer.Argument(metavar="TARGET...", help="Page URL; file or folder; - is standard input.")
    ],
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Fetch or read pages, parse them, and store what is new."""
    from flows.commands.ingesting import ingest as command

    raise typer.Exit(command(targets, db, as_json=as_json))


@app.command(epilog="Examples:\n\ncleanwire parse page.html\n\ncurl -s URL | cleanwire parse - --format text")
def parse(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="File, URL, or - for standard input.")],
    form: Annotated[
        Literal["json", "text", "markdown", "html"],
        typer.Option("--format", help="How to print the article."),
    ] = "json",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Parse one page and print the article; stores nothing, needs no database."""
    from flows.commands.parsing import parse as command

    command(target, "json" if as_json else form)


@app.command(epilog="Examples:\n\ncleanwire explain page.html\n\ncleanwire explain page.html --html out.html")
def explain(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="File, URL, or - for standard input.")],
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the page there, what is dropped struck out."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what was kept and dropped of a page, by which rule, and where each field comes from."""
    from flows.commands.parsing import explain as command

    command(target, html, as_json=as_json)


@app.command(
    epilog="Examples:\n\ncleanwire query budget --since 7d\n\ncleanwire query -- budget -tax OR levy"
)
def query(
    words: Words = None,
    source: Source = None,
    host: Host = None,
    author: Author = None,
    language: Language = None,
    since: Since = None,
    until: Until = None,
    one_per_cluster: OnePerCluster = False,
    ranked: Ranked = False,
    limit: Annotated[int, typer.Option(min=1, max=LARGEST, help="At most so many.")] = 20,
    after: After = None,
    form: Annotated[Format, typer.Option("--format", help="How to print them.")] = "table",
    db: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Find stored articles, newest first."""
    from flows.commands.reading import query as command
    from flows.narrowing import Narrowing

    by = Narrowing(source, host, author, language, None, since, until, one_per_cluster, ranked, after)
    command(" ".join(words or ()), by, limit, "json" if as_json else form, db)


@app.command(epilog="Example:\n\ncleanwire show 12")
def show(
    article: ArticleId,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Print one article whole."""
    from flows.commands.reading import show as command

    command(article, db, as_json=as_json)


@app.command(epilog="Example:\n\ncleanwire why https://example.com/story")
def why(
    url: Annotated[str, typer.Argument(metavar="URL", help="A page's address, or a file's path.")],
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Tell what became of a link: when it was found, each attempt, where it stands and why."""
    from flows.commands.reading import why as command

    command(url, db, as_json=as_json)


@app.command(epilog="Examples:\n\ncleanwire poll --json\n\ncleanwire poll 3 https://example.com/feed")
def poll(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Numbers or addresses; those due by default.")
    ] = None,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Ask the sources that are due, or those named, what is new, and ingest it."""
    from flows.commands.polling import poll as command

    raise typer.Exit(command(sources, db, as_json=as_json))


@app.command(epilog="Example:\n\ncleanwire recheck --json")
def recheck(db: Database = None, as_json: Json = False) -> None:
    """Look again at articles that may have changed: young ones often, old ones seldom."""
    from flows.commands.rechecking import recheck as command

    raise typer.Exit(command(db, as_json=as_json))


@app.command(epilog="Examples:\n\ncleanwire reparse --dry-run\n\ncleanwire reparse")
def reparse(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what differs; write nothing.")] = False,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Read stored pages with today's parser: tell field by field what differs, then write it."""
    from flows.commands.reparsing import reparse as command

    raise typer.Exit(command(db, dry_run=dry_run, as_json=as_json))


@app.command(epilog="Examples:\n\ncleanwire upkeep\n\ncleanwire upkeep --check")
def upkeep(
    check: Annotated[
        bool, typer.Option("--check", help="Only look for faults: one line each, exit status 1 for any.")
    ] = False,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Let old snapshots go as their sources wish, and give free space back."""
    from flows.commands import upkeeping

    if check:
        raise typer.Exit(upkeeping.check(db, as_json=as_json))
    upkeeping.upkeep(db, as_json=as_json)


@app.command(epilog="Example:\n\ncleanwire backup archive-copy.db")
def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Replaced in one step once the copy is whole.")
    ],
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Copy the archive as it stands, while others write to it."""
    from flows.commands.upkeeping import backup as command

    command(file, db, as_json=as_json)


@app.command(epilog="Example:\n\ncleanwire health --json")
def health(db: Database = None, as_json: Json = False) -> None:
    """Look the archive over: links by state, what fails and why, the newest article, sizes."""
    from flows.commands.faring import health as command

    command(db, as_json=as_json)


def main() -> None:
    """Run a command; a fault is one line on stderr and exit status 1 (work) or 2 (usage, configuration)."""
    start_logging()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter shows "?"
    try:
        app()
        sys.stdout.flush()
    except UsageFault as fault:
        _complain(fault)
        sys.exit(2)
    except WorkFault as fault:
        _complain(fault)
        sys.exit(1)
    except Stopped as fault:
        _complain(fault)
        sys.exit(130)
    except (OSError, SystemExit) as end:
        _end(end)


def _end(end: OSError | SystemExit) -> NoReturn:
    """End quietly when whoever read our output has gone; say so when it could not be written."""
    cause = end.__context__ if isinstance(end, SystemExit) else end
    if not isinstance(cause, OSError):
        raise end
    with suppress(OSError):
        sys.stdout.close()
    if cause.errno == errno.EPIPE:
        os._exit(0)  # the interpreter would try to flush once more, and complain
    _complain(WorkFault(f"the output could not be written: {cause.strerror or cause}"))
    os._exit(1)


def _complain(fault: Exception) -> None:
    """Print a fault on one line, without control characters."""
    print(f"cleanwire: {safe(str(fault))}", file=sys.stderr)


if __name__ == "__main__":
    main()
