"""Keeping sources that are found out at an address."""

from __future__ import annotations

from dataclasses import dataclass

from flows.clock import now
from flows.intake.client import Client
from flows.intake.discovery import Found, find_sources
from flows.keeping import found_sources
from flows.settings import Settings
from flows.turns import open_turns
from storage.database import Database
from storage.sources import add_sources


@dataclass(frozen=True, slots=True)
class Added:
    """A source that was found, and whether it is new here."""

    found: Found
    new: bool


async def add(database: Database, client: Client, url: str, settings: Settings) -> list[Added]:
    """Find the sources at an address, its hosts leased meanwhile, and keep them; raises as `find_sources`."""
    async with open_turns(database, settings) as turns:
        found = await find_sources(client, url, turns.turn)
    with database.write() as session:
        new = set(add_sources(session, found_sources(found), now()))
    return [Added(one, one.url in new) for one in found]
