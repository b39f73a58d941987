"""The options that several commands have, declared once."""

from __future__ import annotations

from typing import Annotated

import typer

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
Until = Annotated[str | None, typer.Option(help="Published before: a date.")]
