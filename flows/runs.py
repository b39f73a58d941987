"""What every flow run shares: the archive that it opens, the log that it warns, the report that it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from prefect import get_run_logger
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.tasks import exponential_backoff
from pydantic import SecretStr

from flows.logs import brief
from flows.report import Event, Report
from flows.settings import Settings, load_settings
from flows.shift import Listener
from storage import Database, open_database

TAG = "cleanwire"  # of every run: people find them by it, and automations know them by it
BATCH: dict[str, Any] = {  # a batch is safe to run twice, so one that broke is tried again, later each time
    "persist_result": False,
    "retries": 2,
    "retry_delay_seconds": exponential_backoff(backoff_factor=2),
    "retry_jitter_factor": 0.5,
}


@contextmanager
def archive(database: SecretStr | None) -> Iterator[tuple[Database, Settings]]:
    """Open a run's archive: the named one, else CLEANWIRE_DATABASE; a URL may hold a password."""
    settings = load_settings()
    opened = open_database(database.get_secret_value() if database else settings.database)
    try:
        yield opened, settings
    finally:
        opened.close()


def warning() -> Listener:
    """Give a listener that warns in the run's log of every page that failed or was set aside."""
    logger = get_run_logger()

    def tell(event: Event) -> None:
        if event.state in {"failed", "quarantined"}:
            logger.warning(brief(f"{event.state} {event.url}: {event.reason}"))

    return tell


async def leave_report(flow: str, said: str, table: Sequence[Mapping[str, Any]]) -> None:
    """Leave a run's report in Prefect: as a Markdown page, and as a table for programs where it has rows."""
    await acreate_markdown_artifact(key=f"{flow}-report", markdown=said, description=f"What {flow} came to")
    if table:
        rows = [dict(row) for row in table]
        await acreate_table_artifact(key=f"{flow}-table", table=rows, description=f"The sums of {flow}")


def by_state(report: Report) -> list[dict[str, Any]]:
    """Give a report's sums as the rows of a table."""
    return [{"outcome": state, "pages": pages, "meaning": meaning} for state, pages, meaning in report.rows()]
