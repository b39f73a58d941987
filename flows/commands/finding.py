"""`cleanwire sources add`: what an address is a source of."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_json
from flows.errors import WorkFault
from flows.finding import Added
from flows.finding import add as add_found
from flows.intake.client import open_client
from flows.intake.errors import IntakeError
from flows.intake.listing import NotAListing
from flows.logs import masked, safe
from flows.settings import Settings
from storage.database import Database


def add(url: str, db: str | None, *, as_json: bool) -> None:
    """Find out what an address is a source of, keep it and say what was found; WorkFault for nothing."""
    settings = settings_for(db)
    address = url if "://" in url else f"https://{url}"
    with opened(settings.database, make=True) as database:
        try:
            found = asyncio.run(_add(database, settings, address))
        except (IntakeError, NotAListing) as fault:
            raise WorkFault(f"{masked(address)}: {fault.reason}") from None
    if as_json:
        print_json([_shown(one) for one in found])
        return
    for one in found:
        state, source = "added" if one.new else "known", one.found
        listed = f"({source.pages} listed; named by {source.named_by})"
        print(safe(f"{state}  {source.kind:<9} {source.url}  {listed}"))


def _shown(one: Added) -> dict[str, object]:
    """Make what was added a JSON object, its address without secrets."""
    found = {name: value for name, value in asdict(one.found).items() if name != "entry"}
    return {**found, "url": masked(one.found.url), "new": one.new}


async def _add(database: Database, settings: Settings, url: str) -> list[Added]:
    async with open_client(settings) as client:
        return await add_found(database, client, url, settings)
