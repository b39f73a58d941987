"""`cleanwire upkeep`, `backup` and `health`: the archive kept, copied and looked over."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from flows.backups import back_up
from flows.clock import now
from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_json
from flows.commands.tracking import say_untracked, tracked
from flows.logs import safe
from flows.settings import Settings, prefect_is_configured
from flows.upkeeping import UpkeepReport, keep_up
from storage.health import Health
from storage.health import health as look_over
from storage.integrity import faults

MEBIBYTE = 2**20


def upkeep(db: str | None, *, as_json: bool) -> None:
    """Let old snapshots go, give space back, and print what that came to."""
    settings = settings_for(db)
    report = _tracked(settings) if prefect_is_configured() else _here(settings)
    print_json(report) if as_json else print(report)


def _here(settings: Settings) -> UpkeepReport:
    """Do the work in this process."""
    say_untracked(settings)
    with opened(settings.database) as database:
        return asyncio.run(keep_up(database))


def _tracked(settings: Settings) -> UpkeepReport:
    """Run the flow under the configured Prefect API."""
    from flows.upkeep import upkeep as flow

    return tracked(settings, flow)


def check(db: str | None, *, as_json: bool) -> int:
    """Print one line a fault of the archive; 1 when there is any."""
    with opened(settings_for(db).database) as database:
        if as_json:
            found = list(faults(database))
            print_json({"faults": found})
        else:
            found = [_said(line) for line in faults(database)]
            print(f"{len(found)} faults" if found else "the archive is whole", file=sys.stderr)
    return 1 if found else 0


def _said(line: str) -> str:
    """Print a fault as soon as it is found, and give it back."""
    print(safe(line), flush=True)
    return line


def backup(file: Path, db: str | None) -> None:
    """Copy the archive into a file and say how large the copy is."""
    with opened(settings_for(db).database) as database:
        size = back_up(database, file)
    print(f"{file}: {size / MEBIBYTE:.1f} MiB")


def health(db: str | None, *, as_json: bool) -> None:
    """Print how the archive fares."""
    with opened(settings_for(db).database) as database, database.read() as session:
        found = look_over(session)
    print_json(found) if as_json else _show(found)


def _show(found: Health) -> None:
    links = ", ".join(f"{state} {count}" for state, count in found.links.items()) or "none"
    print(f"links      {links}")
    print(f"articles   {found.articles}; the newest came {_age(found)}")
    print(f"sources    {found.sources}, failing {len(found.failing_sources)}")
    print(f"snapshots  {found.snapshots}")
    print(f"database   {found.database_bytes / MEBIBYTE:.1f} MiB")
    for source in found.failing_sources:
        times = f"{source.failures} times in a row"
        print(f"source {source.id} {safe(source.url)}: failed {times}: {safe(source.last_error or '')}")
    for host in found.failing_hosts:
        print(f"host {safe(host.host) or '(files)'}: {host.links} links failing: {safe(host.last_error)}")


def _age(found: Health) -> str:
    if found.newest_article_at is None:
        return "never"
    minutes = int((now() - found.newest_article_at).total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60
    return f"{days} days ago" if days > 1 else f"{hours} h ago" if hours > 1 else f"{minutes} min ago"
