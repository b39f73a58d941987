"""`cleanwire webhooks`: the sub-commands; only thin calls, imports inside the command that pays for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import Database, Json

app = typer.Typer(
    name="webhooks", help="Tell receivers of every change, signed and in order.", no_args_is_help=True
)
Number = Annotated[int | None, typer.Argument(metavar="[ID]", min=1, help="A dead letter's number.")]


@app.command(epilog="Examples:\n\ncleanwire webhooks add https://example.com/hook")
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where messages are posted.")],
    secret_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Holds the secret to sign with; else one is made and shown once."),
    ] = None,
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Tell a receiver of every change from now on; one that was disabled is told again."""
    from flows.commands.telling import add as command

    command(url, secret_file, db, as_json=as_json)


@app.command("list", epilog="Example:\n\ncleanwire webhooks list --json")
def list_(db: Database = None, as_json: Json = False) -> None:
    """Show every receiver: what it hears of, how far it is behind, and what is wrong."""
    from flows.commands.telling import list_ as command

    command(db, as_json=as_json)


@app.command(epilog="Example:\n\ncleanwire webhooks remove 2")
def remove(
    receiver: Annotated[str, typer.Argument(metavar="ID|URL", help="A receiver's number or address.")],
    db: Database = None,
) -> None:
    """Forget a receiver and what still waits for it."""
    from flows.commands.telling import remove as command

    command(receiver, db)


@app.command(epilog="Example:\n\ncleanwire webhooks dead")
def dead(db: Database = None, as_json: Json = False) -> None:
    """Show the dead letters: messages that were given up."""
    from flows.commands.telling import dead as command

    command(db, as_json=as_json)


@app.command(epilog="Examples:\n\ncleanwire webhooks replay\n\ncleanwire webhooks replay 7")
def replay(letter: Number = None, db: Database = None) -> None:
    """Send dead letters once more, all or one."""
    from flows.commands.telling import replay as command

    command(letter, db)
