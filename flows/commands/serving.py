"""`cleanwire serve`: the whole house in one process, until it is stopped."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.options import Database
from flows.errors import UsageFault

if TYPE_CHECKING:
    from flows.serve import Doors
    from flows.settings import Settings

app = typer.Typer()


@app.command(epilog="Examples:\n\ncleanwire serve\n\ncleanwire serve --port 9000 --inbox dropped")
def serve(
    db: Database = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; else CLEANWIRE_LISTEN, else 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes any that is free. Else 8470.")
    ] = None,
    inbox: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Files dropped there are taken in. Else inbox here.")
    ] = None,
) -> None:
    """Run everything in one process: worker, inbox, HTTP endpoint; Ctrl-C ends it cleanly."""
    from flows.commands.configuring import settings_for
    from flows.settings import BadSettingError, override

    try:
        settings = override(settings_for(db), host, port, inbox)
    except BadSettingError as error:
        raise UsageFault(str(error)) from None
    logging.getLogger("flows").setLevel(logging.INFO)
    _open(settings)


def _open(settings: Settings) -> None:
    """Open the doors and keep house until it is stopped; UsageFault where a door stays shut."""
    import asyncio

    from flows.commands.opening import opened
    from flows.desk.http import listen
    from flows.intake.inbox import open_inbox
    from flows.keys import load_keys
    from flows.orchestra import planned
    from flows.serve import Doors
    from flows.serve import serve as keep_house

    where, _, number = settings.listen.rpartition(":")
    with (
        opened(settings.database, make=True) as database,
        listen(where, int(number)) as listener,
        open_inbox(settings.inbox, settings.max_bytes) as inbox,
    ):
        doors = Doors(database, load_keys(settings), inbox, listener)
        settings, ui = planned(settings)
        asyncio.run(keep_house(settings, doors, lambda: _say(settings, doors, ui)))


def _say(settings: Settings, doors: Doors, ui: str) -> None:
    """Print where everything is."""
    from flows.desk.http import url_of
    from flows.keys import token_file

    token = "the one in CLEANWIRE_TOKEN" if settings.token else f"in {token_file(settings)}"
    print(f"HTTP endpoint: {url_of(doors.listener)} (openapi.json tells its paths)")
    print(f"Token:         {token}")
    print(f"Inbox:         {doors.inbox.folder}")
    print(f"Database:      {doors.database.url}")
    print(f"Prefect's UI:  {ui}", flush=True)
