"""`changes`: the change stream on standard output, one JSON object a line."""

from __future__ import annotations

import sys
import time

from flows.commands.configuring import settings_for
from flows.commands.opening import opened
from flows.commands.output import print_json_lines
from storage import changes as find_changes

PAUSE = 1.0  # seconds between two looks
AT_ONCE = 1_000


def changes(since: int, db: str | None, *, follow: bool) -> None:
    """Print the changes after number `since` in order; with `follow`, go on with those to come."""
    with opened(settings_for(db).database) as database:
        while True:
            with database.read() as session:
                found = list(find_changes(session, since, AT_ONCE))
            print_json_lines(found)
            sys.stdout.flush()
            since = found[-1].seq if found else since
            if not found:
                if not follow:
                    return
                time.sleep(PAUSE)
