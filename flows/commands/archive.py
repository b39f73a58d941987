"""The commands `export`, `import`, `history` and `diff` as typed on the command line; only thin calls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.commands.options import (
    LARGEST,
    LAST_SEQ,
    ArticleId,
    Author,
    Database,
    Host,
    Json,
    Language,
    OnePerCluster,
    Since,
    Source,
    Until,
    Words,
)

app = typer.Typer()


@app.command(
    epilog="Examples:\n\ncleanwire export all.jsonl\n\ncleanwire export tax.parquet budget --since 30d"
)
def export(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Ends in .jsonl, .csv, .parquet, .warc.gz or .atom; - prints JSON Lines."
        ),
    ],
    words: Words = None,
    preset: Annotated[
        Literal["ninjs", "schema.org", "news-please", "trafilatura"] | None,
        typer.Option("--as", help="The form of JSON that another tool reads."),
    ] = None,
    source: Source = None,
    host: Host = None,
    author: Author = None,
    language: Language = None,
    since: Since = None,
    until: Until = None,
    one_per_cluster: OnePerCluster = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Write articles to a file, the newest first; it is there whole or not at all."""
    from flows.commands.archiving import export as command
    from flows.commands.archiving import tell_written
    from flows.narrowing import Narrowing

    by = Narrowing(source, host, author, language, None, since, until, one_per_cluster)
    count = command(file, " ".join(words or ()), by, limit, preset, db)
    tell_written(file, count, as_json=as_json)


@app.command("import", epilog="Example:\n\ncleanwire import all.jsonl --db sqlite:///copy.db")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `cleanwire export FILE.jsonl` wrote.")],
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Bring exported articles back, with their versions and changes."""
    from flows.commands.archiving import import_ as command

    command(file, db, as_json=as_json)


@app.command(epilog="Example:\n\ncleanwire history 12")
def history(
    article: ArticleId,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """List an article's versions: when each was seen, and what kind of edit made it."""
    from flows.commands.archiving import history as command

    command(article, db, as_json=as_json)


@app.command(epilog="Examples:\n\ncleanwire diff 12\n\ncleanwire diff 12 1 3")
def diff(
    article: ArticleId,
    before: Annotated[
        int | None, typer.Argument(metavar="[V1", max=LARGEST, help="The earlier version.")
    ] = None,
    after: Annotated[
        int | None, typer.Argument(metavar="V2]", max=LARGEST, help="The later version.")
    ] = None,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Show what changed between two versions, by sentence and word; the last two unless told otherwise."""
    from flows.commands.archiving import diff as command

    command(article, (before, after), db, as_json=as_json)


@app.command(epilog="Examples:\n\ncleanwire changes --since 120\n\ncleanwire changes --follow")
def changes(
    since: Annotated[
        int, typer.Option(min=0, max=LAST_SEQ, metavar="SEQ", help="The last number that you have seen.")
    ] = 0,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what is still to come.")] = False,
    db: Database = None,
) -> None:
    """Print what was created, revised, removed or merged, in order: one JSON object a line."""
    from flows.commands.following import changes as command

    command(since, db, follow=follow)
