"""What the house measures, for Prometheus: outcomes by state, and the times that its own pages take.

Runs of Prefect's deployments and other workers are processes of their own: their pages' ends are counted from
the archive, their times are not known here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import CollectorRegistry, Counter, Histogram

from flows.report import REMOVED, STATES, Event
from storage.gauges import Place

FETCH_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
PARSE_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0)


class Meters:
    """Counts since the house was opened; `registry` is what a scrape writes down."""

    def __init__(self, place: Place = Place()) -> None:  # noqa: B008 - frozen
        self._place, self._looking = place, asyncio.Lock()
        self.registry = CollectorRegistry()
        self._pages = Counter(
            "cleanwire_pages",
            "Pages brought to an end, by any process, by state.",
            ["state"],
            registry=self.registry,
        )
        self.fetch = Histogram(
            "cleanwire_fetch_seconds",
            "Time of a whole exchange with a web server, of this process.",
            buckets=FETCH_SECONDS,
            registry=self.registry,
        )
        self.parse = Histogram(
            "cleanwire_parse_seconds",
            "Time a parser process of this process took for a page.",
            buckets=PARSE_SECONDS,
            registry=self.registry,
        )
        for state in STATES:
            self._pages.labels(state)

    def tell(self, event: Event) -> None:
        """Count one page's end by the state of its link, as other processes' are."""
        self._pages.labels("failed" if event.state == REMOVED else event.state).inc()

    async def catch_up(self, look: Callable[[Place], Awaitable[tuple[dict[str, int], Place]]]) -> None:
        """Count what other processes have brought to an end since the last look."""
        async with self._looking:
            found, self._place = await look(self._place)
        for state, number in found.items():
            self._pages.labels(state).inc(number)
