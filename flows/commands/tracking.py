"""Running a flow under the configured Prefect API, for the commands that do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from pydantic import SecretStr

from flows.commands.opening import opened
from flows.errors import UsageFault
from flows.settings import Settings

T = TypeVar("T")


def say_untracked(settings: Settings) -> None:
    """Say that the run happens in this process; UsageFault where a Dask cluster is named."""
    if settings.dask_scheduler is not None:
        raise UsageFault(
            "CLEANWIRE_DASK_SCHEDULER is used by Prefect's runs: set PREFECT_API_URL too, or unset it"
        )
    print("cleanwire: no Prefect API is configured, so the run happens here, untracked", file=sys.stderr)


def tracked(
    settings: Settings, run: Callable[[SecretStr], Coroutine[Any, Any, T]], *, make: bool = False
) -> T:
    """Run a flow on the database of the settings and give what it returns; UsageFault if nobody answers."""
    from prefect import tags

    from flows.runs import TAG

    with opened(settings.database, make=make):
        pass  # a database that cannot be opened is told before a run is made
    try:
        with tags(TAG):
            return asyncio.run(run(SecretStr(settings.database)))
    except RuntimeError as error:
        if not str(error).startswith("Failed to reach API"):
            raise
        raise UsageFault(
            f"Prefect does not answer ({error}); start its server, or unset PREFECT_API_URL to run without"
        ) from None
