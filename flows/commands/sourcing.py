"""Commands that keep sources: `sources list`, `remove`, `keep`, `import` and `export`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from rich.cells import set_cell_size
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from flows.clock import now
from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import plain, print_json_list
from flows.errors import WorkFault
from flows.keeping import shown
from flows.logs import masked, safe
from flows.sourcing import export_sources, import_sources, read_sources
from storage.retention import set_retention
from storage.sources import Source, remove_source, sources
from storage.subscriptions import Subscription, subscriptions

INDENT = 6  # columns before what stands below a line of figures
MOST_NAMED = 20  # entries of a list that were left out
UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def list_(db: str | None, *, as_json: bool) -> None:
    """Print every source: kind, last and next poll, links found, yield and last error."""
    settings = settings_for(db)
    with opened(settings.database) as database, database.read() as session:
        found = sources(session)
        hubs = {one.source: hub_in_words(one) for one in subscriptions(session)}
    if as_json:
        print_json_list({**plain(shown(one)), "hub": hubs.get(one.url)} for one in found)
    elif found:
        _show(found, now(), hubs)
    else:
        print("no sources; `cleanwire sources add` finds them at an address")


def hub_in_words(one: Subscription) -> str:
    """Say how far we are with the hub that a source names."""
    if one.state == "wanted":
        asked = "not asked yet: `cleanwire serve` asks it where CLEANWIRE_PUBLIC_URL is set"
        return f"names the hub {masked(one.hub)}, {asked}"
    reason = f": {one.last_error}" if one.last_error else ""
    return f"hub {masked(one.hub)} {one.state}{reason}"


def _show(found: Iterable[Source], moment: datetime, hubs: Mapping[str | None, str]) -> None:
    """Lay sources out: a line of figures each, and below it name, address and error, folded."""
    console = Console(highlight=False)
    head = Text(_line("ID", "Kind", "Polled", "Next", "Links", "Yield"), style="bold")
    console.print(head, overflow="crop", no_wrap=True)
    for one in found:
        due = _when(max(one.due_at or moment, moment), moment) if one.active else "never"
        figures = (str(one.id), one.kind, _when(one.polled_at, moment), due, str(one.links), str(one.stored))
        console.print(Text(_line(*map(safe, figures))), overflow="crop", no_wrap=True)
        name = f"{safe(one.name)}  " if one.name else ""
        about = Text(f"{name}{safe(one.url)}", overflow="fold")
        if one.last_error:
            about.append(f"\n{safe(one.last_error)}", style="red")
        if one.url in hubs:
            about.append(f"\n{safe(hubs[one.url])}", style="dim")
        console.print(Padding(about, (0, 0, 0, INDENT)))


def _line(*cells: str) -> str:
    """Write six cells under their heads, figures to the right, whatever width their letters have."""
    number, kind, polled, due, links, stored = cells
    words = "  ".join(set_cell_size(cell, 10) for cell in (kind, polled, due))
    return f"{number:>{INDENT - 2}}  {words}  {links:>9}  {stored:>9}"


def _when(moment: datetime | None, present: datetime) -> str:
    """Write a time as its distance from the present, in one unit."""
    if moment is None:
        return "-"
    distance = moment - present
    seconds = abs(distance) // timedelta(seconds=1)
    for size, unit in UNITS:
        if seconds >= size:
            return (
                f"in {seconds // size} {unit}" if distance > timedelta() else f"{seconds // size} {unit} ago"
            )
    return "now"


def remove(name: str, db: str | None) -> None:
    """Forget a source by its address or number; WorkFault where there is none."""
    with opened(settings_for(db).database) as database, database.write() as session:
        if not remove_source(session, name):
            raise WorkFault(f"{name}: no such source; `cleanwire sources list` shows them")
    print(f"removed {masked(name)}; its articles stay")


def keep(name: str, days: int | None, count: int | None, db: str | None) -> None:
    """Set a source's retention and say what it is now; WorkFault where there is no such source."""
    with opened(settings_for(db).database) as database, database.write() as session:
        if not set_retention(session, name, days, count):
            raise WorkFault(f"{name}: no such source; `cleanwire sources list` shows them")
    wishes = [f"{days} days"] if days is not None else []
    wishes += [f"the newest {count}"] if count is not None else []
    print(f"{masked(name)}: raw pages are kept {' and '.join(wishes) or 'for ever'}; articles stay")


def import_(path: Path, db: str | None) -> None:
    """Keep the sources that a file lists, and say how many are new; what names none is told on stderr."""
    found = read_sources(path)
    with opened(settings_for(db).database, make=True) as database:
        new = import_sources(database, found.entries)
    known = len({entry.url for entry in found.entries}) - new
    print(f"{new} sources added, {known} known; `cleanwire poll` asks them")
    for words in found.left_out[:MOST_NAMED]:
        print(safe(f"cleanwire: {path}: left out, no http or https address: {words[:200]}"), file=sys.stderr)
    if len(found.left_out) > MOST_NAMED:
        print(f"cleanwire: {path}: and {len(found.left_out) - MOST_NAMED} more", file=sys.stderr)


def export(path: Path, db: str | None) -> None:
    """Write every source to a file: OPML, CSV or a plain list, by its suffix."""
    with opened(settings_for(db).database) as database:
        written = {entry.url for entry in export_sources(database, path)}
    print(f"{len(written)} sources written to {path}")
    secret = sum(masked(url) != url for url in written)
    if secret:
        print(
            f"cleanwire: {path} holds the passwords or tokens of {secret} addresses: keep it safe",
            file=sys.stderr,
        )
    if path.suffix.lower() == ".txt":
        print(
            f"cleanwire: {path} holds addresses only; .opml and .csv keep all that is known", file=sys.stderr
        )
