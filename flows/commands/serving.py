"""`cleanwire serve`: the whole house in one process, until it is stopped."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated

import typer

from flows.commands.options import Database
from flows.errors import UsageFault

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
    from flows.commands.opening import opened
    from flows.desk.http import listen, url_of
    from flows.intake.inbox import open_inbox
    from flows.keys import load_keys, token_file
    from flows.orchestra import planned
    from flows.serve import Doors
    from flows.serve import serve as keep_house
    from flows.settings import BadSettingError, override

    try:
        settings = override(settings_for(db), host, port, inbox)
    except BadSettingError as error:
        raise UsageFault(str(error)) from None
    logging.getLogger("flows").setLevel(logging.INFO)
    where, _, number = settings.listen.rpartition(":")
    with (
        opened(settings.database) as database,
        listen(where, int(number)) as listener,
        open_inbox(settings.inbox, settings.max_bytes) as inbox_folder,
    ):
        doors = Doors(database, load_keys(settings), inbox_folder, listener)
        token = "the one in CLEANWIRE_TOKEN" if settings.token else f"in {token_file(settings)}"
        settings, ui = planned(settings)

        def ready() -> None:
            print(f"HTTP endpoint: {url_of(listener)} (openapi.json tells its paths)")
            print(f"Token:         {token}")
            print(f"Inbox:         {inbox_folder.folder}")
            print(f"Database:      {database.url}")
            print(f"Prefect's UI:  {ui or 'none (CLEANWIRE_PREFECT=off)'}", flush=True)

        asyncio.run(keep_house(settings, doors, ready))
