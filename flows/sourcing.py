"""Keeping sources: found out at an address, read from lists and written to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.clock import now
from flows.errors import UsageFault
from flows.intake.client import Client
from flows.intake.discovery import Found, find_sources
from flows.intake.entries import Entry
from flows.intake.links import authority
from flows.intake.listing import NotAListing
from flows.intake.lists import read_entries, read_sitelist, write_list, write_table
from flows.intake.opml import read_opml, write_opml
from storage.database import Database
from storage.sources import ARCHIVE, NewSource, Source, add_sources, sources

FOLDER = "folder"
FORMS = (".opml", ".csv", ".txt")


@dataclass(frozen=True, slots=True)
class Added:
    """A source that was found, and whether it is new here."""

    found: Found
    new: bool


async def add(database: Database, client: Client, url: str, delay: float) -> list[Added]:
    """Find the sources at an address and keep them; raises as `find_sources` does."""
    found = await find_sources(client, url, delay)
    kept = [NewSource(one.url, one.kind, authority(one.url), one.title or "") for one in found]
    with database.write() as session:
        new = set(add_sources(session, kept, now()))
    return [Added(one, one.url in new) for one in found]


def read_sources(path: Path) -> list[Entry]:
    """Read sources from OPML, CSV, a plain list or sitelist.hjson; UsageFault names what is wrong."""
    try:
        content = path.read_bytes()
        if path.suffix.lower() in {".opml", ".xml"}:
            return read_opml(content)
        text = content.decode("utf-8-sig")
        return read_sitelist(text) if path.suffix.lower() in {".hjson", ".json"} else read_entries(text)
    except OSError as error:
        raise UsageFault(f"{path}: {error.strerror}; check the path") from None
    except UnicodeDecodeError:
        raise UsageFault(f"{path}: not UTF-8 text; give OPML, CSV, a plain list or sitelist.hjson") from None
    except NotAListing as fault:
        raise UsageFault(f"{path}: {fault.reason}; give OPML, CSV, a plain list or sitelist.hjson") from None


def import_sources(database: Database, entries: Sequence[Entry]) -> int:
    """Keep the sources of a list, to be found out when they are first polled; gives how many are new."""
    kept = [_kept(entry) for entry in entries]
    with database.write() as session:
        return len(add_sources(session, kept, now()))


def _kept(entry: Entry) -> NewSource:
    """Make a list's entry a source, its folder among the attributes."""
    attributes = {**entry.attributes, **({FOLDER: list(entry.folder)} if entry.folder else {})}
    return NewSource(entry.url, entry.kind, authority(entry.url), entry.name, entry.language, attributes)


def export_sources(database: Database, path: Path) -> int:
    """Write every source to a file in the form that its suffix names; UsageFault for any other."""
    with database.read() as session:
        entries = [_entry(source) for source in sources(session) if source.kind != ARCHIVE]
    suffix = path.suffix.lower()
    if suffix not in FORMS:
        raise UsageFault(f"{path}: name the file {', '.join('*' + form for form in FORMS)}")
    try:
        path.write_bytes(_written(entries, suffix))
    except OSError as error:
        raise UsageFault(f"{path}: {error.strerror}; check the path") from None
    return len(entries)


def _written(entries: Sequence[Entry], suffix: str) -> bytes:
    """Write a list in the form of a suffix."""
    if suffix == ".opml":
        return write_opml(entries)
    return (write_table(entries) if suffix == ".csv" else write_list(entries)).encode()


def _entry(source: Source) -> Entry:
    """Make a source an entry of a list again."""
    attributes = {name: value for name, value in source.attributes.items() if name != FOLDER}
    folder = tuple(source.attributes.get(FOLDER, ()))
    return Entry(source.url, source.kind, source.name, source.language, folder, attributes)
