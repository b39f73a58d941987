"""`cleanwire watch`: the sub-commands; only thin calls, imports inside the command that pays for them."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.options import Database, Json

app = typer.Typer(
    name="watch", help="Saved searches that tell when a new or revised article matches.", no_args_is_help=True
)


@app.command(
    epilog='Example:\n\ncleanwire watch add "minister AND budget" --webhook https://example.com/hook'
)
def add(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="A search, as `cleanwire query` takes it.")],
    webhook: Annotated[str, typer.Option(metavar="URL", help="Where matches are posted, signed.")],
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Keep a search, and tell a receiver of every new or revised article that matches from now on."""
    from flows.commands.watching import add as command

    command(query, webhook, db, as_json=as_json)


@app.command("list", epilog="Example:\n\ncleanwire watch list --json")
def list_(db: Database = None, as_json: Json = False) -> None:
    """Show every watch: what it looks for, whom it tells, how often it has fired."""
    from flows.commands.watching import list_ as command

    command(db, as_json=as_json)


@app.command(epilog="Example:\n\ncleanwire watch remove 2")
def remove(
    watch: Annotated[int, typer.Argument(metavar="ID", min=1, help="A watch's number.")],
    db: Database = None,
) -> None:
    """Forget a watch, and its receiver where that hears of nothing else."""
    from flows.commands.watching import remove as command

    command(watch, db)
