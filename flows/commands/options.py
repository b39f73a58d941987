"""The options that several commands have, declared once."""

from __future__ import annotations

from typing import Annotated

import typer

LARGEST = 2**31 - 1  # of numbers on the command line, and of changes:
LAST_SEQ = 2**63 - 1
Database = Annotated[
    str | None,
    typer.Option(
        "--db", metavar="URL", help="SQLAlchemy URL; else CLEANWIRE_DATABASE, else cleanwire.db here."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Words = Annotated[list[str] | None, typer.Argument(metavar="[WORDS]", help="Words to search for.")]
Source = Annotated[str | None, typer.Option(help="Only this source's articles.")]
Host = Annotated[str | None, typer.Option(help="Only this host's articles.")]
Author = Annotated[str | None, typer.Option(help="Only articles by this author.")]
Language = Annotated[str | None, typer.Option(help="Only this language (BCP 47, such as en).")]
Since = Annotated[str | None, typer.Option(help="Published at or after: a date, or 7d.")]
ArticleId = Annotated[
    int, typer.Argument(metavar="ID", max=LARGEST, help="An article's id, as `query` lists it.")
]
OnePerCluster = Annotated[
    bool, typer.Option("--one-per-cluster", help="Of several near copies only the one published first.")
]
Ranked = Annotated[bool, typer.Option("--ranked", help="The most relevant first, not the newest.")]
After = Annotated[
    str | None, typer.Option("--after", metavar="CURSOR", help="The page after the one that ended with it.")
]
Until = Annotated[str | None, typer.Option(help="Published before: a date.")]
