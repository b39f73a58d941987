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
