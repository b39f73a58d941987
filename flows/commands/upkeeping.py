"""`cleanwire upkeep` and `backup`: the archive kept and copied."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from flows.backups import back_up
from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_json
from flows.commands.tracking import say_untracked, tracked
from flows.logs import safe
from flows.settings import Settings, prefect_is_configured
from flows.upkeeping import UpkeepReport, keep_up
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
            print(
                f"{len(found)} fault{'s'[: len(found) > 1]}" if found else "the archive is whole",
                file=sys.stderr,
            )
    return 1 if found else 0


def _said(line: str) -> str:
    """Print a fault as soon as it is found, and give it back."""
    print(safe(line), flush=True)
    return line


def backup(file: Path, db: str | None, *, as_json: bool) -> None:
    """Copy the archive into a file and say how large the copy is."""
    with opened(settings_for(db).database) as database:
        size = back_up(database, file)
    if as_json:
        print_json({"file": str(file), "bytes": size})
    else:
        print(f"{file}: {size / MEBIBYTE:.1f} MiB")
