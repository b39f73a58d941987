"""`cleanwire sources`: the sub-commands; only thin calls, each import inside the command that pays for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import Database, Json

app = typer.Typer(
    name="sources", help="Keep the feeds, sitemaps and pages that are polled.", no_args_is_help=True
)


@app.command(
    epilog="Examples:\n\ncleanwire sources add example.com\n\ncleanwire sources add https://example.com/rss"
)
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed, sitemap, listing page or home page.")],
    db: Database = None,
    as_json: Json = False,
) -> None:
    """Find out what an address is a source of, and keep it."""
    from flows.commands.finding import add as command

    command(url, db, as_json=as_json)


@app.command("list", epilog="Example:\n\ncleanwire sources list --json")
def list_(db: Database = None, as_json: Json = False) -> None:
    """Show every source: kind, polls, links found, yield and last error."""
    from flows.commands.sourcing import list_ as command

    command(db, as_json=as_json)


@app.command(epilog="Example:\n\ncleanwire sources remove 3")
def remove(
    source: Annotated[str, typer.Argument(metavar="ID|URL", help="A source's number or address.")],
    db: Database = None,
) -> None:
    """Forget a source; its articles stay."""
    from flows.commands.sourcing import remove as command

    command(source, db)


@app.command(epilog="Example:\n\ncleanwire sources keep 3 --days 365 --count 10000")
def keep(
    source: Annotated[str, typer.Argument(metavar="ID|URL", help="A source's number or address.")],
    days: Annotated[
        int | None, typer.Option(min=1, max=36500, help="Let its raw pages go after so many days.")
    ] = None,
    count: Annotated[int | None, typer.Option(min=0, help="Keep so many of its newest raw pages.")] = None,
    db: Database = None,
) -> None:
    """Say how long `upkeep` keeps a source's raw pages (for ever, where nothing is said); articles stay."""
    from flows.commands.sourcing import keep as command

    command(source, days, count, db)


@app.command("import", epilog="Examples:\n\ncleanwire sources import feeds.opml\n\n... import sitelist.hjson")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="OPML, CSV, addresses one a line, or sitelist.hjson.")
    ],
    db: Database = None,
) -> None:
    """Keep the sources that a file lists."""
    from flows.commands.sourcing import import_ as command

    command(file, db)


@app.command(epilog="Example:\n\ncleanwire sources export feeds.opml")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="*.opml, *.csv or *.txt")],
    db: Database = None,
) -> None:
    """Write every source to a file."""
    from flows.commands.sourcing import export as command

    command(file, db)
