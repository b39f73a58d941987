"""Keeping sources: read from lists and written to them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flows.clock import now
from flows.errors import UsageFault
from flows.intake.entries import Entry, SourceList
from flows.intake.listing import NotAListing
from flows.intake.opml import read_opml, write_opml
from flows.intake.rosters import read_entries, read_sitelist, write_list, write_table
from flows.keeping import as_entries, as_sources
from parsers import NotAnArticle
from parsers.decode import decode
from storage.database import Database
from storage.sources import add_sources, sources

FORMS = (".opml", ".csv", ".txt")
PORTION = 500  # sources that are kept in one transaction: nobody else writes meanwhile


def read_sources(path: Path) -> SourceList:
    """Read sources from OPML, CSV, a plain list or sitelist.hjson; UsageFault names what is wrong."""
    try:
        content = path.read_bytes()
        if path.suffix.lower() in {".opml", ".xml"}:
            return read_opml(content)
        text = decode(content)
        return read_sitelist(text) if path.suffix.lower() in {".hjson", ".json"} else read_entries(text)
    except OSError as error:
        raise UsageFault(f"{path}: {error.strerror}; check the path") from None
    except (NotAListing, NotAnArticle) as fault:
        raise UsageFault(f"{path}: {fault}; give OPML, CSV, a plain list or sitelist.hjson") from None


def import_sources(database: Database, entries: Sequence[Entry]) -> int:
    """Keep the sources of a list, to be found out when they are first polled; gives how many are new."""
    found, new = as_sources(entries), 0
    for start in range(0, len(found), PORTION):
        with database.write() as session:
            new += len(add_sources(session, found[start : start + PORTION], now()))
    return new


def export_sources(database: Database, path: Path) -> list[Entry]:
    """Write every source to a file in the form that its suffix names; UsageFault for any other."""
    with database.read() as session:
        entries = [entry for source in sources(session) for entry in as_entries(source)]
    suffix = path.suffix.lower()
    if suffix not in FORMS:
        raise UsageFault(f"{path}: name the file {', '.join('*' + form for form in FORMS)}")
    try:
        path.write_bytes(_written(entries, suffix))
    except OSError as error:
        raise UsageFault(f"{path}: {error.strerror}; check the path") from None
    return entries


def _written(entries: Sequence[Entry], suffix: str) -> bytes:
    """Write a list in the form of a suffix."""
    if suffix == ".opml":
        return write_opml(entries)
    return (write_table(entries) if suffix == ".csv" else write_list(entries)).encode()
